'use client';
import { useText } from '../../../../_text/text.tsx';
import { useQuery } from '@tanstack/react-query';
import { Check, CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { VALIDATION_WANTED } from '#core/math/finding.ts';
import { LABELS_WANTED } from '#core/run/next-action.ts';
import { estimateSweep } from '#core/book/sweep.ts';
import { chainOf, hasStudents } from '#core/run/chain-of.ts';
import { describeLinks } from '../../../../_runs/words/link-words.ts';
import type { RunConfig } from '#core/run/learning.ts';
import { adviseRun } from '#core/run/run-advice.ts';
import { TRAIN_RATE_UNKNOWN } from '#core/run/run-time.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import { readSaid } from '../../../../_lib/error.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Field, Input } from '../../../../_ui/form/field.tsx';
import { ClassBadge } from '../../../../_ui/class-badge.tsx';
import { Panel } from '../../../../_ui/panel.tsx';
import type { RunBackbone } from './chain-part.tsx';
import { Notice } from '../../../../_ui/states.tsx';

/** What will run, why there is enough to learn from or what is missing, how long it takes, and the button. */
export function StartPanel({
  config,
  configs,
  backbones,
  why,
  trying,
  seconds: expected,
  problem,
  busy,
  changing,
  name,
  onName,
  onChange,
  onStart,
}: {
  config: RunConfig;
  /** Of every run that starts: of several, each has other values. */
  configs: readonly RunConfig[];
  backbones: readonly RunBackbone[];
  /** Why the product chose this chain, and the seconds that it expects; empty and null for another one. */
  why: readonly string[];
  /** A trial in the background may change that. */
  trying: boolean;
  seconds: number | null;
  problem: string | null;
  busy: boolean;
  changing: boolean;
  name: string;
  onName: (name: string) => void;
  onChange: () => void;
  onStart: () => void;
}) {
  const { t, format } = useText();
  const trpc = useTRPC();
  const { project, may } = useProject();
  const readiness = useQuery(trpc.run.readiness.queryOptions({ projectId: project.id }));
  const next = useQuery(trpc.insight.next.queryOptions({ projectId: project.id }));
  const trainers = useQuery(
    trpc.trainer.list.queryOptions({ organizationId: project.organizationId }, { enabled: may('trainer:list') }),
  );
  const alive = trainers.data?.filter((trainer) => trainer.alive) ?? [];
  const speeds = useQuery(trpc.run.speeds.queryOptions({ projectId: project.id }));
  const { trainRate = TRAIN_RATE_UNKNOWN, source = 'guess', embedRates = [], held = [] } = speeds.data ?? {};
  const seconds =
    expected ??
    estimateSweep(configs, {
      images: next.data?.splits.pool ?? 0,
      heldOut: (next.data?.splits.validation ?? 0) + (next.data?.splits.test ?? 0),
      speeds: {
        trainRate,
        embedRates: new Map(embedRates.map(({ backboneId, ...paced }) => [backboneId, paced])),
        held: new Map(held.map(({ features, images }) => [features, images])),
      },
    });
  const classes = readiness.data?.classes ?? [];
  const validation = classes.reduce((sum, one) => sum + one.validation, 0);
  const thin = classes.filter(({ pool }) => pool < LABELS_WANTED).length;
  const advice = readiness.data ? adviseRun(t, hasStudents(config), readiness.data) : [];
  const missing = readiness.data?.said.map((one) => readSaid(one, '')) ?? [];
  const phrases = describeLinks(t, chainOf(config), new Map(backbones.map(({ id, name }) => [id, name])));
  return (
    <Panel>
      <div className="grid gap-5 md:grid-cols-[minmax(0,1fr)_15rem]">
        <div className="space-y-4">
          <ol aria-label={t('newrun.whatRuns')} className="space-y-1 text-sm">
            {phrases.map((phrase, at) => (
              <li key={at} className="flex gap-2">
                <span aria-hidden className="w-4 shrink-0 text-right text-muted tabular">
                  {at + 1}
                </span>
                <span className="text-pretty first-letter:uppercase">{phrase}</span>
              </li>
            ))}
          </ol>
          {why.length > 0 && (
            <p className="text-sm text-pretty text-muted" data-testid="why">
              {why.join(' ')}
              {trying && t('newrun.trying')}
            </p>
          )}
          <div className="space-y-3 text-sm">
            <ul className="flex flex-wrap gap-x-4 gap-y-1">
              {classes.slice(0, 12).map((one, position) => (
                <li key={one.id} className="flex items-center gap-2 text-xs">
                  <ClassBadge look={{ ...one, position }} size="sm" />
                  <span className="text-muted tabular">
                    {t('newrun.labelsOf', { pool: one.pool, validation: one.validation })}
                  </span>
                </li>
              ))}
              {classes.length > 12 && (
                <li className="text-xs text-muted">{t('newrun.moreClasses', { count: classes.length - 12 })}</li>
              )}
            </ul>
            {missing.length === 0 && readiness.data && (
              <ul className="space-y-1.5 text-xs">
                <Line good={thin === 0}>
                  {thin === 0
                    ? t('newrun.enoughLabels')
                    : t('newrun.fewLabels', { count: thin, wanted: LABELS_WANTED })}
                </Line>
                <Line good={validation >= VALIDATION_WANTED}>
                  {validation >= VALIDATION_WANTED
                    ? t('newrun.validationEnough', { count: validation })
                    : t('newrun.validationFew', { count: validation, wanted: VALIDATION_WANTED })}
                </Line>
              </ul>
            )}
            {missing.map((sentence) => (
              <Notice key={sentence} tone="warn">
                {sentence}
              </Notice>
            ))}
            {missing.length === 0 &&
              advice.map((sentence) => (
                <Notice key={sentence} tone="warn">
                  {sentence}
                </Notice>
              ))}
            {problem !== null && <Notice tone="bad">{problem}</Notice>}
          </div>
        </div>
        <div>
          <div className="text-xs text-muted">
            {configs.length === 1 ? t('newrun.takes') : t('newrun.takeAll', { count: configs.length })}
          </div>
          <div className="text-xl font-semibold tracking-tight tabular">
            {format.duration(seconds < 90 ? seconds : Math.round(seconds / 60) * 60)}
          </div>
          <p className="mt-0.5 text-xs text-pretty text-muted">
            {t(`newrun.pace.${source}`, { rate: format.rate(trainRate, t('label.images')) })}
            {trainers.data !== undefined && alive.length === 0 && t('newrun.noTrainer')}
          </p>
          <Field label={t('account.name')} optional className="mt-3">
            <Input
              value={name}
              maxLength={80}
              placeholder={t('newrun.tried')}
              onChange={(event) => onName(event.target.value)}
            />
          </Field>
          <Button
            variant="primary"
            size="lg"
            className="mt-3 w-full"
            busy={busy}
            disabled={problem !== null || missing.length > 0 || readiness.isPending}
            onClick={onStart}
          >
            {configs.length === 1 ? t('newrun.start') : t('newrun.startMany', { count: configs.length })}
          </Button>
          <Button variant="ghost" className="mt-1 w-full" aria-expanded={changing} onClick={onChange}>
            {t('newrun.change')}
          </Button>
        </div>
      </div>
    </Panel>
  );
}

const Line = ({ good, children }: { good: boolean; children: ReactNode }) => {
  const { t } = useText();
  return (
    <li className="flex gap-2">
      {good ? (
        <Check size={14} aria-label={t('newrun.good')} className="mt-px shrink-0 text-good" />
      ) : (
        <CircleAlert size={14} aria-label={t('newrun.mind')} className="mt-px shrink-0 text-warn" />
      )}
      <span className="text-pretty">{children}</span>
    </li>
  );
};
