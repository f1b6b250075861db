'use client';
import { useState } from 'react';
import { toast } from 'sonner';
import { sumOf } from '#core/math/tally.ts';
import { useText } from '../../../_text/text.tsx';
import { useTRPCClient } from '../../../_lib/api.ts';
import type { Outputs } from '../../../_lib/api.ts';
import { readError } from '../../../_lib/error.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { Field } from '../../../_ui/form/field.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Select } from '../../../_ui/form/select.tsx';
import { SettingNumber } from './setting-number.tsx';
import { useSave } from './use-save.ts';

export function LabelingPanel() {
  const { t } = useText();
  const { project } = useProject();
  const { save } = useSave();
  const { settings } = project;
  return (
    <Panel title={t('settings.section.labeling')}>
      <div className="divide-y divide-line">
        <OverlapSetting />
        <SettingNumber
          label={t('settings.onDisagreement')}
          hint={t('settings.onDisagreementHint')}
          value={settings.overlapOnDisagreement}
          min={0}
          max={9}
          onSave={(overlapOnDisagreement) => save({ settings: { overlapOnDisagreement } })}
        />
        <Field label={t('settings.order')} hint={t('settings.orderHint')} inline>
          <Select
            size="sm"
            className="w-40"
            value={settings.order}
            onChange={(order) => save({ settings: { order } })}
            options={[
              { value: 'random', label: t('settings.random') },
              { value: 'typical', label: t('settings.typical') },
              { value: 'model', label: t('settings.modelNeeds') },
            ]}
          />
        </Field>
        <Field label={t('settings.keys')} hint={t('settings.keysHint')} inline>
          <Select
            size="sm"
            className="w-40"
            value={settings.hotkeyLayout}
            onChange={(hotkeyLayout) => save({ settings: { hotkeyLayout } })}
            options={[
              { value: 'numbers', label: t('settings.numbers') },
              { value: 'letters', label: t('settings.letters') },
              { value: 'one-handed', label: t('settings.oneHand') },
            ]}
          />
        </Field>
        <SettingNumber
          label={t('settings.batch')}
          hint={t('settings.batchHint')}
          value={settings.batchSize}
          min={1}
          max={50}
          onSave={(batchSize) => save({ settings: { batchSize } })}
        />
        <Field label={t('settings.guess')} hint={t('settings.guessHint')} inline>
          <Select
            size="sm"
            className="w-40"
            value={settings.guess}
            onChange={(guess) => save({ settings: { guess } })}
            options={[
              { value: 'before', label: t('settings.guessBefore') },
              { value: 'after', label: t('settings.guessAfter') },
              { value: 'never', label: t('settings.guessNever') },
            ]}
          />
        </Field>
        <SettingNumber
          label={t('settings.hideOn')}
          hint={t('settings.hideOnHint')}
          value={settings.hiddenGuessShare}
          min={0}
          max={1}
          scale={100}
          unit="%"
          onSave={(hiddenGuessShare) => save({ settings: { hiddenGuessShare } })}
        />
        <SettingNumber
          label={t('settings.gold')}
          hint={t('settings.goldHint')}
          value={settings.goldShare}
          min={0}
          max={0.5}
          scale={100}
          unit="%"
          onSave={(goldShare) => save({ settings: { goldShare } })}
        />
        <SettingNumber
          label={t('settings.pauseBelow')}
          hint={t('settings.pauseBelowHint')}
          value={settings.goldPauseBelow}
          min={0}
          max={1}
          scale={100}
          unit="%"
          onSave={(goldPauseBelow) => save({ settings: { goldPauseBelow } })}
        />
        <SettingNumber
          label={t('settings.forValidation')}
          hint={t('settings.forValidationHint')}
          value={settings.validationShare}
          min={0}
          max={0.5}
          scale={100}
          unit="%"
          onSave={(validationShare) => save({ settings: { validationShare } })}
        />
        <SettingNumber
          label={t('settings.forTest')}
          hint={t('settings.forTestHint')}
          value={settings.testShare}
          min={0}
          max={0.5}
          scale={100}
          unit="%"
          onSave={(testShare) => save({ settings: { testShare } })}
        />
      </div>
    </Panel>
  );
}

/**
 * How many people answer each image. A higher number sets labels waiting that count today, so it asks first and says
 * how many.
 */
function OverlapSetting() {
  const { t } = useText();
  const { project } = useProject();
  const client = useTRPCClient();
  const { save, saveAsync } = useSave();
  const [asked, setAsked] = useState<{ overlap: number; waiting: Outputs['project']['unsettledBy'] } | null>(null);
  const now = project.settings.overlap;
  const ask = async (overlap: number) => {
    if (overlap <= now) return save({ settings: { overlap } });
    try {
      const waiting = await client.project.unsettledBy.query({ projectId: project.id, overlap });
      if (sumOf(waiting) > 0) setAsked({ overlap, waiting });
      else save({ settings: { overlap } });
    } catch (error) {
      toast.error(readError(error).title, { description: readError(error).message });
    }
  };
  return (
    <>
      <SettingNumber
        label={t('settings.overlap')}
        hint={t('settings.overlapHint')}
        value={now}
        min={1}
        max={9}
        onSave={(overlap) => void ask(Math.round(overlap))}
      />
      {asked !== null && (
        <Confirm
          open
          onOpenChange={(open) => !open && setAsked(null)}
          title={t('settings.overlapAsk', { overlap: asked.overlap })}
          action={t('settings.askThem')}
          onConfirm={() => saveAsync({ settings: { overlap: asked.overlap } })}
        >
          <p>
            {t('settings.overlapWaits', {
              count: sumOf(asked.waiting),
              pool: asked.waiting.pool,
              validation: asked.waiting.validation,
              test: asked.waiting.test,
            })}
          </p>
          <p className="mt-2">{t('settings.settingBack', { now })}</p>
        </Confirm>
      )}
    </>
  );
}
