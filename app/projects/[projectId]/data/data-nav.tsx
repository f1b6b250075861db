'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { Action } from '#core/people/access.ts';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { tabClasses } from '../../../_ui/tabs.tsx';

const PAGES: readonly { path: string; label: string; action: Action }[] = [
  { path: 'data', label: 'Import', action: 'image:import' },
  { path: 'data/sources', label: 'Sources', action: 'image:import' },
  { path: 'data/look-alikes', label: 'Look-alikes', action: 'image:import' },
  { path: 'data/exports', label: 'Export', action: 'export:read' },
  { path: 'data/snapshots', label: 'Snapshots', action: 'snapshot:read' },
];

export function DataNav() {
  const { project, may } = useProject();
  const path = usePathname();
  const pages = PAGES.filter((page) => may(page.action));
  if (pages.length === 0) return null;
  return (
    <nav aria-label="Data" className="border-b border-line bg-panel">
      <ul className="flex gap-1 overflow-x-auto overflow-y-hidden [scrollbar-width:none] px-3 sm:px-5">
        {pages.map((page) => {
          const href = projectHref(project.id, page.path);
          return (
            <li key={page.path}>
              <Link href={href} aria-current={path === href ? 'page' : undefined} className={tabClasses}>
                {page.label}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
