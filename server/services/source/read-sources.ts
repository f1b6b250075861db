import type { z } from 'zod';
import type { Proposal } from '#core/proposal/propose.ts';
import type { LayoutId } from '#core/proposal/propose.ts';
import type { listObjects as listSchema, proposeSource as proposeSchema } from '#core/schemas/source.ts';
import { saidAs } from '#core/text/stored.ts';
import type { ObjectState } from '#core/source/source.ts';
import { countObjects, getSource, listSourceImports, listSources } from '#db/queries/source/source.ts';
import { listObjects } from '#db/queries/source/source-object.ts';
import type { Services } from '../../context.ts';
import { openPlace } from './open-place.ts';
import type { SourceNet } from './place.ts';
import { readSourceLabels } from './read-source-labels.ts';

type Counts = Record<ObjectState | 'replaced', number>;
const NONE: Counts = { new: 0, taken: 0, changed: 0, vanished: 0, failed: 0, table: 0, other: 0, replaced: 0 };

/** Sources with what stands how at each, how far their work is, and the folders that the operator allows. */
export async function readSources({ db, env }: Pick<Services, 'db' | 'env'>, projectId: string) {
  const rows = await listSources(db, projectId);
  const [counted, imports] = await Promise.all([
    rows.length === 0
      ? []
      : countObjects(
          db,
          rows.map(({ id }) => id),
        ),
    listSourceImports(
      db,
      rows.flatMap(({ importId }) => importId ?? []),
    ),
  ]);
  const counts = new Map<string, Counts>();
  for (const { sourceId, state, n, replaced } of counted) {
    const own = counts.get(sourceId) ?? { ...NONE };
    counts.set(sourceId, { ...own, [state]: n, replaced: own.replaced + replaced });
  }
  return {
    roots: env.PUPIL_SOURCE_ROOTS,
    sources: rows.map((row) => ({
      ...row,
      counts: counts.get(row.id) ?? NONE,
      taking: imports.find(({ id }) => id === row.importId) ?? null,
    })),
  };
}

/** Objects of one state, page by page, in the order of their keys. */
export async function readObjects(
  { db }: Pick<Services, 'db'>,
  { projectId, sourceId, state, after, limit }: z.infer<typeof listSchema> & { projectId: string },
) {
  await getSource(db, projectId, sourceId);
  const objects = await listObjects(db, { sourceId, states: [state], after: after ?? null, limit });
  const told = objects.map((one) => ({ ...one, messageSaid: saidAs(one.message, one.messageSaid) }));
  return { objects: told, next: objects.length < limit ? null : (objects.at(-1)?.key ?? null) };
}

/** What all that is at a source would be understood as; nothing is stored. */
export async function proposeSource(
  services: Pick<Services, 'db' | 'env'>,
  { projectId, sourceId, layout, names }: z.infer<typeof proposeSchema> & { projectId: string },
  net: SourceNet = {},
): Promise<Proposal> {
  const row = await getSource(services.db, projectId, sourceId);
  const place = await openPlace(services, row, net);
  try {
    const choice = { layout: layout as LayoutId | null, names };
    return (await readSourceLabels(services.db, row, place, choice)).proposal;
  } finally {
    place.close();
  }
}
