import { standsOnBackbone } from '../chain/chain-link.ts';
import type { AugmentationPolicy, RunConfig } from '../run/learning.ts';
import { DEFAULT_RUN_CONFIG } from '../run/learning.ts';
import { PRESETS } from '../run/presets.ts';
import type { Recommendation } from './recommend.ts';

/** What stands on a backbone keeps all its pseudo-labels: soft ones that are unsure teach little and harm little. */
export function recommendedSettings({
  chain,
  steps,
  teacherSteps,
}: Pick<Recommendation, 'chain' | 'steps' | 'teacherSteps'>): Partial<RunConfig> {
  const base = chain.some(standsOnBackbone) ? PRESETS['backbone-student'].settings : PRESETS.small.settings;
  return { ...base, chain, steps, teacherSteps };
}

/**
 * All settings of the run that is recommended, for whoever starts one without the page.
 *
 *   planConfig(recommendRun(facts), project.settings.augmentation)
 *   // { ...DEFAULT_RUN_CONFIG, chain: [{ role: 'teacher', … }], steps: 900, … }
 */
export const planConfig = (
  recommendation: Pick<Recommendation, 'chain' | 'steps' | 'teacherSteps'>,
  augmentation: AugmentationPolicy,
): RunConfig => ({ ...DEFAULT_RUN_CONFIG, augmentation, ...recommendedSettings(recommendation) });
