'use client';
import { CircleCheck, Hourglass, PauseCircle } from 'lucide-react';
import Link from 'next/link';
import { useText } from '../../../_text/text.tsx';
import { readSaid } from '../../../_lib/error.ts';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { EmptyState } from '../../../_ui/states.tsx';
import { NextAction } from '../../../_runs/next-action.tsx';
import type { ClaimEnd } from '../../../_labeling/hand/use-hand.ts';

/** Why nothing is to review, and what to do instead. */
export function ReviewEmpty({ end, filtered }: { end: ClaimEnd; filtered: boolean }) {
  const { t } = useText();
  const { project, may } = useProject();
  const link = (path: string, text: string) => (
    <Button asChild>
      <Link href={projectHref(project.id, path)}>{text}</Link>
    </Button>
  );
  if (end?.reason === 'paused')
    return (
      <EmptyState icon={<PauseCircle size={18} />} title={t('hand.paused')}>
        {readSaid(end.said, end.message)}
      </EmptyState>
    );
  if (end?.reason === 'held') {
    return (
      <EmptyState icon={<Hourglass size={18} />} title={t('review.held', { count: end.count })}>
        {t('review.heldWhy')}
      </EmptyState>
    );
  }
  if (filtered)
    return (
      <EmptyState icon={<CircleCheck size={18} />} title={t('review.noneOfKind')}>
        {t('review.noneOfKindWhy')}
      </EmptyState>
    );
  return (
    <div>
      <EmptyState
        icon={<CircleCheck size={18} />}
        title={t('review.nothing')}
        action={may('run:read') && link('runs', t('review.lookAtRuns'))}
      >
        {t('review.nothingWhy')}
      </EmptyState>
      <div className="mx-auto max-w-xl px-4 pb-6">
        <NextAction here="review" />
      </div>
    </div>
  );
}
