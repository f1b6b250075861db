import { assignSlice as assignInput, pauseMember as pauseInput, setGold as goldInput } from '#core/schemas/labeling.ts';
import { z } from 'zod';
import { notify } from '#db/notify.ts';
import { assignSlice, unassignMember } from '#db/queries/labeling/assignment.ts';
import { listGold } from '#db/queries/labeling/gold.ts';
import { getLabeler } from '../../services/quality/get-labeler.ts';
import { pauseMember } from '../../services/quality/pause-member.ts';
import { readTeam } from '../../services/quality/read-team.ts';
import { setGold } from '../../services/quality/set-gold.ts';
import { projectProcedure, router } from '../trpc.ts';

export const qualityRouter = router({
  team: projectProcedure('team:watch').query(({ ctx }) => readTeam(ctx.services, ctx.project.id)),
  pause: projectProcedure('team:watch')
    .input(pauseInput)
    .mutation(({ ctx, input: { projectId, ...input } }) => pauseMember(ctx.services, ctx.actor, projectId, input)),
  assignSlice: projectProcedure('image:assign')
    .input(assignInput)
    .mutation(async ({ ctx, input }) => {
      const { db } = ctx.services;
      await getLabeler(db, { projectId: ctx.project.id, memberId: input.memberId });
      const assigned = await assignSlice(db, { ...input, split: input.split ?? null });
      await notify(db, { name: 'project:changed', projectId: ctx.project.id });
      return { assigned };
    }),
  unassign: projectProcedure('image:assign')
    .input(z.object({ memberId: z.uuid() }))
    .mutation(async ({ ctx, input }) => {
      const released = await unassignMember(ctx.services.db, { memberId: input.memberId, projectId: ctx.project.id });
      await notify(ctx.services.db, { name: 'project:changed', projectId: ctx.project.id });
      return { released };
    }),
  gold: projectProcedure('team:watch').query(({ ctx }) =>
    listGold(ctx.services.db, { projectId: ctx.project.id, limit: 500 }),
  ),
  setGold: projectProcedure('annotation:adjudicate')
    .input(goldInput)
    .mutation(({ ctx, input: { projectId, ...input } }) => setGold(ctx.services, ctx.actor, projectId, input)),
});
