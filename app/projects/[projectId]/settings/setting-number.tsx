'use client';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { hotkeyOf } from '../../../_keys/keys.ts';
import { Field, NumberInput } from '../../../_ui/form/field.tsx';

export interface SettingNumberProps {
  label: string;
  hint?: ReactNode;
  value: number;
  min: number;
  max: number;
  step?: number;
  unit?: string;
  /** Shown value = stored value × this: 100 for shares shown in percent. */
  scale?: number;
  onSave: (value: number) => void;
}

/** A number of a settings list, saved when it is left or Enter is pressed; out of bounds goes to the nearest bound. */
export function SettingNumber({ label, hint, value, min, max, step = 1, unit, scale = 1, onSave }: SettingNumberProps) {
  const [draft, setDraft] = useState<number | null | undefined>(undefined);
  const tidy = (stored: number) => Math.round(stored * scale * 1e6) / 1e6;
  const commit = () => {
    setDraft(undefined);
    if (draft === undefined || draft === null || Number.isNaN(draft)) return;
    const next = Math.min(max, Math.max(min, draft / scale));
    if (next !== value) onSave(next);
  };
  return (
    <Field label={label} hint={hint} inline>
      <NumberInput
        value={draft === undefined ? tidy(value) : draft}
        min={tidy(min)}
        max={tidy(max)}
        step={step}
        unit={unit}
        className="w-28"
        onChange={setDraft}
        onBlur={commit}
        onKeyDown={(event) => hotkeyOf(event) === 'Enter' && commit()}
      />
    </Field>
  );
}
