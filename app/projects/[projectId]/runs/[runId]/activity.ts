import { planRounds } from '#core/run/plan-rounds.ts';
import type { RunConfig } from '#core/run/learning.ts';
import type { RoundPlace, RoundStage, RunStatus } from '#core/run/run.ts';
import type { Translate } from '#core/text/text.ts';
import { roundTitle } from '../../../../_runs/words.tsx';

/** What a run under way is doing while no progress is told: between two stages, two rounds, or before its end. */
export function activityOf(
  t: Translate,
  {
    status,
    config,
    rounds,
  }: { status: RunStatus; config: RunConfig; rounds: readonly (RoundPlace & { stage: RoundStage })[] },
): string {
  if (status === 'queued') return t('run.activity.queued');
  if (status === 'waiting-review') return t('run.activity.waiting');
  const working = rounds.find(({ stage }) => stage !== 'done' && stage !== 'waiting');
  if (working)
    return t('run.activity.working', { round: roundTitle(t, working), stage: t(`run.stage.${working.stage}`) });
  const done = rounds.filter(({ stage }) => stage === 'done');
  const last = done.at(-1);
  if (last === undefined) return t('run.activity.ready');
  const planned = planRounds(config).length;
  return done.length >= planned ? t('run.activity.testing') : t('run.activity.next', { round: roundTitle(t, last) });
}
