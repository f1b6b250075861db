'use client';
import { useQuery } from '@tanstack/react-query';
import { Check, Flag, Forward, Info, Redo2, Undo2 } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { toast } from 'sonner';
import { REVIEW_REASONS } from '#core/project/project.ts';
import type { ReviewReason } from '#core/project/project.ts';
import { loopRoundName } from '#core/run/run.ts';
import { useTRPC } from '../../../_lib/api.ts';
import { cn } from '../../../_lib/cn.ts';
import { plural } from '../../../_lib/format.ts';
import { useAnnouncePresence, useEvent } from '../../../_lib/socket.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Badge } from '../../../_ui/badge.tsx';
import { Button, IconButton } from '../../../_ui/form/button.tsx';
import { Dialog } from '../../../_ui/dialog.tsx';
import { HotkeyHelp } from '../../../_shell/hotkey-help.tsx';
import { Select } from '../../../_ui/form/select.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { ClassBar } from '../../../_labeling/class-bar.tsx';
import { Consequence } from './consequence.tsx';
import { DisputedPage } from './disputed-page.tsx';
import { GuessBars } from './guess-bars.tsx';
import { nextRedo } from '../../../_labeling/hand.ts';
import { LastAnswer } from './last-answer.tsx';
import { REASON_WORDS, whyOf } from './reasons.ts';
import { ReviewEmpty } from './review-empty.tsx';
import { Similar } from './similar.tsx';
import { PLAIN_LIGHT, Stage, useView } from '../../../_labeling/stage.tsx';
import { SyncState } from '../../../_labeling/outbox/sync-state.tsx';
import { pressHandKey, useClassKeys } from '../../../_labeling/use-class-keys.ts';
import { useReviewDeck } from '../../../_labeling/use-decks.ts';
import { useHand } from '../../../_labeling/use-hand.ts';
import { ViewTools } from '../../../_labeling/view-tools.tsx';

type Filter = ReviewReason | 'all' | 'people';
const EVERY: readonly ReviewReason[] = [];
const HELD = 8;
const AHEAD = 4;

/** The review queue, by reason; for leads also what people disagree on. */
export function ReviewPage() {
  const [filter, setFilter] = useState<Filter>('all');
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
  // An undo opens its items again.
  useEvent('annotation:submitted', ({ source }) => source === 'undo' && refetch());
  const byReason = new Map((counts.data ?? []).map((row) => [row.reason, row.open]));
  return { byReason, total: [...byReason.values()].reduce((sum, n) => sum + n, 0) };
}

function ReasonFilter({ filter, onFilter }: { filter: Filter; onFilter: (filter: Filter) => void }) {
  const { may } = useProject();
  const { byReason, total } = useOpenCounts();
  const options = [
    { value: 'all' as Filter, label: `All reasons (${total})` },
    ...REVIEW_REASONS.map((reason) => ({
      value: reason as Filter,
      label: `${REASON_WORDS[reason].label} (${byReason.get(reason) ?? 0})`,
    })),
    ...(may('annotation:adjudicate') ? [{ value: 'people' as Filter, label: 'People disagree' }] : []),
  ];
  return (
    <Select
      size="sm"
      label="Which items"
      value={filter}
      onChange={onFilter}
      options={options}
      className="w-44 max-sm:w-36"
    />
  );
}

