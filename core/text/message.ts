/**
 * The little language of our messages: `{name}` is a value, `{count|one=# image|other=# images}` chooses by the plural
 * rules of the language (`#` is the number as it writes it), and `{name,을}` is the value with its Korean particle.
 */
import { withParticle } from './particle.ts';

export type Value = string | number;
export type Values = Readonly<Record<string, Value>>;

type NameIn<Inside extends string> = Inside extends `${infer Name}|${string}`
  ? Name
  : Inside extends `${infer Name},${string}`
    ? Name
    : Inside;

/** The names of the values that a message asks for. */
export type NamesIn<Message extends string> = Message extends `${string}{${infer Inside}}${infer Rest}`
  ? NameIn<Inside> | NamesIn<Rest>
  : never;

/** A piece of a message that was read once. */
export type Part =
  | { type: 'text'; text: string }
  | { type: 'value'; name: string; particle: string | null }
  | { type: 'plural'; name: string; forms: ReadonlyMap<string, string> };

const PLACE = /\{(\w+)(?:\|([^}]*)|,([^}]*))?\}/g;
const read = new Map<string, readonly Part[]>();

/** The parts of a message; each is read once. */
export function partsOf(message: string): readonly Part[] {
  const known = read.get(message);
  if (known) return known;
  const parts: Part[] = [];
  let at = 0;
  for (const found of message.matchAll(PLACE)) {
    if (found.index > at) parts.push({ type: 'text', text: message.slice(at, found.index) });
    const [whole, name = '', forms, particle] = found;
    if (forms === undefined) parts.push({ type: 'value', name, particle: particle ?? null });
    else parts.push({ type: 'plural', name, forms: readForms(forms) });
    at = found.index + whole.length;
  }
  if (at < message.length) parts.push({ type: 'text', text: message.slice(at) });
  read.set(message, parts);
  return parts;
}

function readForms(forms: string): ReadonlyMap<string, string> {
  return new Map(
    forms.split('|').map((form) => {
      const sign = form.indexOf('=');
      return [form.slice(0, sign), form.slice(sign + 1)];
    }),
  );
}

/** How one language writes numbers and counts. */
export interface Grammar {
  number(value: number): string;
  /** The plural form of a number: `one`, `other` and the like. */
  form(value: number): string;
}

const grammars = new Map<string, Grammar>();

/** @param locale as Intl knows it, such as `ko-KR` */
export function grammarOf(locale: string): Grammar {
  const known = grammars.get(locale);
  if (known) return known;
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const rules = new Intl.PluralRules(locale);
  const grammar: Grammar = { number: (value) => numbers.format(value), form: (value) => rules.select(value) };
  grammars.set(locale, grammar);
  return grammar;
}

/** One part with its value. A value that is missing stays visible as `{name}`, so that it is found. */
export function fillPart(part: Part, values: Values, grammar: Grammar): string {
  if (part.type === 'text') return part.text;
  const value = values[part.name];
  if (value === undefined) return `{${part.name}}`;
  const text = typeof value === 'number' ? grammar.number(value) : value;
  if (part.type === 'value') return part.particle === null ? text : withParticle(text, part.particle);
  const form = part.forms.get(grammar.form(Number(value))) ?? part.forms.get('other') ?? '#';
  return form.replaceAll('#', text);
}

/**
 * A message with its values.
 * @example fill('{count|one=# image|other=# images}', { count: 2 }, grammarOf('en-US')) // '2 images'
 */
export const fill = (message: string, values: Values, grammar: Grammar): string =>
  partsOf(message)
    .map((part) => fillPart(part, values, grammar))
    .join('');
