'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Ellipsis, ScanSearch, Undo2, Check } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { isCalibrationWorse } from '#core/round/verdict.ts';
import { ownSeconds } from '#core/run/run-time.ts';
import { useText } from '../_text/text.tsx';
import { classColour } from '../_lib/class-colour.ts';
import { useTRPC } from '../_lib/api.ts';
import { cn } from '../_lib/cn.ts';
import { formatNumber, formatPercent, formatPoints } from '../_lib/format.ts';
import { projectHref } from '../_shell/nav.ts';
import { useProject } from '../_shell/project.tsx';
import { Badge } from '../_ui/badge.tsx';
import { IconButton } from '../_ui/form/button.tsx';
import { Confirm } from '../_ui/dialog.tsx';
import { Menu, MenuItem } from '../_ui/menu.tsx';
import { Interval } from '../_ui/stat.tsx';
import { Table, Td, Th, Tr } from '../_ui/table.tsx';
import { acceptedCount } from './accepted-count.ts';
import { useBackboneNames } from './use-backbone-names.ts';
import type { RunRound, RunView } from './use-run.ts';
import { modelWords, roundTitle, VerdictBadge } from './words.tsx';
import { readStored } from '../_lib/error.ts';

/**
 * A row a round: what it was given, what it reached, what was decided and why. The control arm stands under its
 * student.
 */
export function RoundTable({ run }: { run: RunView }) {
  const { t } = useText();
  const [rolling, setRolling] = useState<RunRound | null>(null);
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project } = useProject();
  const decide = useMutation(
    trpc.round.decide.mutationOptions({
      onSettled: () =>
        queryClient.invalidateQueries(trpc.run.get.queryFilter({ projectId: project.id, runId: run.id })),
    }),
  );
  if (run.rounds.length === 0) return <p className="px-4 pb-4 text-sm text-muted">{t('run.noRounds')}</p>;
  return (
    <>
      <Table label={t('run.rounds')}>
        <thead>
          <tr>
            <Th>{t('run.round')}</Th>
            <Th numeric>{t('run.labeled')}</Th>
            <Th numeric>{t('run.accepted')}</Th>
            <Th numeric>{t('run.validation')}</Th>
            <Th numeric>{t('run.overControl')}</Th>
            <Th>{t('run.verdict')}</Th>
            <Th numeric>{t('run.time')}</Th>
            <Th>
              <span className="sr-only">{t('run.actions')}</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {run.rounds.map((round) => (
            <Row
              key={round.id}
              run={run}
              round={round}
              onAccept={() => decide.mutate({ projectId: project.id, roundId: round.id, verdict: 'accept' })}
              onRollBack={() => setRolling(round)}
            />
          ))}
        </tbody>
      </Table>
      <Confirm
        open={rolling !== null}
        onOpenChange={(open) => !open && setRolling(null)}
        title={rolling ? t('run.rollBackRound', { round: roundTitle(t, rolling) }) : ''}
        action={t('run.rollBack')}
        danger
        onConfirm={() =>
          rolling ? decide.mutateAsync({ projectId: project.id, roundId: rolling.id, verdict: 'roll-back' }) : undefined
        }
      >
        {t('run.rollBackWhy')}
      </Confirm>
    </>
  );
}

