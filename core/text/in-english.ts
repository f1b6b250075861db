import { error } from './en/error.ts';
import { refusal } from './en/rooms/refusal.ts';
import { why } from './en/rooms/why.ts';
import { localeOf } from './languages.ts';
import { fill, grammarOf } from './message.ts';
import type { ErrorKey, Said } from './said.ts';

/**
 * What servers and rules say: errors of every page, what is refused in rooms of leads, and why a run is so or cannot
 * be. Pages have these in their catalogue; only what speaks to programs and logs loads them from here.
 */
export const SENTENCES = { ...error, ...refusal, ...why } as const;

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
