import { z } from 'zod';
import type { LayoutId } from '#core/proposal/propose.ts';
import * as schemas from '#core/schemas/source.ts';
import { addSource } from '../../services/source/add-source.ts';
import {
  makeHook,
  removeSource,
  retrySource,
  syncSource,
  takeFromSource,
  updateSource,
} from '../../services/source/change-source.ts';
import { proposeSource, readObjects, readSources } from '../../services/source/read-sources.ts';
import { settleVanished } from '../../services/source/settle-vanished.ts';
import { projectProcedure, router } from '../trpc.ts';

/** Places that images keep coming from. What they find is shown first and taken when it is asked for. */
export const sourceRouter = router({
  list: projectProcedure('image:import').query(({ ctx }) => readSources(ctx.services, ctx.project.id)),
  objects: projectProcedure('image:import')
    .input(schemas.listObjects)
    .query(({ ctx, input }) => readObjects(ctx.services, input)),
  add: projectProcedure('image:import')
    .input(schemas.addSource)
    .mutation(({ ctx, input }) => addSource(ctx.services, ctx.actor, input)),
  update: projectProcedure('image:import')
    .input(schemas.updateSource)
    .mutation(({ ctx, input }) => updateSource(ctx.services, ctx.actor, input)),
  remove: projectProcedure('image:import')
    .input(schemas.sourceRef)
    .mutation(({ ctx, input }) => removeSource(ctx.services, ctx.actor, input)),
  /** Looks at the place again, in the background. */
  sync: projectProcedure('image:import')
    .input(schemas.sourceRef)
    .mutation(({ ctx, input }) => syncSource(ctx.services, ctx.actor, input)),
  /** What all that is there would be understood as; nothing is stored. */
  propose: projectProcedure('image:import')
    .input(schemas.proposeSource)
    .mutation(({ ctx, input }) => proposeSource(ctx.services, input)),
  /** Takes what is new and changed, in the background; its import is among the imports. */
  take: projectProcedure('image:import')
    .input(schemas.takeSource)
    .mutation(({ ctx, input: { choice, ...at } }) =>
      takeFromSource(ctx.services, ctx.actor, {
        ...at,
        ...(choice ? { choice: { layout: choice.layout as LayoutId | null, names: choice.names } } : {}),
      }),
    ),
  retry: projectProcedure('image:import')
    .input(schemas.sourceRef)
    .mutation(({ ctx, input }) => retrySource(ctx.services, ctx.actor, input)),
  /** Excludes the images of what vanished, a piece at a time, or keeps them. */
  settle: projectProcedure('image:import')
    .input(schemas.settleVanished)
    .mutation(({ ctx, input }) => settleVanished(ctx.services, ctx.actor, ctx.project, input)),
  /** The address by which another system asks for a sync; its path is told once. */
  hook: projectProcedure('image:import')
    .input(schemas.sourceRef.extend({ isOn: z.boolean() }))
    .mutation(({ ctx, input }) => makeHook(ctx.services, ctx.actor, input)),
});
