import { and, asc, eq, inArray, lt, sql } from 'drizzle-orm';
import { must } from '#core/must.ts';
import { notFound } from '#core/errors.ts';
import { INTERVAL_HOURS, MISSES_MOST } from '#core/source/source.ts';
import type { ObjectState, SourceInterval } from '#core/source/source.ts';
import type { ImportProblem } from '#core/formats/types.ts';
import { saidAs } from '#core/text/stored.ts';
import type { Stored } from '#core/text/stored.ts';
import type { Db } from '../../client.ts';
import { execute, executeOne, integer, oneOf, text } from '../../execute.ts';
import { imageImport, source, sourceObject } from '../../schema/index.ts';

export type Source = typeof source.$inferSelect;

export const countSources = (db: Db, projectId: string): Promise<number> =>
  db.$count(source, eq(source.projectId, projectId));

/** @throws AppError NOT_FOUND */
export async function getSource(db: Db, projectId: string, sourceId: string): Promise<Source> {
  const [row] = await db
    .select()
    .from(source)
    .where(and(eq(source.id, sourceId), eq(source.projectId, projectId)));
  if (!row) throw notFound('source');
  return row;
}

/** Sources of a project as people may see them: of keys and tokens only whether there are any. */
export async function listSources(db: Db, projectId: string) {
  const rows = await db
    .select({
      id: source.id,
      name: source.name,
      place: source.place,
      hasKeys: sql<boolean>`${source.sealedKeys} is not null`,
      hasHook: sql<boolean>`${source.hookHash} is not null`,
      interval: source.interval,
      takesNew: source.takesNew,
      choice: source.choice,
      work: source.work,
      dueAt: source.dueAt,
      listed: source.listed,
      /** Seconds that the listing has taken so far, by the database's clock. */
      listingSeconds: sql<number>`extract(epoch from now() - ${source.listingSince})::float8`,
      waitUntil: source.waitUntil,
      importId: source.importId,
      syncedAt: source.syncedAt,
      error: source.error,
      errorSaid: source.errorSaid,
      problems: source.problems,
      problemCount: source.problemCount,
      createdAt: source.createdAt,
    })
    .from(source)
    .where(eq(source.projectId, projectId))
    .orderBy(asc(source.createdAt));
  return rows.map((row) => ({ ...row, errorSaid: saidAs(row.error, row.errorSaid) }));
}

/** How many objects of each source stand how; `replaced` are images that a changed object was before. */
export const countObjects = (db: Db, sourceIds: readonly string[]) =>
  execute(
    db,
    sql`select source_id as "sourceId", state, count(*)::int as n, sum(cardinality(replaced_hashes))::int as replaced
      from ${sourceObject} where source_id = any(${sql.param([...sourceIds])}::uuid[]) group by 1, 2`,
    {
      sourceId: text,
      state: oneOf<ObjectState>('new', 'taken', 'changed', 'vanished', 'failed', 'table', 'other'),
      n: integer,
      replaced: integer,
    },
  );

/** The imports that take for these sources now. */
export const listSourceImports = (db: Db, importIds: readonly string[]) =>
  importIds.length === 0
    ? Promise.resolve([])
    : db
        .select({
          id: imageImport.id,
          total: imageImport.total,
          done: sql<number>`${imageImport.imported} + ${imageImport.duplicates} + ${imageImport.failed}`,
          seconds: sql<number>`extract(epoch from now() - ${imageImport.createdAt})::float8`,
        })
        .from(imageImport)
        .where(inArray(imageImport.id, [...importIds]));

export async function insertSource(db: Db, row: typeof source.$inferInsert): Promise<Source> {
  return must(await db.insert(source).values(row).returning(), 0, 'source');
}

/** When a source is looked at next by itself. */
const nextLook = (interval: SourceInterval) => {
  const hours = INTERVAL_HOURS[interval];
  return hours === null ? sql`null` : sql`now() + make_interval(hours => ${hours})`;
};

/** Changes what a person may set; another interval counts from now. */
export async function setSource(
  db: Db,
  sourceId: string,
  set: { name: string; interval: SourceInterval; takesNew: boolean; sealedKeys?: string },
): Promise<void> {
  await db
    .update(source)
    .set({
      ...set,
      dueAt: sql`case when ${source.interval} = ${set.interval} then ${source.dueAt}
        else ${nextLook(set.interval)} end`,
    })
    .where(eq(source.id, sourceId));
}

export async function setHook(db: Db, sourceId: string, hookHash: string | null): Promise<void> {
  await db.update(source).set({ hookHash }).where(eq(source.id, sourceId));
}

export async function deleteSource(db: Db, projectId: string, sourceId: string): Promise<boolean> {
  const rows = await db
    .delete(source)
    .where(and(eq(source.id, sourceId), eq(source.projectId, projectId)))
    .returning({ id: source.id });
  return rows.length > 0;
}

/** The source that a token of an address stands for, while its project is there; null for any other one. */
export const findByHook = (db: Db, params: { projectId: string; sourceId: string; hookHash: string }) =>
  executeOne(
    db,
    sql`select s.id from ${source} s join project p on p.id = s.project_id
      where s.id = ${params.sourceId} and s.project_id = ${params.projectId} and s.hook_hash = ${params.hookHash}
        and p.status <> 'deleted'`,
    { id: text },
  );

/** Asks for a look at a source, and ends a wait for its place; a look that is under way is followed by another. */
export async function askSync(db: Db, sourceId: string): Promise<void> {
  await db
    .update(source)
    .set({ dueAt: sql`now()`, waitUntil: null })
    .where(eq(source.id, sourceId));
}

