'use client';
import { useText } from '../../../../_text/text.tsx';
import { findingOf } from '#core/math/finding.ts';
import { formatP } from '#core/math/statistics.ts';
import { useQuery } from '@tanstack/react-query';
import { ArrowLeftRight, GitCompareArrows } from 'lucide-react';
import Link from 'next/link';
import { useRouter, useSearchParams } from 'next/navigation';
import { useTRPC } from '../../../../_lib/api.ts';
import type { Outputs } from '../../../../_lib/api.ts';
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
import { pairedWords } from '../../../../_runs/words/standing-words.ts';
import { useBackboneNames } from '../../../../_runs/use-backbone-names.ts';
import { findingWords, modelWords, roundTitle, runWords } from '../../../../_runs/words.tsx';

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
    <Page title={t('runcompare.title')} description={t('runcompare.description')}>
      <RunsNav />
      {rounds.isPending && <Loading />}
      {rounds.error && <ErrorState error={rounds.error} onRetry={() => void rounds.refetch()} />}
      {rounds.data && rounds.data.length < 2 && (
        <EmptyState icon={<GitCompareArrows size={18} />} title={t('runcompare.nothing')}>
          {t('runcompare.nothingWhy')}
        </EmptyState>
      )}
      {rounds.data && rounds.data.length >= 2 && (
        <div className="space-y-5">
          <div className="flex flex-wrap items-center gap-2">
            <Select
              label={t('runcompare.firstRound')}
              className="w-64 max-sm:w-full"
              value={first}
              onChange={(id) => choose(id, second)}
              options={options}
            />
            <IconButton label={t('runcompare.swap')} onClick={() => choose(second, first)}>
              <ArrowLeftRight size={15} aria-hidden />
            </IconButton>
            <Select
              label={t('runcompare.secondRound')}
              className="w-64 max-sm:w-full"
              value={second}
              onChange={(id) => choose(first, id)}
              options={options}
            />
            {first && second && (
              <Button asChild variant="ghost">
                <Link href={projectHref(project.id, `try?first=${first}&second=${second}`)}>
                  {t('runcompare.tryBoth')}
                </Link>
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
  const { t, format } = useText();
  const { validation, flips, first, second } = pair;
  const names = {
    first: `${runWords(t, first.run)}, ${roundTitle(t, first)}`,
    second: `${runWords(t, second.run)}, ${roundTitle(t, second)}`,
  };
  if (validation.n === 0) return <Notice tone="warn">{t('runcompare.notPaired')}</Notice>;
  const finding = findingOf(validation);
  const sentence = pairedWords(t, [[validation, names.first]]);
  return (
    <>
      <Notice
        tone={finding === 'better' ? 'good' : finding === 'worse' ? 'warn' : 'neutral'}
        title={t('runcompare.found', { round: names.second, finding: findingWords(t, finding) })}
      >
        {sentence === null
          ? t('runcompare.exact', { p: formatP(validation.p) })
          : t('runcompare.sentence', { standing: sentence, p: formatP(validation.p) })}
      </Notice>
      <StatRow>
        <Stat
          label={names.first}
          value={format.percent(validation.firstAccuracy)}
          note={t('runcompare.imageCount', { count: validation.n })}
        />
        <Stat
          label={names.second}
          value={format.percent(validation.secondAccuracy)}
          note={t('runcompare.imageCount', { count: validation.n })}
        />
        <Stat
          label={t('runcompare.mended')}
          value={format.number(validation.onlySecond)}
          note={t('runcompare.mendedWhy')}
        />
        <Stat label={t('runcompare.lost')} value={format.number(validation.onlyFirst)} note={t('runcompare.lostWhy')} />
        <Stat
          label={t('runcompare.moved')}
          value={flips.compared === 0 ? '–' : format.percent(flips.moved / flips.compared)}
          note={t('runcompare.movedWhy', { moved: flips.moved, compared: flips.compared })}
        />
      </StatRow>
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Panel title={t('runcompare.recall')} flush>
          <Table label={t('runcompare.recall')}>
            <thead>
              <tr>
                <Th>{t('runcompare.class')}</Th>
                <Th numeric>{t('runcompare.images')}</Th>
                <Th numeric>{t('runcompare.first')}</Th>
                <Th numeric>{t('runcompare.second')}</Th>
                <Th numeric>{t('runcompare.difference')}</Th>
                <Th numeric>{t('runcompare.chance')}</Th>
              </tr>
            </thead>
            <tbody>
              {pair.classes.map((one) => (
                <Tr key={one.id}>
                  <Td>
                    <ClassBadge look={one} />
                  </Td>
                  <Td numeric className="tabular">
                    {format.number(one.n)}
                  </Td>
                  <Td numeric className="tabular">
                    {format.percent(one.firstAccuracy)}
                  </Td>
                  <Td numeric className="tabular">
                    {format.percent(one.secondAccuracy)}
                  </Td>
                  <Td numeric className="tabular">
                    <span className={isFound(one) ? 'font-medium' : ''}>
                      {one.n === 0 ? '–' : format.points(one.difference)}
                    </span>
                    {one.n > 0 && (
                      <span className="ml-1 text-xs text-muted">
                        {t('runcompare.range', {
                          low: format.points(one.interval[0], 0),
                          high: format.points(one.interval[1], 0),
                        })}
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
        <Panel title={t('runcompare.where')} description={t('runcompare.whereWhy')} flush>
          {flips.moves.length === 0 ? (
            <p className="px-4 pb-4 text-sm text-muted">{t('runcompare.noMove')}</p>
          ) : (
            <Moves pair={pair} />
          )}
        </Panel>
      </div>
      <LearnedFrom pair={pair} />
      <Panel title={t('runcompare.onlyOne')}>
        <Changed roundId={first.id} otherRoundId={second.id} />
      </Panel>
    </>
  );
}

/** Does a class have a difference to speak of? */
const isFound = (one: Pair['classes'][number]): boolean => ['better', 'worse'].includes(findingOf(one));

function Moves({ pair }: { pair: Pair }) {
  const { t, format } = useText();
  const { classById } = useProject();
  return (
    <Table label={t('runcompare.moves')}>
      <thead>
        <tr>
          <Th>{t('runcompare.from')}</Th>
          <Th>{t('runcompare.to')}</Th>
          <Th numeric>{t('runcompare.images')}</Th>
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
                {format.number(move.n)}
              </Td>
            </Tr>
          );
        })}
      </tbody>
    </Table>
  );
}
