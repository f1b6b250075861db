'use client';
import { CircleCheck, Hourglass, PauseCircle, Tags } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { useText } from '../../_text/text.tsx';
import { readSaid } from '../../_lib/error.ts';
import { projectHref } from '../../_shell/nav.ts';
import { useProject } from '../../_shell/project.tsx';
import { Button } from '../../_ui/form/button.tsx';
import { EmptyState } from '../../_ui/states.tsx';
import type { ClaimEnd } from './use-hand.ts';

/** Why there is nothing to label, and what to do instead. */
export function EmptyHand({
  end,
  total,
  left,
  reviewOpen,
  next,
}: {
  end: ClaimEnd;
  total: number | null;
  /** Images that wait for an answer, of whomever. */
  left: number;
  reviewOpen: number;
  /** What moves the project furthest now. */
  next: ReactNode;
}) {
  const { t } = useText();
  const { project, may } = useProject();
  const link = (path: string, text: string) => (
    <Button asChild>
      <Link href={projectHref(project.id, path)}>{text}</Link>
    </Button>
  );
  const review = reviewOpen > 0 ? link('review', t('hand.reviewCount', { count: reviewOpen })) : undefined;
  if (total === 0) {
    return (
      <EmptyState
        icon={<Tags size={18} />}
        title={t('hand.noImages')}
        action={may('image:import') ? link('data', t('hand.bringImages')) : undefined}
      >
        {t(may('image:import') ? 'hand.uploadFirst' : 'hand.leadBrings')}
      </EmptyState>
    );
  }
  if (end?.reason === 'paused') {
    return (
      <EmptyState
        icon={<PauseCircle size={18} />}
        title={t('hand.paused')}
        action={may('team:watch') ? link('team', t('hand.openTeam')) : undefined}
      >
        {readSaid(end.said, end.message)}
      </EmptyState>
    );
  }
  if (end?.reason === 'held') {
    return (
      <EmptyState icon={<Hourglass size={18} />} title={t('hand.held', { count: end.count })} action={review}>
        {t('hand.heldWhy')}
      </EmptyState>
    );
  }
  return (
    <div>
      <EmptyState
        icon={<CircleCheck size={18} />}
        title={t(left > 0 ? 'hand.yoursDone' : 'hand.allDone')}
        action={
          <>
            {review}
            {left > 0 ? link('gallery?source=none', t('hand.lookLeft')) : link('gallery', t('hand.lookAll'))}
          </>
        }
      >
        {left > 0
          ? t('hand.leftForOthers', { count: left })
          : t(reviewOpen > 0 ? 'hand.unsureOfSome' : 'hand.comesBack')}
      </EmptyState>
      <div className="mx-auto max-w-xl px-4 pb-6">{next}</div>
    </div>
  );
}
