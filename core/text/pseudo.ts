import { partsOf } from './message.ts';

const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ACCENTED = 'áƀçđéƒǧĥíĵķľɱñóƥɋřšťúṽŵẋýžÁƁÇĐÉƑǦĤÍĴĶĽṀÑÓƤɊŘŠŤÚṼŴẊÝŽ';
const accented = new Map([...PLAIN].map((letter, at) => [letter, [...ACCENTED][at] ?? letter]));
const accent = (text: string): string => [...text].map((letter) => accented.get(letter) ?? letter).join('');

/** Texts in other languages are up to about a third longer than in English. */
const LONGER = 1 / 3;

/** A message of the catalogue in the language of nobody: its places stay, its words can still be read. */
export function pseudo(message: string): string {
  const parts = partsOf(message).map((part) => {
    if (part.type === 'text') return accent(part.text);
    if (part.type === 'value') return `{${part.name}}`;
    return `{${part.name}|${[...part.forms].map(([form, text]) => `${form}=${accent(text)}`).join('|')}}`;
  });
  const words = message.replace(/\{[^}]*\}/g, '').length;
  const more = 'one two three four five six seven eight nine ten '.repeat(Math.ceil((words * LONGER) / 49));
  return `[${parts.join('')}${words === 0 ? '' : ` ${accent(more.slice(0, Math.ceil(words * LONGER)).trim())}`}]`;
}
