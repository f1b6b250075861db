'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { DEFAULT_RUN_CONFIG, ENGINE_NAMES, METHODS } from '#core/run/learning.ts';
import type { Method, RunConfig } from '#core/run/learning.ts';
import { checkRunConfig, PRESETS } from '#core/run/run-config.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import { cn } from '../../../../_lib/cn.ts';
import { useAnnouncePresence } from '../../../../_lib/socket.ts';
import { projectHref } from '../../../../_shell/nav.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Field } from '../../../../_ui/form/field.tsx';
import { Page, Panel } from '../../../../_ui/panel.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { EmptyState } from '../../../../_ui/states.tsx';
import { Checkbox, Segmented } from '../../../../_ui/form/toggles.tsx';
import { AugmentationPart } from './augmentation-part.tsx';
import { MoreBackbones } from './more-backbones.tsx';
import { CountField, ModelSelect, RoundsPart, ShareField } from './run-form-parts.tsx';
import { StartPanel } from './start-panel.tsx';
import { TemperaturePlot } from './temperature-plot.tsx';
import { METHOD_WORDS } from '../../../../_runs/words.tsx';

const METHOD_HINTS: Record<Method, string> = {
  'noisy-student': 'Teacher labels the pool, larger noisy students learn from both',
  frozen: 'Pre-trained convolutions frozen, only the head learns',
  'fine-tune': 'The whole network learns, convolutions slowly, the head fast',
  distill: 'A small model copies the softened answers of a large one',
};

/**
 * Settings of a new run: presets first, everything behind them changeable. `?floors=` carries thresholds from the
 * simulator.
 */
export function NewRunPage() {
  const { may } = useProject();
  return may('run:start') ? (
    <NewRunForm />
  ) : (
    <EmptyState isPage title="Leads start runs">
      Ask a lead to start one; you can follow it on the Runs page.
    </EmptyState>
  );
}

