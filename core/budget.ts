/** What was taken: called, it is given back. */
export interface Share {
  (): void;
  /** Gives back all but so much, where less is needed than was thought. */
  keep(amount: number): void;
}

/** So much of something, shared by all who ask: who wants more than is left waits their turn. */
export interface Budget {
  /** Waits until `amount` is free and takes it; one that is larger than all there is takes all. */
  take(amount: number): Promise<Share>;
}

/** First come, first served, so that a large taker is not passed over for ever. */
export function createBudget(total: number): Budget {
  let left = total;
  const waiting: { amount: number; go: () => void }[] = [];
  const serve = (): void => {
    for (let first = waiting[0]; first && first.amount <= left; first = waiting[0]) {
      waiting.shift();
      left -= first.amount;
      first.go();
    }
  };
  return {
    take(amount) {
      const bounded = Math.min(Math.max(0, amount), total);
      return new Promise((resolve) => {
        let held = bounded;
        const keep = (wanted: number): void => {
          const least = Math.min(held, Math.max(0, wanted));
          left += held - least;
          held = least;
          serve();
        };
        const free = Object.assign(() => keep(0), { keep });
        waiting.push({ amount: bounded, go: () => resolve(free) });
        serve();
      });
    },
  };
}
