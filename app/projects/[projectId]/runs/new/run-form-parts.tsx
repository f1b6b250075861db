'use client';
import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { MODEL_NAMES } from '#core/run/learning.ts';
import type { ModelName, RunConfig } from '#core/run/learning.ts';
import { MODEL_PARAMETERS } from '#core/run/run-config.ts';
import { formatCompact, formatPercent } from '../../../../_lib/format.ts';
import { Button, IconButton } from '../../../../_ui/form/button.tsx';
import { Field, NumberInput } from '../../../../_ui/form/field.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { Slider } from '../../../../_ui/form/toggles.tsx';
import { MODEL_WORDS } from '../../../../_runs/words.tsx';

export interface PartProps {
  config: RunConfig;
  onChange: (change: Partial<RunConfig>) => void;
}

const MODEL_OPTIONS = MODEL_NAMES.map((value) => ({
  value,
  label: `${MODEL_WORDS[value]} · ${formatCompact(MODEL_PARAMETERS[value])} parameters`,
}));

export const ModelSelect = ({
  value,
  onChange,
  label,
  className,
}: {
  value: ModelName;
  onChange: (model: ModelName) => void;
  label?: string;
  className?: string;
}) => (
  <Select
    value={value}
    onChange={onChange}
    options={MODEL_OPTIONS}
    {...(label === undefined ? {} : { label })}
    {...(className === undefined ? {} : { className })}
  />
);

/** A slider with its value in words beside it. */
export function ShareField({
  label,
  hint,
  value,
  onChange,
  min = 0,
  max = 1,
  step = 0.05,
  text = (share) => formatPercent(share, 0),
}: {
  label: string;
  hint?: ReactNode;
  value: number;
  onChange: (value: number) => void;
  min?: number;
  max?: number;
  step?: number;
  text?: (value: number) => string;
}) {
  return (
    <div className="space-y-1">
      <div className="flex items-baseline justify-between gap-3 text-sm font-medium">
        <span>{label}</span>
        <span className="tabular text-muted">{text(value)}</span>
      </div>
      <Slider label={label} value={value} onChange={onChange} min={min} max={max} step={step} valueText={text(value)} />
      {hint !== undefined && <p className="text-xs text-pretty text-muted">{hint}</p>}
    </div>
  );
}

/** A whole number that is never empty: what cannot be read leaves the last value. */
export function CountField({
  label,
  hint,
  value,
  onChange,
  unit,
  min = 0,
  max,
}: {
  label: string;
  hint?: string;
  value: number;
  onChange: (value: number) => void;
  unit?: string;
  min?: number;
  max?: number;
}) {
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      <NumberInput
        value={value}
        min={min}
        max={max}
        step={1}
        {...(unit === undefined ? {} : { unit })}
        onChange={(next) =>
          next !== null && Number.isInteger(next) && next >= min && (max === undefined || next <= max) && onChange(next)
        }
      />
    </Field>
  );
}

/** The teacher and one model a student round, each with the share of the pool that it may keep. */
export function RoundsPart({ config, onChange }: PartProps) {
  const keepOf = (index: number): number => config.keepShare[Math.min(index, config.keepShare.length - 1)] ?? 0.5;
  const setStudent = (index: number, model: ModelName) =>
    onChange({ students: config.students.map((held, at) => (at === index ? model : held)) });
  const setKeep = (index: number, keep: number) =>
    onChange({ keepShare: config.students.map((_, at) => (at === index ? keep : keepOf(at))) });
  const remove = (index: number) =>
    onChange({
      students: config.students.filter((_, at) => at !== index),
      keepShare:
        config.students.length === 1
          ? [keepOf(0)]
          : config.students.map((_, at) => keepOf(at)).filter((_, at) => at !== index),
    });
  const add = () =>
    onChange({
      students: [...config.students, config.students.at(-1) ?? config.teacher],
      keepShare: [...config.students.map((_, at) => keepOf(at)), Math.min(1, keepOf(config.students.length - 1) + 0.2)],
    });
  return (
    <ol className="space-y-2">
      <li className="grid grid-cols-[5.5rem_1fr] items-center gap-3">
        <span className="text-sm font-medium">Teacher</span>
        <ModelSelect
          value={config.teacher}
          onChange={(teacher) => onChange({ teacher })}
          label="Model of the teacher"
        />
      </li>
      {config.students.map((model, index) => (
        <li
          key={index}
          className="grid grid-cols-[5.5rem_1fr_auto] items-center gap-x-3 gap-y-1 sm:grid-cols-[5.5rem_1fr_12rem_auto]"
        >
          <span className="text-sm font-medium">Student {index + 1}</span>
          <ModelSelect
            value={model}
            onChange={(next) => setStudent(index, next)}
            label={`Model of student ${index + 1}`}
          />
          <span className="flex items-center gap-2 max-sm:col-span-2 max-sm:col-start-2">
            <Slider
              label={`Share kept for student ${index + 1}`}
              value={keepOf(index)}
              onChange={(keep) => setKeep(index, keep)}
              min={0.05}
              max={1}
              step={0.05}
              valueText={formatPercent(keepOf(index), 0)}
            />
            <span className="w-20 shrink-0 text-xs text-muted tabular">keeps {formatPercent(keepOf(index), 0)}</span>
          </span>
          <IconButton
            label={`Remove student ${index + 1}`}
            size="sm"
            onClick={() => remove(index)}
            className="max-sm:col-start-3 max-sm:row-start-1"
          >
            <X size={14} aria-hidden />
          </IconButton>
        </li>
      ))}
      {config.students.length < 10 && (
        <li>
          <Button size="sm" variant="ghost" icon={<Plus size={14} aria-hidden />} onClick={add}>
            Add a student round
          </Button>
        </li>
      )}
    </ol>
  );
}
