import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { FileLabel } from '#core/proposal/label-book.ts';
import { NO_LABEL } from '#core/proposal/label-book.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { getImport, insertImport } from '#db/queries/image/image.ts';
import { beatImport, failImport } from '#db/queries/image/import.ts';
import { getProject } from '#db/queries/project/project.ts';
import { countIn, noteTried } from '#db/queries/source/source-object.ts';
import { endTaking, noteImport, noteProgress } from '#db/queries/source/source.ts';
import type { Source } from '#db/queries/source/source.ts';
import type { Services } from '../../context.ts';
import { fetchAhead } from '../../net/fetch-ahead.ts';
import { endImport } from '../import/end-import.ts';
import { importImages } from '../import/import-images.ts';
import type { ImportFile, RefusedFile } from '../import/import-images.ts';
import { ARCHIVE_LIMITS } from '../import/read-archive.ts';
import { addClasses } from '../project/add-classes.ts';
import type { OpenPlace } from './place.ts';
import { eachObject, readSourceLabels } from './read-source-labels.ts';
import { LetGo } from './sync-source.ts';

/** Objects of a host that fail for its sake, one after the other, after which it is asked for no other one. */
const FAILURES_MOST = 16;
const BEAT_MS = 15_000;

type Incoming = ImportFile | RefusedFile;

/**
 * Takes what is new or changed at a source by an import like any other; one that broke is gone on with, or followed by
 * another where it has ended meanwhile. What was taken is noted with its images, so nothing is taken twice or lost.
 * What nothing answers for is no failure of its own: it waits, and the import begins with the first object that came.
 * @throws AppError UNAVAILABLE where something did not answer, another one in words where the place lets nobody in,
 * LetGo
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
  let [isOpen, isEnded] = [true, false];
  const hosts = createHosts();
  const objects = fetchObjects(db, row, place, { hosts, find: labels?.find ?? null, isOpen: () => isOpen, isOurs });
  const first = await objects.next();
  if (first.done === true) hosts.tell();
  const importId = await openImport(db, row);
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
      // A batch of who was left behind is undone as a whole.
      noteTried: async (tx: Db, tried: Parameters<typeof noteTried>[2]) => {
        if (!(await noteProgress(tx, row))) throw new LetGo();
        await noteTried(tx, row.id, tried);
      },
    };
    await importImages(services, target, startingWith(first, objects));
    await endImport(services, { organizationId, memberId: row.memberId }, { projectId, importId });
    isEnded = true;
    hosts.tell();
    if (!(await endTaking(db, row))) throw new LetGo();
  } catch (error) {
    if (error instanceof AppError && !isEnded)
      await failImport(db, { importId, message: error.message, said: error.said ?? undefined });
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

async function* startingWith<T>(first: IteratorResult<T, void>, rest: AsyncGenerator<T, void>): AsyncGenerator<T> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

/**
 * Objects in their order, a few fetched ahead; one that cannot be fetched is named and the rest go on. Those that
 * nothing answers for are left as they are, and the hosts keep them in mind.
 */
async function* fetchObjects(
  db: Db,
  row: Source,
  place: OpenPlace,
  at: {
    hosts: ReturnType<typeof createHosts>;
    find: ((name: string) => FileLabel | null) | null;
    isOpen: () => boolean;
    isOurs: () => boolean;
  },
): AsyncGenerator<Incoming, void> {
  const { hosts } = at;
  const fetchOne = async ({ key, said }: { key: string; said: FileLabel | null }): Promise<Incoming | null> => {
    const name = place.nameOf(key);
    const host = place.hostOf(key);
    if (hosts.isAway(host)) return hosts.pass(host);
    try {
      const bytes = await place.get(key, ARCHIVE_LIMITS.entryBytes);
      hosts.answered(host);
      return { key, name, bytes, ...(said ?? at.find?.(name) ?? NO_LABEL) };
    } catch (error) {
      if (error instanceof LetGo) throw error;
      const told = error instanceof AppError ? error : new AppError('BAD_INPUT', say('refusal.notRead'));
      if (told.code === 'UNAVAILABLE') return hosts.pass(host);
      if (told.code === 'FORBIDDEN') hosts.refused(host, told);
      else hosts.answered(host);
      return { key, name: name.slice(0, 200), error: told };
    }
  };
  // The states of a page change behind the reader, never before it: objects come in the order of their keys.
  const waiting = async function* () {
    for await (const { key, said } of eachObject(db, row.id, ['new', 'changed'])) {
      if (!at.isOurs()) throw new LetGo();
      if (!at.isOpen()) return;
      yield { key, said: row.choice.layout === 'none' && said ? { ...NO_LABEL, split: said.split } : said };
    }
  };
  for await (const incoming of fetchAhead(waiting(), fetchOne)) if (incoming !== null) yield incoming;
}

/** Keeps in mind which hosts do not answer. */
function createHosts() {
  const failures = new Map<string, number>();
  const away = new Map<string, number>();
  const fail = (host: string): number => {
    const count = (failures.get(host) ?? 0) + 1;
    failures.set(host, count);
    return count;
  };
  return {
    answered: (host: string) => void failures.delete(host),
    isAway: (host: string): boolean => (failures.get(host) ?? 0) >= FAILURES_MOST,
    /** An object waits, since its host does not answer. */
    pass(host: string): null {
      fail(host);
      away.set(host, (away.get(host) ?? 0) + 1);
      return null;
    },
    /** One that lets nobody in will not do so by itself. */
    refused(host: string, told: AppError): void {
      if (fail(host) >= FAILURES_MOST) throw told;
    },
    /** @throws AppError UNAVAILABLE where objects wait */
    tell(): void {
      const [host] = away.keys();
      if (host === undefined) return;
      const count = [...away.values()].reduce((sum, n) => sum + n, 0);
      throw new AppError(
        'UNAVAILABLE',
        away.size > 1
          ? say('refusal.notTakenMore', { count, host: host.slice(0, 200), more: away.size - 1 })
          : say('refusal.notTaken', { count, host: host.slice(0, 200) }),
      );
    },
  };
}
