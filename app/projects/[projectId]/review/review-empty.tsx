'use client';
import { CircleCheck, Hourglass, PauseCircle } from 'lucide-react';
import Link from 'next/link';
import { plural } from '../../../_lib/format.ts';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { EmptyState } from '../../../_ui/states.tsx';
import { NextAction } from '../../../_runs/next-action.tsx';
import type { ClaimEnd } from '../../../_labeling/hand/use-hand.ts';

/** Why nothing is to review, and what to do instead. */
export function ReviewEmpty({ end, filtered }: { end: ClaimEnd; filtered: boolean }) {
  const { project, may } = useProject();
  const link = (path: string, text: string) => (
    <Button asChild>
      <Link href={projectHref(project.id, path)}>{text}</Link>
    </Button>
  );
  if (end?.reason === 'paused')
    return (
      <EmptyState icon={<PauseCircle size={18} />} title="Paused">
        {end.message}
      </EmptyState>
    );
  if (end?.reason === 'held') {
    return (
      <EmptyState icon={<Hourglass size={18} />} title={`Colleagues look at the last ${plural(end.count, 'item')}`}>
        What they leave comes to you by itself.
      </EmptyState>
    );
  }
  if (filtered)
    return (
      <EmptyState icon={<CircleCheck size={18} />} title="Nothing of this kind">
        Other reasons still have items: choose “All reasons” above.
      </EmptyState>
    );
  return (
    <div>
      <EmptyState
        icon={<CircleCheck size={18} />}
        title="Nothing to review"
        action={may('run:read') && link('runs', 'Look at the runs')}
      >
        While a run scores the pool, images that the model is unsure of arrive here by themselves. You can leave this
        page open.
      </EmptyState>
      <div className="mx-auto max-w-xl px-4 pb-6">
        <NextAction here="review" />
      </div>
    </div>
  );
}
