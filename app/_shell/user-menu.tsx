'use client';
import { useQueryClient } from '@tanstack/react-query';
import { CircleUserRound, Laptop, LogOut, Moon, Sun } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { signOut } from '../_lib/auth.ts';
import { THEMES } from '../_lib/theme.ts';
import { Avatar } from '../_ui/avatar.tsx';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../_ui/menu.tsx';
import { forgetOffline } from '../_offline/store.ts';
import { useMe } from './me.tsx';
import { useTheme } from './providers.tsx';

const ICONS = { system: <Laptop size={14} />, light: <Sun size={14} />, dark: <Moon size={14} /> } as const;
const NAMES = { system: 'As the system', light: 'Light', dark: 'Dark' } as const;

export function UserMenu() {
  const me = useMe();
  const { theme, setTheme } = useTheme();
  const queryClient = useQueryClient();
  const router = useRouter();
  const leave = async () => {
    await signOut();
    await forgetOffline();
    queryClient.clear();
    window.location.assign('/sign-in');
  };
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label="Your account"
          className="rounded-full focus-visible:rounded-full max-sm:p-1.5"
        >
          <Avatar name={me.name} seed={me.userId} size={26} />
        </button>
      }
    >
      <div className="px-2 py-1.5">
        <div className="text-sm font-medium">{me.name}</div>
        <div className="text-xs text-muted">{me.email}</div>
      </div>
      <MenuItem icon={<CircleUserRound size={14} />} onSelect={() => router.push('/account')}>
        Account
      </MenuItem>
      <MenuSeparator />
      <MenuLabel>Theme</MenuLabel>
      {THEMES.map((choice) => (
        <MenuItem key={choice} icon={ICONS[choice]} checked={choice === theme} onSelect={() => setTheme(choice)}>
          {NAMES[choice]}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem icon={<LogOut size={14} />} onSelect={() => void leave()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
