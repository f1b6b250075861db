import { createHash } from 'node:crypto';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { must } from '#core/must.ts';
import { notFound } from '#core/errors.ts';
import { SPLITS } from '#core/project/project.ts';
import type { Split } from '#core/project/project.ts';
import { sumOf, tallyOf } from '#core/math/tally.ts';
import { toStorable } from '#core/text.ts';
import type { Db } from '../../client.ts';
import { annotation, image, imageImport } from '../../schema/index.ts';
import type { FileLine } from '../../schema/project.ts';
import { awaitFeatures } from './feature-set.ts';

/** Inserts images that the project does not hold yet; each waits to be embedded. Returns the rows that are new. */
export async function insertImages(db: Db, rows: (typeof image.$inferInsert)[]) {
  if (rows.length === 0) return [];
  const inserted = await db
    .insert(image)
    .values(rows)
    .onConflictDoNothing({ target: [image.projectId, image.contentHash] })
    .returning({ id: image.id, contentHash: image.contentHash });
  await awaitFeatures(
    db,
    inserted.map(({ id }) => id),
  );
  return inserted;
}

/** Which of these contents the project holds already. */
export async function listKnownHashes(db: Db, projectId: string, hashes: readonly string[]): Promise<Set<string>> {
  const rows =
    hashes.length === 0
      ? []
      : await db
          .select({ contentHash: image.contentHash })
          .from(image)
          .where(and(eq(image.projectId, projectId), inArray(image.contentHash, [...hashes])));
  return new Set(rows.map((row) => row.contentHash));
}

/** Those of these ids that are images of the project, in their order. */
export async function listIdsOfProject(db: Db, projectId: string, imageIds: readonly string[]): Promise<string[]> {
  const rows = await db
    .select({ id: image.id })
    .from(image)
    .where(and(eq(image.projectId, projectId), inArray(image.id, [...imageIds])));
  const known = new Set(rows.map(({ id }) => id));
  return imageIds.filter((id) => known.has(id));
}

/**
 * Images by content, locked in the order of their ids: whoever labels many at once must not wait crosswise with another
 * one.
 */
export const lockImagesByHash = async (db: Db, projectId: string, hashes: string[]) =>
  hashes.length === 0
    ? []
    : db
        .select({ id: image.id, contentHash: image.contentHash })
        .from(image)
        .where(and(eq(image.projectId, projectId), inArray(image.contentHash, hashes)))
        .orderBy(asc(image.id))
        .for('update');

export async function getImage(db: Db, projectId: string, imageId: string) {
  const [row] = await db
    .select()
    .from(image)
    .where(and(eq(image.id, imageId), eq(image.projectId, projectId)));
  if (!row) throw notFound('image');
  return row;
}

/**
 * One id for one label of one import, so that a repeat is harmless and what an import has labeled is told from what
 * others have: a UUID of version 8.
 */
