import { localeOf } from './languages.ts';
import type { PageLanguage } from './languages.ts';
import { fill, fillPart, grammarOf, partsOf } from './message.ts';
import type { NamesIn, Values } from './message.ts';
import type { Messages } from './en/index.ts';

/** Every text there is, by what it is for: `label.undo`. English is the measure of what there is to say. */
export type Key = keyof Messages;
/** What a text asks for: nothing, or its values by name. */
export type Args<K extends Key> = [NamesIn<Messages[K]>] extends [never]
  ? []
  : [values: Readonly<Record<NamesIn<Messages[K]>, string | number>>];

/** Some of the texts of one language: what a page needs. */
export type Catalogue = Readonly<Partial<Record<Key, string>>>;

export interface Translate {
  <K extends Key>(key: K, ...values: Args<K>): string;
}

/** A piece of a sentence as pages draw it: text, or the name of a value that is drawn in its own way. */
export type Piece = { text: string } | { name: string };

export interface Text {
  readonly language: PageLanguage;
  /** As Intl knows the language. */
  readonly locale: string;
  readonly t: Translate;
  /** A sentence in pieces, for values that are drawn: links, key caps, badges. */
  pieces(key: Key, drawn: readonly string[], values: Values): readonly Piece[];
  /** What the server said by its key; null where this catalogue does not know it. */
  told(key: string, values: Values): string | null;
}

/** Speaks from a catalogue. A key that is not in it stands for itself, so that it is seen. */
export function makeText(language: PageLanguage, catalogue: Catalogue): Text {
  const locale = localeOf(language);
  const grammar = grammarOf(locale);
  const messages = new Map<string, string>(Object.entries(catalogue));
  return {
    language,
    locale,
    t: (key, ...[values]) => fill(messages.get(key) ?? key, values ?? {}, grammar),
    told: (key, values) => {
      const message = messages.get(key);
      return message === undefined ? null : fill(message, values, grammar);
    },
    pieces: (key, drawn, values) =>
      partsOf(messages.get(key) ?? key).map((part) =>
        part.type !== 'text' && drawn.includes(part.name)
          ? { name: part.name }
          : { text: fillPart(part, values, grammar) },
      ),
  };
}
