import { z } from 'zod';
import { plainText } from '#core/schemas/project.ts';
import { getImport, insertImport, listImports } from '#db/queries/image.ts';
import { endImport } from '../../services/image/end-import.ts';
import { projectProcedure, router } from '../trpc.ts';

export const imageRouter = router({
  imports: projectProcedure('image:import').query(({ ctx }) => listImports(ctx.services.db, ctx.project.id)),
  getImport: projectProcedure('image:import')
    .input(z.object({ importId: z.uuid() }))
    .query(({ ctx, input }) => getImport(ctx.services.db, ctx.project.id, input.importId)),
  /** Opens an import; its files follow by PUT /api/projects/:projectId/imports/:importId/file. */
  startImport: projectProcedure('image:import')
    .input(z.object({ name: plainText(200), total: z.int().min(0).max(1_000_000).nullable() }))
    .mutation(({ ctx, input }) =>
      insertImport(ctx.services.db, { projectId: ctx.project.id, createdBy: ctx.actor.memberId, name: input.name, total: input.total })),
  endImport: projectProcedure('image:import')
    .input(z.object({ importId: z.uuid() }))
    .mutation(({ ctx, input }) => endImport(ctx.services, ctx.actor, input)),
});