/** Asks to take what is new, labels read so. False while a server works on the source. */
export async function askTake(db: Db, sourceId: string, choice: Source['choice']): Promise<boolean> {
  const rows = await db
    .update(source)
    .set({ work: 'taking', choice, error: null })
    // One that a server has just claimed is about to be listed: what is written now would be written over.
    .where(
      and(
        eq(source.id, sourceId),
        eq(source.work, 'idle'),
        sql`(${source.heldUntil} is null or ${source.heldUntil} < now())`,
      ),
    )
    .returning({ id: source.id });
  return rows.length > 0;
}

/** Held for so long without a sign of life, seconds. */
const HOLD_SECONDS = 60;
const heldFromNow = sql`now() + make_interval(secs => ${HOLD_SECONDS})`;
/** Hours until a source is looked at again by itself; null: only when it is asked. */
const hoursOf = sql`case s.interval when 'hourly' then ${INTERVAL_HOURS.hourly}::int
  when 'daily' then ${INTERVAL_HOURS.daily}::int end`;

/**
 * Takes one source that has something to do, whose place is not waited for and that no server works on. A listing that
 * is due begins with that, so that whatever is asked from now on asks for another one; what waits to be taken comes
 * after it where the source takes by itself. The fence tells this hold from every other.
 */
export async function claimSource(db: Db): Promise<Source | null> {
  const claimed = await executeOne(
    db,
    sql`with one as (
      select s.id, coalesce(s.due_at <= now(), false) and (s.work = 'idle' or s.work = 'taking' and s.takes_new)
        as begins
      from ${source} s join project p on p.id = s.project_id
      where p.status not in ('deleted', 'archived') and (s.work <> 'idle' or s.due_at <= now())
        and (s.held_until is null or s.held_until < now()) and (s.wait_until is null or s.wait_until < now())
      order by s.due_at nulls first limit 1 for update of s skip locked)
    update ${source} s set fence = s.fence + 1, held_until = ${heldFromNow}, wait_until = null,
      work = case when begins then 'listing' else work end,
      due_at = case when begins then now() + make_interval(hours => ${hoursOf}) else due_at end,
      pass = case when begins then pass + 1 else pass end,
      cursor = case when begins then null else cursor end,
      listed = case when begins then 0 else listed end,
      listing_since = case when begins then now() else listing_since end,
      error = case when begins then null else error end,
      problems = case when begins then '[]' else problems end,
      problem_count = case when begins then 0 else problem_count end
    from one where s.id = one.id returning s.id`,
    { id: text },
  );
  if (!claimed) return null;
  const [row] = await db.select().from(source).where(eq(source.id, claimed.id));
  return row ?? null;
}

export type Hold = Pick<Source, 'id' | 'fence'>;

const isHeld = (hold: Hold) => and(eq(source.id, hold.id), eq(source.fence, hold.fence));

async function setHeld(db: Db, hold: Hold, set: Parameters<ReturnType<Db['update']>['set']>[0]): Promise<boolean> {
  const rows = await db.update(source).set(set).where(isHeld(hold)).returning({ id: source.id });
  return rows.length > 0;
}

/** Somebody works on it still. False when the source is gone or another server has it. */
export const beatSource = (db: Db, hold: Hold): Promise<boolean> => setHeld(db, hold, { heldUntil: heldFromNow });

/** Lets a source go: to be gone on with where something is left to do. */
export const releaseSource = (db: Db, hold: Hold): Promise<boolean> => setHeld(db, hold, { heldUntil: null });

/** The place answers: nothing is waited for. False when another server has the source by now. */
export const noteProgress = (db: Db, hold: Hold): Promise<boolean> =>
  setHeld(db, hold, { heldUntil: heldFromNow, misses: 0, error: null });

/** How far a listing is. False when it is another server's by now. */
export const noteListed = (db: Db, hold: Hold, params: { cursor: string; listed: number }): Promise<boolean> =>
  setHeld(db, hold, { ...params, heldUntil: heldFromNow, misses: 0, error: null });

export const noteProblems = (db: Db, hold: Hold, problems: readonly ImportProblem[], count: number): Promise<boolean> =>
  setHeld(db, hold, { problems: [...problems], problemCount: count });

export const endListing = (db: Db, hold: Hold, work: 'idle' | 'taking'): Promise<boolean> =>
  setHeld(db, hold, {
    work,
    cursor: null,
    listingSince: null,
    syncedAt: sql`now()`,
    // Whoever sees that it is done may ask for more at once.
    ...(work === 'idle' ? { heldUntil: null } : {}),
  });

export const noteImport = (db: Db, hold: Hold, importId: string): Promise<boolean> => setHeld(db, hold, { importId });

export const endTaking = (db: Db, hold: Hold): Promise<boolean> =>
  setHeld(db, hold, { work: 'idle', importId: null, heldUntil: null, misses: 0, error: null });

/** Stops what was under way with a sentence for people; what was written, taken and asked for stays. */
export const stopSource = (db: Db, hold: Hold, told: Stored): Promise<boolean> =>
  setHeld(db, hold, {
    work: 'idle',
    importId: null,
    cursor: null,
    listingSince: null,
    misses: 0,
    error: told.message,
    errorSaid: told.said,
  });

/**
 * Keeps what is under way where it is until the place may answer again. False once it has been waited for too long, or
 * another server has the source.
 */
export async function waitForPlace(db: Db, hold: Hold, told: Stored): Promise<boolean> {
  const rows = await db
    .update(source)
    .set({
      misses: sql`${source.misses} + 1`,
      waitUntil: sql`now() + make_interval(mins => least(60, power(2, ${source.misses}))::int)`,
      importId: null,
      error: told.message,
      errorSaid: told.said,
    })
    .where(and(isHeld(hold), lt(source.misses, MISSES_MOST)))
    .returning({ id: source.id });
  return rows.length > 0;
}
