'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { projectHref } from '../_shell/nav.ts';
import { useProject } from '../_shell/project.tsx';
import { tabClasses } from '../_ui/tabs.tsx';

const PLACES = [
  { path: 'runs', label: 'Runs' },
  { path: 'runs/compare', label: 'Compare' },
  { path: 'runs/curves', label: 'Curves' },
  { path: 'runs/insights', label: 'Insights' },
  { path: 'try', label: 'Try a model' },
] as const;

/** The lead's rooms, beside each other. */
export function RunsNav() {
  const { project } = useProject();
  const path = usePathname();
  return (
    <nav
      aria-label="Runs"
      className="mb-5 flex gap-1 overflow-x-auto overflow-y-hidden [scrollbar-width:none] border-b border-line"
    >
      {PLACES.map((place) => {
        const href = projectHref(project.id, place.path);
        return (
          <Link key={place.path} href={href} aria-current={path === href ? 'page' : undefined} className={tabClasses}>
            {place.label}
          </Link>
        );
      })}
    </nav>
  );
}
