'use client';
import { useText } from '../../../_text/text.tsx';
import { classColour } from '../../../_lib/class-colour.ts';
import { useProject } from '../../../_shell/project.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';
import type { ReviewTask } from '../../../_labeling/hand/hand.ts';

/** What the model thinks: its calibrated probabilities, the likeliest first. `answer` is marked. */
export function GuessBars({
  guess,
  answer = null,
  max = 4,
}: {
  guess: NonNullable<ReviewTask['guess']>;
  answer?: string | null;
  max?: number;
}) {
  const { t, format } = useText();
  const { classById } = useProject();
  return (
    <ol className="space-y-1.5">
      {guess.probabilities.slice(0, max).map(({ classId, probability }) => {
        const look = classById.get(classId);
        if (look === undefined) return null;
        return (
          <li key={classId} className="text-sm">
            <div className="flex items-center justify-between gap-2">
              <span className="flex min-w-0 items-center gap-1.5">
                <ClassBadge look={look} size="sm" />
                {answer === classId && <span className="text-2xs text-muted">{t('review.yourAnswer')}</span>}
              </span>
              <span className="text-xs text-muted tabular">{format.percent(probability, 0)}</span>
            </div>
            <div aria-hidden className="mt-0.5 h-1 overflow-hidden rounded-full bg-press">
              <div
                className="h-full rounded-full"
                style={{ width: `${probability * 100}%`, background: classColour(look.colour) }}
              />
            </div>
          </li>
        );
      })}
    </ol>
  );
}
