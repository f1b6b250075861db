import { z } from 'zod';
import {
  adoptRound as adoptInput,
  applyThresholds as thresholds,
  archiveRun as archiveInput,
  deleteRun as deleteInput,
  describeRun as describeInput,
  fetchBackbone as fetchInput,
  listRuns as listInput,
  overlayRuns as overlayInput,
  removeBackbone as removeInput,
  runCurve,
  runRef,
  startRun as startInput,
  stopSweep as stopSweepInput,
} from '#core/schemas/run-commands.ts';
import { listAdoptable, listBackbones } from '#db/queries/run/backbone.ts';
import { listBook, listOverlay } from '#db/queries/run/book-read.ts';
import { getRun, listCurve, listRuns } from '#db/queries/run/run-read.ts';
import { listSampleImages } from '#db/queries/image/image.ts';
import { adoptRound } from '../../services/backbone/adopt-round.ts';
import { fetchBackbone } from '../../services/backbone/fetch-backbone.ts';
import { removeBackbone } from '../../services/backbone/remove-backbone.ts';
import { applyThresholds } from '../../services/run/apply-thresholds.ts';
import { deleteRun, previewDeletion } from '../../services/run/delete-run.ts';
import { archiveRun, describeRun } from '../../services/run/describe-run.ts';
import { controlRun, LEAD_COMMANDS, stopSweep } from '../../services/run/control-run.ts';
import { planRun } from '../../services/run/plan-run.ts';
import { readRun, readSamplePrediction } from '../../services/run/read-run.ts';
import { readRecommendation, readSpeeds } from '../../services/run/recommend-run.ts';
import { readReadiness, startRun } from '../../services/run/start-run.ts';
import { projectProcedure, router } from '../trpc.ts';

export const runRouter = router({
  list: projectProcedure('run:read')
    .input(listInput)
    .query(({ ctx, input }) =>
      listRuns(ctx.services.db, { projectId: input.projectId, ...(input.archived ? {} : { archived: false }) }),
    ),
  book: projectProcedure('run:read')
    .input(listInput)
    .query(({ ctx, input }) => listBook(ctx.services.db, input)),
  curves: projectProcedure('run:read')
    .input(overlayInput)
    .query(({ ctx, input }) => listOverlay(ctx.services.db, input)),
  get: projectProcedure('run:read')
    .input(runRef)
    .query(({ ctx, input }) => readRun(ctx.services.db, input)),
  curve: projectProcedure('run:read')
    .input(runCurve)
    .query(async ({ ctx, input }) => {
      await getRun(ctx.services.db, input);
      return listCurve(ctx.services.db, input);
    }),
  readiness: projectProcedure('run:read').query(({ ctx, input }) => readReadiness(ctx.services.db, input.projectId)),
  recommendation: projectProcedure('run:start').query(({ ctx }) => readRecommendation(ctx.services.db, ctx.project)),
  /** All settings of the recommended run, to be started as they are or changed first. */
  plan: projectProcedure('run:start').query(({ ctx }) => planRun(ctx.services.db, ctx.project)),
  speeds: projectProcedure('run:start').query(async ({ ctx }) => {
    const { embedRates, held, ...rest } = await readSpeeds(ctx.services.db, ctx.project);
    return {
      ...rest,
      embedRates: [...embedRates].map(([backboneId, paced]) => ({ backboneId, ...paced })),
      held: [...held].map(([features, images]) => ({ features, images })),
    };
  }),
  samplePrediction: projectProcedure('prediction:browse').query(({ ctx, input }) =>
    readSamplePrediction(ctx.services.db, input.projectId),
  ),
  sampleImages: projectProcedure('run:read').query(({ ctx, input }) =>
    listSampleImages(ctx.services.db, input.projectId),
  ),
  backbones: projectProcedure('run:read').query(({ ctx }) =>
    listBackbones(ctx.services.db, ctx.project.organizationId),
  ),
  adoptable: projectProcedure('run:read').query(({ ctx }) => listAdoptable(ctx.services.db, ctx.actor)),
  adoptRound: projectProcedure('run:start')
    .input(adoptInput)
    .mutation(({ ctx, input }) => adoptRound(ctx.services, ctx.actor, input)),
  fetchBackbone: projectProcedure('run:start')
    .input(fetchInput)
    .mutation(({ ctx, input }) => fetchBackbone(ctx.services, ctx.actor, { ...input, projectId: ctx.project.id })),
  removeBackbone: projectProcedure('run:start')
    .input(removeInput)
    .mutation(({ ctx, input }) => removeBackbone(ctx.services, ctx.actor, input)),
  start: projectProcedure('run:start')
    .input(startInput)
    .mutation(({ ctx, input }) => startRun(ctx.services, ctx.actor, input)),
  control: projectProcedure('run:control')
    .input(runRef.extend({ command: z.enum(LEAD_COMMANDS) }))
    .mutation(({ ctx, input }) => controlRun(ctx.services, ctx.actor, input)),
  stopSweep: projectProcedure('run:control')
    .input(stopSweepInput)
    .mutation(({ ctx, input }) => stopSweep(ctx.services, ctx.actor, input)),
  describe: projectProcedure('run:control')
    .input(describeInput)
    .mutation(({ ctx, input }) => describeRun(ctx.services, ctx.actor, input)),
  archive: projectProcedure('run:control')
    .input(archiveInput)
    .mutation(({ ctx, input }) => archiveRun(ctx.services, ctx.actor, input)),
  previewDeletion: projectProcedure('run:control')
    .input(runRef)
    .query(({ ctx, input }) => previewDeletion(ctx.services.db, input)),
  delete: projectProcedure('run:control')
    .input(deleteInput)
    .mutation(({ ctx, input }) => deleteRun(ctx.services, ctx.actor, input)),
  applyThresholds: projectProcedure('run:control')
    .input(thresholds)
    .mutation(({ ctx, input }) => applyThresholds(ctx.services, ctx.actor, input)),
});
