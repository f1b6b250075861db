'use client';
import { useQuery } from '@tanstack/react-query';
import { roundName } from '#core/run/run.ts';
import { useTRPC } from '../../../_lib/api.ts';
import { formatPercent } from '../../../_lib/format.ts';
import { useProject } from '../../../_shell/project.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';
import { GuessBars } from './guess-bars.tsx';
import type { Done } from '../../../_labeling/hand/hand.ts';
import { thumbnailUrl } from '../../../_labeling/media.ts';

/**
 * What the model thought of the image just answered, and what its earlier rounds said. Comes after the answer, so it
 * cannot lead.
 */
export function LastAnswer({ done, saved }: { done: Done; saved: boolean }) {
  const trpc = useTRPC();
  const { project, classById } = useProject();
  const itemId = done.image.review?.itemId ?? '';
  const reveal = useQuery(
    trpc.review.reveal.queryOptions(
      { projectId: project.id, itemId },
      { enabled: saved && itemId !== '', staleTime: 60_000 },
    ),
  );
  const answer = done.classId === null ? undefined : classById.get(done.classId);
  const guess = reveal.data?.guess;
  const said =
    done.kind === 'skip'
      ? 'No answer: it neither confirms nor corrects the model.'
      : guess === undefined
        ? reveal.isLoading || !saved
          ? '…'
          : 'The model’s answer stays hidden here.'
        : guess.classId === done.classId
          ? 'The model thought so too.'
          : 'You corrected the model.';
  const rounds = reveal.data?.rounds ?? [];
  return (
    <section aria-label="Just answered">
      <h2 className="mb-1.5 text-xs font-medium text-muted">Just answered</h2>
      <div className="flex gap-2.5">
        <img
          src={thumbnailUrl(project.id, done.image.id)}
          alt="What you answered"
          className="size-12 shrink-0 rounded-sm bg-sunken object-cover"
        />
        <div className="min-w-0 text-sm">
          <p className="flex items-center gap-1.5">
            You: {answer === undefined ? 'skipped' : <ClassBadge look={answer} />}
          </p>
          <p className="text-xs text-muted">{said}</p>
        </div>
      </div>
      {guess !== undefined && (
        <div className="mt-2">
          <GuessBars guess={guess} answer={done.classId} />
        </div>
      )}
      {rounds.length > 1 && (
        <ul className="mt-2 space-y-0.5 text-xs text-muted" aria-label="Earlier rounds">
          {rounds
            .filter((row) => row.role !== 'control')
            .slice(0, 5)
            .map((row) => {
              const look = classById.get(row.classIds[row.classIndex] ?? '');
              return (
                <li key={row.roundId} className="flex items-center justify-between gap-2">
                  <span>
                    Run {row.runNumber}, {roundName(row).toLowerCase()}
                  </span>
                  <span className="flex items-center gap-1.5">
                    {look !== undefined && <ClassBadge look={look} size="sm" />}
                    <span className="tabular">{formatPercent(row.confidence, 0)}</span>
                  </span>
                </li>
              );
            })}
        </ul>
      )}
    </section>
  );
}
