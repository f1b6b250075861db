import { and, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import { chooseSide } from '#core/image/embedding-side.ts';
import type { Said } from '#core/text/said.ts';
import { saidAs } from '#core/text/stored.ts';
import type { Db } from '../../client.ts';
import {
  backbone,
  featureSet,
  featureShard,
  image,
  imageFeature,
  project,
  projectCounter,
} from '../../schema/index.ts';
import { lockLikenesses } from './likeness.ts';
import { execute, list, nullable, number, stored, text, truth } from '../../execute.ts';

/** Side on which edges and colours are described where no backbone is there, px: more tells them nothing. */
export const DESCRIBED_SIDE = 64;
/** Images whose sides are asked for, to know the typical one. */
const SIDES_ASKED = 1000;

/** The backbone that a project's images are embedded by: the one it names, else the first of its organization. */
const chosenBackbone = sql`lateral (
  select b.id, b.input_size from ${backbone} b where b.organization_id = p.organization_id
  order by b.id::text = p.settings->>'backboneId' desc nulls last, b.created_at limit 1)`;

/** Newly imported images wait in every set of their project. Within the transaction that inserts them. */
export async function awaitFeatures(db: Db, imageIds: readonly string[]): Promise<void> {
  if (imageIds.length === 0) return;
  await db.execute(sql`
    insert into ${imageFeature} (set_id, image_id)
    select s.id, i.id from ${image} i join ${featureSet} s on s.project_id = i.project_id
    where i.id = any(${sql.param([...imageIds])}::uuid[]) on conflict do nothing`);
}

/** Projects with images whose backbone has no set of theirs yet. */
async function listSetless(db: Db): Promise<{ projectId: string; backboneId: string | null; size: number | null }[]> {
  const rows = await execute(
    db,
    sql`
    select p.id as "projectId", b.id as "backboneId", b.input_size as size from ${project} p left
      join ${chosenBackbone} b on true
    where p.status in ('active', 'paused') and exists (select 1 from ${image} i where i.project_id = p.id)
      and not exists (select 1 from ${featureSet} s where s.project_id = p.id
        and s.backbone_id is not distinct from b.id)
    limit 20`,
    { projectId: text, backboneId: nullable(text), size: nullable(number) },
  );
  return rows;
}

/** Gives each project with images a set by its backbone, in which every image waits. Returns how many are new. */
export async function openFeatureSets(db: Db): Promise<number> {
  const missing = await listSetless(db);
  for (const { projectId, backboneId, size } of missing) {
    await db.transaction(async (tx) => {
      // Imports hold this lock until their images are there for all: none is missed by both.
      await lockLikenesses(tx, projectId);
      const side =
        backboneId === null || size === null ? DESCRIBED_SIDE : chooseSide(size, await typicalSide(tx, projectId));
      const [made] = await tx
        .insert(featureSet)
        .values({ projectId, backboneId, side })
        .onConflictDoNothing()
        .returning({ id: featureSet.id });
      if (made)
        await tx.execute(sql`
          insert into ${imageFeature} (set_id, image_id) select ${made.id}, i.id from ${image} i
            where i.project_id = ${projectId}`);
    });
  }
  return missing.length;
}

/** The median of the shorter sides of some images. */
async function typicalSide(db: Db, projectId: string): Promise<number> {
  const rows = await execute(
    db,
    sql`
    select percentile_disc(0.5) within group (order by least(width, height)) as side
    from (select width, height from ${image} where project_id = ${projectId} limit ${SIDES_ASKED}) sampled`,
    { side: nullable(number) },
  );
  return rows[0]?.side ?? 1;
}

export type FeatureSetRow = typeof featureSet.$inferSelect;

export async function findFeatureSetRow(db: Db, setId: string): Promise<FeatureSetRow | null> {
  const [row] = await db.select().from(featureSet).where(eq(featureSet.id, setId));
  return row ?? null;
}

export interface UsedFeatures {
  id: string;
  backboneId: string | null;
  side: number;
  width: number;
  /** Widths of the layers that are joined; null for one. */
  taps: readonly number[] | null;
  ready: boolean;
}

/**
 * The set whose features are in use: that of the project's backbone once it is complete, until then the one before;
 * without one before, what is there of it. Null before the first image is embedded.
 */
export async function findFeatureSet(db: Db, projectId: string): Promise<UsedFeatures | null> {
  const rows = await execute(
    db,
    sql`
    select s.id, s.backbone_id as "backboneId", s.side, s.width, s.taps, s.ready_at is not null as ready
    from ${project} p left join ${chosenBackbone} b on true join ${featureSet} s on s.project_id = p.id
    where p.id = ${projectId} and s.width is not null
    order by s.ready_at is not null desc, s.backbone_id is not distinct from b.id desc, s.created_at desc limit 1`,
    { id: text, backboneId: nullable(text), side: number, width: number, taps: nullable(list(number)), ready: truth },
  );
  return rows[0] ?? null;
}

export interface FeatureProgress {
  setId: string;
  /** Null: no backbone is there, edges and colours are described. */
  backbone: string | null;
  side: number;
  done: number;
  total: number;
  /** Images a second over the last minute; null when none was embedded in it. */
  imagesPerSecond: number | null;
  /** It is what the project uses now. */
  used: boolean;
  message: string | null;
  said: readonly Said[] | null;
}

const RATE_SECONDS = 60;

/** How far the features of a project are, those of its own backbone first. Counts shards, not images. */
export async function listFeatureProgress(db: Db, projectId: string): Promise<FeatureProgress[]> {
  const used = await findFeatureSet(db, projectId);
  const rows = await execute(
    db,
    sql`
    select s.id as "setId", own.name as backbone, s.side, s.message, s.said, coalesce(d.done, 0)::int as done,
      (select coalesce(sum(c.images), 0)::int from ${projectCounter} c where c.project_id = p.id) as total,
      d.recent / nullif(extract(epoch from now() - d.since), 0)::float8 as "imagesPerSecond"
    from ${project} p left join ${chosenBackbone} b on true join ${featureSet} s on s.project_id = p.id
    left join ${backbone} own on own.id = s.backbone_id
    left join lateral (
      select sum(h.images) as done,
        sum(h.images) filter (where h.done_at > now() - make_interval(secs => ${RATE_SECONDS})) as recent,
        greatest(now() - make_interval(secs => ${RATE_SECONDS}), s.created_at) as since
      from ${featureShard} h where h.set_id = s.id and h.status <> 'queued'
    ) d on true
    where p.id = ${projectId}
    order by s.backbone_id is not distinct from b.id desc, s.created_at desc`,
    {
      setId: text,
      backbone: nullable(text),
      side: number,
      done: number,
      total: number,
      imagesPerSecond: nullable(number),
      message: nullable(text),
      said: nullable(list(stored<Said>())),
    },
  );
  return rows.map((row) => ({ ...row, said: saidAs(row.message, row.said), used: row.setId === used?.id }));
}

/** Removes sets that another one has taken the place of: not of the project's backbone, while that one is complete. */
export async function deleteReplacedSets(db: Db): Promise<void> {
  const rows = await execute(
    db,
    sql`
    select s.id from ${featureSet} s join ${project} p on p.id = s.project_id left join ${chosenBackbone} b on true
    where s.backbone_id is distinct from b.id and exists (
      select 1 from ${featureSet} own where own.project_id = p.id and own.backbone_id is not distinct from b.id
        and own.ready_at is not null)
    limit 20`,
    { id: text },
  );
  if (rows.length > 0)
    await db.delete(featureSet).where(
      inArray(
        featureSet.id,
        rows.map(({ id }) => id),
      ),
    );
}

/** A set whose shards are all done is ready. True when this made it so. */
export async function markReady(db: Db, setId: string): Promise<boolean> {
  const rows = await db
    .update(featureSet)
    .set({ readyAt: sql`now()` })
    .where(
      and(
        eq(featureSet.id, setId),
        isNull(featureSet.readyAt),
        sql`not exists (select 1 from ${imageFeature} f where f.set_id = ${setId} and f.shard_id is null)`,
        sql`not exists (select 1 from ${featureShard} h where h.set_id = ${setId} and h.status = 'queued')`,
      ),
    )
    .returning({ id: featureSet.id });
  return rows.length > 0;
}

export const setFeatureMessage = (db: Db, setId: string, message: string | null) =>
  db
    .update(featureSet)
    .set({ message })
    .where(and(eq(featureSet.id, setId), message === null ? ne(featureSet.message, '') : sql`true`));
