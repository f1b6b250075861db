'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import type { PixelScaleName } from '#core/run/backbones.ts';
import type { Said } from '#core/text/said.ts';
import { useText } from '../../../../_text/text.tsx';
import { useTRPC } from '../../../../_lib/api.ts';
import { readError, readSaid } from '../../../../_lib/error.ts';
import { Button } from '../../../../_ui/form/button.tsx';
import { Field, Input } from '../../../../_ui/form/field.tsx';
import { Select } from '../../../../_ui/form/select.tsx';

const SCALES: readonly PixelScaleName[] = ['symmetric', 'unit', 'imagenet', 'raw'];

/** Uploads pre-trained weights: ONNX, TensorFlow Lite, or a zip of a TensorFlow.js model. */
export function ImportBackbone({
  projectId,
  onImported,
}: {
  projectId: string;
  onImported: (backboneId: string) => void;
}) {
  const { t } = useText();
  const trpc = useTRPC();
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [scale, setScale] = useState<PixelScaleName>('symmetric');
  const [layer, setLayer] = useState('');
  const send = useMutation({
    mutationFn: async (file: File): Promise<string> => {
      const query = new URLSearchParams({
        name: file.name.replace(/\.(zip|onnx|tflite)$/i, '').slice(0, 100) || 'backbone',
        scale,
        ...(layer.trim() === '' ? {} : { layer: layer.trim() }),
      });
      const answer = await fetch(`/api/projects/${projectId}/backbones?${query}`, { method: 'PUT', body: file });
      const told = (await answer.json()) as { backboneId?: string; message?: string; said?: Said | null };
      if (!told.backboneId) throw new Error(readSaid(told.said, told.message ?? t('error.serverRefused')));
      return told.backboneId;
    },
    onSuccess: async (backboneId) => {
      await client.invalidateQueries({ queryKey: trpc.run.backbones.queryKey({ projectId }) });
      onImported(backboneId);
    },
  });
  return (
    <div className="space-y-2">
      <Field label={t('newrun.fromFile')} hint={t('newrun.fromFileHint')}>
        <Select
          value={scale}
          onChange={setScale}
          options={SCALES.map((value) => ({ value, label: t(`newrun.scale.${value}`) }))}
        />
      </Field>
      <LayerField value={layer} onChange={setLayer} />
      <input
        ref={input}
        type="file"
        accept=".zip,.onnx,.tflite,application/zip"
        hidden
        aria-label={t('newrun.backboneFile')}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) send.mutate(file);
          event.target.value = '';
        }}
      />
      <Button
        size="sm"
        busy={send.isPending}
        icon={<Upload size={14} aria-hidden />}
        onClick={() => input.current?.click()}
      >
        {send.isPending ? t('newrun.importing') : t('newrun.importBackbone')}
      </Button>
      <p className="text-xs text-muted">{t('newrun.fileKinds')}</p>
      {send.error && (
        <p role="alert" className="text-sm text-bad">
          {readError(send.error).message}
        </p>
      )}
    </div>
  );
}

/** Of a file with a head: where the features are taken, where the last layer before it is not the one wanted. */
export const LayerField = ({ value, onChange }: { value: string; onChange: (name: string) => void }) => {
  const { t } = useText();
  return (
    <Field label={t('newrun.layer')} hint={t('newrun.layerHint')}>
      <Input
        value={value}
        maxLength={200}
        placeholder={t('newrun.layerLast')}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
};
