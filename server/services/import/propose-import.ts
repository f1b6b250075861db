import type { z } from 'zod';
import { propose } from '#core/proposal/propose.ts';
import type { LayoutId, Proposal } from '#core/proposal/propose.ts';
import type { proposeImport as schema } from '#core/schemas/import.ts';
import type { Db } from '#db/client.ts';
import { listMerged } from '#db/queries/project/merge-class.ts';
import { getProject, listClasses } from '#db/queries/project/project.ts';
import type { ReadingContext } from './read-labels.ts';

/** What a project reads an upload by: its classes and their second names, and the shares that it draws splits by. */
export async function readContext(db: Db, projectId: string): Promise<ReadingContext> {
  const classes = await listClasses(db, projectId);
  const { settings } = await getProject(db, projectId);
  const byId = new Map(classes.map(({ id, name }) => [id, name]));
  const aliases = (await listMerged(db, projectId)).flatMap(({ name, intoId }) => {
    const into = byId.get(intoId ?? '');
    return into === undefined ? [] : [{ name, into }];
  });
  return { classes: classes.map(({ name }) => ({ name })), aliases, shares: settings };
}

/** What an upload of these names and label files would be understood as; nothing is stored. */
export async function proposeImport(
  db: Db,
  { projectId, paths, labelFiles, layout, names }: z.infer<typeof schema> & { projectId: string },
): Promise<Proposal> {
  const encoder = new TextEncoder();
  return propose({
    ...(await readContext(db, projectId)),
    paths: paths.map((path) => path.normalize('NFC')),
    labelFiles: labelFiles.map(({ path, text }) => ({ path, bytes: encoder.encode(text) })),
    choice: { layout: layout as LayoutId | null, names },
  }).proposal;
}
