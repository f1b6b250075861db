'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowRight, Compass } from 'lucide-react';
import Link from 'next/link';
import type { Action } from '#core/people/access.ts';
import type { ActionKind } from '#core/run/next-action.ts';
import type { Key } from '#core/text/text.ts';
import type { Told } from '#core/text/told.ts';
import { useTRPC } from '../_lib/api.ts';
import { readStored } from '../_lib/error.ts';
import { useEvent } from '../_lib/socket.ts';
import { projectHref } from '../_shell/nav.ts';
import { useProject } from '../_shell/project.tsx';
import { useText } from '../_text/text.tsx';
import { Button } from '../_ui/form/button.tsx';

type Word = Key extends infer One ? (One extends `next.word.${string}` ? One : never) : never;

const PLACES: Record<ActionKind, { path: string; word: Word; action: Action }> = {
  'add-classes': { path: 'settings#classes', word: 'next.word.addClasses', action: 'class:manage' },
  'import-images': { path: 'data', word: 'next.word.import', action: 'image:import' },
  'label-seed': { path: 'label', word: 'next.word.label', action: 'annotation:submit' },
  'draw-validation': { path: 'data#validation', word: 'next.word.draw', action: 'image:import' },
  'label-validation': { path: 'label', word: 'next.word.label', action: 'annotation:submit' },
  'settle-disputed': { path: 'review?show=people', word: 'next.word.settle', action: 'annotation:adjudicate' },
  'start-run': { path: 'runs/new', word: 'next.word.start', action: 'run:start' },
  'watch-run': { path: 'runs', word: 'next.word.open', action: 'run:read' },
  'answer-review': { path: 'review', word: 'next.word.review', action: 'review:answer' },
  'go-on': { path: 'runs', word: 'next.word.open', action: 'run:control' },
  'mend-run': { path: 'runs', word: 'next.word.open', action: 'run:control' },
  'label-more': { path: 'label', word: 'next.word.label', action: 'annotation:submit' },
  'export-model': { path: 'data/exports', word: 'next.word.export', action: 'export:create' },
};
const OF_RUN: readonly ActionKind[] = ['watch-run', 'go-on', 'mend-run'];

/**
 * The one thing that moves the project furthest now, and why.
 *
 * @param here path of the page that it stands on: who is there is not sent there
 */
export function NextAction({ here = null }: { here?: string | null }) {
  const { t, told } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project, may } = useProject();
  const next = useQuery(trpc.insight.next.queryOptions({ projectId: project.id }));
  const refresh = () => void queryClient.invalidateQueries(trpc.insight.next.queryFilter({ projectId: project.id }));
  useEvent('run:changed', refresh);
  useEvent('round:ended', refresh);
  useEvent('import:ended', refresh);
  if (!next.data) return <div className="h-19 animate-shimmer rounded-lg border border-line bg-panel" />;
  const { action, run } = next.data;
  const place = PLACES[action.kind];
  const say = ({ key, values }: Told): string =>
    key === 'next.asItIs' ? readStored(run?.said, run?.message ?? '') : (told(key, values) ?? key);
  if (place.path === here) return null;
  const path = run && OF_RUN.includes(action.kind) ? `runs/${run.id}` : place.path;
  return (
    <section
      aria-label={t('next.heading')}
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-lg border border-accent-line
      bg-accent-soft px-4 py-3"
    >
      <div className="flex min-w-0 gap-3">
        <Compass size={18} aria-hidden className="mt-0.5 shrink-0 text-accent-text" />
        <div className="min-w-0">
          <h2 className="text-base font-medium">{say(action.said.title)}</h2>
          <p className="text-sm text-pretty text-muted">{action.said.why.map(say).join(' ')}</p>
        </div>
      </div>
      {may(place.action) && (
        <Button asChild variant="primary">
          <Link href={projectHref(project.id, path)}>
            {t(place.word)} <ArrowRight size={14} aria-hidden />
          </Link>
        </Button>
      )}
    </section>
  );
}
