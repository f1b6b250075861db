import { speakingRound } from '#core/book/book-table.ts';
import type { BookColumn, BookRun, Cell } from '#core/book/book-table.ts';
import type { SettingNames } from '#core/book/settings.ts';
import { chainOf } from '#core/run/chain-of.ts';
import type { Text } from '#core/text/text.ts';
import { linkLine } from '../../../_runs/words/link-words.ts';
import { settingName, settingValue } from '../../../_runs/words/setting-words.ts';
import { roundTitle } from '../../../_runs/words.tsx';

const SETTING = 'setting.';

/** The head of a column, in the language of the page; the file for programs has the name that the column was given. */
export const columnName = (text: Text, { key, name }: BookColumn, names: SettingNames): string =>
  key.startsWith(SETTING)
    ? settingName(text, { key: key.slice(SETTING.length), name }, names)
    : (text.told(`runbook.column.${key}`, {}) ?? name);

/** What stands in a cell: its words are those of the page, what it sorts by is the column's own. */
export function cellOf({ t }: Text, column: BookColumn, run: BookRun, names: SettingNames): Cell {
  const cell = column.cell(run);
  const say = (text: string | null): Cell => (text === null ? cell : { ...cell, text });
  if (column.key === 'chain') return say(linkLine(t, chainOf(run.config), names.backbones));
  if (column.key === 'round') {
    const round = speakingRound(run);
    return round === null ? cell : say(roundTitle(t, round));
  }
  if (!column.key.startsWith(SETTING)) return cell;
  const key = column.key.slice(SETTING.length);
  return say(settingValue(t, cell.text === '' ? null : { key, value: cell.text }, run.config, names));
}
