'use client';
import { memo } from 'react';
import { useText } from '../../../_text/text.tsx';
import { Badge } from '../../../_ui/badge.tsx';
import { roundWords } from '../../../_labeling/round-words.ts';
import type { Done, HandImage } from '../../../_labeling/hand/hand.ts';
import { Consequence } from './consequence.tsx';
import { GuessBars } from './guess-bars.tsx';
import { LastAnswer } from './last-answer.tsx';
import { REASON_TONES, whyOf } from './reasons.ts';
import { Similar } from './similar.tsx';

/** Why the image on screen is here, and what became of the last one; over the image where the screen is narrow. */
export const Beside = memo(function Beside({
  image,
  last,
  saved,
}: {
  image: HandImage | null;
  last: Done | null;
  saved: boolean;
}) {
  const { t } = useText();
  const task = image?.review ?? null;
  return (
    <div className="space-y-5">
      {task !== null && (
        <section aria-label={t('review.why')} className="space-y-2">
          <div className="flex flex-wrap items-center gap-2">
            <Badge tone={REASON_TONES[task.reason]}>{t(`review.reason.${task.reason}`)}</Badge>
            <span className="text-xs text-muted">
              {t('review.runRound', { run: String(task.runNumber), round: roundWords(t, task.round) })}
            </span>
          </div>
          <p className="text-sm text-pretty text-muted">{whyOf(t, task)}</p>
          {task.guess !== null && <GuessBars guess={task.guess} />}
        </section>
      )}
      {last !== null && <LastAnswer key={last.annotationId} done={last} saved={saved} />}
      {image !== null && <Similar imageId={image.id} />}
      <Consequence />
    </div>
  );
});
