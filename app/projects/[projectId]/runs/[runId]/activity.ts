import { planRounds } from '#core/run/plan-rounds.ts';
import type { RunConfig } from '#core/run/learning.ts';
import { roundName } from '#core/run/run.ts';
import type { RoundPlace, RoundStage, RunStatus } from '#core/run/run.ts';
import { STAGE_WORDS } from '../../../../_runs/words.tsx';

/** What a run under way is doing while no progress is told: between two stages, two rounds, or before its end. */
export function activityOf({
  status,
  config,
  rounds,
}: {
  status: RunStatus;
  config: RunConfig;
  rounds: readonly (RoundPlace & { stage: RoundStage })[];
}): string {
  if (status === 'queued') return 'Waits for a free trainer.';
  if (status === 'waiting-review') return 'Waits for people before the next round.';
  const working = rounds.find(({ stage }) => stage !== 'done' && stage !== 'waiting');
  if (working) return `${roundName(working)}: ${STAGE_WORDS[working.stage]}.`;
  const done = rounds.filter(({ stage }) => stage === 'done');
  const last = done.at(-1);
  if (last === undefined) return 'The trainer is getting ready; progress appears with its first step.';
  const planned = planRounds(config).length;
  return done.length >= planned
    ? 'All rounds are trained. Measuring them on the test split; then the run ends.'
    : `${roundName(last)} is done; what comes next begins.`;
}
