import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { SOURCE_LIMITS, SOURCE_PAGE, stateByName } from '#core/source/source.ts';
import { notify } from '#db/notify.ts';
import { countIn, writeFound, writeUnfound } from '#db/queries/source/source-object.ts';
import type { FoundObject } from '#db/queries/source/source-object.ts';
import { endListing, noteListed, noteProblems } from '#db/queries/source/source.ts';
import type { Source } from '#db/queries/source/source.ts';
import type { Services } from '../../context.ts';
import { IGNORED_NAME } from '../import/read-archive.ts';
import type { OpenPlace, PlacedObject } from './place.ts';

/** Thrown inside where the source is gone, or another server has it by now. */
export class LetGo extends Error {}

/**
 * Lists a source, a page at a time, or goes on with a listing that broke; each page is stored with how far it came. At
 * the end it is known what is new, changed and vanished; nothing of the project is touched.
 * @throws AppError in words where the place cannot be listed, LetGo
 */
export async function listSource(
  services: Pick<Services, 'db'>,
  row: Source,
  place: OpenPlace,
  isOurs: () => boolean,
): Promise<void> {
  const { db } = services;
  const { pass } = row;
  // A list is one file, which is read from its start whatever was read of it before.
  const after = row.place.kind === 'list' ? null : row.cursor;
  let listed = after === null ? 0 : row.listed;
  await notify(db, { name: 'source:changed', projectId: row.projectId, sourceId: row.id });
  for await (const page of pagesOf(place.list(after))) {
    if (!isOurs()) throw new LetGo();
    listed += page.length;
    if (listed > SOURCE_LIMITS.objects)
      throw new AppError('TOO_LARGE', say('refusal.sourceMany', { most: SOURCE_LIMITS.objects }));
    await db.transaction(async (tx) => {
      const isOurs = await noteListed(tx, row, { cursor: page.at(-1)?.key ?? '', listed });
      if (!isOurs) throw new LetGo();
      await writeFound(tx, { sourceId: row.id, pass, objects: page.flatMap((one) => toFound(row, one)) });
      await notify(tx, { name: 'source:changed', projectId: row.projectId, sourceId: row.id });
    });
  }
  // A place that answers with nothing is more often broken than empty, and all that was taken would seem to vanish.
  if (listed === 0) throw new AppError('BAD_INPUT', say(`refusal.nothing.${row.place.kind}`));
  await db.transaction(async (tx) => {
    const { some, count } = place.problems();
    if (!(await noteProblems(tx, row, some, count))) throw new LetGo();
    await writeUnfound(tx, { sourceId: row.id, pass });
    const isTaking = row.takesNew && (await countIn(tx, row.id, ['new', 'changed'])) > 0;
    await endListing(tx, row, isTaking ? 'taking' : 'idle');
    await notify(tx, { name: 'source:changed', projectId: row.projectId, sourceId: row.id });
  });
}

function toFound({ place }: Source, { key, name, size, mark, said }: PlacedObject): FoundObject[] {
  // What no row can hold could not be asked for again either.
  if (Buffer.byteLength(key) > SOURCE_LIMITS.keyBytes || key.includes('\0')) return [];
  if (place.kind === 'list') return [{ key, size, mark, state: 'new', said }];
  if (name === '' || name.endsWith('/') || IGNORED_NAME.test(name)) return [];
  return [{ key, size, mark, state: stateByName(name), said }];
}

async function* pagesOf(objects: AsyncIterable<PlacedObject>): AsyncGenerator<PlacedObject[]> {
  let page: PlacedObject[] = [];
  for await (const object of objects) {
    page.push(object);
    if (page.length < SOURCE_PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
