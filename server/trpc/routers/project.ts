import { z } from 'zod';
import {
  classRef,
  createClasses,
  mergeClass as mergeInput,
  orderClasses,
  updateClass as updateClassInput,
} from '#core/schemas/class.ts';
import { createProject as createInput, projectSettings, updateProject as updateInput } from '#core/schemas/project.ts';
import { countUnsettled } from '#db/queries/labeling/counter.ts';
import { listProjectMembers } from '#db/queries/people/member.ts';
import { notify } from '#db/notify.ts';
import { listMerged, previewMerge } from '#db/queries/project/merge-class.ts';
import { listClasses, listProjects, orderClassRows } from '#db/queries/project/project.ts';
import { addClasses } from '../../services/project/add-classes.ts';
import { createProject } from '../../services/project/create-project.ts';
import { deleteClass } from '../../services/project/delete-class.ts';
import { deleteProject } from '../../services/project/delete-project.ts';
import { mergeClass, unmergeClass } from '../../services/project/merge-class.ts';
import { updateClass } from '../../services/project/update-class.ts';
import { updateProject } from '../../services/project/update-project.ts';
import { organizationProcedure, projectProcedure, router } from '../trpc.ts';

export const projectRouter = router({
  list: organizationProcedure('organization:read').query(({ ctx }) => listProjects(ctx.services.db, ctx.actor)),
  create: organizationProcedure('project:create')
    .input(createInput)
    .mutation(({ ctx, input }) => createProject(ctx.services, ctx.actor, input)),
  /** The project, its classes, and what the asking member may do in it. */
  get: projectProcedure('project:read').query(async ({ ctx }) => ({
    ...ctx.project,
    classes: await listClasses(ctx.services.db, ctx.project.id),
    /** Second names of these: classes that were merged into them. */
    merged: await listMerged(ctx.services.db, ctx.project.id),
    me: ctx.actor,
  })),
  /** The members who see the project. */
  members: projectProcedure('member:list').query(({ ctx }) => listProjectMembers(ctx.services.db, ctx.project.id)),
  update: projectProcedure('project:update')
    .input(updateInput)
    .mutation(({ ctx, input }) => updateProject(ctx.services, ctx.actor, ctx.project, input)),
  /** Labels that another overlap would take out of what is learned from, until further people have answered. */
  unsettledBy: projectProcedure('project:update')
    .input(projectSettings.pick({ overlap: true }))
    .query(({ ctx, input }) => countUnsettled(ctx.services.db, { projectId: ctx.project.id, overlap: input.overlap })),
  delete: projectProcedure('project:delete')
    .input(z.object({ confirmName: z.string().max(200) }))
    .mutation(({ ctx, input }) => deleteProject(ctx.services, ctx.actor, ctx.project, input.confirmName)),
  addClasses: projectProcedure('class:manage')
    .input(createClasses)
    .mutation(({ ctx, input }) => ctx.services.db.transaction((tx) => addClasses(tx, ctx.project.id, input.names))),
  updateClass: projectProcedure('class:manage')
    .input(updateClassInput)
    .mutation(({ ctx, input }) => updateClass(ctx.services, input)),
  deleteClass: projectProcedure('class:manage')
    .input(classRef)
    .mutation(({ ctx, input }) => deleteClass(ctx.services, ctx.actor, input)),
  orderClasses: projectProcedure('class:manage')
    .input(orderClasses)
    .mutation(({ ctx, input }) =>
      ctx.services.db.transaction(async (tx) => {
        await orderClassRows(tx, input);
        await notify(tx, { name: 'class:changed', projectId: ctx.project.id });
      }),
    ),
  /** What merging a class into another one would do. */
  previewMerge: projectProcedure('class:manage')
    .input(mergeInput)
    .query(({ ctx, input }) => previewMerge(ctx.services.db, input)),
  mergeClass: projectProcedure('class:manage')
    .input(mergeInput)
    .mutation(({ ctx, input }) => mergeClass(ctx.services, ctx.actor, input)),
  unmergeClass: projectProcedure('class:manage')
    .input(classRef)
    .mutation(({ ctx, input }) => unmergeClass(ctx.services, ctx.actor, input)),
});
