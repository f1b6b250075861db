'use client';
import { Search, WifiOff } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useText } from '../_text/text.tsx';
import { hotkeyText, isApple } from '../_keys/keys.ts';
import { useConnected } from '../_lib/socket.ts';
import { Kbd } from '../_ui/kbd.tsx';
import { Logo } from './logo.tsx';
import { Bell } from './bell.tsx';
import { UserMenu } from './user-menu.tsx';

/** Says that the line is down, once it has been for two seconds. */
function Connection() {
  const { t } = useText();
  const connected = useConnected();
  const [down, setDown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDown(!connected), connected ? 0 : 2000);
    return () => clearTimeout(timer);
  }, [connected]);
  return (
    <div role="status" className="flex items-center">
      {down && (
        <span className="flex items-center gap-1.5 rounded-full bg-warn-soft px-2 py-0.5 text-xs font-medium text-warn">
          <WifiOff size={12} aria-hidden /> {t('shell.reconnecting')}
        </span>
      )}
    </div>
  );
}

export interface TopBarProps {
  /** What stands after the mark: organization and project. */
  crumbs: ReactNode;
  /** Presence and the like. */
  aside?: ReactNode;
  onSearch: () => void;
}

export function TopBar({ crumbs, aside, onSearch }: TopBarProps) {
  const { t } = useText();
  return (
    <header
      className="touch-targets sticky top-0 z-30 flex h-12 items-center gap-2 border-b border-line bg-panel/90 px-3
    backdrop-blur-sm sm:px-4"
    >
      <Link href="/" aria-label={t('shell.home')} className="flex items-center gap-2 rounded-md p-1">
        <Logo />
      </Link>
      <nav aria-label={t('shell.whereYouAre')} className="flex min-w-0 items-center gap-1 text-sm">
        {crumbs}
      </nav>
      <div className="ml-auto flex shrink-0 items-center gap-3 pointer-coarse:gap-0">
        <Connection />
        {aside}
        <button
          type="button"
          onClick={onSearch}
          aria-label={t('shell.goTo')}
          aria-keyshortcuts={isApple() ? 'Meta+K' : 'Control+K'}
          className="flex h-7 items-center gap-2 rounded-md border border-line bg-bg px-2 text-xs text-faint
          hover:border-line-strong hover:text-muted max-sm:size-9 max-sm:justify-center max-sm:border-0
          max-sm:bg-transparent"
        >
          <Search size={14} aria-hidden />
          <span className="hidden sm:inline">{t('shell.goToMore')}</span>
          <span className="hidden sm:inline">
            <Kbd>{hotkeyText('Mod+k')}</Kbd>
          </span>
        </button>
        <Bell />
        <UserMenu />
      </div>
    </header>
  );
}
