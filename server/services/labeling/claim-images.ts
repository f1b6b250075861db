import { goldCount } from '#core/labeling/labeling.ts';
import { inEnglish } from '#core/text/in-english.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';
import type { Db } from '#db/client.ts';
import { claimGold, listGoldFor } from '#db/queries/labeling/gold.ts';
import { claimLeases, countHeldByOthers, listLeases, releaseLeases, renewLeases } from '#db/queries/labeling/lease.ts';
import type { ClaimedImage } from '#db/queries/labeling/lease.ts';
import { findPause } from '#db/queries/labeling/pause.ts';
import { listLabelImages } from '#db/queries/labeling/label-image.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';
import { LEASE_SECONDS } from './lease-time.ts';
import { retryOnRace } from './retry-on-race.ts';

type Project = typeof projectTable.$inferSelect;

/** Why no image came: all done, held by colleagues, or paused. */
export type ClaimEnd =
  | { reason: 'done' }
  | { reason: 'held'; count: number }
  | { reason: 'paused'; message: string; said: Said | null };

const PROJECT_PAUSED = say('error.projectPaused');

/** Why this member may claim nothing just now; null when they may. */
export async function findClaimStop(db: Db, actor: Actor, project: Project): Promise<ClaimEnd | null> {
  if (project.status !== 'active')
    return { reason: 'paused', message: inEnglish(PROJECT_PAUSED), said: PROJECT_PAUSED };
  const pause = await findPause(db, { projectId: project.id, memberId: actor.memberId });
  return pause ? { reason: 'paused', message: pause.reason, said: pause.said?.[0] ?? null } : null;
}

/**
 * Fills a member's hand up to `count` images: what they hold already comes back first, so a reload goes on where it
 * was, but for `back`, which goes to the queue first. Among new ones a share of gold items is mixed in.
 */
export async function claimImages(
  services: { db: Db },
  actor: Actor,
  project: Project,
  count: number,
  back: readonly string[] = [],
) {
  const { db } = services;
  const who = { projectId: project.id, memberId: actor.memberId };
  const stop = await findClaimStop(db, actor, project);
  if (stop) return { images: [], end: stop };
  if (back.length > 0) await releaseLeases(db, { ...who, imageIds: back });
  await renewLeases(db, { ...who, seconds: LEASE_SECONDS });
  const held = await listLeases(db, who);
  const wanted = Math.max(0, count - held.length);
  const gold = wanted > 0 ? goldCount(wanted, project.settings.goldShare, Math.random()) : 0;
  const checks = gold > 0 ? await listGoldFor(db, { ...who, limit: gold }) : [];
  const fresh = await claimWithChecks(db, who, wanted, checks);
  const images = await listLabelImages(db, project.id, [...held, ...fresh]);
  if (images.length > 0) return { images, end: null };
  const others = await countHeldByOthers(db, who);
  return { images, end: (others > 0 ? { reason: 'held', count: others } : { reason: 'done' }) satisfies ClaimEnd };
}

/**
 * Claims so many images in all, these gold items among them at places drawn at random. Tokens only grow, so a gold item
 * is leased between the images that stand before and behind it: neither its token nor its place tells it.
 */
async function claimWithChecks(
  db: Db,
  who: { projectId: string; memberId: string },
  wanted: number,
  checks: readonly string[],
): Promise<ClaimedImage[]> {
  const claim = async (count: number): Promise<ClaimedImage[]> =>
    count > 0 ? retryOnRace(() => claimLeases(db, { ...who, count, seconds: LEASE_SECONDS })) : [];
  const places = checks.map(() => Math.floor(Math.random() * (wanted - checks.length + 1))).sort((a, b) => a - b);
  const fresh: ClaimedImage[] = [];
  let claimed = 0;
  for (const [position, imageId] of checks.entries()) {
    const place = places[position] ?? 0;
    fresh.push(...(await claim(place - claimed)));
    claimed = place;
    const token = await claimGold(db, { ...who, imageId, seconds: LEASE_SECONDS });
    if (token !== null) fresh.push({ imageId, token });
  }
  fresh.push(...(await claim(wanted - checks.length - claimed)));
  return fresh;
}
