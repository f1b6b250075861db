'use client';
import { ENGINE_NAMES } from '#core/run/learning.ts';
import { chainOf } from '#core/run/chain-of.ts';
import { RATE_BATCH } from '#core/run/plan-rounds.ts';
import { standsOnBackbone } from '#core/chain/chain-link.ts';
import { useText } from '../../../../_text/text.tsx';
import { Field } from '../../../../_ui/form/field.tsx';
import { Panel } from '../../../../_ui/panel.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { Checkbox, Segmented } from '../../../../_ui/form/toggles.tsx';
import { AugmentationPart } from './augmentation-part.tsx';
import { CountField, ShareField } from './run-form-parts.tsx';
import type { PartProps } from './run-form-parts.tsx';
import { TemperaturePlot } from './temperature-plot.tsx';

/** Every other setting of a run; those that its chain does not use are not shown. */
export function AdvancedPart({ config, onChange: change }: PartProps) {
  const { t } = useText();
  const chain = chainOf(config);
  const students = chain.some(({ role }) => role === 'student');
  const backbone = chain.some(standsOnBackbone);
  const distils = chain.some(({ role }) => role === 'distilled');
  const smallest = Math.min(...chain.map(({ side }) => side));
  return (
    <div className="space-y-5">
      {students && (
        <Panel title={t('newrun.pseudo')} description={t('newrun.pseudoWhy')}>
          <div className="grid gap-5 sm:grid-cols-2">
            <div className="space-y-1.5">
              <div className="text-sm font-medium">{t('newrun.targets')}</div>
              <Segmented
                label={t('newrun.targets')}
                value={config.pseudoLabels}
                onChange={(pseudoLabels) => change({ pseudoLabels })}
                options={[
                  { value: 'soft', label: t('newrun.soft') },
                  { value: 'hard', label: t('newrun.hard') },
                ]}
              />
              <p className="text-xs text-muted">
                {t(config.pseudoLabels === 'soft' ? 'newrun.softWhy' : 'newrun.hardWhy')}
              </p>
            </div>
            <ShareField
              label={t('newrun.floor')}
              value={config.floor}
              step={0.01}
              onChange={(floor) => change({ floor })}
              hint={t('newrun.floorHint')}
            />
            <ShareField
              label={t('newrun.pseudoWeight')}
              value={config.pseudoWeight}
              min={0}
              max={5}
              step={0.1}
              text={(value) => `${value.toFixed(1)}×`}
              onChange={(pseudoWeight) => change({ pseudoWeight })}
            />
            <CountField
              label={t('newrun.copies')}
              value={config.duplicatesMax}
              min={1}
              max={20}
              onChange={(duplicatesMax) => change({ duplicatesMax })}
            />
            <Checkbox
              label={t('newrun.control')}
              hint={t('newrun.controlHint')}
              checked={config.control}
              onChange={(control) => change({ control })}
            />
            <Checkbox
              label={t('newrun.align')}
              hint={t('newrun.alignHint')}
              checked={config.alignDistribution}
              onChange={(alignDistribution) => change({ alignDistribution })}
            />
            {Object.keys(config.classFloors).length > 0 && (
              <p className="text-sm text-muted">
                {t('newrun.floorsFrom', { count: Object.keys(config.classFloors).length })}
              </p>
            )}
          </div>
        </Panel>
      )}

      {distils && (
        <Panel title={t('newrun.distillation')} description={t('newrun.distillationWhy')}>
          <div className="grid gap-6 sm:grid-cols-2">
            <div className="space-y-5">
              <ShareField
                label={t('newrun.temperature')}
                value={config.temperature}
                min={0.5}
                max={10}
                step={0.1}
                text={(value) => value.toFixed(1)}
                onChange={(temperature) => change({ temperature })}
                hint={t('newrun.temperatureHint')}
              />
              <ShareField
                label={t('newrun.alpha')}
                value={config.alpha}
                onChange={(alpha) => change({ alpha })}
                hint={t('newrun.alphaHint', {
                  teacher: Math.round(config.alpha * 100),
                  human: Math.round((1 - config.alpha) * 100),
                })}
              />
            </div>
            <TemperaturePlot temperature={config.temperature} />
          </div>
        </Panel>
      )}

      <Panel title={t('newrun.noise')} description={t('newrun.noiseWhy')}>
        <AugmentationPart
          policy={config.augmentation}
          inputSize={smallest}
          seed={config.seed}
          onChange={(augmentation) => change({ augmentation })}
        />
      </Panel>

      <Panel title={t('newrun.people')} description={t('newrun.peopleWhy')}>
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label={t('newrun.afterRound')} hint={t(`newrun.gate.${config.reviewGate}`)}>
            <Select
              value={config.reviewGate}
              onChange={(reviewGate) => change({ reviewGate })}
              options={[
                { value: 'continue', label: t('newrun.goOn') },
                { value: 'answers', label: t('newrun.waitAnswers') },
                { value: 'person', label: t('newrun.waitPerson') },
              ]}
            />
          </Field>
          {config.reviewGate === 'answers' && (
            <CountField
              label={t('newrun.answersToWait')}
              value={config.reviewAnswers}
              min={1}
              onChange={(reviewAnswers) => change({ reviewAnswers })}
            />
          )}
          <CountField
            label={t('newrun.reviewItems')}
            value={config.reviewPerRound}
            onChange={(reviewPerRound) => change({ reviewPerRound })}
            hint={t('newrun.reviewItemsHint')}
          />
          <CountField
            label={t('newrun.stopAfter')}
            value={config.stopAfterRejected}
            min={1}
            max={10}
            onChange={(stopAfterRejected) => change({ stopAfterRejected })}
          />
        </div>
      </Panel>

      <Panel title={t('newrun.machine')}>
        <div className="grid gap-5 sm:grid-cols-2 xl:grid-cols-3">
          <Field label={t('newrun.engine')} hint={t('newrun.engineHint')}>
            <Select
              value={config.engine}
              onChange={(engine) => change({ engine })}
              options={(['auto', ...ENGINE_NAMES] as const).map((value) => ({ value, label: value }))}
            />
          </Field>
          <CountField
            label={t('newrun.seed')}
            value={config.seed}
            max={2 ** 31 - 1}
            onChange={(seed) => change({ seed })}
            hint={t('newrun.seedHint')}
          />
          <CountField
            label={t('newrun.teacherSteps')}
            value={config.teacherSteps}
            min={1}
            onChange={(teacherSteps) => change({ teacherSteps })}
          />
          <CountField
            label={t('newrun.studentSteps')}
            value={config.steps}
            min={1}
            onChange={(steps) => change({ steps })}
          />
          <CountField
            label={t('newrun.batchLabeled')}
            value={config.batchLabeled}
            min={1}
            max={1024}
            onChange={(batchLabeled) => change({ batchLabeled })}
          />
          {students && (
            <CountField
              label={t('newrun.batchPseudo')}
              value={config.batchPseudo}
              min={0}
              max={4096}
              onChange={(batchPseudo) => change({ batchPseudo })}
            />
          )}
          <ShareField
            label={t('newrun.rate')}
            hint={t('newrun.rateHint', { batch: RATE_BATCH })}
            value={config.learningRate}
            min={0.0001}
            max={0.5}
            step={0.0001}
            text={(value) => value.toFixed(4)}
            onChange={(learningRate) => change({ learningRate })}
          />
          {backbone && (
            <ShareField
              label={t('newrun.headRate')}
              hint={t('newrun.rateHint', { batch: RATE_BATCH })}
              value={config.headLearningRate}
              min={0.0001}
              max={0.5}
              step={0.0001}
              text={(value) => value.toFixed(4)}
              onChange={(headLearningRate) => change({ headLearningRate })}
            />
          )}
          <ShareField
            label={t('newrun.dropout')}
            value={config.dropout}
            max={0.9}
            onChange={(dropout) => change({ dropout })}
          />
          <ShareField
            label={t('newrun.depth')}
            value={config.stochasticDepth}
            max={0.9}
            onChange={(stochasticDepth) => change({ stochasticDepth })}
          />
        </div>
      </Panel>
    </div>
  );
}