function Row({
  run,
  round,
  onAccept,
  onRollBack,
}: {
  run: RunView;
  round: RunRound;
  onAccept: () => void;
  onRollBack: () => void;
}) {
  const { t, format } = useText();
  const { project, may } = useProject();
  const router = useRouter();
  const names = useBackboneNames(project.id);
  const { metrics, standings } = round;
  const over = standings.control;
  const href = projectHref(project.id, `runs/${run.id}/rounds/${round.id}`);
  const decidable =
    may('round:decide') && round.stage === 'done' && (round.role === 'student' || round.role === 'distilled');
  return (
    <Tr className={round.role === 'control' ? 'text-muted' : ''}>
      <Td className="min-w-36 py-2">
        <span className={round.role === 'control' ? 'pl-4' : 'font-medium'}>
          {metrics ? (
            <Link href={href} className="text-accent-text hover:underline">
              {roundTitle(t, round)}
            </Link>
          ) : (
            roundTitle(t, round)
          )}
        </span>
        <span className={cn('block max-w-52 text-xs text-pretty text-muted', round.role === 'control' && 'pl-4')}>
          {modelWords(t, round, names)}
        </span>
      </Td>
      <Td numeric className="tabular">
        {formatNumber(metrics?.labeled ?? round.labeledCount)}
      </Td>
      <Td numeric className="tabular">
        {round.role === 'student' ? formatNumber(acceptedCount(round)) : '–'}
        {metrics && metrics.pseudo > 0 && <ClassShares run={run} counts={metrics.pseudoByClass} />}
      </Td>
      <Td numeric>
        <Interval value={metrics?.valAccuracy ?? null} interval={metrics?.valInterval ?? null} />
      </Td>
      <Td numeric className={cn('tabular', over !== null && over.difference < 0 && 'font-medium text-bad')}>
        {over === null ? '–' : formatPoints(over.difference)}
      </Td>
      <Td className="min-w-52 py-2">
        {round.verdict ? (
          <VerdictBadge verdict={round.verdict} standings={standings} />
        ) : round.stage === 'done' ? null : (
          <Badge tone="accent">{t(`run.stage.${round.stage}`)}</Badge>
        )}
        {round.verdictReason !== null && (
          <p className="mt-0.5 text-xs text-pretty text-muted">{readStored(round.verdictSaid, round.verdictReason)}</p>
        )}
        {metrics && isCalibrationWorse(metrics) && (
          <p className="mt-0.5 text-xs text-pretty text-warn">{t('run.calibrationWorse')}</p>
        )}
      </Td>
      <Td numeric className="text-muted">
        {format.duration(ownSeconds(round, run.rounds))}
      </Td>
      <Td numeric>
        {(metrics || decidable) && (
          <Menu
            trigger={
              <IconButton label={t('run.actionsOn', { round: roundTitle(t, round) })} size="sm">
                <Ellipsis size={15} aria-hidden />
              </IconButton>
            }
          >
            {metrics && (
              <MenuItem icon={<ScanSearch size={15} />} onSelect={() => router.push(href)}>
                {t('run.lookInside')}
              </MenuItem>
            )}
            {decidable && round.verdict !== 'accept' && (
              <MenuItem icon={<Check size={15} />} onSelect={onAccept}>
                {t('run.accept')}
              </MenuItem>
            )}
            {decidable && round.verdict !== 'roll-back' && (
              <MenuItem icon={<Undo2 size={15} />} onSelect={onRollBack}>
                {t('run.rollBackMore')}
              </MenuItem>
            )}
          </Menu>
        )}
      </Td>
    </Tr>
  );
}

/** Accepted pseudo-labels by class as one bar; the words are read aloud and shown on hover. */
function ClassShares({ run, counts }: { run: RunView; counts: Record<string, number> }) {
  const { t } = useText();
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const parts = run.classes.map((one) => ({ ...one, count: counts[one.id] ?? 0 })).filter(({ count }) => count > 0);
  const text = parts.map(({ name, count }) => `${name} ${formatPercent(count / total, 0)}`).join(', ');
  return (
    <span
      role="img"
      aria-label={t('run.acceptedByClass', { text })}
      title={text}
      className="mt-1 ml-auto flex h-2 w-16 gap-px"
    >
      {parts.map(({ id, colour, count }) => (
        <span
          key={id}
          className="first:rounded-l-sm last:rounded-r-sm"
          style={{ width: `${(count / total) * 100}%`, background: classColour(colour) }}
        />
      ))}
    </span>
  );
}
