'use client';
import type { AugmentationPolicy } from '#core/run/learning.ts';
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
  const set = (change: Partial<AugmentationPolicy>) => onChange({ ...policy, ...change });
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <div className="space-y-4">
        <div className="grid gap-2 sm:grid-cols-2">
          <Checkbox
            label="Flip left to right"
            hint="Not for digits or text"
            checked={policy.flipHorizontal}
            onChange={(flipHorizontal) => set({ flipHorizontal })}
          />
          <Checkbox
            label="Flip top to bottom"
            hint="For images without an up"
            checked={policy.flipVertical}
            onChange={(flipVertical) => set({ flipVertical })}
          />
          <Checkbox
            label="Colour operations"
            hint="Not where colour is the class"
            checked={policy.colour}
            onChange={(colour) => set({ colour })}
          />
        </div>
        <ShareField
          label="Rotation"
          value={policy.rotation}
          min={0}
          max={180}
          step={5}
          text={(degrees) => (degrees === 0 ? 'off' : `±${degrees}°`)}
          onChange={(rotation) => set({ rotation })}
        />
        <ShareField
          label="Operations an image (N)"
          value={policy.operations}
          min={0}
          max={4}
          step={1}
          text={String}
          onChange={(operations) => set({ operations })}
        />
        <ShareField
          label="Largest magnitude (M)"
          value={policy.magnitude}
          min={0}
          max={10}
          step={1}
          text={String}
          onChange={(magnitude) => set({ magnitude })}
        />
        <ShareField
          label="Chance of each operation"
          value={policy.probability}
          onChange={(probability) => set({ probability })}
        />
        <ShareField
          label="Cutout"
          value={policy.cutout}
          min={0}
          max={Math.min(112, inputSize / 2)}
          step={2}
          text={(side) => (side === 0 ? 'off' : `${side} px`)}
          onChange={(cutout) => set({ cutout })}
        />
      </div>
      <AugmentationPreview policy={policy} inputSize={inputSize} seed={seed} />
    </div>
  );
}
