'use client';
import { Plus, X } from 'lucide-react';
import { AXES_MOST, parseValues, sweepSettings } from '#core/book/sweep.ts';
import type { SweepAxis, SweepKey } from '#core/book/sweep.ts';
import type { RunConfig } from '#core/run/learning.ts';
import { useText } from '../../../../_text/text.tsx';
import { Button, IconButton } from '../../../../_ui/form/button.tsx';
import { Field, Input } from '../../../../_ui/form/field.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { Panel } from '../../../../_ui/panel.tsx';

/** A setting to vary and its values as somebody types them. */
export interface TypedAxis {
  key: SweepKey;
  text: string;
}

/** What was typed, as numbers; null while something cannot be read. Settings that no longer apply are left out. */
export function readAxes(config: RunConfig, typed: readonly TypedAxis[]): SweepAxis[] | null {
  const offered = sweepSettings(config);
  const axes = typed.flatMap(({ key, text }) => {
    const setting = offered.find((one) => one.key === key);
    return setting ? [{ key, values: parseValues(text, setting.percent) }] : [];
  });
  return axes.every((axis): axis is { key: SweepKey; values: number[] } => (axis.values?.length ?? 0) > 0)
    ? axes
    : null;
}

/** Several runs as one: values of a few settings, of which every combination becomes a run. */
export function SweepPart({
  config,
  typed,
  runs,
  onChange,
}: {
  config: RunConfig;
  typed: readonly TypedAxis[];
  /** How many runs that is; null while something cannot be read. */
  runs: number | null;
  onChange: (typed: TypedAxis[]) => void;
}) {
  const { t } = useText();
  const offered = sweepSettings(config);
  const shown = typed.filter(({ key }) => offered.some((one) => one.key === key));
  const free = offered.filter((one) => !shown.some(({ key }) => key === one.key));
  const write = (at: number, axis: TypedAxis) => onChange(shown.map((one, place) => (place === at ? axis : one)));
  const add = () => {
    const next = free.find(({ key }) => key === (shown.length === 0 ? 'seed' : 'floor')) ?? free[0];
    if (next) onChange([...shown, startOf(next)]);
  };
  return (
    <Panel title={t('newrun.several')} description={t('newrun.severalWhy')}>
      <div className="space-y-4">
        {shown.map((axis, at) => {
          const setting = offered.find(({ key }) => key === axis.key);
          if (!setting) return null;
          const values = parseValues(axis.text, setting.percent);
          return (
            <fieldset key={axis.key} className="flex flex-wrap items-start gap-3">
              <legend className="sr-only">{t('newrun.settingAt', { number: at + 1 })}</legend>
              <Field label={t('newrun.setting')} className="w-64 max-sm:w-full">
                <Select
                  value={axis.key}
                  options={[setting, ...free].map(({ key, name }) => ({ value: key, label: name }))}
                  onChange={(chosen) => {
                    const next = offered.find(({ key }) => key === chosen);
                    if (next) write(at, startOf(next));
                  }}
                />
              </Field>
              <Field
                label={t('newrun.valuesOf', { setting: setting.name, unit: setting.percent ? ', %' : '' })}
                className="min-w-48 flex-1"
                {...(values === null ? { error: t('newrun.commas') } : {})}
              >
                <Input
                  value={axis.text}
                  inputMode="decimal"
                  autoComplete="off"
                  placeholder={setting.percent ? '30, 50, 70' : '1, 2, 3'}
                  onChange={(event) => write(at, { key: axis.key, text: event.target.value })}
                />
              </Field>
              <IconButton
                label={t('newrun.doNotVary', { setting: setting.name })}
                className="mt-6.5"
                onClick={() => onChange(shown.filter((_, place) => place !== at))}
              >
                <X size={15} aria-hidden />
              </IconButton>
            </fieldset>
          );
        })}
        <div className="flex flex-wrap items-center gap-3">
          <Button
            size="sm"
            icon={<Plus size={13} aria-hidden />}
            disabled={shown.length >= AXES_MOST || free.length === 0}
            onClick={add}
          >
            {shown.length === 0 ? t('newrun.vary') : t('newrun.varyAnother')}
          </Button>
          {shown.length > 0 && runs !== null && (
            <span role="status" className="text-sm text-muted">
              {t('newrun.partlyLuck', { runs })}
            </span>
          )}
        </div>
      </div>
    </Panel>
  );
}

/** A setting with the value that the form has now; of seeds three, since one run is one draw. */
const startOf = ({ key, now, percent }: ReturnType<typeof sweepSettings>[number]): TypedAxis => ({
  key,
  text:
    key === 'seed' ? [now, now + 1, now + 2].join(', ') : String(percent ? Number((now * 100).toPrecision(12)) : now),
});
