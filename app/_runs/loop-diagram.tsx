'use client';
import { ArrowRight, BrainCircuit, CircleCheck, Gavel, Images, Tags } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Verdict, RoundRole } from '#core/run/learning.ts';
import type { RoundStage, RunStatus } from '#core/run/run.ts';
import { useText } from '../_text/text.tsx';
import { cn } from '../_lib/cn.ts';
import { formatNumber, formatPercent } from '../_lib/format.ts';
import { usePresence } from '../_lib/socket.ts';
import { projectHref } from '../_shell/nav.ts';
import { PresenceStack } from '../_ui/avatar.tsx';
import { acceptedCount } from './accepted-count.ts';
import type { LiveProgress } from './use-run.ts';
import { roundTitle } from './words.tsx';

export interface LoopRound {
  id: string;
  index: number;
  role: RoundRole;
  member: number;
  stage: RoundStage;
  verdict: Verdict | null;
  metrics: { labeled: number; pseudo: number; valAccuracy: number } | null;
  selection?: Record<string, unknown> | null;
}

export interface LoopDiagramProps {
  projectId: string;
  labeled: number;
  unlabeled: number;
  status: RunStatus | null;
  rounds: readonly LoopRound[];
  review: { open: number; answered: number } | null;
  /** The items are those of this one run; else of the whole project, as Review counts them. */
  ofRun?: boolean;
  progress: LiveProgress | null;
}

type Stop = 'people' | 'train' | 'select' | 'judge' | 'review';

/** Where the loop stands now: the stop that works is marked, and every stop says what it holds. */
export function LoopDiagram({
  projectId,
  labeled,
  unlabeled,
  status,
  rounds,
  review,
  ofRun = false,
  progress,
}: LoopDiagramProps) {
  const { t } = useText();
  const present = usePresence(projectId);
  const labeling = [
    ...new Map(
      present.filter(({ page }) => page === 'label' || page === 'grid').map((one) => [one.userId, one]),
    ).values(),
  ];
  const reviewing = [
    ...new Map(present.filter(({ page }) => page === 'review').map((one) => [one.userId, one])).values(),
  ];
  const working =
    status === 'training'
      ? (rounds.find(({ id, stage }) =>
          progress ? id === progress.roundId : stage !== 'done' && stage !== 'waiting',
        ) ?? null)
      : null;
  const done = rounds.filter(({ metrics, role }) => metrics && role !== 'control').at(-1) ?? null;
  const pseudo =
    rounds
      .filter(({ role }) => role === 'student')
      .map(acceptedCount)
      .findLast((count) => count !== null) ?? null;
  const judged = rounds.findLast(({ verdict }) => verdict !== null) ?? null;
  const stage = progress?.stage ?? working?.stage;
  const active: Stop | null =
    status === 'waiting-review'
      ? 'review'
      : working === null
        ? null
        : stage === 'doubting' || stage === 'predicting' || stage === 'selecting'
          ? 'select'
          : stage === 'judging' || stage === 'evaluating' || stage === 'testing'
            ? 'judge'
            : 'train';
  const share = progress && progress.total > 0 ? progress.done / progress.total : null;
  return (
    <ol aria-label={t('overview.loop.heading')} className="grid gap-2 sm:grid-cols-2 lg:grid-cols-5">
      <StopCard
        icon={<Tags size={15} aria-hidden />}
        title={t('overview.loop.label')}
        href={projectHref(projectId, 'label')}
        active={labeling.length > 0}
        value={formatNumber(labeled)}
        note={t('overview.loop.labels', { labeled, unlabeled })}
        extra={
          labeling.length > 0 && (
            <PresenceStack
              people={labeling.map(({ userId, name }) => ({ id: userId, name, doing: t('shell.doing.label') }))}
            />
          )
        }
      />
      <StopCard
        icon={<BrainCircuit size={15} aria-hidden />}
        title={working ? roundTitle(t, working) : t('overview.loop.train')}
        active={active === 'train'}
        share={active === 'train' ? share : null}
        value={
          !working
            ? done
              ? roundTitle(t, done)
              : '–'
            : active !== 'train'
              ? t('overview.loop.trained')
              : share === null
                ? t('overview.loop.working')
                : formatPercent(share, 0)
        }
        note={
          working && active === 'train'
            ? t(`run.stage.${stage ?? 'training'}`)
            : working
              ? t('overview.loop.next')
              : done
                ? t('overview.loop.last')
                : status === 'queued'
                  ? t('overview.loop.trainer')
                  : t('overview.loop.noRound')
        }
      />
      <StopCard
        icon={<Images size={15} aria-hidden />}
        title={t('overview.loop.pseudo')}
        active={active === 'select'}
        share={active === 'select' ? share : null}
        value={formatNumber(pseudo)}
        note={active === 'select' ? t(`run.stage.${stage ?? 'predicting'}`) : t('overview.loop.accepted')}
      />
      <StopCard
        icon={<Gavel size={15} aria-hidden />}
        title={t('overview.loop.judge')}
        active={active === 'judge'}
        value={done?.metrics ? formatPercent(done.metrics.valAccuracy) : '–'}
        note={
          judged?.verdict
            ? t(`overview.loop.${judged.verdict}`, { round: roundTitle(t, judged) })
            : t('overview.loop.validation')
        }
      />
      <StopCard
        icon={<CircleCheck size={15} aria-hidden />}
        title={t('overview.loop.people')}
        href={projectHref(projectId, 'review')}
        active={active === 'review' || reviewing.length > 0}
        last
        value={review ? formatNumber(review.open) : '–'}
        note={
          review
            ? t(ofRun ? 'overview.loop.reviewOfRun' : 'overview.loop.review', {
                open: review.open,
                answered: review.answered,
              })
            : t('overview.loop.nothing')
        }
        extra={
          reviewing.length > 0 && (
            <PresenceStack
              people={reviewing.map(({ userId, name }) => ({ id: userId, name, doing: t('shell.doing.review') }))}
            />
          )
        }
      />
    </ol>
  );
}

