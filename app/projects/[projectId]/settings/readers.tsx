'use client';
import { useState } from 'react';
import { LANGUAGE_NAMES, LANGUAGES } from '#core/text/languages.ts';
import type { Language } from '#core/text/languages.ts';
import { missingIn } from '#core/text/translations.ts';
import type { Translations } from '#core/text/translations.ts';
import { useText } from '../../../_text/text.tsx';
import { Segmented } from '../../../_ui/form/toggles.tsx';

/** Whose text is being written: everybody's, or that of those who read one language. */
type Reader = 'everybody' | Language;

const tidy = (text = ''): string => (text.trim() === '' ? '' : text);

/** A text and its translations while they are written; `changed` holds the translations that are not as stored. */
export function useReaders(plain: string, stored: Translations) {
  const [texts, setTexts] = useState<Readonly<Partial<Record<Reader, string>>>>({ ...stored, everybody: plain });
  const [reader, setReader] = useState<Reader>('everybody');
  const changed = LANGUAGES.filter((one) => tidy(texts[one]) !== tidy(stored[one]));
  return {
    reader,
    setReader,
    /** For everybody. */
    plain: texts.everybody ?? '',
    /** For the reader who is chosen. */
    text: texts[reader] ?? '',
    write: (text: string) => setTexts({ ...texts, [reader]: text }),
    missing: missingIn(texts),
    isChanged: texts.everybody !== plain || changed.length > 0,
    changed: Object.fromEntries(changed.map((one) => [one, tidy(texts[one])])) as Translations,
  };
}

type Readers = ReturnType<typeof useReaders>;

/** Whose text is shown below it. */
export function ReaderSwitch({ readers: { reader, setReader } }: { readers: Readers }) {
  const { t } = useText();
  return (
    <Segmented<Reader>
      label={t('settings.readers')}
      value={reader}
      onChange={setReader}
      options={[
        { value: 'everybody', label: t('settings.everybody') },
        ...LANGUAGES.map((one) => ({ value: one, label: <span lang={one}>{LANGUAGE_NAMES[one]}</span> })),
      ]}
    />
  );
}

/** In which languages nothing is written, once there is something to translate. */
export function MissingNote({ readers: { plain, missing } }: { readers: Readers }) {
  const { t } = useText();
  if (plain.trim() === '' || missing.length === 0) return null;
  const languages = missing.map((one) => LANGUAGE_NAMES[one]).join(', ');
  return <p className="mt-1.5 text-xs text-pretty text-muted">{t('settings.missingIn', { languages })}</p>;
}
