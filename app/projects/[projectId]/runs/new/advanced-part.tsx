'use client';
import { ENGINE_NAMES } from '#core/run/learning.ts';
import { chainOf } from '#core/run/chain-of.ts';
import { RATE_BATCH } from '#core/run/plan-rounds.ts';
import { standsOnBackbone } from '#core/chain/chain-link.ts';
import { Field } from '../../../../_ui/form/field.tsx';
import { Panel } from '../../../../_ui/panel.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { Checkbox, Segmented } from '../../../../_ui/form/toggles.tsx';
import { AugmentationPart } from './augmentation-part.tsx';
import { CountField, ShareField } from './run-form-parts.tsx';
import type { PartProps } from './run-form-parts.tsx';
import { TemperaturePlot } from './temperature-plot.tsx';
import { plural } from '../../../../_lib/format.ts';

/** Every other setting of a run; those that its chain does not use are not shown. */
export function AdvancedPart({ config, onChange: change }: PartProps) {
  const chain = chainOf(config);
  const students = chain.some(({ role }) => role === 'student');
  const backbone = chain.some(standsOnBackbone);
  const distils = chain.some(({ role }) => role === 'distilled');
  const smallest = Math.min(...chain.map(({ side }) => side));
  return (
    <div className="space-y-5">
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
              label="Train a control arm"
              hint="The same student on human labels only: the gain to trust"
              checked={config.control}
              onChange={(control) => change({ control })}
            />
            <Checkbox
              label="Align to the class prior"
              hint="When the seed's class shares are those of the pool"
              checked={config.alignDistribution}
              onChange={(alignDistribution) => change({ alignDistribution })}
            />
            {Object.keys(config.classFloors).length > 0 && (
              <p className="text-sm text-muted">
                Thresholds of {plural(Object.keys(config.classFloors).length, 'class', 'classes')} come from the
                simulator.
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
          inputSize={smallest}
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
            hint={RATE_HINT}
            value={config.learningRate}
            min={0.0001}
            max={0.5}
            step={0.0001}
            text={(value) => value.toFixed(4)}
            onChange={(learningRate) => change({ learningRate })}
          />
          {backbone && (
            <ShareField
              label="Peak learning rate of the head"
              hint={RATE_HINT}
              value={config.headLearningRate}
              min={0.0001}
              max={0.5}
              step={0.0001}
              text={(value) => value.toFixed(4)}
              onChange={(headLearningRate) => change({ headLearningRate })}
            />
          )}
          <ShareField label="Dropout" value={config.dropout} max={0.9} onChange={(dropout) => change({ dropout })} />
          <ShareField
            label="Stochastic depth"
            value={config.stochasticDepth}
            max={0.9}
            onChange={(stochasticDepth) => change({ stochasticDepth })}
          />
        </div>
      </Panel>
    </div>
  );
}

const RATE_HINT = `At a batch of ${RATE_BATCH}; scaled to the batch of each round.`;

const GATE_HINTS = {
  continue: 'Answers that arrive in time join the next round',
  answers: 'The next round starts once people have answered enough',
  person: 'The next round starts when a lead says so',
} as const;