function ReviewQueue({ filter, onFilter }: { filter: ReviewReason | 'all'; onFilter: (filter: Filter) => void }) {
  const { project, classes, me } = useProject();
  const reasons = useMemo(() => (filter === 'all' ? EVERY : [filter]), [filter]);
  const { hand, end, ready, sync, ...act } = useHand(project.id, HELD, useReviewDeck(project.id, reasons));
  const { total } = useOpenCounts();
  const [light, setLight] = useState(PLAIN_LIGHT);
  const [sheet, setSheet] = useState(false);
  const searchRef = useRef<HTMLInputElement>(null);
  const current = hand.queue[0] ?? null;
  const task = current?.review ?? null;
  const [view, onView] = useView(current?.id ?? null);
  useAnnouncePresence(project.id, 'review', current?.id ?? null);

  useEvent('review:arrived', (event) => {
    toast(`${plural(event.itemIds.length, 'image')} to review`, {
      description: REASON_WORDS[event.reason].why,
      id: 'review-arrived',
    });
    if (hand.queue.length < HELD) act.claim();
  });
  useEvent('review:answered', (event) => {
    if (event.memberId !== me.memberId) act.drop(event.imageId);
  });

  const guessed = task?.guess?.classId ?? null;
  const accept = () => guessed !== null && act.decide(guessed);
  const keyOf = useClassKeys({
    searchRef,
    onClass: act.decide,
    onControl: (key) => {
      if (key !== 'Enter') return pressHandKey(key, { act, current, view, onView });
      accept();
      return true;
    },
  });
  if (!ready && current === null) return <Loading className="min-h-[60dvh]" />;
  const undone = hand.undone.at(-1);
  const last = hand.past.at(-1);
  const beside = (
    <div className="space-y-5">
      {task !== null && (
        <section aria-label="Why it is here" className="space-y-2">
          <div className="flex flex-wrap items-center gap-2">
            <Badge tone={REASON_WORDS[task.reason].tone}>{REASON_WORDS[task.reason].label}</Badge>
            <span className="text-xs text-muted">
              Run {task.runNumber}, {loopRoundName(task.roundIndex)}
            </span>
          </div>
          <p className="text-sm text-pretty text-muted">{whyOf(task)}</p>
          {task.guess !== null && <GuessBars guess={task.guess} />}
        </section>
      )}
      {last !== undefined && <LastAnswer key={last.annotationId} done={last} saved={sync.unsent === 0} />}
      {current !== null && <Similar imageId={current.id} />}
      <Consequence />
    </div>
  );
  return (
    <div className="flex h-[calc(100dvh-3rem)] max-md:h-[calc(100dvh-3rem-3.5rem)]">
      <h1 className="sr-only">Review {project.name}</h1>
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex h-11 shrink-0 items-center gap-1 border-b border-line bg-panel px-2">
          <IconButton label="Undo" shortcut="Backspace" size="sm" disabled={hand.past.length === 0} onClick={act.undo}>
            <Undo2 size={15} aria-hidden />
          </IconButton>
          <IconButton
            label="Redo"
            shortcut="Shift+Backspace"
            size="sm"
            className="max-sm:hidden"
            disabled={nextRedo(hand) === null}
            onClick={act.redo}
          >
            <Redo2 size={15} aria-hidden />
          </IconButton>
          <IconButton
            label="Skip"
            shortcut="Space"
            size="sm"
            disabled={current === null}
            onClick={() => act.skip(null)}
          >
            <Forward size={15} aria-hidden />
          </IconButton>
          <IconButton
            label={current?.flagged === true ? 'Remove the flag' : 'Flag'}
            shortcut="."
            size="sm"
            className="max-sm:hidden"
            disabled={current === null}
            onClick={() => current && act.flag(current.id, !current.flagged)}
          >
            <Flag size={15} aria-hidden className={cn(current?.flagged === true && 'fill-warn text-warn')} />
          </IconButton>
          <ReasonFilter filter={filter} onFilter={onFilter} />
          <span role="status" className="mx-auto px-2 text-xs text-muted tabular max-sm:hidden">
            {plural(total, 'item')} open
          </span>
          <span className="ml-auto sm:ml-0">
            <SyncState state={sync} />
          </span>
          <ViewTools view={view} onView={onView} light={light} onLight={setLight} />
          <IconButton label="Why it is here" size="sm" className="lg:hidden" onClick={() => setSheet(true)}>
            <Info size={15} aria-hidden />
          </IconButton>
        </div>
        {current === null ? (
          <div className="flex min-h-0 flex-1 items-center justify-center overflow-y-auto bg-sunken">
            <ReviewEmpty end={end} filtered={filter !== 'all' && total > 0} />
          </div>
        ) : (
          <Stage projectId={project.id} images={hand.queue} ahead={AHEAD} view={view} onView={onView} light={light} />
        )}
        {guessed !== null && (
          <div className="flex justify-center border-t border-line bg-panel px-2 pt-2">
            <Button variant="primary" icon={<Check size={15} aria-hidden />} shortcut="Enter" onClick={accept}>
              The model is right
            </Button>
          </div>
        )}
        <ClassBar
          classes={classes}
          keyOf={keyOf}
          chosen={undone?.image.id === current?.id ? (undone?.classId ?? null) : null}
          disabled={current === null}
          onChoose={act.decide}
          searchRef={searchRef}
        />
      </div>
      <aside
        aria-label="Beside the image"
        className="hidden w-72 shrink-0 overflow-y-auto border-l border-line bg-panel p-4 lg:block"
      >
        {beside}
      </aside>
      <Dialog open={sheet} onOpenChange={setSheet} title="About this image" side="right" size="sm">
        {beside}
      </Dialog>
      <HotkeyHelp
        groups={[
          {
            title: 'Review',
            keys: [
              { keys: ['1', '…'], does: 'Class with this key' },
              { keys: ['Enter'], does: 'The model is right, where its guess is shown' },
              { keys: ['Space'], does: 'Skip' },
              { keys: ['Backspace'], does: 'Undo, many steps' },
              { keys: ['Shift+Backspace'], does: 'Redo' },
              { keys: ['.'], does: 'Flag' },
            ],
          },
        ]}
      />
    </div>
  );
}
