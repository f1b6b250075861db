import { z } from 'zod';
import {
  drawValidation as drawInput,
  failImport as failInput,
  importBucket as importBucketInput,
  listLookAlikes as listInput,
  listNearDuplicates as listNearInput,
  moveLookAlikes as moveInput,
  returnLookAlikes as returnInput,
  proposeImport as proposeInput,
  startImport as startInput,
} from '#core/schemas/import.ts';
import { listFeatureProgress } from '#db/queries/image/feature-set.ts';
import { retryShards } from '#db/queries/image/feature-shard.ts';
import { getImport, listImports } from '#db/queries/image/image.ts';
import { drawValidation } from '../../services/image/draw-validation.ts';
import { endImport } from '../../services/import/end-import.ts';
import { failImport } from '../../services/import/fail-import.ts';
import { proposeImport } from '../../services/import/propose-import.ts';
import { importBucket } from '../../services/import/import-bucket.ts';
import { startImport } from '../../services/import/start-import.ts';
import { listLookAlikes, readLookAlikeCounts } from '../../services/image/list-look-alikes.ts';
import { listNearDuplicates } from '../../services/image/list-near-duplicates.ts';
import { moveLookAlikes, returnLookAlikes } from '../../services/image/move-look-alikes.ts';
import { projectProcedure, router } from '../trpc.ts';

export const imageRouter = router({
  imports: projectProcedure('image:import').query(({ ctx }) => listImports(ctx.services.db, ctx.project.id)),
  getImport: projectProcedure('image:import')
    .input(z.object({ importId: z.uuid() }))
    .query(({ ctx, input }) => getImport(ctx.services.db, ctx.project.id, input.importId)),
  /** Opens an import; its files follow by PUT /api/projects/:projectId/imports/:importId/file. */
  startImport: projectProcedure('image:import')
    .input(startInput)
    .mutation(({ ctx, input }) =>
      startImport(ctx.services.db, { projectId: ctx.project.id, memberId: ctx.actor.memberId }, input),
    ),
  /** What an upload of these names and label files would be understood as; nothing is stored. */
  propose: projectProcedure('image:import')
    .input(proposeInput)
    .mutation(({ ctx, input }) => proposeImport(ctx.services.db, input)),
  /** Fetches every image below a prefix of a bucket; goes on by itself, and `endImport` stops it. */
  importBucket: projectProcedure('image:import')
    .input(importBucketInput)
    .mutation(async ({ ctx, input }) => {
      const { importId } = await importBucket(ctx.services, ctx.actor, ctx.project, input);
      return { importId };
    }),
  endImport: projectProcedure('image:import')
    .input(z.object({ importId: z.uuid() }))
    .mutation(({ ctx, input }) => endImport(ctx.services, ctx.actor, input)),
  failImport: projectProcedure('image:import')
    .input(failInput)
    .mutation(({ ctx, input }) => failImport(ctx.services, ctx.actor, input)),
  /** How far the images are embedded, by the project's backbone first. */
  features: projectProcedure('image:read').query(({ ctx }) => listFeatureProgress(ctx.services.db, ctx.project.id)),
  retryFeatures: projectProcedure('image:import').mutation(({ ctx }) => retryShards(ctx.services.db, ctx.project.id)),
  /** Validation and test images that look like one of the pool. */
  lookAlikeCounts: projectProcedure('image:import').query(({ ctx }) =>
    readLookAlikeCounts(ctx.services.db, ctx.project.id),
  ),
  lookAlikes: projectProcedure('image:import')
    .input(listInput)
    .query(({ ctx, input }) => listLookAlikes(ctx.services.db, input)),
  /** Pairs that are nearly the same to the backbone, one of the pool in each. */
  nearDuplicates: projectProcedure('image:import')
    .input(listNearInput)
    .query(({ ctx, input }) => listNearDuplicates(ctx.services.db, input)),
  moveLookAlikes: projectProcedure('image:import')
    .input(moveInput)
    .mutation(({ ctx, input }) => moveLookAlikes(ctx.services, ctx.actor, input)),
  /** Sets a random share of unanswered pool images aside for validation. */
  drawValidation: projectProcedure('image:import')
    .input(drawInput)
    .mutation(({ ctx, input }) => drawValidation(ctx.services, ctx.actor, input)),
  returnLookAlikes: projectProcedure('image:import')
    .input(returnInput)
    .mutation(({ ctx, input }) => returnLookAlikes(ctx.services, ctx.actor, input)),
});
