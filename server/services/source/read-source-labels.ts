import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { FileLabel } from '#core/proposal/label-book.ts';
import type { Proposal, ProposalChoice } from '#core/proposal/propose.ts';
import { SOURCE_PAGE } from '#core/source/source.ts';
import type { ObjectState } from '#core/source/source.ts';
import type { Db } from '#db/client.ts';
import { listObjects } from '#db/queries/source/source-object.ts';
import type { Source } from '#db/queries/source/source.ts';
import { readContext } from '../import/propose-import.ts';
import { ARCHIVE_LIMITS } from '../import/read-archive.ts';
import { readArchiveAside } from '../import/read-aside.ts';
import type { OpenPlace } from './place.ts';

/** Objects that are at the source and read as images. */
const PRESENT: readonly ObjectState[] = ['new', 'taken', 'changed', 'failed'];

/**
 * How the labels of a source are read: from the names of all that is there, so that one new file of a class is read
 * like those before it, and from the label files among them.
 * @throws AppError where label files cannot be read
 */
export async function readSourceLabels(
  db: Db,
  row: Source,
  place: OpenPlace,
  choice: ProposalChoice,
): Promise<{ proposal: Proposal; find: (name: string) => FileLabel | null }> {
  const names: string[] = [];
  for await (const { key } of eachObject(db, row.id, PRESENT)) names.push(place.nameOf(key));
  const labelFiles = [];
  let bytes = 0;
  if (choice.layout !== 'none') {
    for await (const { key, size } of eachObject(db, row.id, ['table'])) {
      // What a place says of a size need not be true.
      const left = ARCHIVE_LIMITS.labelBytes - bytes;
      if (size > left) throw new AppError('TOO_LARGE', say('refusal.sourceLabels'));
      const file = await place.get(key, left);
      bytes += file.length;
      labelFiles.push({ path: place.nameOf(key), bytes: file });
    }
  }
  return readArchiveAside(names, labelFiles, { ...(await readContext(db, row.projectId)), choice });
}

/** Objects in these states, a page at a time, as they stand when their page is read. */
export async function* eachObject(db: Db, sourceId: string, states: readonly ObjectState[]) {
  let after: string | null = null;
  for (;;) {
    const page: Awaited<ReturnType<typeof listObjects>> = await listObjects(db, {
      sourceId,
      states,
      after,
      limit: SOURCE_PAGE,
    });
    yield* page;
    if (page.length < SOURCE_PAGE) return;
    after = page.at(-1)?.key ?? null;
  }
}
