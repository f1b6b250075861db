'use client';
import { useQuery } from '@tanstack/react-query';
import { useText, Said } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { useProject } from '../../../_shell/project.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';
import { GuessBars } from './guess-bars.tsx';
import { roundWords } from '../../../_labeling/round-words.ts';
import type { Done } from '../../../_labeling/hand/hand.ts';
import { thumbnailUrl } from '../../../_labeling/media.ts';

/**
 * What the model thought of the image just answered, and what its earlier rounds said. Comes after the answer, so it
 * cannot lead.
 */
export function LastAnswer({ done, saved }: { done: Done; saved: boolean }) {
  const { t, format } = useText();
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
      ? t('review.noAnswer')
      : guess === undefined
        ? reveal.isLoading || !saved
          ? '…'
          : t('review.staysHidden')
        : guess.classId === done.classId
          ? t('review.thoughtSo')
          : t('review.corrected');
  const rounds = reveal.data?.rounds ?? [];
  return (
    <section aria-label={t('review.justAnswered')}>
      <h2 className="mb-1.5 text-xs font-medium text-muted">{t('review.justAnswered')}</h2>
      <div className="flex gap-2.5">
        <img
          src={thumbnailUrl(project.id, done.image.id)}
          alt={t('review.answeredImage')}
          className="size-12 shrink-0 rounded-sm bg-sunken object-cover"
        />
        <div className="min-w-0 text-sm">
          <p className="flex items-center gap-1.5">
            <Said
              of="review.you"
              with={{ answer: answer === undefined ? t('review.skipped') : <ClassBadge look={answer} /> }}
            />
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
        <ul className="mt-2 space-y-0.5 text-xs text-muted" aria-label={t('review.earlier')}>
          {rounds
            .filter((row) => row.role !== 'control')
            .slice(0, 5)
            .map((row) => {
              const look = classById.get(row.classIds[row.classIndex] ?? '');
              return (
                <li key={row.roundId} className="flex items-center justify-between gap-2">
                  <span>{t('review.runRound', { run: String(row.runNumber), round: roundWords(t, row) })}</span>
                  <span className="flex items-center gap-1.5">
                    {look !== undefined && <ClassBadge look={look} size="sm" />}
                    <span className="tabular">{format.percent(row.confidence, 0)}</span>
                  </span>
                </li>
              );
            })}
        </ul>
      )}
    </section>
  );
}
