import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinTags, readTags } from './tags.ts';

test('FORMAT-42 tags in one cell come back as they were, whatever they hold', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), { maxLength: 8 }), (said) => {
      const tags = readTags(said);
      expect(readTags(joinTags(tags))).toEqual(tags);
    }),
    { numRuns: 500 },
  );
});

test('FORMAT-42 tags of other tools: commas, semicolons, lists; what is no text is none', () => {
  expect(readTags('night, blurry;night ; ')).toEqual(['night', 'blurry']);
  expect(readTags(['night', 3, null, ' a\nb '])).toEqual(['night', 'a b']);
  expect(readTags('"a; b"; c')).toEqual(['a; b', 'c']);
  expect(readTags('"open; c')).toEqual(['"open', 'c']);
  expect(readTags(7)).toEqual([]);
  expect(readTags(['x'.repeat(99)])).toEqual(['x'.repeat(60)]);
});
