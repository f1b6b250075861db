import { error } from './en/error.ts';
import { localeOf } from './languages.ts';
import { fill, grammarOf } from './message.ts';
import type { NamesIn, Values } from './message.ts';

export type ErrorKey = keyof typeof error;
type ErrorArgs<K extends ErrorKey> = [NamesIn<(typeof error)[K]>] extends [never]
  ? []
  : [values: Readonly<Record<NamesIn<(typeof error)[K]>, string | number>>];

/** A sentence as a key with its values: it becomes words where somebody reads it, in their language. */
export interface Said {
  readonly key: ErrorKey;
  readonly values: Values;
}

/** @example say('error.leaseLost') */
export const say = <K extends ErrorKey>(key: K, ...values: ErrorArgs<K>): Said => ({ key, values: values[0] ?? {} });

/** Is it a sentence of ours? Then it can be the value of another one: why something went as it did. */
export const isErrorKey = (text: unknown): text is ErrorKey => typeof text === 'string' && Object.hasOwn(error, text);

/** As logs and programs read it. */
export const inEnglish = ({ key, values }: Said): string => {
  const said = Object.entries(values).map(([name, value]) => [name, isErrorKey(value) ? error[value] : value] as const);
  return fill(error[key], Object.fromEntries(said), grammarOf(localeOf('en')));
};
