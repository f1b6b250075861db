'use client';
import { useQuery } from '@tanstack/react-query';
import { Flag, Gem, Search, SlidersHorizontal, X } from 'lucide-react';
import { useState } from 'react';
import { runTitle } from '#core/book/run-book.ts';
import { roundName } from '#core/run/run.ts';
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
  const { project, classes, may } = useProject();
  const trpc = useTRPC();
  const runs = useQuery(trpc.run.list.queryOptions({ projectId: project.id }));
  const shelves = useQuery(trpc.gallery.shelves.queryOptions({ projectId: project.id }));
  const members = useQuery(trpc.project.members.queryOptions({ projectId: project.id }));
  const live = useLive(project.id);
  const mayBrowse = may('prediction:browse');
  const set = (change: Partial<GalleryFilter>) => onChange({ ...filter, ...change }, order);
  const classOptions = [
    { value: ANY, label: 'Any class' },
    ...classes.map((one) => ({ value: one.id, label: one.name })),
  ];
  const rounds =
    runs.data?.flatMap((run) =>
      run.rounds
        .filter((round) => round.role !== 'control' && round.endedAt !== null)
        .map((round) => ({ value: round.id, label: `${runTitle(run)}, ${roundName(round).toLowerCase()}` })),
    ) ?? [];
  const people = (members.data ?? []).map((one) => ({ value: one.memberId, label: one.name }));
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
      <Pick label="Class" value={filter.classId} options={classOptions} onChange={(classId) => set({ classId })} />
      <Pick
        label="Split"
        value={filter.split}
        onChange={(split) => set({ split })}
        options={[
          { value: ANY, label: 'Any split' },
          { value: 'pool', label: 'Pool' },
          { value: 'validation', label: 'Validation' },
          { value: 'test', label: 'Test' },
        ]}
      />
      <Pick
        label="Answer"
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
          { value: ANY, label: 'Any answer' },
          { value: 'human', label: 'By people' },
          ...(mayBrowse ? [{ value: 'pseudo' as const, label: 'Pseudo-label' }] : []),
          { value: 'none', label: 'None yet' },
          { value: 'partial', label: 'Waits for more people' },
          { value: 'disputed', label: 'Disputed' },
          { value: 'adjudicated', label: 'Decided by a lead' },
        ]}
      />
      {(rounds.length > 0 || live.data?.taught === true) && (
        <Pick
          label="Round"
          value={filter.roundId}
          onChange={(roundId) => set({ roundId })}
          options={[
            { value: ANY, label: rounds.length > 0 ? 'Newest final model' : 'Live teacher' },
            ...(live.data?.taught === true ? [{ value: 'live', label: 'Live teacher' }] : []),
            ...rounds,
          ]}
        />
      )}
      <Popover
        label="More filters"
        align="end"
        className="w-72"
        trigger={
          <Button size="sm" icon={<SlidersHorizontal size={13} />}>
            More {hidden > 0 && <Badge tone="accent">{hidden}</Badge>}
          </Button>
        }
      >
        <div className="space-y-3">
          {shelves.data !== undefined && shelves.data.tags.length > 0 && (
            <Field label="Tag">
              <Pick
                label="Tag"
                wide
                value={filter.tag}
                options={[
                  { value: ANY, label: 'Any or none' },
                  ...shelves.data.tags.map(({ tag, images }) => ({ value: tag, label: `${tag} (${images})` })),
                ]}
                onChange={(tag) => set({ tag })}
              />
            </Field>
          )}
          <Field label="Excluded or deleted">
            <Pick
              label="Excluded or deleted"
              wide
              value={filter.aside}
              options={[
                { value: ANY, label: 'Not shown' },
                { value: 'excluded' as const, label: `Excluded (${shelves.data?.aside.excluded ?? 0})` },
                { value: 'deleted' as const, label: `Deleted (${shelves.data?.aside.deleted ?? 0})` },
              ]}
              onChange={(aside) => set({ aside })}
            />
          </Field>
          {mayBrowse && (
            <Field label="Predicted as">
              <Pick
                label="Predicted as"
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
                Confidence{' '}
                <span className="text-xs font-normal text-muted tabular">
                  {formatPercent(filter.confidenceFrom ?? 0, 0)}–{formatPercent(filter.confidenceTo ?? 1, 0)}
                </span>
              </p>
              <Slider
                label="Confidence at least"
                min={0}
                max={1}
                step={0.01}
                value={filter.confidenceFrom ?? 0}
                onChange={(from) => set({ confidenceFrom: from === 0 ? null : from })}
              />
              <Slider
                label="Confidence at most"
                min={0}
                max={1}
                step={0.01}
                value={filter.confidenceTo ?? 1}
                onChange={(to) => set({ confidenceTo: to === 1 ? null : to })}
              />
            </div>
          )}
          {may('team:watch') && (
            <Field label="Labeled by">
              <Pick
                label="Labeled by"
                wide
                value={filter.memberId}
                options={[{ value: ANY, label: 'Anybody' }, ...people]}
                onChange={(memberId) => set({ memberId })}
              />
            </Field>
          )}
          {may('team:watch') && (
            <Field label="Assigned to">
              <Pick
                label="Assigned to"
                wide
                value={filter.assignedTo}
                options={[{ value: ANY, label: 'Anybody or nobody' }, ...people]}
                onChange={(assignedTo) => set({ assignedTo })}
              />
            </Field>
          )}
          <Field
            label={
              <span className="flex items-center gap-1.5">
                <Flag size={13} aria-hidden /> Flagged only
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
                  <Gem size={13} aria-hidden /> Gold items only
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
          label="Order"
          value={order}
          className="w-32 shrink-0"
          onChange={(next) => onChange(filter, next)}
          options={[
            { value: 'steady', label: 'Any order' },
            { value: 'unsure-first', label: 'Unsure first' },
            { value: 'sure-first', label: 'Sure first' },
          ]}
        />
      )}
      <ViewsMenu filter={filter} order={order} onOpen={onChange} />
      {countFilters(filter) > 0 && (
        <Button size="sm" variant="ghost" icon={<X size={13} />} onClick={() => onChange({}, order)}>
          Clear
        </Button>
      )}
    </div>
  );
}

/** Finds by any part of the file name, once typing rests. */
function NameSearch({ name, onChange }: { name: string; onChange: (name: string | null) => void }) {
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
        aria-label="Search file names"
        placeholder="File name"
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
      className={wide ? '' : 'w-32 shrink-0'}
      value={chosen?.value ?? null}
      options={options}
      onChange={(next) => onChange(next === ANY ? null : (next as Exclude<Value, typeof ANY>))}
    />
  );
}
