'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleUserRound, Languages, Laptop, LogOut, Moon, Sun } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { LANGUAGE_NAMES, LANGUAGES } from '#core/text/languages.ts';
import { forgetLanguage } from '../_text/language.ts';
import { useText } from '../_text/text.tsx';
import { useTRPC } from '../_lib/api.ts';
import { signOut } from '../_lib/auth.ts';
import { THEMES } from '../_lib/theme.ts';
import { Avatar } from '../_ui/avatar.tsx';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../_ui/menu.tsx';
import { forgetOffline } from '../_offline/store.ts';
import { useMe } from './me.tsx';
import { useTheme } from './providers.tsx';
import { useLanguage } from './use-language.ts';

const ICONS = { system: <Laptop size={14} />, light: <Sun size={14} />, dark: <Moon size={14} /> } as const;

export function UserMenu() {
  const { t } = useText();
  const me = useMe();
  const { theme, setTheme } = useTheme();
  const queryClient = useQueryClient();
  const router = useRouter();
  const trpc = useTRPC();
  const { language, setLanguage } = useLanguage();
  const keep = useMutation(
    trpc.people.changeLanguage.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.people.me.queryFilter()),
    }),
  );
  const leave = async () => {
    await signOut();
    // What an account chose is not what the next person at this browser reads.
    if (me.language !== null) forgetLanguage();
    await forgetOffline();
    queryClient.clear();
    window.location.assign('/sign-in');
  };
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={t('shell.yourAccount')}
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
        {t('shell.account')}
      </MenuItem>
      <MenuSeparator />
      <MenuLabel>{t('shell.theme')}</MenuLabel>
      {THEMES.map((choice) => (
        <MenuItem key={choice} icon={ICONS[choice]} checked={choice === theme} onSelect={() => setTheme(choice)}>
          {t(`shell.theme.${choice}`)}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuLabel>{t('common.language')}</MenuLabel>
      {LANGUAGES.map((one) => (
        <MenuItem
          key={one}
          icon={<Languages size={14} />}
          checked={one === language}
          onSelect={() => {
            setLanguage(one);
            keep.mutate({ language: one });
          }}
        >
          <span lang={one}>{LANGUAGE_NAMES[one]}</span>
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem icon={<LogOut size={14} />} onSelect={() => void leave()}>
        {t('shell.signOut')}
      </MenuItem>
    </Menu>
  );
}
