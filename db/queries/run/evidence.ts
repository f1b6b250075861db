import { and, desc, eq, isNotNull, sql } from 'drizzle-orm';
import type { ModelName } from '#core/chain/models.ts';
import type { LiveFigures } from '#core/live-teacher/live-teacher.ts';
import { originOf } from '#core/run/plan-rounds.ts';
import type { Db } from '../../client.ts';
import { featureSet, featureShard, liveTeacher, project, round, run, trainer } from '../../schema/index.ts';
import { execute, number, text } from '../../execute.ts';

/** What the live teacher measured of each backbone whose features it stands on, the newest first. */
export const listLiveEvidence = (
  db: Db,
  projectId: string,
): Promise<{ backboneId: string | null; side: number; labels: number; figures: LiveFigures }[]> =>
  db
    .select({
      backboneId: featureSet.backboneId,
      side: featureSet.side,
      labels: liveTeacher.labels,
      figures: liveTeacher.figures,
    })
    .from(liveTeacher)
    .innerJoin(featureSet, eq(featureSet.id, liveTeacher.setId))
    .where(eq(liveTeacher.projectId, projectId))
    .orderBy(desc(liveTeacher.fittedAt));

/** Images a second at which the fastest trainer that is alive trains model S at 32 px; null before one told. */
export async function findTrainRate(db: Db): Promise<number | null> {
  const [row] = await db
    .select({ rate: sql<number | null>`max(${trainer.imagesPerSecond})` })
    .from(trainer)
    .where(and(sql`${trainer.heartbeatAt} > now() - interval '1 minute'`));
  return row?.rate ?? null;
}

/** Shards that follow one another within so long were embedded without a pause, s. */
const PAUSE_SECONDS = 120;
/** A shard of fewer images tells of its start and end rather than of a pace. */
const SHARD_LEAST = 32;
/** Newest shards, and finished rounds, that a rate is taken of. */
const SHARDS = 40;
const ROUNDS = 20;

/** Images a second that each backbone of an organization embeds here, by the newest shards, and at which side, px. */
export async function listEmbedRates(
  db: Db,
  organizationId: string,
): Promise<ReadonlyMap<string, { rate: number; side: number }>> {
  const rows = await execute(
    db,
    sql`
    select backbone_id as "backboneId", side, percentile_cont(0.5) within group (order by images / seconds) as rate
    from (
      select s.backbone_id, s.side, h.images::float8 as images, h.done_at,
        extract(epoch from h.done_at - greatest(h.created_at, lag(h.done_at) over w))::float8 as seconds,
        lag(h.done_at) over w is not null as follows,
        row_number() over (partition by s.id order by h.done_at desc) as age
      from ${featureSet} s join ${project} p on p.id = s.project_id and p.organization_id = ${organizationId}
        join ${featureShard} h on h.set_id = s.id and h.status = 'done'
      where s.backbone_id is not null
      window w as (partition by s.id order by h.done_at)
    ) paced where follows and images >= ${SHARD_LEAST} and seconds > 0 and seconds < ${PAUSE_SECONDS}
      and age <= ${SHARDS}
    group by backbone_id, side order by max(done_at)`,
    { backboneId: text, side: number, rate: number },
  );
  return new Map(rows.map(({ backboneId, side, rate }) => [backboneId, { rate, side }]));
}

/** How many images of a project have features that a run reads instead of embedding, by backbone and side, px. */
export const listHeldFeatures = (
  db: Db,
  projectId: string,
): Promise<{ backboneId: string | null; side: number; images: number }[]> =>
  db
    .select({
      backboneId: featureSet.backboneId,
      side: featureSet.side,
      images: sql<number>`sum(${featureShard.images})::int`,
    })
    .from(featureSet)
    .innerJoin(featureShard, and(eq(featureShard.setId, featureSet.id), isNotNull(featureShard.features)))
    .where(eq(featureSet.projectId, projectId))
    .groupBy(featureSet.id);

/**
 * What an engine trains, told by the newest finished rounds from scratch of an organization on that engine, control
 * arms too: model, image side, images a second.
 */
export async function listRoundRates(
  db: Db,
  organizationId: string,
): Promise<{ model: ModelName; side: number; rate: number }[]> {
  const rows = await db
    .select({
      index: round.index,
      role: round.role,
      member: round.member,
      model: round.model,
      config: run.config,
      rate: sql<number>`(${round.metrics}->>'imagesPerSecond')::float8`,
    })
    .from(round)
    .innerJoin(run, eq(run.id, round.runId))
    .innerJoin(project, and(eq(project.id, run.projectId), eq(project.organizationId, organizationId)))
    .where(sql`${round.stage} = 'done' and ${round.model} <> 'backbone-head'
      and (${round.metrics}->>'imagesPerSecond')::float8 > 0
      and ${run.engine} in (
        select ${trainer.engine} from ${trainer} where ${trainer.heartbeatAt} > now() - interval '1 minute')`)
    .orderBy(desc(round.endedAt))
    .limit(ROUNDS);
  return rows.flatMap(({ model, config, rate, ...place }) =>
    model === 'backbone-head' ? [] : [{ model, rate, side: originOf(config, place).side }],
  );
}
