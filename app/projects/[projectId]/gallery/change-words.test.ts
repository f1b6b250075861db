import { expect, it } from 'vitest';
import { english } from '#core/text/en/index.ts';
import { makeText } from '#core/text/text.ts';
import { describeChange } from './change-words.ts';

const { t } = makeText('en', { ...english.everywhere, ...english.project });

it('IMAGE-23 tells what a stroke means for runs under way, and IMAGE-21 what it left alone', () => {
  expect(describeChange(t, { kind: 'exclude', reason: '' }, { changed: 2, kept: 0, runs: [3] })).toEqual({
    title: '2 images excluded',
    description: 'Run 3 goes on with what the rounds have frozen; later rounds leave these out.',
  });
  expect(describeChange(t, { kind: 'move', split: 'test' }, { changed: 0, kept: 1, runs: [3] })).toEqual({
    title: 'Nothing was changed',
    description: '1 image stays in the pool: a model chose it for people, and what is measured on stays a random draw.',
  });
});
