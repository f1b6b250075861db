'use client';
import { useQuery } from '@tanstack/react-query';
import { Check, Info } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { useDeferredValue, useMemo, useRef, useState } from 'react';
import { toast } from 'sonner';
import { REVIEW_REASONS } from '#core/project/project.ts';
import type { ReviewReason } from '#core/project/project.ts';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { useAnnouncePresence, useEvent } from '../../../_lib/socket.ts';
import { useStable } from '../../../_keys/use-stable.ts';
import { useOfflineShell } from '../../../_offline/worker.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button, IconButton } from '../../../_ui/form/button.tsx';
import { Dialog } from '../../../_ui/dialog.tsx';
import { HotkeyHelp } from '../../../_shell/hotkey-help.tsx';
import { Select } from '../../../_ui/form/select.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { ClassBar } from '../../../_labeling/class-bar.tsx';
import { Beside } from './beside.tsx';
import { DisputedPage } from './disputed-page.tsx';
import { HandBar } from '../../../_labeling/hand/hand-bar.tsx';
import { nextRedo } from '../../../_labeling/hand/hand.ts';
import { ReviewEmpty } from './review-empty.tsx';
import { HandStage } from '../../../_labeling/stage/hand-stage.tsx';
import { PLAIN_LIGHT, useView } from '../../../_labeling/stage/stage.tsx';
import { pressHandKey, useClassKeys } from '../../../_labeling/use-class-keys.ts';
import { useReviewDeck } from '../../../_labeling/hand/use-decks.ts';
import { useSwipes } from '../../../_labeling/stage/use-swipes.ts';
import { useHand } from '../../../_labeling/hand/use-hand.ts';

type Filter = ReviewReason | 'all' | 'people';
const EVERY: readonly ReviewReason[] = [];
const NO_REASONS: readonly never[] = [];
const HELD = 8;
const AHEAD = 4;

/** The review queue, by reason; for leads also what people disagree on. */
export function ReviewPage() {
  const { may } = useProject();
  const asked = useSearchParams().get('show') === 'people' && may('annotation:adjudicate');
  const [filter, setFilter] = useState<Filter>(asked ? 'people' : 'all');
  return filter === 'people' ? (
    <DisputedPage filter={<ReasonFilter filter={filter} onFilter={setFilter} />} />
  ) : (
    <ReviewQueue key={filter} filter={filter} onFilter={setFilter} />
  );
}

function useOpenCounts() {
  const trpc = useTRPC();
  const { project } = useProject();
  const counts = useQuery(trpc.review.counts.queryOptions({ projectId: project.id }));
  const refetch = () => void counts.refetch();
  useEvent('review:answered', refetch);
  useEvent('review:arrived', refetch);
  useEvent('run:deleted', refetch);
  // An undo opens its items again.
  useEvent('annotation:submitted', ({ source }) => source === 'undo' && refetch());
  const byReason = new Map((counts.data ?? []).map((row) => [row.reason, row.open]));
  return { byReason, total: [...byReason.values()].reduce((sum, n) => sum + n, 0) };
}

function ReasonFilter({ filter, onFilter }: { filter: Filter; onFilter: (filter: Filter) => void }) {
  const { t } = useText();
  const { may } = useProject();
  const { byReason, total } = useOpenCounts();
  const options = [
    { value: 'all' as Filter, label: t('review.all', { count: String(total) }) },
    ...REVIEW_REASONS.map((reason) => ({
      value: reason as Filter,
      label: t('review.one', {
        reason: t(`review.reason.${reason}`),
        count: String(byReason.get(reason) ?? 0),
      }),
    })),
    ...(may('annotation:adjudicate') ? [{ value: 'people' as Filter, label: t('review.people') }] : []),
  ];
  return (
    <Select
      size="sm"
      label={t('review.which')}
      value={filter}
      onChange={onFilter}
      options={options}
      className="w-44 max-sm:w-32"
    />
  );
}

