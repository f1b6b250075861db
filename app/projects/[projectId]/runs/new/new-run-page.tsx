'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { checkSweep, expandSweep } from '#core/book/sweep.ts';
import type { SweepAxis } from '#core/book/sweep.ts';
import { standsOnBackbone } from '#core/chain/chain-link.ts';
import { recommendedSettings } from '#core/recommend/plan-config.ts';
import type { Recommendation } from '#core/recommend/recommend.ts';
import { scratchSide } from '#core/chain/chain.ts';
import { chooseSide } from '#core/image/embedding-side.ts';
import { chainOf } from '#core/run/chain-of.ts';
import { DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import type { RunConfig } from '#core/run/learning.ts';
import { acceptAbove, PRESETS } from '#core/run/presets.ts';
import type { PresetName } from '#core/run/presets.ts';
import { VALIDATION_LEAST } from '#core/run/next-action.ts';
import { checkRunConfig } from '#core/run/run-config.ts';
import { useText } from '../../../../_text/text.tsx';
import { useTRPC } from '../../../../_lib/api.ts';
import { readSaid } from '../../../../_lib/error.ts';
import type { Outputs } from '../../../../_lib/api.ts';
import { formatPercent } from '../../../../_lib/format.ts';
import { useAnnouncePresence, useEvent } from '../../../../_lib/socket.ts';
import { DrawValidation } from '../../../../_labeling/draw-validation.tsx';
import { projectHref } from '../../../../_shell/nav.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Page, Panel } from '../../../../_ui/panel.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../../_ui/states.tsx';
import { AdvancedPart } from './advanced-part.tsx';
import { ChainPart } from './chain-part.tsx';
import type { RunBackbone } from './chain-part.tsx';
import { LikePart } from './like-part.tsx';
import { MoreBackbones } from './more-backbones.tsx';
import { needsBackbone, PresetChoice } from './preset-choice.tsx';
import type { Chosen } from './preset-choice.tsx';
import { StartPanel } from './start-panel.tsx';
import { readAxes, SweepPart } from './sweep-part.tsx';
import type { TypedAxis } from './sweep-part.tsx';

/** A new run: one card that can be started at once; other chains behind "Change", everything else behind "Advanced". */
export function NewRunPage() {
  const { t } = useText();
  const trpc = useTRPC();
  const { project, may } = useProject();
  const allowed = may('run:start');
  const readiness = useQuery(trpc.run.readiness.queryOptions({ projectId: project.id }, { enabled: allowed }));
  const backbones = useQuery(trpc.run.backbones.queryOptions({ projectId: project.id }, { enabled: allowed }));
  const recommended = useQuery(trpc.run.recommendation.queryOptions({ projectId: project.id }, { enabled: allowed }));
  const likeId = useSearchParams().get('like');
  const like = useQuery(
    trpc.run.get.queryOptions({ projectId: project.id, runId: likeId ?? '' }, { enabled: allowed && likeId !== null }),
  );
  useEvent('trial:ended', () => void recommended.refetch());
  useAnnouncePresence(project.id, 'runs', null);
  if (!allowed)
    return (
      <EmptyState isPage title={t('newrun.leadsStart')}>
        {t('newrun.askLead')}
      </EmptyState>
    );
  const failed = readiness.error ?? backbones.error ?? recommended.error ?? like.error;
  if (failed) return <ErrorState error={failed} onRetry={() => void readiness.refetch()} />;
  if (!readiness.data || !backbones.data || !recommended.data || (likeId !== null && !like.data))
    return <Loading className="min-h-[50dvh]" />;
  const { side, shorter } = readiness.data.images;
  const bodies = backbones.data.map(({ id, name, inputSize }) => ({ id, name, side: chooseSide(inputSize, shorter) }));
  return (
    <NewRunForm
      backbones={bodies}
      side={scratchSide(side)}
      recommended={recommended.data}
      heldOut={readiness.data.heldOut}
      trying={recommended.data.trying}
      like={like.data ?? null}
      onBackbone={() => void backbones.refetch()}
    />
  );
}

/** As it is sent. */
const vary = (axes: readonly SweepAxis[] | null) =>
  axes?.map(({ key, values }) => ({ key, values: [...values] })) ?? [];

function NewRunForm({
  backbones,
  side,
  recommended,
  heldOut,
  trying,
  like,
  onBackbone,
}: {
  backbones: RunBackbone[];
  side: number;
  recommended: Recommendation;
  /** Images of validation, answered or not. */
  heldOut: number;
  trying: boolean;
  /** The run that the new one is made like. */
  like: Outputs['run']['get'] | null;
  onBackbone: () => void;
}) {
  const { t } = useText();
  const trpc = useTRPC();
  const router = useRouter();
  const { project, classById } = useProject();
  const asked = useSearchParams();
  const accept = Number(asked.get('accept'));
  const body = backbones.find(({ id }) => id === recommended.chain.find(standsOnBackbone)?.backboneId) ?? backbones[0];
  /** "Accept all above p": the live teacher teaches a student with what it is so sure of. */
  const accepting =
    accept > 0 && accept < 1 && body
      ? acceptAbove(accept, { side, backbone: { backboneId: body.id, side: body.side } })
      : null;
  const [backboneId, setBackboneId] = useState(() => body?.id ?? null);
  const [base] = useState<RunConfig>(() =>
    like
      ? likeOf(like.config, (classId) => classById.has(classId))
      : {
          ...DEFAULT_RUN_CONFIG,
          augmentation: project.settings.augmentation,
          seed: 1 + Math.floor(Math.random() * 9999),
          classFloors: parseFloors(asked.get('floors')),
          ...accepting,
        },
  );
  const [own, setConfig] = useState(base);
  const [name, setName] = useState('');
  const [typed, setTyped] = useState<TypedAxis[]>([]);
  const [preset, setPreset] = useState<Chosen>(accepting || like ? null : 'recommended');
  const [changing, setChanging] = useState(false);
  // A trial that ends while the page is open may recommend another chain: it is followed until somebody chooses.
  const config = preset === 'recommended' ? { ...own, ...recommendedSettings(recommended) } : own;
  const axes = readAxes(config, typed);
  const misfit = checkRunConfig(config) ?? (axes === null ? null : checkSweep(config, axes));
  const problem = misfit ? readSaid(misfit, '') : axes === null ? t('newrun.unread') : null;
  const configs = problem === null && axes !== null ? expandSweep(config, axes) : [config];
  const start = useMutation(
    trpc.run.start.mutationOptions({
      onSuccess: ({ runId, sweepId }) =>
        router.push(projectHref(project.id, sweepId === null ? `runs/${runId}` : `runs?sweep=${sweepId}`)),
    }),
  );
  const change = (part: Partial<RunConfig>) => {
    setPreset(null);
    setConfig({ ...config, ...part });
  };
  const take = (name: PresetName, on = backboneId) => {
    const body = backbones.find(({ id }) => id === on);
    const setting = { side, backbone: body ? { backboneId: body.id, side: body.side } : null };
    setPreset(name);
    setConfig({ ...config, ...PRESETS[name].settings, chain: PRESETS[name].chain(setting) });
  };
  const takeBackbone = (id: string) => {
    setBackboneId(id);
    take(preset !== null && preset !== 'recommended' && needsBackbone(preset) ? preset : 'frozen', id);
  };
  return (
    <Page title={t('newrun.newRun')} description={t('newrun.description')}>
      <div className="max-w-4xl space-y-5">
        <StartPanel
          config={config}
          configs={configs}
          backbones={backbones}
          why={
            preset === 'recommended'
              ? recommended.said.map((one, at) => readSaid(one, recommended.why[at] ?? ''))
              : preset === null && accepting
                ? [t('newrun.accepting', { share: formatPercent(accept, 0) })]
                : []
          }
          trying={preset === 'recommended' && trying}
          seconds={preset === 'recommended' && configs.length === 1 ? recommended.seconds : null}
          problem={problem}
          busy={start.isPending}
          changing={changing}
          onChange={() => setChanging((open) => !open)}
          name={name}
          onName={setName}
          onStart={() => start.mutate({ projectId: project.id, config, name, vary: vary(axes) })}
        />
        {like && (
          <LikePart
            like={like}
            base={base}
            config={config}
            onConfig={(next) => {
              setPreset(null);
              setConfig(next);
            }}
          />
        )}
        {heldOut < VALIDATION_LEAST && <DrawValidation />}
        {changing && (
          <PresetChoice
            preset={preset}
            backbones={backbones}
            backboneId={backboneId}
            onPreset={(name) => (name === 'recommended' ? setPreset(name) : take(name))}
            onBackbone={takeBackbone}
          />
        )}
        <details className="group space-y-5" open={like !== null}>
          <summary className="cursor-pointer text-sm font-medium text-accent-text">{t('newrun.advanced')}</summary>
          <div className="space-y-5">
            <Panel title={t('newrun.rounds')} description={t('newrun.roundsWhy')}>
              <ChainPart
                chain={chainOf(config)}
                keepShare={config.keepShare}
                backbones={backbones}
                side={side}
                onChange={change}
              />
            </Panel>
            <Panel title={t('newrun.backbones')} description={t('newrun.backbonesWhy')}>
              <MoreBackbones projectId={project.id} onImported={onBackbone} />
            </Panel>
            <SweepPart
              config={config}
              typed={typed}
              runs={problem === null ? configs.length : null}
              onChange={setTyped}
            />
            <AdvancedPart config={config} onChange={change} />
          </div>
        </details>
      </div>
    </Page>
  );
}

/** A run's settings for a new one: an older run's method as its chain, and no floor of a class that is gone. */
const likeOf = (config: RunConfig, isClass: (id: string) => boolean): RunConfig => ({
  ...config,
  chain: chainOf(config),
  classFloors: Object.fromEntries(Object.entries(config.classFloors).filter(([id]) => isClass(id))),
});

/** `class:0.83,class:0.9` → floors; anything else is left out. */
function parseFloors(text: string | null): Record<string, number> {
  const floors: Record<string, number> = {};
  for (const part of text?.split(',') ?? []) {
    const [id, value] = part.split(':');
    const floor = Number(value);
    if (id !== undefined && /^[0-9a-f-]{36}$/.test(id) && floor >= 0 && floor <= 1) floors[id] = floor;
  }
  return floors;
}
