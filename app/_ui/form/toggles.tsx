'use client';
import { Check, Minus } from 'lucide-react';
import { Checkbox as RadixCheckbox, Slider as RadixSlider, Switch as RadixSwitch, ToggleGroup } from 'radix-ui';
import { useId } from 'react';
import type { ReactNode } from 'react';
import { cn } from '../../_lib/cn.ts';
import { useField } from './field.tsx';
import type { Option } from './select.tsx';

export interface CheckboxProps {
  checked: boolean | 'indeterminate';
  onChange: (checked: boolean) => void;
  /** Text beside the box; without it give `ariaLabel`. */
  label?: ReactNode;
  hint?: ReactNode;
  ariaLabel?: string;
  disabled?: boolean;
  className?: string;
}

export function Checkbox({ checked, onChange, label, hint, ariaLabel, disabled = false, className }: CheckboxProps) {
  const id = useId();
  const box = (
    <RadixCheckbox.Root
      id={id}
      checked={checked}
      onCheckedChange={(next) => onChange(next === true)}
      disabled={disabled}
      aria-label={ariaLabel}
      aria-describedby={hint === undefined ? undefined : `${id}hint`}
      className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-sm border border-control bg-panel
      text-accent-ink transition-colors disabled:opacity-50 data-[state=checked]:border-accent
      data-[state=checked]:bg-accent data-[state=indeterminate]:border-accent data-[state=indeterminate]:bg-accent"
    >
      <RadixCheckbox.Indicator>
        {checked === 'indeterminate' ? (
          <Minus size={12} strokeWidth={3} aria-hidden />
        ) : (
          <Check size={12} strokeWidth={3} aria-hidden />
        )}
      </RadixCheckbox.Indicator>
    </RadixCheckbox.Root>
  );
  if (label === undefined) return box;
  return (
    <div className={cn('flex items-start gap-2', className)}>
      {box}
      <div className="min-w-0">
        <label htmlFor={id} className="text-sm">
          {label}
        </label>
        {hint !== undefined && (
          <p id={`${id}hint`} className="text-xs text-muted">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

export interface SwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** Accessible name when there is no Field around it. */
  label?: string;
  disabled?: boolean;
}

export function Switch({ checked, onChange, label, disabled = false }: SwitchProps) {
  return (
    <RadixSwitch.Root
      {...useField()}
      checked={checked}
      onCheckedChange={onChange}
      aria-label={label}
      disabled={disabled}
      className="relative h-[18px] w-8 rounded-full bg-control transition-colors disabled:opacity-50
      data-[state=checked]:bg-accent"
    >
      <RadixSwitch.Thumb
        className="block size-3.5 translate-x-0.5 rounded-full bg-white shadow-low transition-transform
      data-[state=checked]:translate-x-4"
      />
    </RadixSwitch.Root>
  );
}

export interface SliderProps {
  value: number;
  onChange: (value: number) => void;
  /** When the hand lets go. */
  onCommit?: (value: number) => void;
  min: number;
  max: number;
  step: number;
  label: string;
  /** How the value is read aloud. */
  valueText?: string;
  disabled?: boolean;
  className?: string;
}

export function Slider({
  value,
  onChange,
  onCommit,
  min,
  max,
  step,
  label,
  valueText,
  disabled = false,
  className,
}: SliderProps) {
  return (
    <RadixSlider.Root
      value={[value]}
      onValueChange={([next]) => next !== undefined && onChange(next)}
      onValueCommit={([next]) => next !== undefined && onCommit?.(next)}
      min={min}
      max={max}
      step={step}
      disabled={disabled}
      className={cn('relative flex h-5 w-full touch-none items-center select-none data-disabled:opacity-50', className)}
    >
      <RadixSlider.Track className="relative h-1 grow rounded-full bg-press">
        <RadixSlider.Range className="absolute h-full rounded-full bg-accent" />
      </RadixSlider.Track>
      <RadixSlider.Thumb
        aria-label={label}
        aria-valuetext={valueText}
        className="block size-3.5 rounded-full border border-line-strong bg-white shadow-pop hover:scale-110
        focus-visible:rounded-full"
      />
    </RadixSlider.Root>
  );
}

export interface SegmentedProps<Value extends string> {
  value: Value;
  onChange: (value: Value) => void;
  options: readonly Option<Value>[];
  label: string;
  className?: string;
}

/** A few choices side by side, one of them on. */
export function Segmented<Value extends string>({ value, onChange, options, label, className }: SegmentedProps<Value>) {
  return (
    <ToggleGroup.Root
      type="single"
      value={value}
      onValueChange={(next) => {
        const chosen = options.find((option) => option.value === next);
        if (chosen !== undefined) onChange(chosen.value);
      }}
      aria-label={label}
      className={cn('inline-flex rounded-md bg-hover p-0.5', className)}
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          disabled={option.disabled ?? false}
          className="flex h-6 items-center gap-1.5 rounded-sm px-2.5 text-xs font-medium text-muted hover:text-ink
          disabled:opacity-50 data-[state=on]:bg-raised data-[state=on]:text-ink data-[state=on]:shadow-low max-sm:h-8"
        >
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
