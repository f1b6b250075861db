'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useText } from '../_text/text.tsx';
import { projectHref } from '../_shell/nav.ts';
import { useProject } from '../_shell/project.tsx';
import { tabClasses } from '../_ui/tabs.tsx';

const PLACES = [
  { path: 'runs', name: 'runs' },
  { path: 'runs/compare', name: 'compare' },
  { path: 'runs/curves', name: 'curves' },
  { path: 'runs/insights', name: 'insights' },
  { path: 'try', name: 'try' },
] as const;

/** The lead's rooms, beside each other. */
export function RunsNav() {
  const { t } = useText();
  const { project } = useProject();
  const path = usePathname();
  return (
    <nav
      aria-label={t('run.nav.runs')}
      className="mb-5 flex gap-1 overflow-x-auto overflow-y-hidden [scrollbar-width:none] border-b border-line"
    >
      {PLACES.map((place) => {
        const href = projectHref(project.id, place.path);
        return (
          <Link key={place.path} href={href} aria-current={path === href ? 'page' : undefined} className={tabClasses}>
            {t(`run.nav.${place.name}`)}
          </Link>
        );
      })}
    </nav>
  );
}
