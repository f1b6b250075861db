/** How long a claim lives without a sign from its page; open pages renew it. */
export const LEASE_SECONDS = 120;
/** How long after the last socket of a member has gone its claims are kept. */
export const GRACE_MS = 20_000;
