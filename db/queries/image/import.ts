import { and, eq, sql } from 'drizzle-orm';
import { toStorable } from '#core/text.ts';
import { inEnglish } from '#core/text/in-english.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';
import type { Db } from '../../client.ts';
import { notify } from '../../notify.ts';
import { imageImport } from '../../schema/index.ts';

const ABANDONED = say('error.importAbandoned');

/** Somebody still works on the import. False when it has ended meanwhile. */
export async function beatImport(db: Db, importId: string): Promise<boolean> {
  const rows = await db
    .update(imageImport)
    .set({ beatAt: sql`now()` })
    .where(and(eq(imageImport.id, importId), eq(imageImport.status, 'running')))
    .returning({ id: imageImport.id });
  return rows.length > 0;
}

/**
 * Ends a running import that cannot go on, with the reason as its first problem. Announces it. False when it has ended
 * meanwhile.
 */
export const failImport = (
  db: Db,
  params: { importId: string; message: string; said?: Said | undefined },
): Promise<boolean> =>
  db.transaction(
    async (tx) => (await failWhere(tx, sql`${imageImport.id} = ${params.importId}`, params.message, params.said)) > 0,
  );

/**
 * Fails imports that nobody has worked on: a browser may come back within the hour, a server that fetches beats every
 * few seconds. What they took stays; sending the same again adds what is missing.
 */
export async function failStillImports(db: Db, minutes: { upload: number; bucket: number }): Promise<number> {
  const still = sql`${imageImport.beatAt} < now() - make_interval(mins => case when ${imageImport.source} <> 'upload'
    then ${minutes.bucket}::int else ${minutes.upload}::int end)`;
  return db.transaction((tx) => failWhere(tx, still, inEnglish(ABANDONED), ABANDONED));
}

async function failWhere(tx: Db, condition: ReturnType<typeof sql>, message: string, said?: Said): Promise<number> {
  // Each text before it is written as JSON: afterwards what cannot be stored is an escape sequence.
  const kept = said
    ? JSON.stringify(said, (_, one: unknown) => (typeof one === 'string' ? toStorable(one) : one))
    : null;
  const rows = await tx
    .update(imageImport)
    .set({
      status: 'failed',
      endedAt: sql`now()`,
      errors: sql`jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('file', ${imageImport.name}, 'message',
        ${toStorable(message)}::text, 'said', ${kept}::jsonb))) || ${imageImport.errors}`,
    })
    .where(and(eq(imageImport.status, 'running'), condition))
    .returning({ id: imageImport.id, projectId: imageImport.projectId });
  for (const row of rows) await notify(tx, { name: 'import:ended', projectId: row.projectId, importId: row.id });
  return rows.length;
}
