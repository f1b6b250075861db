import { and, asc, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { BookRound, BookRun } from '#core/book/book-table.ts';
import type { Db } from '../../client.ts';
import { execute, list, nullable, number, text } from '../../execute.ts';
import { member, round, roundPoint, run, user } from '../../schema/index.ts';

/** Most runs that one table holds. */
export const BOOK_MOST = 500;

const metric = (name: string) => sql<number | null>`(${round.metrics} ->> ${sql.raw(`'${name}'`)})::float8`;
const measure = (name: string) => sql<number>`coalesce((${round.metrics} ->> ${sql.raw(`'${name}'`)})::float8, 0)`;

/**
 * The newest runs with the figures of their measured rounds, newest first: two statements, however many there are.
 * Matrices and thresholds stay in the database: of a hundred classes they weigh 200 kB a round.
 */
export async function listBook(db: Db, params: { projectId: string; archived: boolean }): Promise<BookRun[]> {
  const runs = await db
    .select({
      id: run.id,
      number: run.number,
      name: run.name,
      tags: run.tags,
      sweepId: run.sweepId,
      status: run.status,
      config: run.config,
      createdByName: user.name,
      createdAt: run.createdAt,
      startedAt: run.startedAt,
      endedAt: run.endedAt,
      archivedAt: run.archivedAt,
    })
    .from(run)
    .leftJoin(member, eq(member.id, run.createdBy))
    .leftJoin(user, eq(user.id, member.userId))
    .where(and(eq(run.projectId, params.projectId), params.archived ? undefined : sql`${run.archivedAt} is null`))
    .orderBy(desc(run.number))
    .limit(BOOK_MOST);
  if (runs.length === 0) return [];
  const rounds = await db
    .select({
      runId: round.runId,
      id: round.id,
      index: round.index,
      role: round.role,
      member: round.member,
      stage: round.stage,
      verdict: round.verdict,
      rolledBackAt: round.rolledBackAt,
      standings: round.standings,
      labeled: measure('labeled'),
      pseudo: measure('pseudo'),
      valAccuracy: measure('valAccuracy'),
      valInterval: sql<[number, number]>`${round.metrics} -> 'valInterval'`,
      valCount: measure('valCount'),
      calibrationError: measure('eceAfter'),
      testAccuracy: metric('testAccuracy'),
      testCount: metric('testCount'),
    })
    .from(round)
    .where(
      and(
        inArray(
          round.runId,
          runs.map(({ id }) => id),
        ),
        isNotNull(round.metrics),
      ),
    )
    .orderBy(asc(round.index), asc(round.role), asc(round.member));
  const byRun = new Map<string, BookRound[]>(runs.map(({ id }) => [id, []]));
  for (const { runId, ...one } of rounds) byRun.get(runId)?.push(one);
  return runs.map((row) => ({ ...row, rounds: byRun.get(row.id) ?? [] }));
}

/** Points of all curves that one picture holds, and of one curve at least. */
const POINTS = { all: 20_000, least: 40 };
/** The same for a download. */
export const DOWNLOAD_POINTS = 200_000;

/**
 * The curves of these runs' rounds, in the order of runs and rounds: two statements. Long ones are thinned evenly, but
 * for their ends and for what validation measured. Runs of other projects are left out.
 */
export async function listOverlay(db: Db, params: { projectId: string; runIds: readonly string[]; points?: number }) {
  const rounds = await db
    .select({
      id: round.id,
      runId: run.id,
      runNumber: run.number,
      runName: run.name,
      index: round.index,
      role: round.role,
      member: round.member,
      stage: round.stage,
      startedAt: round.startedAt,
      endedAt: round.endedAt,
      valAccuracy: sql<number | null>`case when ${measure('valCount')} > 0 then ${metric('valAccuracy')} end`,
      testAccuracy: metric('testAccuracy'),
      valInterval: sql<[number, number] | null>`${round.metrics} -> 'valInterval'`,
    })
    .from(round)
    .innerJoin(run, eq(run.id, round.runId))
    .where(and(eq(run.projectId, params.projectId), inArray(run.id, [...params.runIds])))
    .orderBy(desc(run.number), asc(round.index), sql`${round.role} = 'control'`, asc(round.member));
  if (rounds.length === 0) return [];
  const most = Math.max(POINTS.least, Math.floor((params.points ?? POINTS.all) / rounds.length));
  const ids = sql.param(rounds.map(({ id }) => id));
  const curves = await execute(
    db,
    sql`
    select round_id as "roundId", array_agg(step order by step) as step,
      array_agg(loss_labeled order by step) as "lossLabeled", array_agg(loss_pseudo order by step) as "lossPseudo",
      array_agg(learning_rate order by step) as "learningRate",
      array_agg(images_per_second order by step) as "imagesPerSecond",
      array_agg(val_accuracy order by step) as "valAccuracy"
    from (select p.*, row_number() over (partition by round_id order by step) as place,
        count(*) over (partition by round_id) as n
      from ${roundPoint} p where round_id = any(${ids}::uuid[])) numbered
    where place in (1, n) or val_accuracy is not null or place % ceil(n::numeric / ${most}::int)::bigint = 0
    group by round_id`,
    {
      roundId: text,
      step: list(number),
      lossLabeled: list(number),
      lossPseudo: list(nullable(number)),
      learningRate: list(number),
      imagesPerSecond: list(number),
      valAccuracy: list(nullable(number)),
    },
  );
  const byRound = new Map(curves.map(({ roundId, ...curve }) => [roundId, curve]));
  return rounds.flatMap((row) => {
    const curve = byRound.get(row.id);
    return curve ? [{ ...row, curve }] : [];
  });
}
