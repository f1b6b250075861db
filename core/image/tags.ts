import { toStorable } from '../text.ts';

/** Longest tag, in UTF-16 units, and how many of them one image may have in an import. */
export const TAG_LENGTH = 60;
const TAGS_MOST = 100;
/** Of a cell with tags no more is read. */
const CELL_MOST = 10_000;

/** A tag as it is stored: composed, on one line, trimmed; null when nothing is left of it. */
const tidyTag = (text: string): string | null => {
  const tidy = toStorable(text.normalize('NFC').trim().slice(0, TAG_LENGTH)).trim();
  return tidy === '' ? null : tidy;
};

/** What a file says of an image's tags: a list, or a text of them. Each once, in the order of the file. */
export function readTags(said: unknown): string[] {
  const parts = typeof said === 'string' ? splitTags(said) : Array.isArray(said) ? said : [];
  const tidy = parts.flatMap((part: unknown) => (typeof part === 'string' ? (tidyTag(part) ?? []) : []));
  return [...new Set(tidy)].slice(0, TAGS_MOST);
}

/** Tags as one cell of a table: `night; "a; b"`. A tag with a separator or a quote in it is quoted. */
export const joinTags = (tags: readonly string[]): string =>
  tags.map((tag) => (/[",;]/u.test(tag) ? `"${tag.replaceAll('"', '""')}"` : tag)).join('; ');

/** One tag and its separator, quoted or not. */
const PART = /\s*(?:"((?:[^"]|"")*)"\s*|([^;,]*))(?:[;,]|$)/uy;

function splitTags(cell: string): string[] {
  const text = cell.slice(0, CELL_MOST);
  const tags: string[] = [];
  for (PART.lastIndex = 0; PART.lastIndex < text.length;) {
    const [, quoted, plain] = PART.exec(text) ?? [];
    if (quoted === undefined && plain === undefined) break;
    tags.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
  }
  return tags;
}
