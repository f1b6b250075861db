/** So many messages at once, and so many a second after that. */
export interface Rate {
  burst: number;
  perSecond: number;
}

/** A bucket that refills: `take` is true while there is a token in it. @param now in ms */
export function createBucket(rate: Rate, now: () => number = Date.now) {
  let tokens = rate.burst;
  let filledAt = now();
  return {
    take(): boolean {
      const at = now();
      tokens = Math.min(rate.burst, tokens + ((at - filledAt) / 1000) * rate.perSecond);
      filledAt = at;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}

export type Bucket = ReturnType<typeof createBucket>;
