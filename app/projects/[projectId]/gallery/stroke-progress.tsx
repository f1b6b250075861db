'use client';
import { useText } from '../../../_text/text.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Progress } from '../../../_ui/progress.tsx';
import type { StrokeProgress as Stroke } from './use-stroke.ts';

/** How far a stroke over many images is. Stopping it keeps what was done, and its undo. */
export function StrokeProgress({ stroke, onStop }: { stroke: Stroke; onStop: () => void }) {
  const { t } = useText();
  const rate = stroke.seconds > 1 ? stroke.done / stroke.seconds : null;
  return (
    <div
      role="status"
      className="fixed bottom-4 left-1/2 z-30 flex w-[min(26rem,92vw)] -translate-x-1/2 items-end gap-3 rounded-xl
      bg-raised       p-3 shadow-pop max-md:bottom-18"
    >
      <Progress
        className="flex-1"
        label={stroke.label}
        done={stroke.done}
        total={stroke.total}
        noun={t('label.images')}
        rate={rate}
        secondsLeft={rate === null || rate === 0 || stroke.total === null ? null : (stroke.total - stroke.done) / rate}
      />
      <Button size="sm" variant="ghost" onClick={onStop}>
        {t('change.stop')}
      </Button>
    </div>
  );
}
