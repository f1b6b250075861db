'use client';
import { Ellipsis, PanelLeft } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { readClassKey } from '#core/labeling/key-press.ts';
import { useText } from '../../_text/text.tsx';
import { cn } from '../../_lib/cn.ts';
import { keep, readKept } from '../../_lib/kept.ts';
import { isApple, isTextField } from '../../_keys/keys.ts';
import { usePresence } from '../../_lib/socket.ts';
import { PresenceStack } from '../../_ui/avatar.tsx';
import { IconButton } from '../../_ui/form/button.tsx';
import { HotkeyHelp } from '../../_shell/hotkey-help.tsx';
import { Menu, MenuItem } from '../../_ui/menu.tsx';
import { Tooltip } from '../../_ui/tooltip.tsx';
import { GoTo } from '../../_shell/go-to.tsx';
import { useMe } from '../../_shell/me.tsx';
import { isCurrent, PROJECT_NAV, projectHref } from '../../_shell/nav.ts';
import type { NavItem } from '../../_shell/nav.ts';
import { useProject } from '../../_shell/project.tsx';
import { OrganizationSwitch, ProjectSwitch } from '../../_shell/switcher.tsx';
import { TopBar } from '../../_shell/top-bar.tsx';

const RAIL_KEY = 'pupil-rail';

/** Pages where every letter may be a class. */
const KEYS_TAKEN = /\/(label|review|grid)(\/|$)/;