function NewRunForm() {
  const trpc = useTRPC();
  const router = useRouter();
  const { project } = useProject();
  const floors = useSearchParams().get('floors');
  const [config, setConfig] = useState<RunConfig>(() => ({
    ...DEFAULT_RUN_CONFIG,
    inputSize: project.settings.inputSize,
    augmentation: project.settings.augmentation,
    seed: 1 + Math.floor(Math.random() * 9999),
    classFloors: parseFloors(floors),
  }));
  const [preset, setPreset] = useState<string | null>('small');
  useAnnouncePresence(project.id, 'runs', null);
  const backbones = useQuery(trpc.run.backbones.queryOptions({ projectId: project.id }));
  const start = useMutation(
    trpc.run.start.mutationOptions({ onSuccess: ({ runId }) => router.push(projectHref(project.id, `runs/${runId}`)) }),
  );
  const change = (part: Partial<RunConfig>) => {
    setPreset(null);
    setConfig((before) => ({ ...before, ...part }));
  };
  const take = (name: keyof typeof PRESETS) => {
    setPreset(name);
    const backboneId = backbones.data?.[0]?.id ?? null;
    setConfig((before) => ({
      ...before,
      exportModel: null,
      ...PRESETS[name].config,
      backboneId: name === 'frozen' || name === 'fine-tune' ? backboneId : null,
    }));
  };
  const students = config.method === 'noisy-student';
  const backbone = config.method === 'frozen' || config.method === 'fine-tune';
  const distils = config.method === 'distill' || config.exportModel !== null;
  return (
    <Page
      title="New run"
      description="Start from a preset; every setting below can be changed. They are frozen when the run starts."
    >
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="space-y-5">
          <div role="group" aria-label="Presets" className="grid gap-2 sm:grid-cols-2 xl:grid-cols-3">
            {(Object.keys(PRESETS) as (keyof typeof PRESETS)[]).map((name) => (
              <button
                key={name}
                type="button"
                aria-pressed={preset === name}
                onClick={() => take(name)}
                className={cn(
                  'rounded-lg border p-3 text-left',
                  preset === name ? 'border-accent bg-accent-soft' : 'border-line bg-panel hover:bg-hover',
                )}
              >
                <span className="text-sm font-medium">{PRESETS[name].name}</span>
                <span className="mt-0.5 block text-xs text-pretty text-muted">{PRESETS[name].what}</span>
              </button>
            ))}
          </div>

          <Panel title="Method and models">
            <div className="space-y-4">
              <Field label="Method" hint={METHOD_HINTS[config.method]}>
                <Select
                  value={config.method}
                  onChange={(method) => change({ method })}
                  options={METHODS.map((value) => ({ value, label: METHOD_WORDS[value], hint: METHOD_HINTS[value] }))}
                />
              </Field>
              {backbone && (
                <Field
                  label="Backbone"
                  hint="Pre-trained weights of your organization: imported, or of an earlier run"
                  error={backbones.data?.length === 0 ? 'There is no backbone yet. Get one below.' : null}
                >
                  <Select
                    value={config.backboneId}
                    placeholder="Choose a backbone…"
                    onChange={(backboneId) =>
                      change({
                        backboneId,
                        inputSize: Math.min(
                          224,
                          backbones.data?.find(({ id }) => id === backboneId)?.inputSize ?? config.inputSize,
                        ),
                      })
                    }
                    options={(backbones.data ?? []).map((one) => ({
                      value: one.id,
                      label: one.name,
                      hint: `${one.inputSize} px`,
                    }))}
                  />
                </Field>
              )}
              {backbone && <MoreBackbones projectId={project.id} onImported={(backboneId) => change({ backboneId })} />}
              {students && <RoundsPart config={config} onChange={change} />}
              {config.method === 'distill' && (
                <div className="grid gap-4 sm:grid-cols-2">
                  <Field label="Teacher">
                    <ModelSelect value={config.teacher} onChange={(teacher) => change({ teacher })} />
                  </Field>
                  <Field label="Model to distil into">
                    <ModelSelect
                      value={config.exportModel ?? 's'}
                      onChange={(exportModel) => change({ exportModel })}
                    />
                  </Field>
                </div>
              )}
              {students && (
                <div className="grid gap-3 sm:grid-cols-2">
                  <CountField
                    label="Teachers that answer together"
                    value={config.teachers}
                    min={1}
                    max={5}
                    onChange={(teachers) => change({ teachers })}
                    hint="From different seeds; the first student learns from the mean of their answers."
                  />
                  <Checkbox
                    label="Train a control arm"
                    hint="The same student on human labels only: the gain to trust"
                    checked={config.control}
                    onChange={(control) => change({ control })}
                  />
                  <Checkbox
                    label="Distil the last student for export"
                    hint="Into a small model, after the last round"
                    checked={config.exportModel !== null}
                    onChange={(on) => change({ exportModel: on ? 's' : null })}
                  />
                </div>
              )}
            </div>
          </Panel>

          {students && (
            <Panel title="Pseudo-labels" description="Which predictions become targets of the next student.">
              <div className="grid gap-5 sm:grid-cols-2">
                <div className="space-y-1.5">
                  <div className="text-sm font-medium">Targets</div>
                  <Segmented
                    label="Targets"
                    value={config.pseudoLabels}
                    onChange={(pseudoLabels) => change({ pseudoLabels })}
                    options={[
                      { value: 'soft', label: 'Soft' },
                      { value: 'hard', label: 'Hard' },
                    ]}
                  />
                  <p className="text-xs text-muted">
                    {config.pseudoLabels === 'soft'
                      ? 'The whole probability vector: better calibrated students.'
                      : 'Only the winning class, as if it were certain.'}
                  </p>
                </div>
                <ShareField
                  label="Confidence floor"
                  value={config.floor}
                  step={0.01}
                  onChange={(floor) => change({ floor })}
                  hint="Below it nothing is accepted, however few remain."
                />
                <ShareField
                  label="Weight of the pseudo-label loss"
                  value={config.pseudoWeight}
                  min={0}
                  max={5}
                  step={0.1}
                  text={(value) => `${value.toFixed(1)}×`}
                  onChange={(pseudoWeight) => change({ pseudoWeight })}
                />
                <CountField
                  label="Copies of an image for a short class"
                  value={config.duplicatesMax}
                  min={1}
                  max={20}
                  onChange={(duplicatesMax) => change({ duplicatesMax })}
                />
                <Checkbox
                  label="Align to the class prior"
                  hint="When the seed's class shares are those of the pool"
                  checked={config.alignDistribution}
                  onChange={(alignDistribution) => change({ alignDistribution })}
                />
                {Object.keys(config.classFloors).length > 0 && (
                  <p className="text-sm text-muted">
                    Thresholds of {Object.keys(config.classFloors).length} classes come from the simulator.
                  </p>
                )}
              </div>
            </Panel>
          )}

          {distils && (
            <Panel
              title="Distillation"
              description="T² · KL on softened answers, weighted against cross-entropy on human labels."
            >
              <div className="grid gap-6 sm:grid-cols-2">
                <div className="space-y-5">
                  <ShareField
                    label="Temperature T"
                    value={config.temperature}
                    min={0.5}
                    max={10}
                    step={0.1}
                    text={(value) => value.toFixed(1)}
                    onChange={(temperature) => change({ temperature })}
                    hint="Small T is peaky, large T is flat."
                  />
                  <ShareField
                    label="Alpha"
                    value={config.alpha}
                    onChange={(alpha) => change({ alpha })}
                    hint={
                      `${Math.round(config.alpha * 100)}% teacher, ${Math.round((1 - config.alpha) * 100)}% ` +
                      `human labels.`
                    }
                  />
                </div>
                <TemperaturePlot temperature={config.temperature} />
              </div>
            </Panel>
          )}

          <Panel
            title="Noise"
            description="What students are shown instead of the plain image. The teacher predicts without noise."
          >
            <AugmentationPart
              policy={config.augmentation}
              inputSize={config.inputSize}
              seed={config.seed}
              onChange={(augmentation) => change({ augmentation })}
            />
          </Panel>

          <Panel title="People" description="What the run asks of your team between rounds.">
            <div className="grid gap-5 sm:grid-cols-2">
              <Field label="After each round" hint={GATE_HINTS[config.reviewGate]}>
                <Select
                  value={config.reviewGate}
                  onChange={(reviewGate) => change({ reviewGate })}
                  options={[
                    { value: 'continue', label: 'Go on at once' },
                    { value: 'answers', label: 'Wait for answers' },
                    { value: 'person', label: 'Wait for a person' },
                  ]}
                />
              </Field>
              {config.reviewGate === 'answers' && (
                <CountField
                  label="Answers to wait for"
                  value={config.reviewAnswers}
                  min={1}
                  onChange={(reviewAnswers) => change({ reviewAnswers })}
                />
              )}
              <CountField
                label="Review items a round"
                value={config.reviewPerRound}
                onChange={(reviewPerRound) => change({ reviewPerRound })}
                hint="Uncertain, rare, a random audit, suspect labels"
              />
              <CountField
                label="Rounds not accepted before it stops"
                value={config.stopAfterRejected}
                min={1}
                max={10}
                onChange={(stopAfterRejected) => change({ stopAfterRejected })}
              />
            </div>
          </Panel>

          <Panel title="Machine and training">
            <div className="grid gap-5 sm:grid-cols-2 xl:grid-cols-3">
              <Field label="Engine" hint="Auto takes the fastest that works">
                <Select
                  value={config.engine}
                  onChange={(engine) => change({ engine })}
                  options={(['auto', ...ENGINE_NAMES] as const).map((value) => ({ value, label: value }))}
                />
              </Field>
              <CountField
                label="Seed"
                value={config.seed}
                max={2 ** 31 - 1}
                onChange={(seed) => change({ seed })}
                hint="The same seed gives the same run"
              />
              <CountField
                label="Image side"
                unit="px"
                value={config.inputSize}
                min={16}
                max={224}
                onChange={(inputSize) => change({ inputSize })}
              />
              <CountField
                label="Teacher steps"
                value={config.teacherSteps}
                min={1}
                onChange={(teacherSteps) => change({ teacherSteps })}
              />
              <CountField label="Student steps" value={config.steps} min={1} onChange={(steps) => change({ steps })} />
              <CountField
                label="Labeled in a batch"
                value={config.batchLabeled}
                min={1}
                max={1024}
                onChange={(batchLabeled) => change({ batchLabeled })}
              />
              {students && (
                <CountField
                  label="Pseudo-labeled in a batch"
                  value={config.batchPseudo}
                  min={0}
                  max={4096}
                  onChange={(batchPseudo) => change({ batchPseudo })}
                />
              )}
              <ShareField
                label="Peak learning rate"
                value={config.learningRate}
                min={0.0001}
                max={0.5}
                step={0.0001}
                text={(value) => value.toFixed(4)}
                onChange={(learningRate) => change({ learningRate })}
              />
              {backbone && (
                <ShareField
                  label="Learning rate of the head"
                  value={config.headLearningRate}
                  min={0.0001}
                  max={0.5}
                  step={0.0001}
                  text={(value) => value.toFixed(4)}
                  onChange={(headLearningRate) => change({ headLearningRate })}
                />
              )}
              <ShareField
                label="Dropout"
                value={config.dropout}
                max={0.9}
                onChange={(dropout) => change({ dropout })}
              />
              <ShareField
                label="Stochastic depth"
                value={config.stochasticDepth}
                max={0.9}
                onChange={(stochasticDepth) => change({ stochasticDepth })}
              />
            </div>
          </Panel>
        </div>
        <StartPanel
          config={config}
          problem={checkRunConfig(config)}
          busy={start.isPending}
          onStart={() => start.mutate({ projectId: project.id, config })}
        />
      </div>
    </Page>
  );
}

const GATE_HINTS = {
  continue: 'Answers that arrive in time join the next round',
  answers: 'The next round starts once people have answered enough',
  person: 'The next round starts when a lead says so',
} as const;

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
