'use client';
import { Toaster as Sonner } from 'sonner';
import { useText } from '../_text/text.tsx';

/** Where toasts appear. Colours come from our tokens, so that both themes agree. */
export function Toaster() {
  const { t } = useText();
  return (
    <Sonner
      containerAriaLabel={t('shell.notifications')}
      position="bottom-right"
      gap={8}
      mobileOffset={{ bottom: 72, left: 12, right: 12 }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast: 'flex w-full items-start gap-2.5 rounded-lg bg-raised px-3.5 py-3 text-sm text-ink shadow-pop',
          content: 'min-w-0 flex-1',
          title: 'font-medium',
          description: 'text-muted text-xs mt-0.5',
          icon: 'mt-0.5 text-muted',
          error: '[&_[data-icon]]:text-bad',
          success: '[&_[data-icon]]:text-good',
          warning: '[&_[data-icon]]:text-warn',
          actionButton: 'shrink-0 rounded-md border border-line-strong px-2 py-0.5 text-xs font-medium hover:bg-hover',
          closeButton: 'text-muted',
        },
      }}
    />
  );
}
