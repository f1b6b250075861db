import { next } from './en/rooms/next.ts';
import { localeOf } from './languages.ts';
import { fill, grammarOf } from './message.ts';
import type { NamesIn, Values } from './message.ts';

type ToldKey = keyof typeof next;
type ToldArgs<K extends ToldKey> = [NamesIn<(typeof next)[K]>] extends [never]
  ? []
  : [values: Readonly<Record<NamesIn<(typeof next)[K]>, string | number>>];

/** What a rule says, as a key with its values: pages say it in their language, programs read it in English. */
export interface Told {
  readonly key: ToldKey;
  readonly values: Values;
}

/** @example tell('next.follow', { run: 3 }) */
export const tell = <K extends ToldKey>(key: K, ...values: ToldArgs<K>): Told => ({ key, values: values[0] ?? {} });

export const toldInEnglish = ({ key, values }: Told): string => fill(next[key], values, grammarOf(localeOf('en')));
