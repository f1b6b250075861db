import { AppError } from '#core/errors.ts';
import type { FileLabel } from '#core/proposal/label-book.ts';
import { NO_LABEL } from '#core/proposal/label-book.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { getImport, insertImport } from '#db/queries/image/image.ts';
import { beatImport, failImport } from '#db/queries/image/import.ts';
import { getProject } from '#db/queries/project/project.ts';
import { countIn, noteTried } from '#db/queries/source/source-object.ts';
import { endTaking, noteImport } from '#db/queries/source/source.ts';
import type { Source } from '#db/queries/source/source.ts';
import type { Services } from '../../context.ts';
import { endImport } from '../import/end-import.ts';
import { importImages } from '../import/import-images.ts';
import type { ImportFile, RefusedFile } from '../import/import-images.ts';
import { ARCHIVE_LIMITS } from '../import/read-archive.ts';
import { addClasses } from '../project/add-classes.ts';
import type { OpenPlace } from './place.ts';
import { eachObject, readSourceLabels } from './read-source-labels.ts';
import { LetGo } from './sync-source.ts';

/** Objects fetched ahead of the decoder. */
const AHEAD = 8;
/** Failures of the way there, one after the other, after which the place is taken to be gone. */
const UNREACHED_MOST = 16;
const BEAT_MS = 15_000;

type Incoming = ImportFile | RefusedFile;

/**
 * Takes what is new or changed at a source by an import like any other; one that broke is gone on with, or followed by
 * another where it has ended meanwhile. What was taken is noted with its images, so nothing is taken twice or lost.
 * @throws AppError in words where the place does not answer any more, LetGo
 */
export async function takeSource(
  services: Pick<Services, 'db' | 'blobs'>,
  row: Source,
  place: OpenPlace,
  isOurs: () => boolean,
): Promise<void> {
  const { db } = services;
  const { projectId } = row;
  const { settings, organizationId } = await getProject(db, projectId);
  const labels = row.place.kind === 'list' ? null : await readSourceLabels(db, row, place, row.choice);
  const importId = await openImport(db, row);
  let isOpen = true;
  const beat = setInterval(
    () =>
      void beatImport(db, importId).then(
        (running) => (isOpen = running),
        () => undefined,
      ),
    BEAT_MS,
  );
  try {
    const classes = labels?.proposal.classes.map(({ name }) => name) ?? [];
    if (classes.length > 0) await db.transaction((tx) => addClasses(tx, projectId, classes));
    const target = {
      importId,
      projectId,
      memberId: row.memberId,
      settings,
      seed: projectId,
      noteTried: (tx: Db, tried: Parameters<typeof noteTried>[2]) => noteTried(tx, row.id, tried),
    };
    await importImages(
      services,
      target,
      fetchObjects(db, row, place, { find: labels?.find ?? null, isOpen: () => isOpen, isOurs }),
    );
    await endImport(services, { organizationId, memberId: row.memberId }, { projectId, importId });
    if (!(await endTaking(db, row))) throw new LetGo();
  } catch (error) {
    if (error instanceof AppError) await failImport(db, { importId, message: error.message });
    throw error;
  } finally {
    clearInterval(beat);
  }
}

/** The import that takes: the one that another server left, if it is still open, else a new one. */
async function openImport(db: Db, row: Source): Promise<string> {
  if (row.importId !== null) {
    const before = await getImport(db, row.projectId, row.importId).catch(() => null);
    if (before?.status === 'running') return before.id;
  }
  return db.transaction(async (tx) => {
    const made = await insertImport(tx, {
      projectId: row.projectId,
      createdBy: row.memberId,
      source: 'source',
      name: row.name,
      total: await countIn(tx, row.id, ['new', 'changed']),
    });
    if (!(await noteImport(tx, row, made.id))) throw new LetGo();
    await notify(tx, { name: 'source:changed', projectId: row.projectId, sourceId: row.id });
    return made.id;
  });
}

/** Objects in their order, a few fetched ahead; one that cannot be fetched is named and the rest go on. */
async function* fetchObjects(
  db: Db,
  row: Source,
  place: OpenPlace,
  at: { find: ((name: string) => FileLabel | null) | null; isOpen: () => boolean; isOurs: () => boolean },
): AsyncGenerator<Incoming> {
  let unreached = 0;
  const fetchOne = async (key: string, said: FileLabel | null): Promise<Incoming> => {
    const name = place.nameOf(key);
    try {
      const bytes = await place.get(key, ARCHIVE_LIMITS.entryBytes);
      unreached = 0;
      return { key, name, bytes, ...(said ?? at.find?.(name) ?? NO_LABEL) };
    } catch (error) {
      if (error instanceof LetGo) throw error;
      const told = error instanceof AppError ? error : new AppError('UNAVAILABLE', 'It could not be read.');
      if (told.code === 'UNAVAILABLE') unreached += 1;
      return { key, name: name.slice(0, 200), error: told };
    }
  };
  const ahead: Promise<Incoming>[] = [];
  // The states of a page change behind the reader, never before it: objects come in the order of their keys.
  for await (const { key, said } of eachObject(db, row.id, ['new', 'changed'])) {
    if (!at.isOurs()) throw new LetGo();
    if (!at.isOpen()) return;
    const next = fetchOne(key, row.choice.layout === 'none' && said ? { ...NO_LABEL, split: said.split } : said);
    // It is waited for later; until then its failure is nobody's.
    next.catch(() => undefined);
    ahead.push(next);
    const first = ahead.length >= AHEAD ? ahead.shift() : undefined;
    if (first) yield await first;
    if (unreached >= UNREACHED_MOST)
      throw new AppError(
        'UNAVAILABLE',
        'The place stopped answering. What was taken stays; try what could not be taken again, and take the rest, ' +
          'once it is back.',
      );
  }
  for (const rest of ahead) yield await rest;
}
