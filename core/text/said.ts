import { error } from './en/error.ts';
import { why } from './en/rooms/why.ts';
import { localeOf } from './languages.ts';
import { fill, grammarOf } from './message.ts';
import type { NamesIn, Values } from './message.ts';

/** What servers and rules say: errors everywhere, and why a run is so or cannot be where runs begin. */
const SENTENCES = { ...error, ...why } as const;
type Sentences = typeof SENTENCES;
export type ErrorKey = keyof Sentences;
type ErrorArgs<K extends ErrorKey> = [NamesIn<Sentences[K]>] extends [never]
  ? []
  : [values: Readonly<Record<NamesIn<Sentences[K]>, string | number>>];

/** A sentence as a key with its values: it becomes words where somebody reads it, in their language. */
export interface Said {
  readonly key: ErrorKey;
  readonly values: Values;
}

/** @example say('error.leaseLost') */
export const say = <K extends ErrorKey>(key: K, ...values: ErrorArgs<K>): Said => ({ key, values: values[0] ?? {} });

/** Is it a sentence of ours? Then it can be the value of another one: why something went as it did. */
export const isErrorKey = (text: unknown): text is ErrorKey =>
  typeof text === 'string' && Object.hasOwn(SENTENCES, text);

const INPUTS = new Map(
  Object.entries(error).flatMap(([key, text]) => (key.startsWith('error.input.') ? [[text, key as ErrorKey]] : [])),
);
/** The key of what a schema says in English, where it is one of ours. */
export const keyOfInput = (english: string): ErrorKey | null => INPUTS.get(english as never) ?? null;

/** As logs and programs read it. */
export const inEnglish = ({ key, values }: Said): string => {
  const said = Object.entries(values).map(
    ([name, value]) => [name, isErrorKey(value) ? SENTENCES[value] : value] as const,
  );
  return fill(SENTENCES[key], Object.fromEntries(said), grammarOf(localeOf('en')));
};
