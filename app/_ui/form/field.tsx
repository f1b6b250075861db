'use client';
import { createContext, use, useId } from 'react';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from '../../_lib/cn.ts';
import { useText } from '../../_text/text.tsx';

interface FieldWords {
  id: string;
  describedBy: string | undefined;
  invalid: boolean;
}
const FieldContext = createContext<FieldWords | null>(null);

/** Props that tie a control to the Field around it. */
export const useField = (): { id?: string; 'aria-describedby'?: string; 'aria-invalid'?: true } => {
  const field = use(FieldContext);
  if (field === null) return {};
  return {
    id: field.id,
    ...(field.describedBy === undefined ? {} : { 'aria-describedby': field.describedBy }),
    ...(field.invalid ? { 'aria-invalid': true as const } : {}),
  };
};

export interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  /** What is wrong and what to do; replaces the hint. */
  error?: string | null | undefined;
  /** Label to the left of the control, for settings lists. */
  inline?: boolean;
  optional?: boolean;
  className?: string;
  children: ReactNode;
}

/** A label, a control, and one line below it. The control inside finds its id by itself. */
export function Field({ label, hint, error, inline = false, optional = false, className, children }: FieldProps) {
  const { t } = useText();
  const id = useId();
  const noteId = `${id}note`;
  const note = error ?? hint;
  const words: FieldWords = {
    id,
    describedBy: note === undefined || note === null ? undefined : noteId,
    invalid: Boolean(error),
  };
  const noteLine = note !== undefined && note !== null && (
    <p
      id={noteId}
      className={cn('text-xs text-pretty', error ? 'text-bad' : 'text-muted')}
      role={error ? 'alert' : undefined}
    >
      {note}
    </p>
  );
  return (
    <FieldContext value={words}>
      {inline ? (
        <div className={cn('flex items-start justify-between gap-6 py-2', className)}>
          <div className="min-w-0 space-y-0.5">
            <label htmlFor={id} className="text-sm font-medium">
              {label}
            </label>
            {noteLine}
          </div>
          <div className="shrink-0">{children}</div>
        </div>
      ) : (
        <div className={cn('space-y-1.5', className)}>
          <label htmlFor={id} className="flex justify-between text-sm font-medium">
            {label}
            {optional && <span className="text-xs font-normal text-faint">{t('common.optional')}</span>}
          </label>
          {children}
          {noteLine}
        </div>
      )}
    </FieldContext>
  );
}

/** Full width, unless the caller's classes set one. */
export const controlWidth = (className: string | undefined): string =>
  /(^|\s)!?w-/.test(className ?? '') ? '' : 'w-full';

export const controlClasses =
  'rounded-md border border-control/60 bg-panel text-sm text-ink shadow-low transition-colors hover:border-control ' +
  'focus-visible:border-accent focus-visible:outline-offset-0 disabled:opacity-55 aria-invalid:border-bad';

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return (
    <input
      {...useField()}
      className={cn(controlClasses, controlWidth(className), 'h-8 px-2.5 max-sm:h-10 max-sm:text-lg', className)}
      {...props}
    />
  );
}

export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return (
    <textarea
      {...useField()}
      rows={4}
      className={cn(controlClasses, controlWidth(className), 'px-2.5 py-1.5 max-sm:text-lg', className)}
      {...props}
    />
  );
}

/** A number with its unit inside the box. Empty text gives null. */
export function NumberInput({
  value,
  onChange,
  unit,
  className,
  ...props
}: Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'type'> & {
  value: number | null;
  onChange: (value: number | null) => void;
  unit?: string;
}) {
  return (
    <span className={cn('relative block', className)}>
      <input
        {...useField()}
        type="number"
        inputMode="decimal"
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value === '' ? null : event.target.valueAsNumber)}
        className={cn(
          controlClasses,
          'h-8 w-full px-2.5 tabular max-sm:h-10 max-sm:text-lg',
          unit !== undefined && 'pr-14',
        )}
        {...props}
      />
      {unit !== undefined && (
        <span className="pointer-events-none absolute inset-y-0 right-7 flex items-center text-xs text-faint">
          {unit}
        </span>
      )}
    </span>
  );
}
