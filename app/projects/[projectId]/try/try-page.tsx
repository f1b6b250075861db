'use client';
import { useText } from '../../../_text/text.tsx';
import { useQuery } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import Link from 'next/link';
import { useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useTRPC } from '../../../_lib/api.ts';
import { useAnnouncePresence } from '../../../_lib/socket.ts';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Page } from '../../../_ui/panel.tsx';
import { Select } from '../../../_ui/form/select.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { EmptyState, ErrorState, Notice } from '../../../_ui/states.tsx';
import { RunsNav } from '../../../_runs/runs-nav.tsx';
import { useBackboneNames } from '../../../_runs/use-backbone-names.ts';
import { modelWords, roundTitle, runWords } from '../../../_runs/words.tsx';
import { Answers } from './answers.tsx';
import { AskedPanel } from './asked-panel.tsx';
import type { Picture } from './ask.ts';
import { ManyAnswers } from './many-answers.tsx';
import { useRoundTitles } from './round-titles.ts';
import { ServingPanel, useServing } from './serving-panel.tsx';
import { SnippetsPanel } from './snippets-panel.tsx';
import { Stage } from './stage.tsx';

/** The choice of what serves, in the select and in the address. */
const SERVING = 'serving';
const NONE = 'none';

/** What the model that serves, and another one beside it, says of pictures that are in no project. */
export function TryPage() {
  const { t } = useText();
  const { project, may } = useProject();
  useAnnouncePresence(project.id, 'runs', null);
  const { serving, refresh } = useServing();
  const titleOf = useRoundTitles();
  return (
    <Page title={t('trying.title')} description={t('trying.description')}>
      <RunsNav />
      {!may('model:ask') ? (
        <Notice>{t('trying.leadsAsk')}</Notice>
      ) : serving.error ? (
        <ErrorState error={serving.error} onRetry={() => void serving.refetch()} />
      ) : !serving.data ? (
        <Loading />
      ) : serving.data.now === null ? (
        <EmptyState
          icon={<FlaskConical size={18} />}
          title={t('trying.none')}
          action={
            may('run:start') && (
              <Button asChild variant="primary">
                <Link href={projectHref(project.id, 'runs/new')}>{t('trying.startRun')}</Link>
              </Button>
            )
          }
        >
          {t('trying.noneWhy')}
        </EmptyState>
      ) : (
        <div className="space-y-5">
          <Bench title={titleOf(serving.data.now.roundId, serving.data.now.title)} />
          <div className="grid items-start gap-5 lg:grid-cols-2">
            <ServingPanel serving={serving.data} onChange={refresh} />
            <SnippetsPanel />
          </div>
          <AskedPanel />
        </div>
      )}
    </Page>
  );
}

/** Pictures at the left, one or two models at the right. */
function Bench({ title }: { title: string }) {
  const { t } = useText();
  const trpc = useTRPC();
  const router = useRouter();
  const params = useSearchParams();
  const { project } = useProject();
  const names = useBackboneNames(project.id);
  const rounds = useQuery(trpc.compare.rounds.queryOptions({ projectId: project.id }));
  const first = params.get('first') ?? SERVING;
  const second = params.get('second') ?? NONE;
  const [pictures, setPictures] = useState<{ all: Picture[]; isLive: boolean }>({ all: [], isLive: false });
  const [chosenId, setChosenId] = useState<string | null>(null);
  const picture = pictures.all.find(({ id }) => id === chosenId) ?? pictures.all[0] ?? null;
  useEffect(
    () => () => {
      for (const { url } of pictures.all) URL.revokeObjectURL(url);
    },
    [pictures],
  );
  const choose = (a: string, b: string) => {
    const query = new URLSearchParams({
      ...(a === SERVING ? {} : { first: a }),
      ...(b === NONE ? {} : { second: b }),
    }).toString();
    router.replace(projectHref(project.id, query === '' ? 'try' : `try?${query}`), { scroll: false });
  };
  const options = [
    { value: SERVING, label: t('trying.predicts', { title }) },
    ...(rounds.data?.map((one) => ({
      value: one.id,
      label:
        `${runWords(t, { number: one.runNumber, name: one.runName })}, ` +
        `${roundTitle(t, one)} (${modelWords(t, one, names)})`,
    })) ?? []),
  ];
  const roundOf = (choice: string): string | null => (choice === SERVING ? null : choice);
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <Stage picture={picture} onPictures={(all, isLive) => setPictures({ all, isLive })} />
      <div className="space-y-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <div className="space-y-3">
            <Select
              label={t('trying.firstModel')}
              value={first}
              onChange={(choice) => choose(choice, second)}
              options={options}
              className="w-full"
            />
            <Answers key={first} roundId={roundOf(first)} picture={picture} />
          </div>
          <div className="space-y-3">
            <Select
              label={t('trying.secondModel')}
              value={second}
              onChange={(choice) => choose(first, choice)}
              options={[{ value: NONE, label: t('trying.noSecond') }, ...options]}
              className="w-full"
            />
            {second !== NONE && <Answers key={second} roundId={roundOf(second)} picture={picture} />}
          </div>
        </div>
        {pictures.all.length > 1 && (
          <ManyAnswers
            key={first}
            roundId={roundOf(first)}
            pictures={pictures.all}
            current={picture}
            onChoose={({ id }) => setChosenId(id)}
          />
        )}
      </div>
    </div>
  );
}
