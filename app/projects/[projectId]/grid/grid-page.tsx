'use client';
import { useQuery } from '@tanstack/react-query';
import { Grid3x3, Sparkles, Undo2 } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { Translate } from '#core/text/text.ts';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { readPicked } from '../../../_lib/picked.ts';
import { useAnnouncePresence } from '../../../_lib/socket.ts';
import { useStable } from '../../../_keys/use-stable.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button, IconButton } from '../../../_ui/form/button.tsx';
import { HotkeyHelp } from '../../../_shell/hotkey-help.tsx';
import { Select } from '../../../_ui/form/select.tsx';
import { Spinner } from '../../../_ui/spinner.tsx';
import { EmptyState } from '../../../_ui/states.tsx';
import { ClassBar } from '../../../_labeling/class-bar.tsx';
import { EmptyHand } from '../../../_labeling/hand/empty-hand.tsx';
import { useHiddenWords } from '../../../_labeling/hidden-guess.tsx';
import { NextAction } from '../../../_runs/next-action.tsx';
import { GridCells } from './grid-cells.tsx';
import { ModelSaid } from './model-said.tsx';
import { NoClasses } from '../../../_labeling/no-classes.tsx';
import { SyncState } from '../../../_labeling/outbox/sync-state.tsx';
import { roundWords } from '../../../_labeling/round-words.ts';
import { useClassKeys } from '../../../_labeling/use-class-keys.ts';
import { useGrid } from './use-grid.ts';
import type { GridImage } from './use-grid.ts';

const SIZES = ['24', '36', '60'] as const;

type Speaker = NonNullable<ReturnType<typeof useGrid>['round']>;
const nameSpeaker = (t: Translate, speaker: Speaker): string =>
  speaker.kind === 'live'
    ? t('grid.byLive', { count: speaker.labels })
    : t('review.runRound', { run: String(speaker.runNumber), round: roundWords(t, speaker.round) });

