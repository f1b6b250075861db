'use client';
import { PRESETS } from '#core/run/presets.ts';
import type { Preset, PresetName } from '#core/run/presets.ts';
import { useText } from '../../../../_text/text.tsx';
import { cn } from '../../../../_lib/cn.ts';
import { Select } from '../../../../_ui/form/select.tsx';
import type { RunBackbone } from './chain-part.tsx';

/** What the chain on the card is: the recommended one, a preset, or (null) one of the person's own. */
export type Chosen = PresetName | 'recommended' | null;

export const needsBackbone = (name: PresetName): boolean => PRESETS[name].needsBackbone;

/** Behind "Change": other chains, and the backbone that they stand on. */
export function PresetChoice({
  preset,
  backbones,
  backboneId,
  onPreset,
  onBackbone,
}: {
  preset: Chosen;
  backbones: readonly RunBackbone[];
  backboneId: string | null;
  onPreset: (name: PresetName | 'recommended') => void;
  onBackbone: (id: string) => void;
}) {
  const { t } = useText();
  return (
    <div className="space-y-3">
      {backbones.length > 0 && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="text-sm font-medium">{t('newrun.backbone')}</span>
          <Select
            label={t('newrun.backbone')}
            size="sm"
            className="w-72 max-sm:w-full"
            value={backboneId}
            placeholder={t('newrun.chooseBackbone')}
            onChange={onBackbone}
            options={backbones.map(({ id, name, side }) => ({
              value: id,
              label: name,
              hint: t('newrun.looksAt', { side }),
            }))}
          />
          <span className="text-xs text-muted">{t('newrun.chainsStand')}</span>
        </div>
      )}
      <div role="group" aria-label={t('newrun.presets')} className="grid gap-2 sm:grid-cols-2 xl:grid-cols-3">
        <Choice
          name={t('newrun.recommended')}
          what={t('newrun.recommendedWhat')}
          pressed={preset === 'recommended'}
          onClick={() => onPreset('recommended')}
        />
        {(Object.entries(PRESETS) as [PresetName, Preset][]).map(([name, one]) => {
          const lacks = one.needsBackbone && backbones.length === 0;
          return (
            <Choice
              key={name}
              name={t(`newrun.preset.${name}`)}
              what={`${t(`newrun.what.${name}`)}${lacks ? ` ${t('newrun.needsBackbone')}` : ''}`}
              pressed={preset === name}
              disabled={lacks}
              onClick={() => onPreset(name)}
            />
          );
        })}
      </div>
    </div>
  );
}

function Choice({
  name,
  what,
  pressed,
  disabled = false,
  onClick,
}: {
  name: string;
  what: string;
  pressed: boolean;
  disabled?: boolean;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
      className={cn(
        'rounded-lg border p-3 text-left disabled:opacity-50',
        pressed ? 'border-accent bg-accent-soft' : 'border-line bg-panel hover:bg-hover',
      )}
    >
      <span className="text-sm font-medium">{name}</span>
      <span className="mt-0.5 block text-xs text-pretty text-muted">{what}</span>
    </button>
  );
}
