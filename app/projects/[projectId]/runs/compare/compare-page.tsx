'use client';
import { useText } from '../../../../_text/text.tsx';
import { findingOf } from '#core/math/finding.ts';
import { describePaired } from '#core/round/verdict.ts';
import { formatP } from '#core/math/statistics.ts';
import { useQuery } from '@tanstack/react-query';
import { ArrowLeftRight, GitCompareArrows } from 'lucide-react';
import Link from 'next/link';
import { useRouter, useSearchParams } from 'next/navigation';
import { useTRPC } from '../../../../_lib/api.ts';
import type { Outputs } from '../../../../_lib/api.ts';
import { formatNumber, formatPercent, formatPoints, plural } from '../../../../_lib/format.ts';
import { useAnnouncePresence } from '../../../../_lib/socket.ts';
import { projectHref } from '../../../../_shell/nav.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button, IconButton } from '../../../../_ui/form/button.tsx';
import { ClassBadge } from '../../../../_ui/class-badge.tsx';
import { Page, Panel } from '../../../../_ui/panel.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { Stat, StatRow } from '../../../../_ui/stat.tsx';
import { EmptyState, ErrorState, Notice } from '../../../../_ui/states.tsx';
import { Table, Td, Th, Tr } from '../../../../_ui/table.tsx';
import { LearnedFrom } from './learned-from.tsx';
import { Changed } from '../../../../_runs/round-images.tsx';
import { RunsNav } from '../../../../_runs/runs-nav.tsx';
import { useBackboneNames } from '../../../../_runs/use-backbone-names.ts';
import { modelWords, roundTitle, runWords, findingWords } from '../../../../_runs/words.tsx';

type Pair = Outputs['compare']['pair'];

/** Any two rounds, of one run or of two, on the images that both scored. The pair lives in the address. */
export function ComparePage() {
  const { t } = useText();
  const trpc = useTRPC();
  const router = useRouter();
  const params = useSearchParams();
  const { project } = useProject();
  useAnnouncePresence(project.id, 'runs', null);
  const backbones = useBackboneNames(project.id);
  const rounds = useQuery(trpc.compare.rounds.queryOptions({ projectId: project.id }));
  const students = rounds.data?.filter(({ role }) => role !== 'control') ?? [];
  const first = params.get('first') ?? students.at(-2)?.id ?? null;
  const second = params.get('second') ?? students.at(-1)?.id ?? null;
  const pair = useQuery(
    trpc.compare.pair.queryOptions(
      { projectId: project.id, roundId: first ?? '', otherRoundId: second ?? '' },
      { enabled: first !== null && second !== null },
    ),
  );
  const choose = (a: string | null, b: string | null) =>
    router.replace(projectHref(project.id, `runs/compare?first=${a ?? ''}&second=${b ?? ''}`), { scroll: false });
  const options =
    rounds.data?.map((one) => ({
      value: one.id,
      label:
        `${runWords(t, { number: one.runNumber, name: one.runName })}, ` +
        `${roundTitle(t, one)} (${modelWords(t, one, backbones)})`,
    })) ?? [];
  return (
    <Page title="Compare" description="Two rounds on the same validation images: is the difference more than chance?">
      <RunsNav />
      {rounds.isPending && <Loading />}
      {rounds.error && <ErrorState error={rounds.error} onRetry={() => void rounds.refetch()} />}
      {rounds.data && rounds.data.length < 2 && (
        <EmptyState icon={<GitCompareArrows size={18} />} title="Nothing to compare yet">
          Two measured rounds are needed. Start a run; its teacher and first student will do.
        </EmptyState>
      )}
      {rounds.data && rounds.data.length >= 2 && (
        <div className="space-y-5">
          <div className="flex flex-wrap items-center gap-2">
            <Select
              label="First round"
              className="w-64 max-sm:w-full"
              value={first}
              onChange={(id) => choose(id, second)}
              options={options}
            />
            <IconButton label="Swap" onClick={() => choose(second, first)}>
              <ArrowLeftRight size={15} aria-hidden />
            </IconButton>
            <Select
              label="Second round"
              className="w-64 max-sm:w-full"
              value={second}
              onChange={(id) => choose(first, id)}
              options={options}
            />
            {first && second && (
              <Button asChild variant="ghost">
                <Link href={projectHref(project.id, `try?first=${first}&second=${second}`)}>Try both on an image</Link>
              </Button>
            )}
          </div>
          {pair.isPending && first && second && <Loading />}
          {pair.error && <ErrorState error={pair.error} onRetry={() => void pair.refetch()} />}
          {pair.data && <PairView pair={pair.data} />}
        </div>
      )}
    </Page>
  );
}

