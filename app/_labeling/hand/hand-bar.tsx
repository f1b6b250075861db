'use client';
import { Flag, Forward, Redo2, Undo2 } from 'lucide-react';
import { memo } from 'react';
import type { ReactNode } from 'react';
import { useText } from '../../_text/text.tsx';
import { cn } from '../../_lib/cn.ts';
import { Button, IconButton } from '../../_ui/form/button.tsx';
import { Menu, MenuItem, MenuLabel } from '../../_ui/menu.tsx';
import { SyncState } from '../outbox/sync-state.tsx';
import type { OutboxState } from '../outbox/outbox.ts';
import { ViewTools } from '../stage/view-tools.tsx';
import type { Light } from '../stage/stage.tsx';
import type { View } from '../stage/view.ts';

interface HandActions {
  canUndo: boolean;
  canRedo: boolean;
  hasImage: boolean;
  flagged: boolean;
  /** As they are kept, and in the language of the page. Empty: a skip needs none. */
  skipReasons: readonly { reason: string; words: string }[];
  onUndo: () => void;
  onRedo: () => void;
  onSkip: (reason: string | null) => void;
  onFlag: () => void;
}

/**
 * What is done with the image on screen beside deciding it. On a phone it takes two lines: what the thumb reaches for,
 * then the counter and the tools. Its buttons are drawn anew only when they change, not with each decision: give it
 * functions that stay.
 */
export function HandBar({
  counter,
  note,
  sync,
  view,
  light,
  filter,
  aside,
  onView,
  onLight,
  ...actions
}: HandActions & {
  counter: string;
  note?: ReactNode;
  sync: OutboxState;
  view: View;
  light: Light;
  filter?: ReactNode;
  /** Opens what stands beside the image where there is no room for it. */
  aside: ReactNode;
  onView: (view: View) => void;
  onLight: (light: Light) => void;
}) {
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-1 border-b border-line bg-panel px-2 sm:min-h-11">
      <HandButtons {...actions} />
      {filter !== undefined && <span className="max-sm:hidden">{filter}</span>}
      <span className="flex items-center max-sm:ml-auto sm:order-2">
        <SyncState state={sync} />
      </span>
      <span className="sm:order-4">{aside}</span>
      <div className="flex items-center max-sm:w-full sm:contents">
        {filter !== undefined && <span className="sm:hidden">{filter}</span>}
        <span
          role="status"
          className="min-w-0 truncate px-2 text-xs max-sm:px-1 text-muted tabular sm:order-1 sm:mx-auto"
        >
          {counter}
        </span>
        {note !== undefined && <span className="text-xs text-muted tabular max-md:hidden sm:order-1">{note}</span>}
        <span className="max-sm:ml-auto sm:order-3">
          <ViewTools view={view} onView={onView} light={light} onLight={onLight} />
        </span>
      </div>
    </div>
  );
}

const HandButtons = memo(function HandButtons({
  canUndo,
  canRedo,
  hasImage,
  flagged,
  skipReasons,
  onUndo,
  onRedo,
  onSkip,
  onFlag,
}: HandActions) {
  const { t } = useText();
  return (
    <>
      <IconButton label={t('hand.undo')} shortcut="Backspace" size="sm" disabled={!canUndo} onClick={onUndo}>
        <Undo2 size={16} aria-hidden />
      </IconButton>
      <IconButton label={t('hand.redo')} shortcut="Shift+Backspace" size="sm" disabled={!canRedo} onClick={onRedo}>
        <Redo2 size={16} aria-hidden />
      </IconButton>
      {skipReasons.length === 0 ? (
        <IconButton label={t('hand.skip')} shortcut="Space" size="sm" disabled={!hasImage} onClick={() => onSkip(null)}>
          <Forward size={16} aria-hidden />
        </IconButton>
      ) : (
        <Menu
          align="start"
          trigger={
            <Button size="sm" variant="ghost" icon={<Forward size={16} aria-hidden />} disabled={!hasImage}>
              {t('hand.skipMore')}
            </Button>
          }
        >
          <MenuLabel>{t('hand.skipBecause')}</MenuLabel>
          {skipReasons.map(({ reason, words }) => (
            <MenuItem key={reason} onSelect={() => onSkip(reason)}>
              {words}
            </MenuItem>
          ))}
        </Menu>
      )}
      <IconButton
        label={t(flagged ? 'hand.unflag' : 'hand.flag')}
        shortcut="."
        size="sm"
        disabled={!hasImage}
        aria-pressed={flagged}
        onClick={onFlag}
      >
        <Flag size={16} aria-hidden className={cn(flagged && 'fill-warn text-warn')} />
      </IconButton>
    </>
  );
});
