'use client';
import { Check } from 'lucide-react';
import { DropdownMenu as Radix, Popover as RadixPopover } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from '../_lib/cn.ts';
import { useText } from '../_text/text.tsx';
import { Kbd } from './kbd.tsx';

const panel = 'z-50 animate-pop rounded-lg bg-raised shadow-pop outline-none';

export interface MenuProps {
  /** One button. */
  trigger: ReactNode;
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'bottom';
  /** MenuItem, MenuLabel, MenuSeparator. */
  children: ReactNode;
}

export function Menu({ trigger, align = 'end', side = 'bottom', children }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className={cn(panel, 'max-h-(--radix-dropdown-menu-content-available-height) min-w-48 overflow-y-auto p-1')}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export interface MenuItemProps {
  onSelect?: () => void;
  icon?: ReactNode;
  shortcut?: string;
  danger?: boolean;
  disabled?: boolean;
  /** Shows a check mark. */
  checked?: boolean;
  /** The child is a link that takes the looks. */
  asChild?: boolean;
  children: ReactNode;
}

export function MenuItem({
  onSelect,
  icon,
  shortcut,
  danger = false,
  disabled = false,
  checked,
  asChild = false,
  children,
}: MenuItemProps) {
  const { t } = useText();
  const classes = cn(
    'flex w-full cursor-pointer items-center gap-2 rounded-md px-2 py-1.5 text-sm outline-none select-none ' +
      'max-sm:py-2.5',
    'data-disabled:pointer-events-none data-disabled:opacity-50 data-highlighted:bg-hover [&_svg]:shrink-0',
    danger ? 'text-bad' : 'text-ink',
  );
  if (asChild)
    return (
      <Radix.Item asChild disabled={disabled} className={classes}>
        {children}
      </Radix.Item>
    );
  return (
    <Radix.Item onSelect={() => onSelect?.()} disabled={disabled} className={classes}>
      {icon !== undefined && <span className={danger ? '' : 'text-muted'}>{icon}</span>}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {checked === true && <Check size={14} aria-label={t('common.chosen')} />}
      {shortcut !== undefined && <Kbd>{shortcut}</Kbd>}
    </Radix.Item>
  );
}

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <Radix.Label className="px-2 pt-1.5 pb-1 text-xs text-muted">{children}</Radix.Label>
);

export const MenuSeparator = () => <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;

export interface PopoverProps {
  trigger: ReactNode;
  align?: 'start' | 'center' | 'end';
  label: string;
  className?: string;
  children: ReactNode;
}

/** A small panel beside its button, for filters and forms. */
export function Popover({ trigger, align = 'start', label, className, children }: PopoverProps) {
  return (
    <RadixPopover.Root>
      <RadixPopover.Trigger asChild>{trigger}</RadixPopover.Trigger>
      <RadixPopover.Portal>
        <RadixPopover.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          aria-label={label}
          className={cn(panel, 'p-3', className)}
        >
          {children}
        </RadixPopover.Content>
      </RadixPopover.Portal>
    </RadixPopover.Root>
  );
}
