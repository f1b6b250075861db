/** How long a claim lives without a sign from its page; open pages renew it every 10 s. */
export const LEASE_SECONDS = 120;
/** How long after the last window of a member has gone their claims are kept. */
export const GRACE_SECONDS = 20;
