'use client';
import { createContext, Fragment, use, useLayoutEffect, useMemo } from 'react';
import type { ReactNode } from 'react';
import { format as english } from '#core/text/en/format.ts';
import { makeFormat } from '#core/text/format.ts';
import type { Format, FormatWords } from '#core/text/format.ts';
import type { PageLanguage } from '#core/text/languages.ts';
import type { Value } from '#core/text/message.ts';
import { makeText } from '#core/text/text.ts';
import type { Args, Catalogue, Key, Text } from '#core/text/text.ts';

/** What a page speaks: its texts, and how it writes numbers and times. */
export interface Spoken extends Text {
  readonly format: Format;
}

/** What a page speaks, from its catalogue; tests make their own. */
export function makeSpoken(language: PageLanguage, catalogue: Catalogue): Spoken {
  const words = Object.fromEntries(
    Object.entries(english).map(([key, word]) => [key, catalogue[key as keyof FormatWords] ?? word]),
  ) as FormatWords;
  return { ...makeText(language, catalogue), format: makeFormat(language, words) };
}

interface Speech {
  spoken: Spoken;
  catalogue: Catalogue;
}

const nothing: Speech = { spoken: makeSpoken('en', {}), catalogue: {} };
const SpeechContext = createContext(nothing);

/** A browser tab speaks one language at a time: what is no component (errors, toasts of the query client) asks here. */
let inThisTab = nothing;
export const spokenText = (): Spoken => inThisTab.spoken;

/**
 * Adds to what `spokenText` says, or begins another language; pages do it by their provider, tests by themselves. A
 * provider further in does so before the one around it.
 */
export function speak(language: PageLanguage, catalogue: Catalogue): void {
  const before = inThisTab.spoken.language === language ? inThisTab.catalogue : {};
  const all = { ...before, ...catalogue };
  inThisTab = { spoken: makeSpoken(language, all), catalogue: all };
}

/** Gives the pages below the texts of their language, beside those that came from further up. */
export function TextProvider({
  language,
  catalogue,
  children,
}: {
  language: PageLanguage;
  catalogue: Catalogue;
  children: ReactNode;
}) {
  const above = use(SpeechContext);
  const speech = useMemo<Speech>(() => {
    const all = { ...above.catalogue, ...catalogue };
    // Already while it is drawn: what breaks then is said in words, not in keys. The server speaks to many at once.
    if (typeof window !== 'undefined') speak(language, all);
    return { spoken: makeSpoken(language, all), catalogue: all };
  }, [above, language, catalogue]);
  useLayoutEffect(() => speak(language, speech.catalogue), [language, speech]);
  return <SpeechContext value={speech}>{children}</SpeechContext>;
}

/** What this page speaks: `const { t, format } = useText(); t('label.saved')`. */
export const useText = (): Spoken => use(SpeechContext).spoken;

type Drawn<K extends Key> =
  Args<K> extends [values: Readonly<Record<infer Name extends string, Value>>]
    ? Readonly<Record<Name, ReactNode>>
    : never;

/** A sentence some of whose values are drawn: `<Said of="shell.press" with={{ key: <Kbd>N</Kbd> }} />`. */
export function Said<K extends Key>({ of, with: values }: { of: K; with: Drawn<K> }) {
  const { pieces } = useText();
  const given = Object.entries<ReactNode>(values);
  const drawn = given.filter(([, value]) => typeof value !== 'string' && typeof value !== 'number');
  const plain = Object.fromEntries(
    given.flatMap(([name, value]) => (typeof value === 'string' || typeof value === 'number' ? [[name, value]] : [])),
  );
  const nodes = new Map(drawn);
  return pieces(
    of,
    drawn.map(([name]) => name),
    plain,
    // oxlint-disable-next-line react/no-array-index-key
  ).map((piece, at) => <Fragment key={at}>{'text' in piece ? piece.text : nodes.get(piece.name)}</Fragment>);
}
