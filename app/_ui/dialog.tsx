'use client';
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useText } from '../_text/text.tsx';
import { cn } from '../_lib/cn.ts';
import { Button, IconButton } from './form/button.tsx';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  /** Buttons, right-aligned at the bottom. */
  footer?: ReactNode;
  size?: 'sm' | 'md' | 'lg' | 'xl';
  /** From the right edge at full height instead of the middle. */
  side?: 'middle' | 'right';
  children?: ReactNode;
}

const WIDTHS = { sm: 'sm:max-w-sm', md: 'sm:max-w-lg', lg: 'sm:max-w-2xl', xl: 'sm:max-w-5xl' } as const;

/** A sheet is read first: its arrow keys must not land in a field. */
const focusContent = (event: Event) => {
  event.preventDefault();
  (event.currentTarget as HTMLElement).focus();
};

/** Into the first field where there is one; else the dialog itself, not its close button. */
const focusFirstField = (event: Event) => {
  const content = event.currentTarget as HTMLElement;
  event.preventDefault();
  (content.querySelector<HTMLElement>('input:not([type=hidden]):not(:disabled), textarea') ?? content).focus();
};

export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  footer,
  size = 'md',
  side = 'middle',
  children,
}: DialogProps) {
  const { t } = useText();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-black/40" />
        <Radix.Content
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          onOpenAutoFocus={side === 'middle' ? focusFirstField : focusContent}
          className={cn(
            'fixed z-50 flex flex-col bg-raised shadow-pop outline-none',
            side === 'middle'
              ? 'inset-x-2 bottom-2 max-h-[88dvh] animate-pop rounded-xl sm:inset-x-auto sm:top-[12dvh] ' +
                  'sm:bottom-auto sm:left-1/2 sm:max-h-[76dvh] sm:w-full sm:-translate-x-1/2'
              : 'inset-y-0 right-0 w-full animate-slide border-l border-line',
            WIDTHS[size],
          )}
        >
          <header className="flex items-start justify-between gap-4 px-5 pt-4 pb-3">
            <div className="min-w-0">
              <Radix.Title className="text-lg">{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description className="mt-0.5 text-sm text-muted">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <IconButton label={t('common.close')} size="sm" className="-mr-1.5">
                <X size={16} aria-hidden />
              </IconButton>
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>
          {footer !== undefined && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A dialog that comes from the right edge. */
export const Sheet = (props: Omit<DialogProps, 'side'>) => <Dialog {...props} side="right" />;

export interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What will happen, and whether it can be undone. */
  children: ReactNode;
  /** The verb on the button. */
  action: string;
  danger?: boolean;
  onConfirm: () => Promise<unknown> | void;
}

/**
 * Asks once before what cannot be undone. Stays open, busy, until the promise settles; closes only when it succeeded.
 */
export function Confirm({ open, onOpenChange, title, children, action, danger = false, onConfirm }: ConfirmProps) {
  const { t } = useText();
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
      onOpenChange(false);
    } catch {
      // The query client has shown the reason already; the dialog stays for another try.
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      size="sm"
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{t('common.cancel')}</Button>
          <Button variant={danger ? 'danger' : 'primary'} busy={busy} onClick={confirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="text-sm text-muted">{children}</div>
    </Dialog>
  );
}
