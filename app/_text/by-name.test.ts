import { expect, it } from 'vitest';
import { byName } from './by-name.ts';

it('TEXT-13 names are sorted as the reader’s language sorts them', () => {
  const list = ['Zoe', '나비', 'Team 10', '가지', 'Team 9', 'émile', 'Frank'].map((name) => ({ name }));
  const names = (locale: string) => byName(list, locale).map(({ name }) => name);
  expect(names('ko-KR')).toEqual(['가지', '나비', 'émile', 'Frank', 'Team 9', 'Team 10', 'Zoe']);
  expect(names('en-US')).toEqual(['émile', 'Frank', 'Team 9', 'Team 10', 'Zoe', '가지', '나비']);
});
