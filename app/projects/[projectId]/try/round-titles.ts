import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../../_lib/api.ts';
import { roundTitle, runWords } from '../../../_runs/words.tsx';
import { useProject } from '../../../_shell/project.tsx';
import { useText } from '../../../_text/text.tsx';

/** How rounds are called in the language of the page; one that is gone, as the server kept its title. */
export function useRoundTitles(): (roundId: string | null, title: string) => string {
  const { t } = useText();
  const trpc = useTRPC();
  const { project } = useProject();
  const rounds = useQuery(trpc.compare.rounds.queryOptions({ projectId: project.id }));
  return (roundId, title) => {
    const round = rounds.data?.find(({ id }) => id === roundId);
    return round ? `${runWords(t, { number: round.runNumber, name: round.runName })}, ${roundTitle(t, round)}` : title;
  };
}
