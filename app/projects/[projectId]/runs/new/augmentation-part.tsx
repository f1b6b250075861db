'use client';
import type { AugmentationPolicy } from '#core/run/learning.ts';
import { useText } from '../../../../_text/text.tsx';
import { Checkbox } from '../../../../_ui/form/toggles.tsx';
import { AugmentationPreview } from '../../../../_runs/augmentation-preview.tsx';
import { ShareField } from './run-form-parts.tsx';

export interface AugmentationPartProps {
  policy: AugmentationPolicy;
  inputSize: number;
  seed: number;
  onChange: (policy: AugmentationPolicy) => void;
}

/** What the student may be shown, with one image of the project as it will see it. */
export function AugmentationPart({ policy, inputSize, seed, onChange }: AugmentationPartProps) {
  const { t } = useText();
  const set = (change: Partial<AugmentationPolicy>) => onChange({ ...policy, ...change });
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <div className="space-y-4">
        <div className="grid gap-2 sm:grid-cols-2">
          <Checkbox
            label={t('newrun.flipX')}
            hint={t('newrun.flipXHint')}
            checked={policy.flipHorizontal}
            onChange={(flipHorizontal) => set({ flipHorizontal })}
          />
          <Checkbox
            label={t('newrun.flipY')}
            hint={t('newrun.flipYHint')}
            checked={policy.flipVertical}
            onChange={(flipVertical) => set({ flipVertical })}
          />
          <Checkbox
            label={t('newrun.colour')}
            hint={t('newrun.colourHint')}
            checked={policy.colour}
            onChange={(colour) => set({ colour })}
          />
        </div>
        <ShareField
          label={t('newrun.rotation')}
          value={policy.rotation}
          min={0}
          max={180}
          step={5}
          text={(degrees) => (degrees === 0 ? t('newrun.off') : `±${degrees}°`)}
          onChange={(rotation) => set({ rotation })}
        />
        <ShareField
          label={t('newrun.operations')}
          value={policy.operations}
          min={0}
          max={4}
          step={1}
          text={String}
          onChange={(operations) => set({ operations })}
        />
        <ShareField
          label={t('newrun.magnitude')}
          value={policy.magnitude}
          min={0}
          max={10}
          step={1}
          text={String}
          onChange={(magnitude) => set({ magnitude })}
        />
        <ShareField
          label={t('newrun.chance')}
          value={policy.probability}
          onChange={(probability) => set({ probability })}
        />
        <ShareField
          label={t('newrun.cutout')}
          value={policy.cutout}
          min={0}
          max={Math.min(112, inputSize / 2)}
          step={2}
          text={(side) => (side === 0 ? t('newrun.off') : `${side} px`)}
          onChange={(cutout) => set({ cutout })}
        />
      </div>
      <AugmentationPreview policy={policy} inputSize={inputSize} seed={seed} />
    </div>
  );
}
