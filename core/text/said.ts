import type { NamesIn, Values } from './message.ts';
import type { error } from './en/error.ts';
import type { refusal } from './en/rooms/refusal.ts';
import type { why } from './en/rooms/why.ts';

type Sentences = typeof error & typeof refusal & typeof why;
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
