'use client';
import { CircleCheck, Hourglass, PauseCircle, Tags } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { plural } from '../../_lib/format.ts';
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
  const { project, may } = useProject();
  const link = (path: string, text: string) => (
    <Button asChild>
      <Link href={projectHref(project.id, path)}>{text}</Link>
    </Button>
  );
  const review = reviewOpen > 0 ? link('review', `Review ${plural(reviewOpen, 'image')}`) : undefined;
  if (total === 0) {
    return (
      <EmptyState
        icon={<Tags size={18} />}
        title="No images yet"
        action={may('image:import') ? link('data', 'Bring images in') : undefined}
      >
        {may('image:import')
          ? 'Upload a folder or a zip; labeling starts as soon as the first ones are in.'
          : 'A lead brings images in; they appear here by themselves.'}
      </EmptyState>
    );
  }
  if (end?.reason === 'paused') {
    return (
      <EmptyState
        icon={<PauseCircle size={18} />}
        title="Paused"
        action={may('team:watch') ? link('team', 'Open the team page') : undefined}
      >
        {end.message}
      </EmptyState>
    );
  }
  if (end?.reason === 'held') {
    return (
      <EmptyState
        icon={<Hourglass size={18} />}
        title={`Colleagues hold the last ${plural(end.count, 'image')}`}
        action={review}
      >
        What they do not finish comes to you: this page looks again by itself.
      </EmptyState>
    );
  }
  return (
    <div>
      <EmptyState
        icon={<CircleCheck size={18} />}
        title={left > 0 ? 'You have answered all that is yours' : 'All images are labeled'}
        action={
          <>
            {review}
            {left > 0 ? link('gallery?source=none', 'Look at what is left') : link('gallery', 'Look at them')}
          </>
        }
      >
        {left > 0
          ? `${plural(left, 'image waits', 'images wait')} for somebody else: skipped by you, or asked of another ` +
            'person too.'
          : reviewOpen > 0
            ? 'The model is unsure of some: your answers there teach it most.'
            : 'What the model is unsure of comes back to you in Review.'}
      </EmptyState>
      <div className="mx-auto max-w-xl px-4 pb-6">{next}</div>
    </div>
  );
}
