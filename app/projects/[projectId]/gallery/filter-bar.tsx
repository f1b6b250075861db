'use client';
import { roundWords } from '../../../_labeling/round-words.ts';
import { runWords } from '../../../_runs/words.tsx';
import { useQuery } from '@tanstack/react-query';
import { Flag, Gem, Search, SlidersHorizontal, X } from 'lucide-react';
import { useState } from 'react';
import { byName } from '../../../_text/by-name.ts';
import { Said, useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { formatPercent } from '../../../_lib/format.ts';
import { countFilters } from './gallery-filter.ts';
import type { GalleryFilter, GalleryOrder } from './gallery-filter.ts';
import { ViewsMenu } from './views-menu.tsx';
import { useLive } from '../../../_runs/use-live.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Badge } from '../../../_ui/badge.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Field, Input } from '../../../_ui/form/field.tsx';
import { Popover } from '../../../_ui/menu.tsx';
import { Select } from '../../../_ui/form/select.tsx';
import type { Option } from '../../../_ui/form/select.tsx';
import { Slider, Switch } from '../../../_ui/form/toggles.tsx';

export interface FilterBarProps {
  filter: GalleryFilter;
  order: GalleryOrder;
  onChange: (filter: GalleryFilter, order: GalleryOrder) => void;
}

const ANY = 'any';