/** G then a letter goes to a room of the project, except while typing and where letters decide. */
function useGoKeys(items: readonly NavItem[], projectId: string): void {
  const router = useRouter();
  const taken = KEYS_TAKEN.test(usePathname());
  const armedUntil = useRef(0);
  useEffect(() => {
    if (taken) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (isTextField(event.target)) return;
      const key = readClassKey(event, isApple());
      if (key === 'g' && event.timeStamp > armedUntil.current) {
        armedUntil.current = event.timeStamp + 900;
        return;
      }
      if (event.timeStamp > armedUntil.current) return;
      armedUntil.current = 0;
      const item = items.find((one) => one.key === key);
      if (item === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      router.push(projectHref(projectId, item.path));
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, [items, projectId, router, taken]);
}

/** Bars around every page of a project. On a phone the rooms sit at the bottom. */
export function ProjectShell({ children }: { children: ReactNode }) {
  const { t } = useText();
  const { project, may } = useProject();
  const path = usePathname();
  const router = useRouter();
  const self = useMe();
  const present = usePresence(project.id);
  const [goTo, setGoTo] = useState(false);
  const [rail, setRail] = useState(() => readKept(RAIL_KEY) === '1');
  const items = PROJECT_NAV.filter((item) => may(item.action));
  useGoKeys(items, project.id);
  const toggleRail = () => {
    keep(RAIL_KEY, rail ? '0' : '1');
    setRail(!rail);
  };
  const people = [
    ...new Map(present.filter((one) => one.userId !== self.userId).map((one) => [one.userId, one])).values(),
  ];
  const bottom = items.slice(0, 4);
  const more = items.slice(4);
  return (
    <div className="flex min-h-dvh flex-col">
      <TopBar
        crumbs={
          <>
            <span className="contents max-sm:hidden">
              <OrganizationSwitch organizationId={project.organizationId} />
            </span>
            <span aria-hidden className="text-line-strong max-sm:hidden">
              /
            </span>
            <ProjectSwitch organizationId={project.organizationId} projectId={project.id} name={project.name} />
          </>
        }
        aside={
          <div className="max-sm:hidden">
            <PresenceStack
              people={people.map((one) => ({ id: one.userId, name: one.name, doing: t(`shell.doing.${one.page}`) }))}
            />
          </div>
        }
        onSearch={() => setGoTo(true)}
      />
      <div className="flex min-h-0 flex-1">
        <nav
          aria-label={t('shell.project')}
          className={cn(
            'sticky top-12 hidden h-[calc(100dvh-3rem)] shrink-0 flex-col border-r border-line bg-panel p-2 md:flex',
            rail ? 'w-12' : 'w-48',
          )}
        >
          <ul className="space-y-px">
            {items.map((item) => (
              <RailLink key={item.path} item={item} projectId={project.id} path={path} rail={rail} />
            ))}
          </ul>
          <IconButton
            label={t(rail ? 'shell.widen' : 'shell.narrow')}
            size="sm"
            className="mt-auto"
            onClick={toggleRail}
          >
            <PanelLeft size={15} aria-hidden />
          </IconButton>
        </nav>
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 pb-16 has-[.hand-page]:pb-0 md:pb-0">
          {project.status !== 'active' && (
            <p role="status" className="border-b border-warn/30 bg-warn-soft px-4 py-1.5 text-xs text-warn sm:px-6">
              {t(project.status === 'paused' ? 'shell.paused' : 'shell.archived')}{' '}
              {may('project:update') && (
                <Link className="underline underline-offset-2" href={`${projectHref(project.id, 'settings')}#end`}>
                  {t(project.status === 'paused' ? 'shell.resume' : 'shell.bringBack')}
                </Link>
              )}
            </p>
          )}
          {children}
        </main>
      </div>
      <nav
        aria-label={t('shell.project')}
        className="fixed inset-x-0 bottom-0 z-30 grid grid-cols-5 border-t border-line bg-panel
        pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        {bottom.map((item) => {
          const href = projectHref(project.id, item.path);
          return (
            <Link
              key={item.path}
              href={href}
              aria-current={isCurrent(path, project.id, item) ? 'page' : undefined}
              className={bottomClasses}
            >
              <item.icon size={18} aria-hidden /> {t(`shell.nav.${item.name}`)}
            </Link>
          );
        })}
        {more.length > 0 && (
          <Menu
            side="top"
            trigger={
              <button type="button" className={bottomClasses}>
                <Ellipsis size={18} aria-hidden /> {t('shell.more')}
              </button>
            }
          >
            {more.map((item) => (
              <MenuItem
                key={item.path}
                icon={<item.icon size={16} />}
                onSelect={() => router.push(projectHref(project.id, item.path))}
              >
                {t(`shell.nav.${item.name}`)}
              </MenuItem>
            ))}
          </Menu>
        )}
      </nav>
      {!KEYS_TAKEN.test(path) && (
        <HotkeyHelp
          groups={[
            {
              title: t('shell.everywhere'),
              keys: [
                { keys: ['Mod+k'], does: t('shell.goToPage') },
                { keys: ['?'], does: t('shell.showKeys') },
                { keys: ['Escape'], does: t('shell.closeClear') },
              ],
            },
            {
              title: t('shell.rooms'),
              keys: items.map((item) => ({ keys: ['G', item.key.toUpperCase()], does: t(`shell.nav.${item.name}`) })),
            },
          ]}
        />
      )}
      <GoTo organizationId={project.organizationId} project={project} open={goTo} onOpenChange={setGoTo} />
    </div>
  );
}

const bottomClasses =
  'flex h-14 flex-col items-center justify-center gap-0.5 text-2xs font-medium text-muted -outline-offset-2 ' +
  'aria-[current=page]:text-accent-text';

function RailLink({ item, projectId, path, rail }: { item: NavItem; projectId: string; path: string; rail: boolean }) {
  const name = useText().t(`shell.nav.${item.name}`);
  const href = projectHref(projectId, item.path);
  const link = (
    <Link
      href={href}
      aria-current={isCurrent(path, projectId, item) ? 'page' : undefined}
      aria-label={rail ? name : undefined}
      className="group flex h-8 items-center gap-2.5 rounded-md px-2 text-sm font-medium text-muted hover:bg-hover
      hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:text-ink"
    >
      <item.icon size={16} aria-hidden className="shrink-0 group-aria-[current=page]:text-accent-text" />
      {!rail && name}
    </Link>
  );
  return (
    <li>
      {rail ? (
        <Tooltip text={name} side="right" shortcut={`G ${item.key.toUpperCase()}`}>
          {link}
        </Tooltip>
      ) : (
        link
      )}
    </li>
  );
}
