import type { Setting, SettingNames } from '#core/book/settings.ts';
import { chainOf } from '#core/run/chain-of.ts';
import type { RunConfig } from '#core/run/learning.ts';
import type { Text, Translate } from '#core/text/text.ts';
import { describeLinks } from './link-words.ts';

/** How a setting is called in the language of the page. */
export function settingName(
  { t, told }: Text,
  { key, name }: Pick<Setting, 'key' | 'name'>,
  names: SettingNames,
): string {
  const [field = '', part = ''] = key.split('.');
  if (field === 'chain') return t('runsetting.round', { number: part });
  if (field === 'classFloors')
    return t('runsetting.floorOf', { class: names.classes.get(part) ?? t('runsetting.goneClass') });
  return told(`runsetting.name.${key}`, {}) ?? name;
}

/** What a setting is set to, in the language of the page; null where it does not apply to the run. */
export function settingValue(
  t: Translate,
  setting: Pick<Setting, 'key' | 'value'> | null,
  config: RunConfig | undefined,
  names: SettingNames,
): string | null {
  if (setting === null || config === undefined) return setting?.value ?? null;
  const [field, part] = setting.key.split('.');
  if (field === 'chain') return describeLinks(t, chainOf(config), names.backbones)[Number(part) - 1] ?? setting.value;
  if (field === 'pseudoLabels') return t(`runsetting.targets.${config.pseudoLabels}`);
  if (field === 'reviewGate') return t(`runsetting.gate.${config.reviewGate}`);
  if (setting.value === 'yes') return t('runsetting.yes');
  return setting.value === 'no' ? t('runsetting.no') : setting.value;
}