/** Many images, one stroke: mark the wrong ones and confirm the rest, or pick those that belong to a class. */
export function GridPage() {
  const { t } = useText();
  const { project, classes, classById, may } = useProject();
  const mayConfirm = may('prediction:browse') || project.settings.guess === 'before';
  const words = useHiddenWords();
  const [size, setSize] = useState<(typeof SIZES)[number]>('36');
  const grid = useGrid(project.id, Number(size));
  const [active, setActive] = useState<string | null>(classes[0]?.id ?? null);
  const [focused, setFocused] = useState<GridImage | null>(null);
  const searchRef = useRef<HTMLInputElement>(null);
  useAnnouncePresence(project.id, 'grid', null);
  const progress = useQuery(useTRPC().label.progress.queryOptions({ projectId: project.id }));
  const { source } = grid;
  /** What each image is taken for unless marked; null where people pick. */
  const picks = source === null || source.kind === 'queue' || source.kind === 'images';
  const base = picks ? null : source.kind === 'class' ? source.classId : active;
  const look = base === null ? null : (classById.get(base) ?? null);
  const chosen = active === null ? null : (classById.get(active) ?? null);

  const open = (by: NonNullable<typeof source>) => {
    setFocused(null);
    void grid.load(by, by.kind === 'queue' || by.kind === 'images' ? null : by.kind === 'class' ? by.classId : active);
  };
  // What was caught on a map is opened once, as the page comes up.
  const search = useSearchParams();
  const openPicked = useEffectEvent(() => {
    const imageIds = search.get('picked') === '1' ? readPicked(project.id) : [];
    if (imageIds.length > 0) open({ kind: 'images', imageIds });
  });
  useEffect(() => {
    const turn = setTimeout(() => openPicked(), 0);
    return () => clearTimeout(turn);
  }, []);
  const again = () => source !== null && open(source);
  const toggle = (image: GridImage) => {
    const now = grid.answers.get(image.id) ?? null;
    if (base !== null) grid.answer(image.id, now === null ? base : null);
    else grid.answer(image.id, now === active ? null : active);
  };
  const confirm = () => {
    const rest = grid.confirm();
    // In a grid of one class the marked ones go back to the queue; where people pick, the rest stays for the next
    // class.
    if (base !== null || rest.length === 0) again();
  };
  /**
   * In a grid of one class a class key corrects the cell under the focus; where people pick, it chooses what is picked.
   */
  const choose = (classId: string) => {
    if (base === null) setActive(classId);
    else if (focused !== null) grid.answer(focused.id, classId);
  };
  const chooseClass = useStable(choose);
  const keyOf = useClassKeys({
    searchRef,
    onClass: choose,
    onControl: (key) => {
      if (key === 'Enter' && grid.images.length > 0) confirm();
      else if (key === 'Undo') grid.undo();
      else return false;
      return true;
    },
  });

  if (classes.length === 0) return <NoClasses />;
  const sources = [
    { value: 'queue', label: t('grid.queue'), hint: t('grid.queueHint') },
    ...(mayConfirm ? classes : []).map((item) => ({ value: item.id, label: item.name, hint: t('grid.classHint') })),
  ];
  const from =
    source === null ? null : source.kind === 'class' ? source.classId : source.kind === 'queue' ? 'queue' : null;
  const count = grid.answers.size;
  return (
    <div className="hand-page touch-targets flex flex-col">
      <h1 className="sr-only">{t('grid.heading')}</h1>
      <div
        className="flex min-h-11 shrink-0 items-center gap-2 border-b border-line bg-panel px-2 max-sm:flex-wrap
        max-sm:gap-y-0"
      >
        <IconButton
          label={t('grid.undoStroke')}
          shortcut="Backspace"
          size="sm"
          disabled={grid.strokes === 0}
          onClick={grid.undo}
        >
          <Undo2 size={15} aria-hidden />
        </IconButton>
        <Select
          size="sm"
          label={t('grid.images')}
          placeholder={t('grid.choose')}
          value={from}
          onChange={(value) => open(value === 'queue' ? { kind: 'queue' } : { kind: 'class', classId: value })}
          options={sources}
          className="w-auto min-w-44 max-sm:flex-1"
        />
        <Select
          size="sm"
          label={t('grid.howMany')}
          value={size}
          onChange={setSize}
          options={SIZES.map((value) => ({ value, label: t('grid.size', { count: value }) }))}
          className="w-auto sm:min-w-28"
        />
        <Button
          size="sm"
          variant="ghost"
          icon={<Sparkles size={14} aria-hidden />}
          disabled={focused === null || active === null}
          onClick={() => focused && open({ kind: 'similar', imageId: focused.id })}
        >
          {t('grid.moreLike')}
        </Button>
        <span className="mx-auto truncate text-xs text-muted max-md:hidden">
          {base !== null &&
            look !== null &&
            grid.images.length > 0 &&
            (grid.round === null
              ? t('grid.clickWrong', { class: look.name })
              : t('grid.clickWrongBy', { who: nameSpeaker(t, grid.round), class: look.name }))}
          {base === null &&
            source !== null &&
            chosen !== null &&
            grid.images.length > 0 &&
            t('grid.clickRight', { class: chosen.name })}
        </span>
        <span className="ml-auto md:ml-0">
          <SyncState state={grid.sync} />
        </span>
        <Button
          size="sm"
          variant="primary"
          disabled={count === 0}
          onClick={confirm}
          shortcut="Enter"
          className="max-sm:h-9"
        >
          {t('grid.confirm', { count: String(count) })}
        </Button>
      </div>
      {grid.said !== null && <ModelSaid said={grid.said} />}
      <div className="min-h-0 flex-1 overflow-y-auto bg-sunken p-3">
        {grid.loading && (
          <div className="flex h-40 items-center justify-center gap-2 text-sm text-muted" role="status">
            <Spinner /> {t('grid.looking')}
          </div>
        )}
        {!grid.loading && source === null && (
          <EmptyState
            icon={<Grid3x3 size={18} />}
            title={t('grid.start')}
            action={
              <>
                <Button variant="primary" onClick={() => open({ kind: 'queue' })}>
                  {t('grid.pick')}
                </Button>
                {mayConfirm && classes[0] !== undefined && (
                  <Button onClick={() => classes[0] && open({ kind: 'class', classId: classes[0].id })}>
                    {t('grid.confirmModel')}
                  </Button>
                )}
              </>
            }
          >
            {mayConfirm ? t('grid.startWhy') : t('grid.startHidden', { why: words })}
          </EmptyState>
        )}
        {!grid.loading &&
          source !== null &&
          grid.images.length === 0 &&
          (source.kind === 'queue' || grid.end?.reason === 'paused' ? (
            <EmptyHand
              end={grid.end}
              total={progress.data?.total ?? null}
              left={progress.data ? progress.data.total - progress.data.done : 0}
              reviewOpen={0}
              next={<NextAction here="label" />}
            />
          ) : (
            <EmptyState
              title={
                source.kind === 'images'
                  ? t('grid.nothingLeft')
                  : grid.round === null
                    ? t('grid.noModel')
                    : look === null
                      ? t('grid.nothingLeft')
                      : t('grid.nothingLeftOf', { class: look.name })
              }
              action={<Button onClick={() => open({ kind: 'queue' })}>{t('grid.pick')}</Button>}
            >
              {source.kind === 'images'
                ? t('grid.pickedDone')
                : grid.round === null
                  ? t('grid.noModelWhy')
                  : t('grid.nothingLeftWhy')}
            </EmptyState>
          ))}
        {grid.images.length > 0 && (
          <GridCells
            images={grid.images}
            answers={grid.answers}
            base={base}
            onToggle={toggle}
            onFocus={setFocused}
            onConfirm={confirm}
          />
        )}
      </div>
      {grid.images.length > 0 && (
        <ClassBar
          classes={classes}
          keyOf={keyOf}
          chosen={base === null ? active : focused === null ? null : (grid.answers.get(focused.id) ?? null)}
          disabled={base !== null && focused === null}
          onChoose={chooseClass}
          searchRef={searchRef}
        />
      )}
      <HotkeyHelp
        groups={[
          {
            title: t('grid.heading'),
            keys: [
              { keys: ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'], does: t('grid.keys.move') },
              { keys: ['Space'], does: t('grid.keys.mark') },
              {
                keys: ['1', '…'],
                does: t(base === null ? 'grid.keys.pick' : 'grid.keys.give'),
              },
              { keys: ['Enter'], does: t('grid.keys.confirm', { count }) },
              { keys: ['Backspace'], does: t('grid.undoStroke') },
            ],
          },
        ]}
      />
    </div>
  );
}