function PairView({ pair }: { pair: Pair }) {
  const { t } = useText();
  const { validation, flips, first, second } = pair;
  const names = {
    first: `${runWords(t, first.run)}, ${roundTitle(t, first)}`,
    second: `${runWords(t, second.run)}, ${roundTitle(t, second)}`,
  };
  if (validation.n === 0)
    return <Notice tone="warn">No validation image was scored by both rounds, so they cannot be paired.</Notice>;
  const finding = findingOf(validation);
  const sentence = describePaired([[validation, names.first]]);
  return (
    <>
      <Notice
        tone={finding === 'better' ? 'good' : finding === 'worse' ? 'warn' : 'neutral'}
        title={`${names.second}: ${findingWords(t, finding)}.`}
      >
        {sentence === null ? '' : `It is ${sentence}; `}exact McNemar {formatP(validation.p)}.
      </Notice>
      <StatRow>
        <Stat
          label={names.first}
          value={formatPercent(validation.firstAccuracy)}
          note={plural(validation.n, 'image')}
        />
        <Stat
          label={names.second}
          value={formatPercent(validation.secondAccuracy)}
          note={plural(validation.n, 'image')}
        />
        <Stat label="Mended" value={formatNumber(validation.onlySecond)} note="only the second is right" />
        <Stat label="Lost" value={formatNumber(validation.onlyFirst)} note="only the first is right" />
        <Stat
          label="Moved in the pool"
          value={flips.compared === 0 ? '–' : formatPercent(flips.moved / flips.compared)}
          note={`${formatNumber(flips.moved)} of ${formatNumber(flips.compared)} that have no label now`}
        />
      </StatRow>
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Panel title="Recall by class" flush>
          <Table label="Recall by class">
            <thead>
              <tr>
                <Th>Class</Th>
                <Th numeric>Images</Th>
                <Th numeric>First</Th>
                <Th numeric>Second</Th>
                <Th numeric>Difference, points</Th>
                <Th numeric>Chance</Th>
              </tr>
            </thead>
            <tbody>
              {pair.classes.map((one) => (
                <Tr key={one.id}>
                  <Td>
                    <ClassBadge look={one} />
                  </Td>
                  <Td numeric className="tabular">
                    {formatNumber(one.n)}
                  </Td>
                  <Td numeric className="tabular">
                    {formatPercent(one.firstAccuracy)}
                  </Td>
                  <Td numeric className="tabular">
                    {formatPercent(one.secondAccuracy)}
                  </Td>
                  <Td numeric className="tabular">
                    <span className={isFound(one) ? 'font-medium' : ''}>
                      {one.n === 0 ? '–' : formatPoints(one.difference)}
                    </span>
                    {one.n > 0 && (
                      <span className="ml-1 text-xs text-muted">
                        [{formatPoints(one.interval[0], 0)} to {formatPoints(one.interval[1], 0)}]
                      </span>
                    )}
                  </Td>
                  <Td numeric className="text-muted tabular">
                    {one.n === 0 ? '–' : formatP(one.p)}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </Panel>
        <Panel
          title="Where the pool moved"
          description="Pool images that both scored and that nobody has labeled by now: fewer with each label."
          flush
        >
          {flips.moves.length === 0 ? (
            <p className="px-4 pb-4 text-sm text-muted">No unlabeled image changed its class.</p>
          ) : (
            <Moves pair={pair} />
          )}
        </Panel>
      </div>
      <LearnedFrom pair={pair} />
      <Panel title="Validation images that only one got right">
        <Changed roundId={first.id} otherRoundId={second.id} />
      </Panel>
    </>
  );
}

/** Does a class have a difference to speak of? */
const isFound = (one: Pair['classes'][number]): boolean => ['better', 'worse'].includes(findingOf(one));

function Moves({ pair }: { pair: Pair }) {
  const { classById } = useProject();
  return (
    <Table label="Moves between classes">
      <thead>
        <tr>
          <Th>From</Th>
          <Th>To</Th>
          <Th numeric>Images</Th>
        </tr>
      </thead>
      <tbody>
        {pair.flips.moves.slice(0, 12).map((move) => {
          const from = classById.get(move.fromClassId);
          const to = classById.get(move.toClassId);
          return (
            <Tr key={`${move.fromClassId}${move.toClassId}`}>
              <Td className="h-8">{from ? <ClassBadge look={from} size="sm" /> : '–'}</Td>
              <Td className="h-8">{to ? <ClassBadge look={to} size="sm" /> : '–'}</Td>
              <Td numeric className="h-8 tabular">
                {formatNumber(move.n)}
              </Td>
            </Tr>
          );
        })}
      </tbody>
    </Table>
  );
}
