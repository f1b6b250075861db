'use client';
import { useText } from '../../../../_text/text.tsx';
import type { ReactNode } from 'react';
import { MODEL_NAMES, MODEL_WORDS } from '#core/chain/models.ts';
import type { ModelName } from '#core/chain/models.ts';
import type { RunConfig } from '#core/run/learning.ts';
import { MODEL_PARAMETERS } from '#core/chain/models.ts';
import { formatPercent } from '../../../../_lib/format.ts';
import { Field, NumberInput } from '../../../../_ui/form/field.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { Slider } from '../../../../_ui/form/toggles.tsx';

export interface PartProps {
  config: RunConfig;
  onChange: (change: Partial<RunConfig>) => void;
}

export function ModelSelect({
  value,
  onChange,
  label,
  className,
}: {
  value: ModelName;
  onChange: (model: ModelName) => void;
  label?: string;
  className?: string;
}) {
  const { t, format } = useText();
  return (
    <Select
      value={value}
      onChange={onChange}
      options={MODEL_NAMES.map((name) => ({
        value: name,
        label: t('newrun.parameters', { model: MODEL_WORDS[name], count: format.compact(MODEL_PARAMETERS[name]) }),
      }))}
      {...(label === undefined ? {} : { label })}
      {...(className === undefined ? {} : { className })}
    />
  );
}

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