function importedId(
  importId: string,
  { imageId, classIds }: { imageId: string; classIds: readonly string[] | null },
  memberId: string | null = null,
): string {
  const who = memberId === null ? '' : `:${memberId}`;
  const hex = createHash('sha256')
    .update(`${importId}:${imageId}:${(classIds ?? []).join(',')}${who}`)
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export interface ImportedAnnotation {
  projectId: string;
  imageId: string;
  memberId: string;
  classIds: string[];
  source: 'import' | 'adjudicate';
}

/**
 * Annotations that came with imported data, of images whose rows are locked: what settles each, one an image, and the
 * answers of members beside it. Returns what the former add to the import's labels by class: an image that the same
 * import has labeled before counts once, under its newest class.
 */
export async function insertImportedAnnotations(
  db: Db,
  importId: string,
  { settled: rows, answers }: { settled: readonly ImportedAnnotation[]; answers: readonly ImportedAnnotation[] },
): Promise<Partial<Record<string, number>>> {
  if (answers.length > 0)
    await db
      .insert(annotation)
      .values(answers.map((row) => ({ ...row, id: importedId(importId, row, row.memberId), kind: 'decide' as const })))
      .onConflictDoNothing();
  if (rows.length === 0) return {};
  const stored = await db
    .select({ id: annotation.id, imageId: annotation.imageId, classIds: annotation.classIds })
    .from(annotation)
    .where(
      and(
        inArray(
          annotation.imageId,
          rows.map(({ imageId }) => imageId),
        ),
        inArray(annotation.source, ['import', 'adjudicate']),
      ),
    )
    .orderBy(asc(annotation.seq));
  const before = new Map(
    stored
      .filter((row) => row.id === importedId(importId, row))
      .map(({ imageId, classIds }) => [imageId, classIds ?? []]),
  );
  const added = await db
    .insert(annotation)
    .values(
      rows.map((row) => ({
        ...row,
        id: importedId(importId, row),
        kind: 'decide' as const,
      })),
    )
    .onConflictDoNothing()
    .returning({ imageId: annotation.imageId, classIds: annotation.classIds });
  const tally = tallyOf(added.flatMap(({ classIds }) => classIds ?? []));
  for (const { imageId } of added)
    for (const classId of before.get(imageId) ?? []) tally[classId] = (tally[classId] ?? 0) - 1;
  return tally;
}

export async function insertImport(db: Db, row: typeof imageImport.$inferInsert) {
  return must(await db.insert(imageImport).values(row).returning(), 0, 'import');
}

export async function getImport(db: Db, projectId: string, importId: string) {
  const [row] = await db
    .select()
    .from(imageImport)
    .where(and(eq(imageImport.id, importId), eq(imageImport.projectId, projectId)));
  if (!row) throw notFound('import');
  return row;
}

export const listImports = (db: Db, projectId: string) =>
  db
    .select()
    .from(imageImport)
    .where(eq(imageImport.projectId, projectId))
    .orderBy(sql`${imageImport.createdAt} desc`)
    .limit(50);

const ERRORS_KEPT = 200;

/** A column of counts by key, with these added. */
const addTally = (
  column: typeof imageImport.newBySplit | typeof imageImport.labeledByClass,
  add: Partial<Record<string, number>>,
) => sql`(
  select coalesce(jsonb_object_agg(key, n), '{}') from (
    select key, sum(value::int) as n from (select * from jsonb_each_text(${column}) union all select *
      from jsonb_each_text(${JSON.stringify(add)}::jsonb)) parts group by key having sum(value::int) <> 0
  ) tallied)`;

/** A column of lines about files, with these added while it has room. */
const addLines = (column: typeof imageImport.errors | typeof imageImport.notes, lines: readonly FileLine[]) => {
  // Each text before it is written as JSON: afterwards what cannot be stored is an escape sequence.
  const text = JSON.stringify(
    lines.slice(0, ERRORS_KEPT).map(({ file, message, said }) => (said ? { file, message, said } : { file, message })),
    (_, one: unknown) => (typeof one === 'string' ? toStorable(one) : one),
  );
  return sql`case when jsonb_array_length(${column}) < ${ERRORS_KEPT} then ${column} || ${text}::jsonb
    else ${column} end`;
};

/** Adds to the live counts of an import; its lists of errors and notes stop at 200, their counts do not. */
export async function bumpImport(
  db: Db,
  importId: string,
  add: {
    newBySplit: Partial<Record<Split, number>>;
    duplicates: number;
    labeledByClass: Partial<Record<string, number>>;
    bytes: number;
    errors: FileLine[];
    notes?: FileLine[];
  },
) {
  const { errors, notes = [] } = add;
  const rows = await db
    .update(imageImport)
    .set({
      beatAt: sql`now()`,
      imported: sql`${imageImport.imported} + ${sumOf(add.newBySplit)}::int`,
      duplicates: sql`${imageImport.duplicates} + ${add.duplicates}`,
      labeled: sql`${imageImport.labeled} + ${sumOf(add.labeledByClass)}::int`,
      newBySplit: addTally(imageImport.newBySplit, add.newBySplit),
      labeledByClass: addTally(imageImport.labeledByClass, add.labeledByClass),
      bytes: sql`${imageImport.bytes} + ${add.bytes}`,
      failed: sql`${imageImport.failed} + ${add.errors.length}`,
      ...(errors.length > 0 ? { errors: addLines(imageImport.errors, errors) } : {}),
      ...(notes.length > 0
        ? { notes: addLines(imageImport.notes, notes), noted: sql`${imageImport.noted} + ${notes.length}` }
        : {}),
    })
    .where(eq(imageImport.id, importId))
    .returning();
  return must(rows, 0, 'import');
}

export async function setImport(
  db: Db,
  importId: string,
  set: Partial<typeof imageImport.$inferInsert>,
): Promise<void> {
  await db.update(imageImport).set(set).where(eq(imageImport.id, importId));
}

/** Names of a project's images, the first `limit` of them. */
export const listImageNames = (db: Db, params: { projectId: string; limit: number }) =>
  db
    .select({ id: image.id, fileName: image.fileName })
    .from(image)
    .where(and(eq(image.projectId, params.projectId), inArray(image.split, SPLITS)))
    .orderBy(asc(image.id))
    .limit(params.limit);

/** Images of a project whose file name, or the last part of it, is one of these. */
export function listImagesByName(db: Db, projectId: string, names: readonly string[]) {
  const base = sql<string>`regexp_replace(${image.fileName}, '^.*/', '')`;
  const wanted = [...new Set(names)].map(toStorable);
  const bases = [...new Set(wanted.map((name) => name.split('/').at(-1) ?? name))];
  return db
    .select({ id: image.id, fileName: image.fileName })
    .from(image)
    .where(
      and(
        eq(image.projectId, projectId),
        inArray(image.split, SPLITS),
        sql`${base} = any(${sql.param(bases)}::text[])`,
        // The last part alone drives the index; what it finds too much goes here.
        sql`(${image.fileName} = any(${sql.param(wanted)}::text[]) or ${base} = any(${sql.param(wanted)}::text[]))`,
      ),
    );
}

/** A few images of the pool, drawn at import: to show what a policy does. */
export async function listSampleImages(db: Db, projectId: string): Promise<string[]> {
  const rows = await db
    .select({ id: image.id })
    .from(image)
    .where(and(eq(image.projectId, projectId), eq(image.split, 'pool')))
    .orderBy(asc(image.id))
    .limit(12);
  return rows.map(({ id }) => id);
}
