'use client';
import { useQuery } from '@tanstack/react-query';
import { BookOpen } from 'lucide-react';
import { useDeferredValue, useMemo, useRef, useState } from 'react';
import { SKIP_REASONS } from '#core/labeling/skip-reasons.ts';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { useAnnouncePresence, useEvent } from '../../../_lib/socket.ts';
import { useStable } from '../../../_keys/use-stable.ts';
import { useOfflineShell } from '../../../_offline/worker.ts';
import { useProject } from '../../../_shell/project.tsx';
import { IconButton } from '../../../_ui/form/button.tsx';
import { Dialog } from '../../../_ui/dialog.tsx';
import { HotkeyHelp } from '../../../_shell/hotkey-help.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { ClassBar } from '../../../_labeling/class-bar.tsx';
import { EmptyHand } from '../../../_labeling/hand/empty-hand.tsx';
import { HandBar } from '../../../_labeling/hand/hand-bar.tsx';
import { nextRedo } from '../../../_labeling/hand/hand.ts';
import { NextAction } from '../../../_runs/next-action.tsx';
import { Beside } from './beside.tsx';
import type { Side } from './beside.tsx';
import { LearnsAlong } from './learns-along.tsx';
import { useGuide } from './use-guide.ts';
import { NoClasses } from '../../../_labeling/no-classes.tsx';
import { HandStage } from '../../../_labeling/stage/hand-stage.tsx';
import { PLAIN_LIGHT, useView } from '../../../_labeling/stage/stage.tsx';
import { pressHandKey, useClassKeys } from '../../../_labeling/use-class-keys.ts';
import { useLabelDeck } from '../../../_labeling/hand/use-decks.ts';
import { useSwipes } from '../../../_labeling/stage/use-swipes.ts';
import { useHand } from '../../../_labeling/hand/use-hand.ts';

/** Images that lie ready under the one on screen. */
const AHEAD = 4;

