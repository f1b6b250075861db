'use client';
import { Slot } from 'radix-ui';
import { useSyncExternalStore } from 'react';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from '../../_lib/cn.ts';
import { hotkeyText } from '../../_keys/keys.ts';
import { Kbd } from '../kbd.tsx';
import { Spinner } from '../spinner.tsx';
import { Tooltip } from '../tooltip.tsx';

const VARIANTS = {
  primary: 'bg-accent text-accent-ink hover:bg-accent-hover shadow-low',
  secondary: 'bg-raised text-ink border border-line-strong hover:bg-hover active:bg-press shadow-low',
  ghost: 'text-muted hover:bg-hover hover:text-ink active:bg-press',
  danger: 'bg-bad-solid text-white hover:brightness-110 shadow-low',
  'danger-quiet': 'text-bad hover:bg-bad-soft',
} as const;

const SIZES = {
  sm: 'h-7 px-2.5 text-xs gap-1.5 max-sm:h-9',
  md: 'h-8 px-3 text-sm gap-2 max-sm:h-10',
  lg: 'h-10 px-4 text-base gap-2',
} as const;

export type ButtonVariant = keyof typeof VARIANTS;

export interface ButtonProps extends ComponentProps<'button'> {
  variant?: ButtonVariant;
  size?: keyof typeof SIZES;
  /** Shows a spinner and refuses clicks, without changing width. */
  busy?: boolean;
  icon?: ReactNode;
  /** A hotkey (`Mod+Enter`), shown as a key cap at the end; the caller binds it. */
  shortcut?: string;
  /** Give the looks to the child (a link). */
  asChild?: boolean;
}

const base =
  'inline-flex shrink-0 items-center justify-center rounded-md font-medium whitespace-nowrap select-none ' +
  'transition-colors duration-100 ' +
  'disabled:opacity-50 disabled:pointer-events-none aria-disabled:opacity-50 [&_svg]:shrink-0';

const subscribeNever = (): (() => void) => () => undefined;

/** Does the page answer yet? What the server sent stands there before its code does. */
const useAnswers = (): boolean =>
  useSyncExternalStore(
    subscribeNever,
    () => true,
    () => false,
  );

export function Button({
  variant = 'secondary',
  size = 'md',
  busy = false,
  icon,
  shortcut,
  asChild = false,
  className,
  children,
  disabled,
  type = 'button',
  ...props
}: ButtonProps) {
  const classes = cn(base, VARIANTS[variant], SIZES[size], className);
  const answers = useAnswers();
  if (asChild)
    return (
      <Slot.Root className={classes} {...props}>
        {children}
      </Slot.Root>
    );
  return (
    <button
      type={type}
      className={classes}
      // A form that is sent before the page answers is sent by the browser: into the address, the password with it.
      disabled={disabled === true || busy || (type === 'submit' && !answers)}
      aria-busy={busy || undefined}
      {...props}
    >
      {busy ? <Spinner /> : icon}
      {children}
      {shortcut !== undefined && (
        <Kbd onColour={variant === 'primary' || variant === 'danger'}>{hotkeyText(shortcut)}</Kbd>
      )}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'icon' | 'children'> {
  /** The accessible name, shown as tooltip. */
  label: string;
  children: ReactNode;
}

const SQUARES = { sm: 'size-7 max-sm:size-9', md: 'size-8 max-sm:size-10', lg: 'size-10' } as const;

export function IconButton({
  label,
  variant = 'ghost',
  size = 'md',
  shortcut,
  className,
  children,
  ...props
}: IconButtonProps) {
  const classes = cn(base, VARIANTS[variant], SQUARES[size], className);
  return (
    <Tooltip text={label} {...(shortcut === undefined ? {} : { shortcut })}>
      <button type="button" aria-label={label} className={classes} {...props}>
        {children}
      </button>
    </Tooltip>
  );
}
