'use client';
import { useQuery } from '@tanstack/react-query';
import { BookOpen, Flag, Forward, Redo2, Undo2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTRPC } from '../../../_lib/api.ts';
import { cn } from '../../../_lib/cn.ts';
import { useAnnouncePresence, useEvent } from '../../../_lib/socket.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button, IconButton } from '../../../_ui/form/button.tsx';
import { Dialog } from '../../../_ui/dialog.tsx';
import { HotkeyHelp } from '../../../_shell/hotkey-help.tsx';
import { Markdown } from '../../../_ui/markdown.tsx';
import { Menu, MenuItem, MenuLabel } from '../../../_ui/menu.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { Tabs } from '../../../_ui/tabs.tsx';
import { ClassBar } from '../../../_labeling/class-bar.tsx';
import { Comments } from '../../../_labeling/comments.tsx';
import { EmptyHand } from '../../../_labeling/empty-hand.tsx';
import { nextRedo } from '../../../_labeling/hand.ts';
import { NoClasses } from '../../../_labeling/no-classes.tsx';
import { SessionPanel } from './session-panel.tsx';
import { PLAIN_LIGHT, Stage, useView } from '../../../_labeling/stage.tsx';
import { SyncState } from '../../../_labeling/outbox/sync-state.tsx';
import { pressHandKey, useClassKeys } from '../../../_labeling/use-class-keys.ts';
import { useLabelDeck } from '../../../_labeling/use-decks.ts';
import { useHand } from '../../../_labeling/use-hand.ts';
import { ViewTools } from '../../../_labeling/view-tools.tsx';

const SKIP_REASONS = [
  'Too blurred',
  'Several classes',
  'None of the classes',
  'Not sure',
  'Should not be here',
] as const;
/** Images that lie ready under the one on screen. */
const AHEAD = 4;

type Side = 'guidelines' | 'comments' | 'session';

