import { error } from './en/error.ts';
import { file } from './en/rooms/file.ts';
import { learning } from './en/rooms/learning.ts';
import { refusal } from './en/rooms/refusal.ts';
import { why } from './en/rooms/why.ts';
import { localeOf } from './languages.ts';
import { fill, grammarOf } from './message.ts';
import { spell } from './said.ts';
import type { ErrorKey, Said } from './said.ts';

/**
 * What servers, trainers and rules say: errors of every page, what is refused in rooms of leads, what is wrong with a
 * file, how learning goes, and why a run is so or cannot be. Pages have these in their catalogue; only what speaks to
 * programs and logs loads them from here.
 */
export const SENTENCES = { ...error, ...file, ...learning, ...refusal, ...why } as const;

/** Is it a sentence of ours? Then it can be the value of another one: why something went as it did. */
export const isErrorKey = (text: unknown): text is ErrorKey =>
  typeof text === 'string' && Object.hasOwn(SENTENCES, text);

const INPUTS = new Map(
  Object.entries(error).flatMap(([key, text]) => (key.startsWith('error.input.') ? [[text, key as ErrorKey]] : [])),
);

/** The key of what a schema says in English, where it is one of ours. */
export const keyOfInput = (english: string): ErrorKey | null => INPUTS.get(english as never) ?? null;

const ENGLISH = grammarOf(localeOf('en'));

/** As logs and programs read it. */
export const inEnglish = (said: Said): string =>
  spell(
    said,
    (key, values) => (isErrorKey(key) ? fill(SENTENCES[key], values, ENGLISH) : key),
    (_, value) => (isErrorKey(value) ? SENTENCES[value] : value),
  ) ?? said.key;
