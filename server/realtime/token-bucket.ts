/** So many messages at once, and so many a second after that. */
export interface Rate {
  burst: number;
  perSecond: number;
}

/** A bucket that refills: `take` is true, and takes them, while there are so many tokens in it. @param now in ms */
export function createBucket(rate: Rate, now: () => number = Date.now) {
  let tokens = rate.burst;
  let filledAt = now();
  return {
    take(count = 1): boolean {
      const at = now();
      tokens = Math.min(rate.burst, tokens + ((at - filledAt) / 1000) * rate.perSecond);
      filledAt = at;
      if (tokens < count) return false;
      tokens -= count;
      return true;
    },
  };
}

export type Bucket = ReturnType<typeof createBucket>;
