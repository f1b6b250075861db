import { afterEach, expect, it } from 'vitest';
import { say } from '#core/text/said.ts';
import { CATALOGUES } from '#core/text/all-languages.ts';
import { speak } from '../_text/text.tsx';
import { readSaid } from '../_lib/error.ts';

afterEach(() => speak('en', {}));

it('TEXT-4 a role in what the server refuses is called by its word in the language of the page', () => {
  speak('ko', CATALOGUES.ko.everywhere);
  expect(readSaid(say('error.role', { role: 'annotator' }), '')).toContain('(라벨러)');
  speak('en', CATALOGUES.en.everywhere);
  expect(readSaid(say('error.role', { role: 'annotator' }), '')).toContain('(annotator)');
});
