'use client';
import { Sparkles } from 'lucide-react';
import Link from 'next/link';
import { useText } from '../../../_text/text.tsx';
import { useLive } from '../../../_runs/use-live.ts';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Tooltip } from '../../../_ui/tooltip.tsx';

/** The model learns with whoever labels: how many labels it knows, and how good it expects to be. */
export function LearnsAlong() {
  const { t, format } = useText();
  const { project } = useProject();
  const live = useLive(project.id).data;
  if (!live?.taught) return null;
  const { labels, figures } = live;
  const share = figures.pool ?? figures.validation;
  const order = project.settings.order;
  return (
    <Tooltip
      text={
        t('label.learned', { count: labels }) +
        (share === null
          ? t('label.learnedFew')
          : t('label.learnedShare', { low: format.percent(share.low, 0), high: format.percent(share.high, 0) })) +
        (order === 'random' ? '' : t('label.learnedOrder'))
      }
    >
      <Link
        href={projectHref(project.id)}
        aria-label={t('label.learnsLink', { count: labels })}
        className="inline-flex items-center gap-1 align-bottom hover:text-ink"
      >
        <Sparkles size={12} aria-hidden className="text-accent" />
        {t('label.learnsAlong', { count: labels })}
        {share !== null && `, ${format.percent(share.value, 0)}`}
      </Link>
    </Tooltip>
  );
}
