import { inEnglish } from './in-english.ts';
import type { Said } from './said.ts';

/** What is kept of a row's sentences: in English for programs and older versions, by their keys for pages. */
export interface Stored {
  readonly message: string;
  readonly said: readonly Said[] | null;
}

export const toStored = (...said: readonly Said[]): Stored => ({ message: said.map(inEnglish).join(' '), said });

/**
 * The keys of sentences that are kept, where they say what the text says: an older version writes, and clears, the text
 * alone.
 */
export const saidAs = (message: string | null, said: readonly Said[] | null): readonly Said[] | null =>
  said !== null && said.map(inEnglish).join(' ') === message ? said : null;
