'use client';
import { memo } from 'react';
import { roundName } from '#core/run/run.ts';
import { Badge } from '../../../_ui/badge.tsx';
import type { Done, HandImage } from '../../../_labeling/hand/hand.ts';
import { Consequence } from './consequence.tsx';
import { GuessBars } from './guess-bars.tsx';
import { LastAnswer } from './last-answer.tsx';
import { REASON_WORDS, whyOf } from './reasons.ts';
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
  const task = image?.review ?? null;
  return (
    <div className="space-y-5">
      {task !== null && (
        <section aria-label="Why it is here" className="space-y-2">
          <div className="flex flex-wrap items-center gap-2">
            <Badge tone={REASON_WORDS[task.reason].tone}>{REASON_WORDS[task.reason].label}</Badge>
            <span className="text-xs text-muted">
              Run {task.runNumber}, {roundName(task.round).toLowerCase()}
            </span>
          </div>
          <p className="text-sm text-pretty text-muted">{whyOf(task)}</p>
          {task.guess !== null && <GuessBars guess={task.guess} />}
        </section>
      )}
      {last !== null && <LastAnswer key={last.annotationId} done={last} saved={saved} />}
      {image !== null && <Similar imageId={image.id} />}
      <Consequence />
    </div>
  );
});
