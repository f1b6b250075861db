import type { NamesIn, Value, Values } from './message.ts';
import type { error } from './en/error.ts';
import type { file } from './en/rooms/file.ts';
import type { learning } from './en/rooms/learning.ts';
import type { refusal } from './en/rooms/refusal.ts';
import type { why } from './en/rooms/why.ts';

type Sentences = typeof error & typeof file & typeof learning & typeof refusal & typeof why;
export type ErrorKey = keyof Sentences;
type ErrorArgs<K extends ErrorKey> = [NamesIn<Sentences[K]>] extends [never]
  ? []
  : [values: Readonly<Record<NamesIn<Sentences[K]>, SaidValue>>];

/** A sentence as a key with its values: it becomes words where somebody reads it, in their language. */
export interface Said {
  readonly key: ErrorKey;
  readonly values: Readonly<Record<string, SaidValue>>;
}

/** What stands in a sentence: a word or number, the key of another sentence, or one with values of its own. */
export type SaidValue = Value | Said;

/** @example say('error.leaseLost') */
export const say = <K extends ErrorKey>(key: K, ...values: ErrorArgs<K>): Said => ({ key, values: values[0] ?? {} });

/**
 * The words of a sentence, from within: first those that stand in it.
 * @param word what a value that is no sentence reads as, where its name says more of it
 * @returns null where a sentence is not known
 */
export function spell(
  { key, values }: Said,
  tell: (key: string, values: Values) => string | null,
  word: (name: string, value: Value) => Value = (_, value) => value,
): string | null {
  const words: Record<string, Value> = {};
  for (const [name, value] of Object.entries(values)) {
    const said = typeof value === 'object' ? spell(value, tell, word) : word(name, value);
    if (said === null) return null;
    words[name] = said;
  }
  return tell(key, words);
}
