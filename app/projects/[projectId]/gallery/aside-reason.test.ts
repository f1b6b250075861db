import { expect, it } from 'vitest';
import { textFor } from '#core/text/all-languages.ts';
import { keepReason, readReason, sameAs } from './aside-reason.ts';

it('TEXT-12 a reason that was chosen is kept by its word and read in each language; what somebody wrote stays', () => {
  const [english, korean] = [textFor('en', 'gallery'), textFor('ko', 'gallery')];
  const chosen = keepReason('중복', korean);
  expect([readReason(chosen, english), readReason(chosen, korean)]).toEqual(['Duplicate', '중복']);
  const near = sameAs('바다');
  expect([readReason(near, english), readReason(near, korean)]).toEqual([
    'nearly the same as 바다',
    '바다와 거의 같음',
  ]);
  expect(readReason(keepReason('초점이 나감', korean), english)).toBe('초점이 나감');
});