function ReviewQueue({ filter, onFilter }: { filter: ReviewReason | 'all'; onFilter: (filter: Filter) => void }) {
  const { t } = useText();
  const { project, classes, me } = useProject();
  const reasons = useMemo(() => (filter === 'all' ? EVERY : [filter]), [filter]);
  const { hand, store, end, ready, sync, ...act } = useHand(project.id, HELD, useReviewDeck(project.id, reasons));
  const { total } = useOpenCounts();
  const [light, setLight] = useState(PLAIN_LIGHT);
  const [sheet, setSheet] = useState(false);
  const searchRef = useRef<HTMLInputElement>(null);
  const current = hand.queue[0] ?? null;
  const task = current?.review ?? null;
  const [view, onView] = useView(current?.id ?? null);
  useOfflineShell(project.id);
  useAnnouncePresence(project.id, 'review', current?.id ?? null);

  useEvent('review:arrived', (event) => {
    toast(t('review.arrived', { count: event.itemIds.length }), {
      description: t(`review.because.${event.reason}`),
      id: 'review-arrived',
    });
    if (hand.queue.length < HELD) act.claim();
  });
  useEvent('review:answered', (event) => {
    if (event.memberId !== me.memberId) act.drop(event.imageId);
  });

  // What does not change with an answer is not drawn anew with it, and what tells of it may come a moment later.
  const decide = useStable(act.decide);
  const undo = useStable(act.undo);
  const redo = useStable(act.redo);
  const skip = useStable(act.skip);
  const flag = useStable(act.flag);
  const look = useStable(onView);
  const calm = useDeferredValue(current);
  const last = useDeferredValue(hand.past.at(-1) ?? null);
  const swipes = useSwipes(current !== null, hand.past.length > 0, skip, undo);
  const reasonFilter = useMemo(() => <ReasonFilter filter={filter} onFilter={onFilter} />, [filter, onFilter]);
  const openAside = useMemo(
    () => (
      <IconButton label={t('review.why')} size="sm" className="lg:hidden" onClick={() => setSheet(true)}>
        <Info size={16} aria-hidden />
      </IconButton>
    ),
    [t],
  );

  const guessed = task?.guess?.classId ?? null;
  const keyOf = useClassKeys({
    searchRef,
    onClass: act.decide,
    onControl: (key) => {
      if (key !== 'Enter') return pressHandKey(key, { act, view, onView });
      act.accept();
      return true;
    },
  });
  if (!ready && current === null) return <Loading className="min-h-[60dvh]" />;
  const undone = hand.undone.at(-1);
  const beside = <Beside image={calm} last={last} saved={sync.unsent === 0} />;
  return (
    <div className="hand-page touch-targets flex">
      <h1 className="sr-only">{t('review.heading', { project: project.name })}</h1>
      <div className="flex min-w-0 flex-1 flex-col">
        <HandBar
          canUndo={hand.past.length > 0}
          canRedo={nextRedo(hand) !== null}
          hasImage={current !== null}
          flagged={current?.flagged === true}
          skipReasons={NO_REASONS}
          counter={t('review.open', { count: total })}
          sync={sync}
          view={view}
          light={light}
          filter={reasonFilter}
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
            <ReviewEmpty end={end} filtered={filter !== 'all' && total > 0} />
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
        {guessed !== null && (
          <div className="flex justify-center border-t border-line bg-panel px-2 pt-2">
            <Button
              variant="primary"
              className="max-sm:w-full"
              icon={<Check size={15} aria-hidden />}
              shortcut="Enter"
              onClick={act.accept}
            >
              {t('review.right')}
            </Button>
          </div>
        )}
        <ClassBar
          classes={classes}
          keyOf={keyOf}
          chosen={undone?.image.id === current?.id ? (undone?.classId ?? null) : null}
          disabled={current === null}
          onChoose={decide}
          searchRef={searchRef}
        />
      </div>
      <aside
        aria-label={t('review.beside')}
        className="hidden w-72 shrink-0 overflow-y-auto border-l border-line bg-panel p-4 lg:block"
      >
        {beside}
      </aside>
      <Dialog open={sheet} onOpenChange={setSheet} title={t('review.about')} side="right" size="sm">
        {beside}
      </Dialog>
      <HotkeyHelp
        groups={[
          {
            title: t('review.keys'),
            keys: [
              { keys: ['1', '…'], does: t('label.keys.class') },
              { keys: ['Enter'], does: t('review.keys.right') },
              { keys: ['Space'], does: t('hand.skip') },
              { keys: ['Backspace'], does: t('label.keys.undo') },
              { keys: ['Shift+Backspace'], does: t('hand.redo') },
              { keys: ['.'], does: t('hand.flag') },
            ],
          },
        ]}
      />
    </div>
  );
}
