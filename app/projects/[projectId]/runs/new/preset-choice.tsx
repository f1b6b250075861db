'use client';
import { PRESETS } from '#core/run/presets.ts';
import type { Preset, PresetName } from '#core/run/presets.ts';
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
  return (
    <div className="space-y-3">
      {backbones.length > 0 && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="text-sm font-medium">Backbone</span>
          <Select
            label="Backbone"
            size="sm"
            className="w-72 max-sm:w-full"
            value={backboneId}
            placeholder="Choose a backbone…"
            onChange={onBackbone}
            options={backbones.map(({ id, name, side }) => ({ value: id, label: name, hint: `looks at ${side} px` }))}
          />
          <span className="text-xs text-muted">What the chains below stand on. More are under Advanced.</span>
        </div>
      )}
      <div role="group" aria-label="Presets" className="grid gap-2 sm:grid-cols-2 xl:grid-cols-3">
        <Choice
          name="Recommended"
          what="What was measured on this project's labels speaks for it."
          pressed={preset === 'recommended'}
          onClick={() => onPreset('recommended')}
        />
        {(Object.entries(PRESETS) as [PresetName, Preset][]).map(([name, one]) => {
          const lacks = one.needsBackbone && backbones.length === 0;
          return (
            <Choice
              key={name}
              name={one.name}
              what={one.what + (lacks ? ' Needs a backbone: get one under Advanced.' : '')}
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