function StopCard({
  icon,
  title,
  value,
  note,
  extra,
  href,
  active,
  share = null,
  last = false,
}: {
  icon: ReactNode;
  title: string;
  value: string;
  note: string;
  extra?: ReactNode;
  href?: string;
  active: boolean;
  share?: number | null;
  last?: boolean;
}) {
  const { t } = useText();
  return (
    <li className="relative min-w-0" aria-current={active ? 'step' : undefined}>
      <div
        className={cn(
          'relative flex h-full flex-col overflow-hidden rounded-lg border bg-panel px-3.5 py-3',
          active ? 'border-accent' : 'border-line',
        )}
      >
        <div className="flex items-center justify-between gap-2 text-xs text-muted">
          <span className={cn('flex min-w-0 items-center gap-1.5', active && 'text-accent-text')}>
            {icon}
            {href === undefined ? (
              <span className="truncate">{title}</span>
            ) : (
              <Link href={href} className="truncate hover:underline">
                {title}
              </Link>
            )}
          </span>
          {active && (
            <span className="flex items-center gap-1 text-2xs font-medium text-accent-text">
              <span aria-hidden className="size-1.5 animate-shimmer rounded-full bg-accent" />
              {t('overview.loop.now')}
            </span>
          )}
        </div>
        <div className="mt-1 flex items-end justify-between gap-2">
          <span className="truncate text-lg font-semibold tracking-tight tabular">{value}</span>
          {extra}
        </div>
        <div className="text-xs text-pretty text-muted">{note}</div>
        {share !== null && (
          <div
            aria-hidden
            className="absolute inset-x-0 bottom-0 h-0.5 bg-accent transition-[width] duration-300"
            style={{ width: `${share * 100}%` }}
          />
        )}
      </div>
      {!last && (
        <ArrowRight
          size={14}
          aria-hidden
          className="absolute top-1/2 -right-[11px] z-10 hidden -translate-y-1/2 rounded-full bg-bg text-faint lg:block"
        />
      )}
    </li>
  );
}
