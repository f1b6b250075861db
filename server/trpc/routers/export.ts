import { MODEL_EXPORTS, isModelExportName } from '#core/export/model-export.ts';
import {
  createSnapshot,
  diffSnapshotsInput,
  projectRef,
  requestModelExport,
  restoreSnapshot as restoreInput,
  updateSnapshot,
} from '#core/schemas/export.ts';
import { diffSnapshots } from '#core/export/snapshots.ts';
import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { listModelExports } from '#db/queries/export/export.ts';
import {
  getSnapshot,
  insertSnapshot,
  listSnapshots,
  readSnapshotItems,
  updateSnapshotWords,
} from '#db/queries/export/snapshot.ts';
import { restoreSnapshot } from '../../services/export/restore-snapshot.ts';
import { requestModel } from '../../services/export/request-model.ts';
import { projectProcedure, router } from '../trpc.ts';

const SHOWN = 200;

export const exportRouter = router({
  requestModel: projectProcedure('export:create')
    .input(requestModelExport)
    .mutation(({ ctx, input }) => requestModel(ctx.services, ctx.actor, input)),
  listModels: projectProcedure('export:read')
    .input(projectRef)
    .query(async ({ ctx, input }) =>
      (await listModelExports(ctx.services.db, input.projectId)).map((row) => ({
        ...row,
        title: isModelExportName(row.format) ? MODEL_EXPORTS[row.format].title : row.format,
      })),
    ),
  createSnapshot: projectProcedure('export:create')
    .input(createSnapshot)
    .mutation(({ ctx, input: { projectId, name, note } }) =>
      ctx.services.db.transaction(async (tx) => {
        const made = await insertSnapshot(tx, { projectId, name, note, createdBy: ctx.actor.memberId });
        await recordActivity(tx, {
          organizationId: ctx.actor.organizationId,
          projectId,
          memberId: ctx.actor.memberId,
          action: 'snapshot:created',
          subject: name,
          detail: { snapshotId: made.id, count: made.count },
        });
        await notify(tx, { name: 'snapshot:created', projectId, snapshotId: made.id });
        return made;
      }),
    ),
  updateSnapshot: projectProcedure('export:create')
    .input(updateSnapshot)
    .mutation(async ({ ctx, input: { projectId, snapshotId, name, note } }) => {
      const { db } = ctx.services;
      await getSnapshot(db, { projectId, snapshotId });
      await updateSnapshotWords(db, { projectId, snapshotId }, { name, note });
      await notify(db, { name: 'snapshot:described', projectId, snapshotId });
    }),
  /** Makes a project of it; the images arrive as an import there. */
  restoreSnapshot: projectProcedure('project:create')
    .input(restoreInput)
    .mutation(async ({ ctx, input }) => {
      const { projectId, importId } = await restoreSnapshot(ctx.services, ctx.actor, ctx.project, input);
      return { projectId, importId };
    }),
  listSnapshots: projectProcedure('export:read')
    .input(projectRef)
    .query(({ ctx, input }) => listSnapshots(ctx.services.db, input.projectId)),
  /** Totals, and the first of each kind: a page cannot show a hundred thousand. */
  diffSnapshots: projectProcedure('export:read')
    .input(diffSnapshotsInput)
    .query(({ ctx, input: { projectId, beforeId, afterId } }) => {
      const read = (snapshotId: string) => readSnapshotItems(ctx.services.db, { projectId, snapshotId });
      return diffSnapshots(read(beforeId), read(afterId), SHOWN);
    }),
});