/** One key decides, saves and advances; the next image is painted already. */
export function LabelPage() {
  const trpc = useTRPC();
  const { project, classes } = useProject();
  const deck = useLabelDeck(project.id);
  const { hand, end, ready, sync, progress, ...act } = useHand(project.id, project.settings.batchSize, deck);
  const [light, setLight] = useState(PLAIN_LIGHT);
  const [side, setSide] = useState<Side>(project.guidelines.trim() === '' ? 'session' : 'guidelines');
  const [sheet, setSheet] = useState(false);
  const searchRef = useRef<HTMLInputElement>(null);
  const commentRef = useRef<HTMLTextAreaElement>(null);
  const current = hand.queue[0] ?? null;
  const [view, onView] = useView(current?.id ?? null);
  useAnnouncePresence(project.id, 'label', current?.id ?? null);

  const review = useQuery(trpc.review.counts.queryOptions({ projectId: project.id }));
  useEvent('review:arrived', () => void review.refetch());
  const reviewOpen = (review.data ?? []).reduce((sum, row) => sum + row.open, 0);

  const last = hand.undone.at(-1);
  const chosen = last !== undefined && last.image.id === current?.id ? last.classId : null;

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
      else return pressHandKey(key, { act, current, view, onView });
      return true;
    },
  });

  if (classes.length === 0) return <NoClasses />;
  if (!ready && current === null) return <Loading className="min-h-[60dvh]" />;

  const panels = {
    guidelines:
      project.guidelines.trim() === '' ? (
        <p className="text-sm text-muted">No guidelines yet. A lead can write them in the settings.</p>
      ) : (
        <Markdown text={project.guidelines} />
      ),
    comments: current ? (
      <Comments key={current.id} imageId={current.id} boxRef={commentRef} />
    ) : (
      <p className="text-sm text-muted">No image on screen.</p>
    ),
    session: (
      <SessionPanel
        past={hand.past}
        done={progress?.done ?? 0}
        total={progress?.total ?? 0}
        today={progress?.mineToday ?? 0}
      />
    ),
  };
  const tabs = (
    <Tabs
      label="Beside the image"
      value={side}
      onChange={setSide}
      tabs={(['guidelines', 'comments', 'session'] as const).map((value) => ({
        value,
        label: value.charAt(0).toUpperCase() + value.slice(1),
        content: panels[value],
      }))}
    />
  );
  return (
    <div className="flex h-[calc(100dvh-3rem)] max-md:h-[calc(100dvh-3rem-3.5rem)]">
      <h1 className="sr-only">Label {project.name}</h1>
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex h-11 shrink-0 items-center gap-1 border-b border-line bg-panel px-2">
          <IconButton label="Undo" shortcut="Backspace" size="sm" disabled={hand.past.length === 0} onClick={act.undo}>
            <Undo2 size={15} aria-hidden />
          </IconButton>
          <IconButton
            label="Redo"
            shortcut="Shift+Backspace"
            size="sm"
            disabled={nextRedo(hand) === null}
            onClick={act.redo}
          >
            <Redo2 size={15} aria-hidden />
          </IconButton>
          <Menu
            align="start"
            trigger={
              <Button size="sm" variant="ghost" icon={<Forward size={15} aria-hidden />} disabled={current === null}>
                Skip…
              </Button>
            }
          >
            <MenuLabel>Skip, because it is</MenuLabel>
            {SKIP_REASONS.map((reason) => (
              <MenuItem key={reason} onSelect={() => act.skip(reason)}>
                {reason}
              </MenuItem>
            ))}
          </Menu>
          <IconButton
            label={current?.flagged === true ? 'Remove the flag' : 'Flag'}
            shortcut="."
            size="sm"
            disabled={current === null}
            aria-pressed={current?.flagged === true}
            onClick={() => current && act.flag(current.id, !current.flagged)}
          >
            <Flag size={15} aria-hidden className={cn(current?.flagged === true && 'fill-warn text-warn')} />
          </IconButton>
          <span className="mx-auto min-w-0 truncate px-2 text-xs text-muted tabular max-sm:hidden">
            {progress !== null && (
              <>
                {progress.done.toLocaleString('en-US')} of {progress.total.toLocaleString('en-US')} done
              </>
            )}
          </span>
          <span className="ml-auto sm:ml-0">
            <SyncState state={sync} />
          </span>
          <ViewTools view={view} onView={onView} light={light} onLight={setLight} />
          <IconButton
            label="Guidelines, comments, session"
            size="sm"
            className="lg:hidden"
            onClick={() => setSheet(true)}
          >
            <BookOpen size={15} aria-hidden />
          </IconButton>
        </div>
        {current === null ? (
          <div className="flex min-h-0 flex-1 items-center justify-center overflow-y-auto bg-sunken">
            <EmptyHand end={end} total={progress?.total ?? null} reviewOpen={reviewOpen} />
          </div>
        ) : (
          <Stage projectId={project.id} images={hand.queue} ahead={AHEAD} view={view} onView={onView} light={light} />
        )}
        <ClassBar
          classes={classes}
          keyOf={keyOf}
          chosen={chosen}
          disabled={current === null}
          onChoose={act.decide}
          searchRef={searchRef}
        />
      </div>
      <aside
        aria-label="Beside the image"
        className="hidden w-72 shrink-0 overflow-y-auto border-l border-line bg-panel p-4 pt-2 lg:block"
      >
        {tabs}
      </aside>
      <Dialog open={sheet} onOpenChange={setSheet} title="Beside the image" side="right" size="sm">
        {tabs}
      </Dialog>
      <HotkeyHelp
        groups={[
          {
            title: 'Decide',
            keys: [
              { keys: ['1', '…'], does: 'Class with this key' },
              { keys: ['/'], does: 'Search a class' },
              { keys: ['Space'], does: 'Skip' },
              { keys: ['Backspace'], does: 'Undo, many steps' },
              { keys: ['Shift+Backspace'], does: 'Redo' },
            ],
          },
          {
            title: 'Look',
            keys: [
              { keys: ['+'], does: 'Zoom in' },
              { keys: ['-'], does: 'Zoom out' },
              { keys: ['.'], does: 'Flag' },
              { keys: [','], does: 'Comment' },
              { keys: ['\\'], does: 'Guidelines' },
            ],
          },
        ]}
      />
    </div>
  );
}
