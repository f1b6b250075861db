'use client';
import { useQuery } from '@tanstack/react-query';
import { Cpu } from 'lucide-react';
import Link from 'next/link';
import { useTRPC } from '../../../_lib/api.ts';
import type { Outputs } from '../../../_lib/api.ts';
import { Said, useText } from '../../../_text/text.tsx';
import { projectHref } from '../../../_shell/nav.ts';
import { Badge, StatusDot } from '../../../_ui/badge.tsx';
import { Page, Panel } from '../../../_ui/panel.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../_ui/states.tsx';
import { Stat } from '../../../_ui/stat.tsx';
import { useOrganization } from '../frame.tsx';

type Trainer = Outputs['trainer']['list'][number];

/** The trainers that share this database: where tensors run, and what each is doing. */
export function TrainersPage() {
  const { t, format } = useText();
  const { membership } = useOrganization();
  const trpc = useTRPC();
  const trainers = useQuery(
    trpc.trainer.list.queryOptions({ organizationId: membership.organizationId }, { refetchInterval: 5000 }),
  );
  const alive = trainers.data?.filter((trainer) => trainer.alive) ?? [];
  const gone = trainers.data?.filter((trainer) => !trainer.alive) ?? [];
  return (
    <Page title={t('organization.page.trainers')} description={t('organization.trainersWhy')}>
      {trainers.isPending && <Loading />}
      {trainers.error && <ErrorState error={trainers.error} onRetry={() => void trainers.refetch()} />}
      {trainers.data && alive.length === 0 && (
        <EmptyState
          icon={<Cpu size={18} />}
          title={t('organization.noTrainer')}
          className="rounded-lg border border-dashed border-line-strong"
        >
          {t('organization.noTrainerWhy')}
        </EmptyState>
      )}
      <ul className="grid gap-3 lg:grid-cols-2">
        {alive.map((trainer) => (
          <li key={trainer.id}>
            <TrainerCard trainer={trainer} />
          </li>
        ))}
      </ul>
      {gone.length > 0 && (
        <section className="mt-6">
          <h2 className="mb-2 text-sm text-muted">{t('organization.notHeard')}</h2>
          <ul className="divide-y divide-line rounded-lg border border-line bg-panel text-sm">
            {gone.map((trainer) => (
              <li key={trainer.id} className="flex flex-wrap justify-between gap-2 px-4 py-2">
                <span className="font-mono text-xs">{trainer.id}</span>
                <span className="text-muted">
                  {t('organization.lastBeat', {
                    engine: trainer.engine,
                    when: format.relative(trainer.heartbeatAt),
                  })}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Page>
  );
}

function TrainerCard({ trainer }: { trainer: Trainer }) {
  const { t, format } = useText();
  const busy = trainer.busy === true;
  return (
    <Panel
      title={<span className="font-mono text-xs">{trainer.id}</span>}
      actions={
        <StatusDot tone={busy ? 'accent' : 'good'} live={busy}>
          {t(busy ? 'organization.working' : 'organization.waiting')}
        </StatusDot>
      }
    >
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-3">
        <Stat
          label={t('organization.engine')}
          value={trainer.engine}
          note={t('organization.threads', { count: trainer.threads })}
        />
        <Stat
          label={t('organization.rate')}
          value={trainer.imagesPerSecond === null ? '–' : format.rate(trainer.imagesPerSecond)}
          note={t('organization.rateOf')}
        />
        <Stat
          label={t('organization.answers')}
          value={trainer.answers ? format.rate(trainer.answers.imagesPerSecond) : '–'}
          note={
            trainer.answers
              ? t('organization.answersBy', {
                  engine: trainer.answers.taken === 'engine' ? trainer.engine : trainer.answers.taken,
                })
              : t('organization.notMeasured')
          }
        />
        <Stat
          label={t('organization.memory')}
          value={trainer.memoryBytes === 0 ? '–' : format.bytes(trainer.memoryBytes)}
        />
        <Stat
          label={t('organization.up')}
          value={format.since(trainer.startedAt)}
          note={t('organization.beat', { when: format.relative(trainer.heartbeatAt) })}
        />
      </div>
      <p className="mt-3 text-xs text-muted">{trainer.device}</p>
      {trainer.answers && (
        <p className="mt-1 text-xs text-muted">{t('organization.fasterOfTwo', { instead: trainer.answers.instead })}</p>
      )}
      {trainer.runId !== null && trainer.projectId !== null && (
        <p className="mt-2 text-sm">
          <Said
            of="organization.onRun"
            with={{
              run: (
                <Link
                  className="text-accent-text underline underline-offset-2"
                  href={projectHref(trainer.projectId, `runs/${trainer.runId}`)}
                >
                  {t('organization.runOf', { number: trainer.runNumber ?? '', project: trainer.projectName ?? '' })}
                </Link>
              ),
            }}
          />
        </p>
      )}
      {trainer.skipped.length > 0 && (
        <details className="mt-3 text-xs text-muted">
          <summary className="cursor-pointer">{t('organization.skippedEngines')}</summary>
          <ul className="mt-1.5 space-y-1">
            {trainer.skipped.map((one) => (
              <li key={one.name}>
                <Badge>{one.name}</Badge> {one.reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Panel>
  );
}
