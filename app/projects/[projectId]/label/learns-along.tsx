'use client';
import { Sparkles } from 'lucide-react';
import Link from 'next/link';
import { formatPercent, plural } from '../../../_lib/format.ts';
import { useLive } from '../../../_runs/use-live.ts';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Tooltip } from '../../../_ui/tooltip.tsx';

/** The model learns with whoever labels: how many labels it knows, and how good it expects to be. */
export function LearnsAlong() {
  const { project } = useProject();
  const live = useLive(project.id).data;
  if (!live?.taught) return null;
  const { labels, figures } = live;
  const share = figures.pool ?? figures.validation;
  const order = project.settings.order;
  return (
    <Tooltip
      text={
        `The model learned from ${plural(labels, 'label')}.` +
        (share === null
          ? ' It says how good it is once classes have a few labels each.'
          : ` It expects to be right on ${formatPercent(share.low, 0)} to ${formatPercent(
              share.high,
              0,
            )} of the images.`) +
        (order === 'random' ? '' : ' It chooses what comes next.')
      }
    >
      <Link
        href={projectHref(project.id)}
        aria-label={`The model learns with you from ${plural(labels, 'label')}: have I labeled enough?`}
        className="inline-flex items-center gap-1 align-bottom hover:text-ink"
      >
        <Sparkles size={12} aria-hidden className="text-accent" />
        learns with you: {plural(labels, 'label')}
        {share !== null && `, ${formatPercent(share.value, 0)}`}
      </Link>
    </Tooltip>
  );
}
