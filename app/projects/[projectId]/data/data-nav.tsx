'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { Action } from '#core/people/access.ts';
import { useText } from '../../../_text/text.tsx';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { tabClasses } from '../../../_ui/tabs.tsx';

const PAGES: readonly {
  path: string;
  name: `data.${'import' | 'sources' | 'lookAlikes' | 'export' | 'snapshots'}`;
  action: Action;
}[] = [
  { path: 'data', name: 'data.import', action: 'image:import' },
  { path: 'data/sources', name: 'data.sources', action: 'image:import' },
  { path: 'data/look-alikes', name: 'data.lookAlikes', action: 'image:import' },
  { path: 'data/exports', name: 'data.export', action: 'export:read' },
  { path: 'data/snapshots', name: 'data.snapshots', action: 'snapshot:read' },
];

export function DataNav() {
  const { t } = useText();
  const { project, may } = useProject();
  const path = usePathname();
  const pages = PAGES.filter((page) => may(page.action));
  if (pages.length === 0) return null;
  return (
    <nav aria-label={t('shell.nav.data')} className="border-b border-line bg-panel">
      <ul className="flex gap-1 overflow-x-auto overflow-y-hidden [scrollbar-width:none] px-3 sm:px-5">
        {pages.map((page) => {
          const href = projectHref(project.id, page.path);
          return (
            <li key={page.path}>
              <Link href={href} aria-current={path === href ? 'page' : undefined} className={tabClasses}>
                {t(page.name)}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
