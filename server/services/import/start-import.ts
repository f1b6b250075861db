import type { z } from 'zod';
import type { startImport as schema } from '#core/schemas/import.ts';
import type { Db } from '#db/client.ts';
import { insertImport } from '#db/queries/image/image.ts';
import { addClasses } from '../project/add-classes.ts';

/**
 * Opens an import. The classes that its proposal told are made here, in their order: files arrive side by side, and a
 * class's key is not left to which came first.
 */
export const startImport = (
  db: Db,
  { projectId, memberId }: { projectId: string; memberId: string },
  { name, total, classes }: z.infer<typeof schema>,
) =>
  db.transaction(async (tx) => {
    if (classes.length > 0) await addClasses(tx, projectId, classes);
    return insertImport(tx, { projectId, createdBy: memberId, name, total });
  });
