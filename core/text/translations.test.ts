import { describe, expect, it } from 'vitest';
import { changeTranslations, missingIn, readIn } from './translations.ts';

describe('TEXT-16 texts in further languages', () => {
  it('reads that of the language of the page where it is written, else the plain one', () => {
    const both = { ko: '귀가 뾰족합니다.' };
    expect(readIn('ko', 'Pointed ears.', both)).toBe('귀가 뾰족합니다.');
    expect(readIn('en', 'Pointed ears.', both)).toBe('Pointed ears.');
    expect(readIn('en-XA', 'Pointed ears.', both)).toBe('Pointed ears.');
    expect(readIn('ko', 'Pointed ears.', { ko: ' \n' })).toBe('Pointed ears.');
    expect(readIn('ko', '', {})).toBe('');
  });

  it('changes one language and leaves the others; a text that is emptied goes', () => {
    const before = { en: 'Pointed ears.', ko: '귀가 뾰족합니다.' };
    expect(changeTranslations(before, { ko: '뾰족한 귀' })).toEqual({ en: 'Pointed ears.', ko: '뾰족한 귀' });
    expect(changeTranslations(before, { en: ' ' })).toEqual({ ko: '귀가 뾰족합니다.' });
    expect(changeTranslations(before, {})).toEqual(before);
  });

  it('says which are missing', () => {
    expect(missingIn({})).toEqual(['en', 'ko']);
    expect(missingIn({ ko: '뾰족한 귀', en: '' })).toEqual(['en']);
  });
});
