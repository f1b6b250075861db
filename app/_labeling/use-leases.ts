'use client';
import { useEffect, useEffectEvent } from 'react';

const RENEW_MS = 10_000;
/** How long answers may be on their way before a page goes on without giving anything back. */
const PATIENCE_MS = 5000;

export interface Leases {
  /** Does the page hold images just now? */
  holds(): boolean;
  renew(): Promise<unknown>;
  release(): Promise<unknown>;
  /** True once nothing is unsent, false when that takes too long. */
  drained(patienceMs: number): Promise<boolean>;
}

/**
 * Gives back what a member holds, once all they answered is on the server: an answer whose lease was given back is a
 * late one, and its image comes again. While something is unsent nothing is given back; leases end by themselves.
 */
export async function giveBack(leases: Pick<Leases, 'release' | 'drained'>, patienceMs: number): Promise<boolean> {
  if (!(await leases.drained(patienceMs))) return false;
  await leases.release();
  return true;
}

/** The leases of a page, label, review or grid: kept alive while it shows images, and given back when it goes. */
export function useLeases(leases: Leases): { giveBack(): Promise<boolean> } {
  const renew = useEffectEvent(() => {
    if (leases.holds()) leases.renew().catch(() => undefined);
  });
  useEffect(() => {
    const timer = setInterval(() => renew(), RENEW_MS);
    return () => clearInterval(timer);
  }, []);
  const leave = useEffectEvent(() => void giveBack(leases, 0).catch(() => undefined));
  useEffect(() => () => leave(), []);
  return { giveBack: () => giveBack(leases, PATIENCE_MS) };
}
