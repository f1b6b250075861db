/** Runs whose curves one picture holds. */
export const OVERLAY_MOST = 20;
