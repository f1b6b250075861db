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

/** As logs and programs read it. */
export const inEnglish = ({ key, values }: Said): string => fill(error[key], values, grammarOf(localeOf('en')));
