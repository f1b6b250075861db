import { expect, it } from 'vitest';
import { CATALOGUES } from '#core/text/all-languages.ts';
import type { Language } from '#core/text/languages.ts';
import { makeSpoken } from '../../../_text/text.tsx';
import { detailOf, subjectOf } from './words.ts';

const spoken = (language: Language) =>
  makeSpoken(language, { ...CATALOGUES[language].everywhere, ...CATALOGUES[language].organization });
const ko = spoken('ko');
const en = spoken('en');

it.each([
  ['images:tag', '3 images', '이미지 3장'],
  ['validation:drawn', '1 image', '이미지 1장'],
  ['run:paused', 'Run 7', '실행 7'],
  ['run:described', 'Run 7 · weaker noise', '실행 7 · weaker noise'],
  ['round:accepted', 'Student 2', '학생 모델 2'],
  ['review:queued', 'Student 2 of run 3', '실행 3의 학생 모델 2'],
  ['model:promoted', 'Run 7 · no, thanks, Teacher', '실행 7 · no, thanks, 교사 모델'],
  ['model:rolled-back', 'The model that stands best', '그때그때 가장 좋은 모델'],
  ['export:created', 'Run 7, student 2', '실행 7, 학생 모델 2'],
])('TEXT-4 what the activity says of itself is read in the language of the page: %s', (action, subject, read) => {
  expect(subjectOf({ action, subject }, ko)).toBe(read);
  expect(subjectOf({ action, subject }, en)).toBe(subject);
});

it.each([
  ['project:created', 'Run 7'],
  ['source:added', '3 images'],
  ['import:ended', '1 image'],
  ['class:deleted', 'Student 2'],
  ['snapshot:created', 'Run 7 · weaker noise'],
])('TEXT-4 a name stands in the activity as somebody chose it: %s', (action, subject) => {
  expect(subjectOf({ action, subject }, ko)).toBe(subject);
});

it('TEXT-4 a name that somebody chose may look like a run or like a role', () => {
  expect(subjectOf({ action: 'run:described', subject: 'Run 7 · a, student 2' }, ko)).toBe('실행 7 · a, student 2');
  const detail = { from: 'owner', to: 'lead' };
  expect(detailOf({ action: 'role:changed', detail }, ko)).toBe('이전 소유자 · 이후 리드');
  expect(detailOf({ action: 'project:changed', detail }, ko)).toBe('이전 owner · 이후 lead');
});