/** What the gallery shows: the few filters in daily use in a row, the rest behind one button. */
export function FilterBar({ filter, order, onChange }: FilterBarProps) {
  const { t, locale } = useText();
  const { project, classes, may } = useProject();
  const trpc = useTRPC();
  const runs = useQuery(trpc.run.list.queryOptions({ projectId: project.id }));
  const shelves = useQuery(trpc.gallery.shelves.queryOptions({ projectId: project.id }));
  const members = useQuery(trpc.project.members.queryOptions({ projectId: project.id }));
  const live = useLive(project.id);
  const mayBrowse = may('prediction:browse');
  const set = (change: Partial<GalleryFilter>) => onChange({ ...filter, ...change }, order);
  const classOptions = [
    { value: ANY, label: t('gallery.anyClass') },
    ...classes.map((one) => ({ value: one.id, label: one.name })),
  ];
  const rounds =
    runs.data?.flatMap((run) =>
      run.rounds
        .filter((round) => round.role !== 'control' && round.endedAt !== null)
        .map((round) => ({ value: round.id, label: `${runWords(t, run)}, ${roundWords(t, round)}` })),
    ) ?? [];
  const people = byName(members.data ?? [], locale).map((one) => ({ value: one.memberId, label: one.name }));
  const hidden = countFilters({
    memberId: filter.memberId,
    assignedTo: filter.assignedTo,
    flagged: filter.flagged,
    gold: filter.gold,
    predictedClassId: filter.predictedClassId,
    confidenceFrom: filter.confidenceFrom,
    confidenceTo: filter.confidenceTo,
    importId: filter.importId,
    tag: filter.tag,
    aside: filter.aside,
  });
  return (
    <div className="-m-1 flex flex-wrap items-center gap-2 p-1 max-sm:w-full max-sm:flex-nowrap max-sm:overflow-x-auto">
      <NameSearch key={filter.name ?? ''} name={filter.name ?? ''} onChange={(name) => set({ name })} />
      <Pick
        label={t('gallery.class')}
        value={filter.classId}
        options={classOptions}
        onChange={(classId) => set({ classId })}
      />
      <Pick
        label={t('gallery.split')}
        value={filter.split}
        onChange={(split) => set({ split })}
        options={[
          { value: ANY, label: t('gallery.anySplit') },
          { value: 'pool', label: t('gallery.pool') },
          { value: 'validation', label: t('gallery.validation') },
          { value: 'test', label: t('gallery.test') },
        ]}
      />
      <Pick
        label={t('gallery.answer')}
        value={filter.state ?? filter.source}
        onChange={(value) =>
          set(
            value === null
              ? { source: null, state: null }
              : value === 'human' || value === 'pseudo' || value === 'none'
                ? { source: value, state: null }
                : { state: value, source: null },
          )
        }
        options={[
          { value: ANY, label: t('gallery.anyAnswer') },
          { value: 'human', label: t('gallery.answeredByPeople') },
          ...(mayBrowse ? [{ value: 'pseudo' as const, label: t('gallery.pseudo') }] : []),
          { value: 'none', label: t('gallery.noneYet') },
          { value: 'partial', label: t('gallery.waits') },
          { value: 'disputed', label: t('gallery.disputed') },
          { value: 'adjudicated', label: t('gallery.adjudicated') },
        ]}
      />
      {(rounds.length > 0 || live.data?.taught === true) && (
        <Pick
          label={t('gallery.round')}
          value={filter.roundId}
          onChange={(roundId) => set({ roundId })}
          options={[
            { value: ANY, label: rounds.length > 0 ? t('gallery.newestFinal') : t('gallery.live') },
            ...(live.data?.taught === true ? [{ value: 'live', label: t('gallery.live') }] : []),
            ...rounds,
          ]}
        />
      )}
      <Popover
        label={t('gallery.moreFilters')}
        align="end"
        className="w-72"
        trigger={
          <Button size="sm" icon={<SlidersHorizontal size={13} />}>
            {t('gallery.more')} {hidden > 0 && <Badge tone="accent">{hidden}</Badge>}
          </Button>
        }
      >
        <div className="space-y-3">
          {shelves.data !== undefined && shelves.data.tags.length > 0 && (
            <Field label={t('gallery.tag')}>
              <Pick
                label={t('gallery.tag')}
                wide
                value={filter.tag}
                options={[
                  { value: ANY, label: t('gallery.anyTag') },
                  ...byName(
                    shelves.data.tags.map(({ tag, images }) => ({ name: tag, images })),
                    locale,
                  ).map(({ name, images }) => ({ value: name, label: `${name} (${images})` })),
                ]}
                onChange={(tag) => set({ tag })}
              />
            </Field>
          )}
          <Field label={t('gallery.aside')}>
            <Pick
              label={t('gallery.aside')}
              wide
              value={filter.aside}
              options={[
                { value: ANY, label: t('gallery.notShown') },
                {
                  value: 'excluded' as const,
                  label: t('gallery.excluded', { count: shelves.data?.aside.excluded ?? 0 }),
                },
                { value: 'deleted' as const, label: t('gallery.deleted', { count: shelves.data?.aside.deleted ?? 0 }) },
              ]}
              onChange={(aside) => set({ aside })}
            />
          </Field>
          {mayBrowse && (
            <Field label={t('gallery.predictedAs')}>
              <Pick
                label={t('gallery.predictedAs')}
                wide
                value={filter.predictedClassId}
                options={classOptions}
                onChange={(predictedClassId) => set({ predictedClassId })}
              />
            </Field>
          )}
          {mayBrowse && (
            <div>
              <p className="flex justify-between text-sm font-medium">
                <Said
                  of="gallery.confidence"
                  with={{
                    span: (
                      <span className="text-xs font-normal text-muted tabular">
                        {formatPercent(filter.confidenceFrom ?? 0, 0)}–{formatPercent(filter.confidenceTo ?? 1, 0)}
                      </span>
                    ),
                  }}
                />
              </p>
              <Slider
                label={t('gallery.confidenceFrom')}
                min={0}
                max={1}
                step={0.01}
                value={filter.confidenceFrom ?? 0}
                onChange={(from) => set({ confidenceFrom: from === 0 ? null : from })}
              />
              <Slider
                label={t('gallery.confidenceTo')}
                min={0}
                max={1}
                step={0.01}
                value={filter.confidenceTo ?? 1}
                onChange={(to) => set({ confidenceTo: to === 1 ? null : to })}
              />
            </div>
          )}
          {may('team:watch') && (
            <Field label={t('gallery.labeledBy')}>
              <Pick
                label={t('gallery.labeledBy')}
                wide
                value={filter.memberId}
                options={[{ value: ANY, label: t('gallery.anybody') }, ...people]}
                onChange={(memberId) => set({ memberId })}
              />
            </Field>
          )}
          {may('team:watch') && (
            <Field label={t('gallery.assignedTo')}>
              <Pick
                label={t('gallery.assignedTo')}
                wide
                value={filter.assignedTo}
                options={[{ value: ANY, label: t('gallery.anybodyOrNobody') }, ...people]}
                onChange={(assignedTo) => set({ assignedTo })}
              />
            </Field>
          )}
          <Field
            label={
              <span className="flex items-center gap-1.5">
                <Flag size={13} aria-hidden /> {t('gallery.flaggedOnly')}
              </span>
            }
            inline
          >
            <Switch checked={filter.flagged === true} onChange={(on) => set({ flagged: on ? true : null })} />
          </Field>
          {may('annotation:adjudicate') && (
            <Field
              label={
                <span className="flex items-center gap-1.5">
                  <Gem size={13} aria-hidden /> {t('gallery.goldOnly')}
                </span>
              }
              inline
            >
              <Switch checked={filter.gold === true} onChange={(on) => set({ gold: on ? true : null })} />
            </Field>
          )}
        </div>
      </Popover>
      {mayBrowse && (
        <Select
          size="sm"
          label={t('gallery.order')}
          value={order}
          className="w-auto min-w-32 shrink-0"
          onChange={(next) => onChange(filter, next)}
          options={[
            { value: 'steady', label: t('gallery.anyOrder') },
            { value: 'unsure-first', label: t('gallery.unsureFirst') },
            { value: 'sure-first', label: t('gallery.sureFirst') },
          ]}
        />
      )}
      <ViewsMenu filter={filter} order={order} onOpen={onChange} />
      {countFilters(filter) > 0 && (
        <Button size="sm" variant="ghost" icon={<X size={13} />} onClick={() => onChange({}, order)}>
          {t('gallery.clear')}
        </Button>
      )}
    </div>
  );
}

