'use client';
import { SKIP_REASONS } from '#core/labeling/skip-reasons.ts';
import { useText } from '../../../_text/text.tsx';
import { useProject } from '../../../_shell/project.tsx';
import { Avatar } from '../../../_ui/avatar.tsx';
import { Badge } from '../../../_ui/badge.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';
import type { ImageStory } from './image-story.ts';

/** Everything that was ever said about an image, newest first; what was taken back is struck through. */
export function ImageHistory({ history }: { history: ImageStory['history'] }) {
  const { t, format } = useText();
  const { classById } = useProject();
  /** One of ours by its word here, what somebody wrote as it stands. */
  const reasonWords = (reason: string): string => {
    const ours = SKIP_REASONS.find((one) => one.reason === reason);
    return ours ? t(`label.skip.${ours.name}`) : reason;
  };
  const undone = new Set(history.map((row) => row.undoesId));
  if (history.length === 0) return <p className="text-sm text-muted">{t('image.nobody')}</p>;
  return (
    <ol className="space-y-2">
      {history.map((row) => {
        const look = row.classId === null ? undefined : classById.get(row.classId);
        return (
          <li key={row.id} className="flex items-start gap-2.5 text-sm">
            <Avatar name={row.memberName} seed={row.memberId} size={20} className="mt-px" />
            <div className="min-w-0 flex-1">
              <span className={undone.has(row.id) ? 'line-through opacity-60' : ''}>
                <span className="font-medium">{row.memberName}</span>{' '}
                {row.kind === 'decide' && look !== undefined && <ClassBadge look={look} className="align-middle" />}
                {row.kind === 'skip' && (
                  <span className="text-muted">
                    {row.reason === null
                      ? t('review.skipped')
                      : t('image.skippedBecause', { reason: reasonWords(row.reason) })}
                  </span>
                )}
                {row.kind === 'undo' && <span className="text-muted">{t('image.tookBack')}</span>}
              </span>
              <span className="ml-2 inline-flex gap-1 align-middle">
                <Badge>{t(`image.source.${row.source}`)}</Badge>
                {row.late && <Badge tone="warn">{t('image.late')}</Badge>}
                {row.guessShown && <Badge>{t('image.sawGuess')}</Badge>}
              </span>
            </div>
            <time dateTime={row.createdAt.toISOString()} className="shrink-0 text-xs text-muted">
              {format.relative(row.createdAt)}
            </time>
          </li>
        );
      })}
    </ol>
  );
}
