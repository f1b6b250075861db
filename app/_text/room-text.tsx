import type { ReactNode } from 'react';
import type { Part } from '#core/text/catalogues.ts';
import { catalogueOf } from './catalogue.ts';
import { readLanguage } from './server.ts';
import { TextProvider } from './text.tsx';

/** Gives the pages of a room the texts that only they need, beside those that are on every page. Server only. */
export async function RoomText({ of, children }: { of: readonly Part[]; children: ReactNode }) {
  const language = await readLanguage();
  const catalogue = Object.assign({}, ...of.map((part) => catalogueOf(language, part))) as ReturnType<
    typeof catalogueOf
  >;
  return (
    <TextProvider language={language} catalogue={catalogue}>
      {children}
    </TextProvider>
  );
}