/** One key decides, saves and advances; the next image is painted already. */
export function LabelPage() {
  const { t } = useText();
  const trpc = useTRPC();
  const { project, classes } = useProject();
  const deck = useLabelDeck(project.id);
  const { hand, store, end, ready, sync, progress, ...act } = useHand(project.id, project.settings.batchSize, deck);
  const [light, setLight] = useState(PLAIN_LIGHT);
  const { isWritten } = useGuide();
  const [side, setSide] = useState<Side>(isWritten ? 'guidelines' : 'session');
  const [sheet, setSheet] = useState(false);
  const searchRef = useRef<HTMLInputElement>(null);
  const commentRef = useRef<HTMLTextAreaElement>(null);
  const current = hand.queue[0] ?? null;
  const [view, onView] = useView(current?.id ?? null);
  useOfflineShell(project.id);
  useAnnouncePresence(project.id, 'label', current?.id ?? null);

  const review = useQuery(trpc.review.counts.queryOptions({ projectId: project.id }));
  useEvent('review:arrived', () => void review.refetch());
  const reviewOpen = (review.data ?? []).reduce((sum, row) => sum + row.open, 0);

  const last = hand.undone.at(-1);
  const chosen = last !== undefined && last.image.id === current?.id ? last.classId : null;

  // What does not change with a decision is not drawn anew with it, and what tells of it may come a moment later.
  const decide = useStable(act.decide);
  const undo = useStable(act.undo);
  const redo = useStable(act.redo);
  const skip = useStable(act.skip);
  const flag = useStable(act.flag);
  const look = useStable(onView);
  const calmPast = useDeferredValue(hand.past);
  const calmId = useDeferredValue(current?.id ?? null);
  const skipReasons = useMemo(
    () => SKIP_REASONS.map(({ name, reason }) => ({ reason, words: t(`label.skip.${name}`) })),
    [t],
  );
  const swipes = useSwipes(current !== null, hand.past.length > 0, skip, undo);
  const openAside = useMemo(
    () => (
      <IconButton label={t('label.asideOpen')} size="sm" className="lg:hidden" onClick={() => setSheet(true)}>
        <BookOpen size={16} aria-hidden />
      </IconButton>
    ),
    [t],
  );

  const openComments = () => {
    setSide('comments');
    if (!window.matchMedia('(min-width: 1024px)').matches) setSheet(true);
    requestAnimationFrame(() => commentRef.current?.focus());
  };
  const keyOf = useClassKeys({
    searchRef,
    onClass: act.decide,
    onControl: (key) => {
      if (key === 'ArrowLeft') act.undo();
      else if (key === 'ArrowRight') act.redo();
      else if (key === ',') openComments();
      else if (key === '\\') setSide(side === 'guidelines' ? 'session' : 'guidelines');
      else return pressHandKey(key, { act, view, onView });
      return true;
    },
  });

  if (classes.length === 0) return <NoClasses />;
  if (!ready && current === null) return <Loading className="min-h-[60dvh]" />;

  const beside = (
    <Beside
      side={side}
      onSide={setSide}
      imageId={calmId}
      boxRef={commentRef}
      past={calmPast}
      done={progress?.done ?? 0}
      total={progress?.total ?? 0}
      today={progress?.mineToday ?? 0}
    />
  );
  return (
    <div className="hand-page touch-targets flex">
      <h1 className="sr-only">{t('label.heading', { project: project.name })}</h1>
      <div className="flex min-w-0 flex-1 flex-col">
        <HandBar
          canUndo={hand.past.length > 0}
          canRedo={nextRedo(hand) !== null}
          hasImage={current !== null}
          flagged={current?.flagged === true}
          skipReasons={skipReasons}
          counter={progress === null ? '' : t('label.counter', { done: progress.done, total: progress.total })}
          note={<LearnsAlong />}
          sync={sync}
          view={view}
          light={light}
          aside={openAside}
          onUndo={undo}
          onRedo={redo}
          onSkip={skip}
          onFlag={flag}
          onView={look}
          onLight={setLight}
        />
        {current === null ? (
          <div className="flex min-h-0 flex-1 items-center justify-center overflow-y-auto bg-sunken">
            <EmptyHand
              end={end}
              total={progress?.total ?? null}
              left={progress ? progress.total - progress.done : 0}
              reviewOpen={reviewOpen}
              next={<NextAction here="label" />}
            />
          </div>
        ) : (
          <HandStage
            projectId={project.id}
            store={store}
            imageId={current.id}
            ahead={AHEAD}
            view={view}
            onView={look}
            light={light}
            swipes={swipes}
          />
        )}
        <ClassBar
          classes={classes}
          keyOf={keyOf}
          chosen={chosen}
          disabled={current === null}
          onChoose={decide}
          searchRef={searchRef}
        />
      </div>
      <aside
        aria-label={t('label.beside')}
        className="hidden w-72 shrink-0 overflow-y-auto border-l border-line bg-panel p-4 pt-2 lg:block"
      >
        {beside}
      </aside>
      <Dialog open={sheet} onOpenChange={setSheet} title={t('label.beside')} side="right" size="sm">
        {beside}
      </Dialog>
      <HotkeyHelp
        groups={[
          {
            title: t('label.keys.decide'),
            keys: [
              { keys: ['1', '…'], does: t('label.keys.class') },
              { keys: ['/'], does: t('label.keys.search') },
              { keys: ['Space'], does: t('hand.skip') },
              { keys: ['Backspace'], does: t('label.keys.undo') },
              { keys: ['Shift+Backspace'], does: t('hand.redo') },
            ],
          },
          {
            title: t('label.keys.look'),
            keys: [
              { keys: ['+'], does: t('hand.zoomIn') },
              { keys: ['-'], does: t('hand.zoomOut') },
              { keys: ['.'], does: t('hand.flag') },
              { keys: [','], does: t('label.keys.comment') },
              { keys: ['\\'], does: t('label.keys.guidelines') },
            ],
          },
        ]}
      />
    </div>
  );
}
