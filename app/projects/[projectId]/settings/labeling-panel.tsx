'use client';
import { useState } from 'react';
import { toast } from 'sonner';
import { sumOf } from '#core/math/tally.ts';
import { useTRPCClient } from '../../../_lib/api.ts';
import type { Outputs } from '../../../_lib/api.ts';
import { readError } from '../../../_lib/error.ts';
import { formatNumber, plural } from '../../../_lib/format.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { Field } from '../../../_ui/form/field.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Select } from '../../../_ui/form/select.tsx';
import { SettingNumber } from './setting-number.tsx';
import { useSave } from './use-save.ts';

export function LabelingPanel() {
  const { project } = useProject();
  const { save } = useSave();
  const { settings } = project;
  return (
    <Panel title="Labeling">
      <div className="divide-y divide-line">
        <OverlapSetting />
        <SettingNumber
          label="More people when they disagree"
          hint="Asked one by one, up to so many; then a lead decides."
          value={settings.overlapOnDisagreement}
          min={0}
          max={9}
          onSave={(overlapOnDisagreement) => save({ settings: { overlapOnDisagreement } })}
        />
        <Field
          label="Order"
          hint="The model asks for typical images first, then for what it doubts; every tenth is drawn at random."
          inline
        >
          <Select
            size="sm"
            className="w-40"
            value={settings.order}
            onChange={(order) => save({ settings: { order } })}
            options={[
              { value: 'random', label: 'Random' },
              { value: 'typical', label: 'Typical first' },
              { value: 'model', label: 'As the model needs' },
            ]}
          />
        </Field>
        <Field label="Keys" hint="Where the class keys lie. People may choose their own on the label page." inline>
          <Select
            size="sm"
            className="w-40"
            value={settings.hotkeyLayout}
            onChange={(hotkeyLayout) => save({ settings: { hotkeyLayout } })}
            options={[
              { value: 'numbers', label: 'Numbers' },
              { value: 'letters', label: 'Letters' },
              { value: 'one-handed', label: 'One hand' },
            ]}
          />
        </Field>
        <SettingNumber
          label="Images held by a label page"
          hint="More survive a bad line; fewer leave more for colleagues."
          value={settings.batchSize}
          min={1}
          max={50}
          onSave={(batchSize) => save({ settings: { batchSize } })}
        />
        <Field
          label="The model's guess in review"
          hint="After the answer it cannot steer it: annotators then see it on no page before."
          inline
        >
          <Select
            size="sm"
            className="w-40"
            value={settings.guess}
            onChange={(guess) => save({ settings: { guess } })}
            options={[
              { value: 'before', label: 'Shown before' },
              { value: 'after', label: 'Shown after' },
              { value: 'never', label: 'Never shown' },
            ]}
          />
        </Field>
        <SettingNumber
          label="Hide the guess on"
          hint="A sample that shows how far the guess steers people."
          value={settings.hiddenGuessShare}
          min={0}
          max={1}
          scale={100}
          unit="%"
          onSave={(hiddenGuessShare) => save({ settings: { hiddenGuessShare } })}
        />
        <SettingNumber
          label="Gold items"
          hint="Images with a known answer, mixed in to see who has understood."
          value={settings.goldShare}
          min={0}
          max={0.5}
          scale={100}
          unit="%"
          onSave={(goldShare) => save({ settings: { goldShare } })}
        />
        <SettingNumber
          label="Pause a member below"
          hint="Of their gold items right. They are told, and a lead lets them go on."
          value={settings.goldPauseBelow}
          min={0}
          max={1}
          scale={100}
          unit="%"
          onSave={(goldPauseBelow) => save({ settings: { goldPauseBelow } })}
        />
        <SettingNumber
          label="For validation"
          hint="Share of new images. Only people label them; the model is measured on them."
          value={settings.validationShare}
          min={0}
          max={0.5}
          scale={100}
          unit="%"
          onSave={(validationShare) => save({ settings: { validationShare } })}
        />
        <SettingNumber
          label="For test"
          hint="Share of new images, looked at once, at the end of a run."
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
        label="People asked for one image"
        hint="An image counts as done when so many agree or have answered."
        value={now}
        min={1}
        max={9}
        onSave={(overlap) => void ask(Math.round(overlap))}
      />
      {asked !== null && (
        <Confirm
          open
          onOpenChange={(open) => !open && setAsked(null)}
          title={`Ask ${asked.overlap} people for each image?`}
          action="Ask them"
          onConfirm={() => saveAsync({ settings: { overlap: asked.overlap } })}
        >
          <p>
            <b className="font-medium text-ink">{plural(sumOf(asked.waiting), 'label')}</b> (
            {formatNumber(asked.waiting.pool)} of the pool, {formatNumber(asked.waiting.validation)} validation,{' '}
            {formatNumber(asked.waiting.test)} test; imported ones too){' '}
            {sumOf(asked.waiting) === 1 ? 'has fewer answers' : 'have fewer answers'} than that. Until more people have
            answered they wait: no run learns from them or is measured on them.
          </p>
          <p className="mt-2">Setting it back to {now} brings them back.</p>
        </Confirm>
      )}
    </>
  );
}
