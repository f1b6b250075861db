import { roundWords } from '../../../_labeling/round-words.ts';
import { runWords } from '../../../_runs/words.tsx';
import { useText } from '../../../_text/text.tsx';
import { useQuery } from '@tanstack/react-query';
import { finalRound, isRunEnded } from '#core/run/run.ts';
import { useTRPC } from '../../../_lib/api.ts';
import { useProject } from '../../../_shell/project.tsx';

/**
 * Finished rounds of the project as choices, newest run first, each run's final model marked; control arms are left
 * out.
 */
export const useRoundChoices = () => {
  const { t } = useText();
  const { project } = useProject();
  const trpc = useTRPC();
  const runs = useQuery(trpc.run.list.queryOptions({ projectId: project.id }));
  return (runs.data ?? []).flatMap((run) => {
    const final = isRunEnded(run.status) ? finalRound(run.rounds) : null;
    return run.rounds
      .filter((round) => round.role !== 'control' && round.endedAt !== null)
      .map((round) => ({
        value: round.id,
        isFinal: round.id === final?.id,
        label: `${runWords(t, run)}, ${roundWords(t, round)} (${round.model})${
          round.id === final?.id ? t('hand.round.final') : ''
        }`,
      }))
      .reverse();
  });
};
