'use client';
import { memo } from 'react';
import type { Ref } from 'react';
import { useText } from '../../../_text/text.tsx';
import { Markdown } from '../../../_ui/markdown.tsx';
import { Tabs } from '../../../_ui/tabs.tsx';
import { Comments } from '../../../_labeling/comments.tsx';
import type { Done } from '../../../_labeling/hand/hand.ts';
import { ClassGuide } from './class-guide.tsx';
import { SessionPanel } from './session-panel.tsx';
import { useGuide } from './use-guide.ts';

export type Side = 'guidelines' | 'comments' | 'session';
const SIDES: readonly Side[] = ['guidelines', 'comments', 'session'];

/** What stands beside the image, or over it where the screen is narrow. */
export const Beside = memo(function Beside({
  side,
  onSide,
  imageId,
  boxRef,
  past,
  done,
  total,
  today,
}: {
  side: Side;
  onSide: (side: Side) => void;
  imageId: string | null;
  boxRef: Ref<HTMLTextAreaElement>;
  past: readonly Done[];
  done: number;
  total: number;
  today: number;
}) {
  const { t } = useText();
  const { guidelines, described } = useGuide();
  const panels = {
    guidelines: (
      <>
        {guidelines === '' ? (
          <p className="text-sm text-muted">{t('label.noGuidelines')}</p>
        ) : (
          <Markdown text={guidelines} />
        )}
        <ClassGuide described={described} />
      </>
    ),
    comments:
      imageId === null ? (
        <p className="text-sm text-muted">{t('label.noImage')}</p>
      ) : (
        <Comments key={imageId} imageId={imageId} boxRef={boxRef} />
      ),
    session: <SessionPanel past={past} done={done} total={total} today={today} />,
  };
  return (
    <Tabs
      label={t('label.beside')}
      value={side}
      onChange={onSide}
      tabs={SIDES.map((value) => ({
        value,
        label: t(`label.side.${value}`),
        content: panels[value],
      }))}
    />
  );
});
