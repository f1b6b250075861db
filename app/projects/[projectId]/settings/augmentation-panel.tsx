'use client';
import { useQuery } from '@tanstack/react-query';
import type { AugmentationPolicy } from '#core/run/learning.ts';
import { useText } from '../../../_text/text.tsx';
import { AugmentationPreview } from '../../../_runs/augmentation-preview.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Field } from '../../../_ui/form/field.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Switch } from '../../../_ui/form/toggles.tsx';
import { SettingNumber } from './setting-number.tsx';
import { useSave } from './use-save.ts';

/** Until it is known what a run would look at, px. */
const SIDE_UNKNOWN = 128;

export function AugmentationPanel() {
  const { t } = useText();
  const { project } = useProject();
  const { save } = useSave();
  // What a run would look at: the side follows the photos and the backbone, as the recommended chain has it.
  const recommended = useQuery(useTRPC().run.recommendation.queryOptions({ projectId: project.id }));
  const side = Math.min(...(recommended.data?.chain.map((link) => link.side) ?? [SIDE_UNKNOWN]));
  const policy = project.settings.augmentation;
  const set = (change: Partial<AugmentationPolicy>) => save({ settings: { augmentation: { ...policy, ...change } } });
  return (
    <Panel title={t('settings.section.augmentation')} description={t('settings.augmentationWhy')}>
      <div className="divide-y divide-line">
        <Field label={t('settings.mirrorX')} hint={t('settings.mirrorXHint')} inline>
          <Switch checked={policy.flipHorizontal} onChange={(flipHorizontal) => set({ flipHorizontal })} />
        </Field>
        <Field label={t('settings.mirrorY')} hint={t('settings.mirrorYHint')} inline>
          <Switch checked={policy.flipVertical} onChange={(flipVertical) => set({ flipVertical })} />
        </Field>
        <Field label={t('settings.colours')} hint={t('settings.coloursHint')} inline>
          <Switch checked={policy.colour} onChange={(colour) => set({ colour })} />
        </Field>
        <SettingNumber
          label={t('settings.rotation')}
          value={policy.rotation}
          min={0}
          max={180}
          unit="°"
          onSave={(rotation) => set({ rotation })}
        />
        <SettingNumber
          label={t('settings.operations')}
          hint={t('settings.operationsHint')}
          value={policy.operations}
          min={0}
          max={4}
          onSave={(operations) => set({ operations: Math.round(operations) })}
        />
        <SettingNumber
          label={t('settings.strength')}
          hint={t('settings.strengthHint')}
          value={policy.magnitude}
          min={0}
          max={10}
          onSave={(magnitude) => set({ magnitude })}
        />
        <SettingNumber
          label={t('settings.chance')}
          value={policy.probability}
          min={0}
          max={1}
          scale={100}
          unit="%"
          onSave={(probability) => set({ probability })}
        />
        <SettingNumber
          label={t('settings.cutout')}
          hint={t('settings.cutoutHint')}
          value={policy.cutout}
          min={0}
          max={112}
          unit={t('settings.px')}
          onSave={(cutout) => set({ cutout: Math.round(cutout) })}
        />
      </div>
      <div className="border-t border-line pt-4">
        <AugmentationPreview policy={policy} inputSize={side} seed={1} />
      </div>
    </Panel>
  );
}
