import type { z } from 'zod';
import { DEFAULT_PROJECT_SETTINGS } from '#core/project/project.ts';
import type { createProject as schema } from '#core/schemas/project.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { addProjects } from '#db/queries/people/project-scope.ts';
import { insertProject } from '#db/queries/project/project.ts';
import type { Actor, Services } from '../../context.ts';
import { addClasses } from './add-classes.ts';

/** Makes a project with its first classes. Grayscale projects start with colour operations and flips off. */
export async function createProject(services: Services, actor: Actor, input: z.infer<typeof schema>) {
  const { augmentation } = DEFAULT_PROJECT_SETTINGS;
  const settings = {
    ...DEFAULT_PROJECT_SETTINGS,
    augmentation: input.grayscale
      ? { ...augmentation, colour: false, flipHorizontal: false, rotation: 15 }
      : augmentation,
  };
  return services.db.transaction(async (tx) => {
    const project = await insertProject(tx, {
      organizationId: actor.organizationId,
      name: input.name,
      description: input.description,
      settings,
      overlap: settings.overlap,
      createdBy: actor.memberId,
    });
    // Who sees chosen projects only sees the one that they make.
    if (!actor.allProjects) await addProjects(tx, { memberId: actor.memberId, projectIds: [project.id] });
    await addClasses(tx, project.id, input.classes);
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId: project.id,
      memberId: actor.memberId,
      action: 'project:created',
      subject: input.name,
    });
    return { projectId: project.id };
  });
}
