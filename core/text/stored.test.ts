import { expect, it } from 'vitest';
import { AppError, storedError } from '../errors.ts';
import { korean } from './ko/index.ts';
import { say, spell } from './said.ts';
import { saidAs, toStored } from './stored.ts';
import { makeText } from './text.ts';

const { told } = makeText('ko', { ...korean.everywhere, ...korean.refusals });

it('TEXT-18 what is told of a row is kept in English and by its keys, and read in each language', () => {
  const round = say('learning.end.net', { round: say('refusal.roundName.student', { number: 2 }), model: 'S' });
  const stored = toStored(
    say('learning.stop.streak', { count: 2 }),
    say('learning.end.finalTest', { round, share: '91.2%', count: 1200 }),
  );
  expect(stored.message).toBe(
    'The last 2 rounds were not better than their teacher. ' +
      'Final model: Student 2 (S), right on 91.2% of 1,200 test images.',
  );
  expect(saidAs(stored.message, stored.said)?.map((one) => spell(one, told))).toEqual([
    '최근 2개 라운드가 교사 모델보다 낫지 않았습니다.',
    '최종 모델: 학생 모델 2(S), 테스트 이미지 1,200장 가운데 91.2% 정답.',
  ]);
  // A particle follows the sound of what stands before it, sentence or not.
  const waits = say('learning.waits.person', { round: say('refusal.roundName.student', { number: 2 }) });
  expect(spell(waits, told)).toBe('학생 모델 2가 끝났습니다. 확인한 뒤 실행을 계속하세요.');
});

it('TEXT-18 the keys count only beside the text that they say', () => {
  const { said } = toStored(say('learning.oneClass'));
  expect(saidAs('A newer word of an older version.', said)).toBeNull();
  expect(saidAs(null, said)).toBeNull();
  expect(saidAs('From before.', null)).toBeNull();
});

it('TEXT-18 an error is kept as it was said, a bug by its English only', () => {
  expect(storedError(new AppError('TOO_LARGE', say('learning.outOfMemory')))).toMatchObject({
    message: expect.stringMatching(/^Learning ran out of memory\. /),
    said: [{ key: 'learning.outOfMemory' }],
  });
  expect(storedError(new Error('ended with 7'))).toEqual({ message: 'ended with 7', said: null });
});