/** Finds by any part of the file name, once typing rests. */
function NameSearch({ name, onChange }: { name: string; onChange: (name: string | null) => void }) {
  const { t } = useText();
  const [text, setText] = useState(name);
  const commit = (value: string) => {
    if (value.trim() !== name) onChange(value.trim() === '' ? null : value.trim());
  };
  return (
    <form
      role="search"
      className="relative w-40 shrink-0"
      onSubmit={(event) => {
        event.preventDefault();
        commit(text);
      }}
    >
      <Search size={13} aria-hidden className="absolute top-1/2 left-2 -translate-y-1/2 text-faint" />
      <Input
        aria-label={t('gallery.searchNames')}
        placeholder={t('gallery.fileName')}
        value={text}
        maxLength={200}
        className="h-7 pl-7 text-xs max-sm:h-9"
        onChange={(event) => {
          setText(event.target.value);
          if (event.target.value === '') commit('');
        }}
        onBlur={() => commit(text)}
      />
    </form>
  );
}

function Pick<Value extends string>({
  label,
  value,
  options,
  onChange,
  wide = false,
}: {
  label: string;
  value: string | null | undefined;
  options: readonly Option<Value>[];
  onChange: (value: Exclude<Value, typeof ANY> | null) => void;
  wide?: boolean;
}) {
  const chosen = options.find((option) => option.value === value) ?? options[0];
  return (
    <Select
      size="sm"
      label={label}
      className={wide ? '' : 'w-auto min-w-32 max-w-64 shrink-0'}
      value={chosen?.value ?? null}
      options={options}
      onChange={(next) => onChange(next === ANY ? null : (next as Exclude<Value, typeof ANY>))}
    />
  );
}
