import type { Db } from '#db/client.ts';
import { claimLeases, countHeldByOthers, listLeases, renewLeases } from '#db/queries/lease.ts';
import { findPause, listLabelImages } from '#db/queries/label-image.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';
import { LEASE_SECONDS } from './lease-time.ts';

type Project = typeof projectTable.$inferSelect;

/** Why no image came: all done, held by colleagues, or paused. */
export type ClaimEnd = { reason: 'done' } | { reason: 'held'; count: number } | { reason: 'paused'; message: string };

/**
 * Fills a member's hand up to `count` images: what they hold already comes back first, so a reload goes on where it was.
 */
export async function claimImages(services: { db: Db }, actor: Actor, project: Project, count: number) {
  const { db } = services;
  const who = { projectId: project.id, memberId: actor.memberId };
  if (project.status !== 'active') return { images: [], end: { reason: 'paused', message: 'This project is paused. A lead can resume it in its settings.' } satisfies ClaimEnd };
  const pause = await findPause(db, who);
  if (pause) return { images: [], end: { reason: 'paused', message: pause.reason } satisfies ClaimEnd };
  await renewLeases(db, { ...who, seconds: LEASE_SECONDS });
  const held = await listLeases(db, who);
  const fresh = held.length < count ? await claimLeases(db, { ...who, count: count - held.length, seconds: LEASE_SECONDS }) : [];
  const claimed = [...held, ...fresh];
  const images = await listLabelImages(db, project.id, claimed);
  if (images.length > 0) return { images, end: null };
  const others = await countHeldByOthers(db, who);
  return { images, end: (others > 0 ? { reason: 'held', count: others } : { reason: 'done' }) satisfies ClaimEnd };
}
