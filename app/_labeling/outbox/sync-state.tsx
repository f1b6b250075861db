'use client';
import { Check, CloudOff, RefreshCw, TriangleAlert } from 'lucide-react';
import { useText } from '../../_text/text.tsx';
import { useConnected } from '../../_lib/socket.ts';
import type { OutboxState } from './outbox.ts';

/**
 * Is everything saved? Says so calmly, and counts what is not; in red what may be lost or was refused. Its width never
 * changes with the number.
 */
export function SyncState({ state }: { state: OutboxState }) {
  const { t } = useText();
  const connected = useConnected();
  const waiting = state.unsent > 0 && (state.trouble !== null || !connected);
  const lost = waiting ? state.unkept : 0;
  if (lost > 0 || state.refused > 0) {
    return (
      <span
        role="status"
        title={lost > 0 ? t('hand.notStoredWhy') : t('hand.notSavedWhy')}
        className="inline-flex h-7 items-center gap-1.5 rounded-full bg-bad-soft px-2.5 text-xs font-medium text-bad"
      >
        <TriangleAlert size={14} aria-hidden />
        {lost > 0 ? t('hand.notStored', { count: lost }) : t('hand.notSaved', { count: state.refused })}
      </span>
    );
  }
  if (waiting || !connected) {
    return (
      <span
        role="status"
        title={state.trouble?.message}
        className="inline-flex h-7 items-center gap-1.5 rounded-full bg-warn-soft px-2.5 text-xs font-medium text-warn"
      >
        <CloudOff size={14} aria-hidden />{' '}
        {state.unsent > 0 ? t('hand.decisionsUnsent', { count: state.unsent }) : t('hand.offline')}
      </span>
    );
  }
  return (
    <span role="status" className="inline-flex h-7 items-center gap-1.5 rounded-full px-2.5 text-xs text-muted">
      {state.unsent > 0 ? <RefreshCw size={14} aria-hidden /> : <Check size={14} aria-hidden className="text-good" />}
      {state.unsent > 0 ? t('hand.unsent', { count: state.unsent }) : t('hand.saved')}
    </span>
  );
}
