/**
 * A seeded generator, the same on every machine: every random choice of the product draws from one.
 * mulberry32 over a 32-bit state; good enough for sampling, not for secrets.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, n). */
  below(n: number): number;
  /** Standard normal, Box-Muller. */
  normal(): number;
  /** A new array in random order. */
  shuffle<T>(items: readonly T[]): T[];
  /** A generator of its own for a named purpose, independent of how often this one was drawn from. */
  fork(name: string): Random;
}

export function createRandom(seed: number | string): Random {
  const origin = typeof seed === 'number' ? seed >>> 0 : hashString(seed);
  let state = origin;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    next,
    below,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle: <T>(items: readonly T[]): T[] => {
      const result = [...items];
      for (let i = result.length - 1; i > 0; i -= 1) {
        const j = below(i + 1);
        const held = result[i] as T;
        result[i] = result[j] as T;
        result[j] = held;
      }
      return result;
    },
    fork: (name) => createRandom(hashString(`${origin}:${name}`)),
  };
}

/** FNV-1a, 32 bits. */
export function hashString(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}
