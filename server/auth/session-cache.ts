export interface SignedIn {
  userId: string;
  name: string;
  email: string;
  /** Present when an API token was used: it acts as this one member. */
  memberId: string | null;
  /** The session or API token that this rests on. */
  accessId: string;
  /** When it ends by itself, ms; Infinity for an API token. */
  expiresAt: number;
}

/** How long a look-up is trusted at most. An end of access is heard at once; this is for a server that cannot hear. */
const TRUST_MS = 10_000;
/** Look-ups kept; beyond it all are forgotten. */
const KEPT = 10_000;

/**
 * Who stands behind a cookie or an API token, for a few seconds, so that a busy page does not ask the database at every
 * call. It holds identities only: what a person may do is read anew each time, so that a removal or another role acts
 * at once.
 */
export function createSessionCache(now: () => number = Date.now) {
  const kept = new Map<string, { signedIn: SignedIn; until: number }>();
  /** Grows whenever an access ends: what was being looked up at that moment is not kept. */
  let turn = 0;
  return {
    async find(key: string, load: () => Promise<SignedIn | null>): Promise<SignedIn | null> {
      const hit = kept.get(key);
      if (hit && hit.until > now()) return hit.signedIn;
      const before = turn;
      const signedIn = await load();
      if (!signedIn || before !== turn) return signedIn;
      if (kept.size >= KEPT) kept.clear();
      kept.set(key, { signedIn, until: Math.min(now() + TRUST_MS, signedIn.expiresAt) });
      return signedIn;
    },
    /** Forgets whatever rests on this session or API token. */
    end(accessId: string): void {
      turn += 1;
      for (const [key, { signedIn }] of kept) if (signedIn.accessId === accessId) kept.delete(key);
    },
    /** Forgets everything: ends may have been missed. */
    clear(): void {
      turn += 1;
      kept.clear();
    },
  };
}

export type SessionCache = ReturnType<typeof createSessionCache>;
