import { planConfig } from '#core/recommend/plan-config.ts';
import type { ProjectSettings } from '#core/project/project.ts';
import type { Db } from '#db/client.ts';
import { readRecommendation } from './recommend-run.ts';

/** What the page of a new run begins with, for programs: every setting, what it rests on and how long it takes. */
export async function planRun(
  db: Db,
  project: { id: string; organizationId: string; settings: Pick<ProjectSettings, 'augmentation'> },
) {
  const recommendation = await readRecommendation(db, project);
  return { config: planConfig(recommendation, project.settings.augmentation), recommendation };
}
