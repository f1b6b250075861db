import { describe, expect, it } from 'vitest';
import { foldText, searchNames } from './search.ts';

const find = (typed: string, names: readonly string[], locale = 'ko-KR') =>
  searchNames(
    names.map((name) => ({ name })),
    typed,
    locale,
  ).map(({ name }) => name);

describe('TEXT-15 a search finds a name however its letters are written', () => {
  it('passes over case, accents, full widths and how letters are composed', () => {
    expect(find('epee', ['Épée', 'Sabre'], 'en-US')).toEqual(['Épée']);
    expect(find('ÉP', ['epee'], 'en-US')).toEqual(['epee']);
    expect(find('ab1', ['ＡＢ１'])).toEqual(['ＡＢ１']);
    expect(find('고양', ['고양이'.normalize('NFD')])).toHaveLength(1);
    expect(find('고양'.normalize('NFD'), ['고양이'])).toEqual(['고양이']);
    expect(find('lion', ['Cat'])).toEqual([]);
    expect(find('  ', ['b', 'a'])).toEqual(['b', 'a']);
  });

  it('finds a Korean name from the syllable half typed on', () => {
    for (const typed of ['ㄱ', '고', '공', '고야', '고양', '고양ㅇ', '고양이'])
      expect(find(typed, ['트리', '고양이']), typed).toEqual(['고양이']);
    for (const [typed, name] of [
      ['고', '과일'],
      ['사고', '사과'],
      ['으', '의자'],
      ['우', '원'],
      ['사고', '사괴'],
    ] as const)
      expect(find(typed, ['트리', name]), typed).toEqual([name]);
    expect(find('닭', ['달걀', '닭고기', '감자'])).toEqual(['닭고기', '달걀']);
    expect(find('가', ['악어'])).toEqual([]);
    expect(foldText('값', 'ko-KR')).toBe('ㄱㅏㅂㅅ'.normalize('NFKD'));
  });

  it('puts the name itself first, then what begins with it, then what holds it', () => {
    expect(find('곰', ['고모', '북극곰', '곰인형', '곰'])).toEqual(['곰', '곰인형', '고모', '북극곰']);
    expect(find('car', ['Oscar', 'cart', 'Car'], 'en-US')).toEqual(['Car', 'cart', 'Oscar']);
  });
});
