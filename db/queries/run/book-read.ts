import { and, asc, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { BookRound, BookRun } from '#core/book/book-table.ts';
import type { Db } from '../../client.ts';
import { member, round, run, user } from '../../schema/index.ts';

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
