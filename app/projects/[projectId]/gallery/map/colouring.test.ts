import { describe, expect, it } from 'vitest';
import { NO_CLASS, NO_TAG, packMap, unpackMap } from '#core/round/point-map.ts';
import { english } from '#core/text/en/index.ts';
import { makeText } from '#core/text/text.ts';
import { colourPoints, listColourings, REST } from './colouring.ts';

const look = (name: string, position: number) => ({ id: name, name, colour: '#0072b2', position });
const LOOKS = [look('cat', 0), look('dog', 1), undefined];
/** Five points: a labeled cat, a guessed dog, nothing yet, a doubted dog of test, a tagged one that is gone. */
const map = unpackMap(
  packMap({
    x: Float32Array.from([0, 1, 2, 3, 4]),
    y: Float32Array.from([0, 1, 2, 3, 4]),
    classIndex: [0, 1, NO_CLASS, 1, 2],
    confidence: Float32Array.from([0, 0.9, 0, 0, 0.2]),
    flipped: Uint8Array.from([0, 1, 0, 0, 0]),
    labeled: Uint8Array.from([1, 0, 0, 1, 0]),
    opens: Uint8Array.from([1, 1, 1, 1, 0]),
    suspect: Uint8Array.from([0, 0, 0, 1, 0]),
    split: Uint8Array.from([0, 0, 0, 2, 0]),
    tag: Uint8Array.from([NO_TAG, NO_TAG, NO_TAG, NO_TAG, 0]),
    imageIds: new Uint8Array(64),
  }),
);
const { t } = makeText('en', { ...english.everywhere, ...english.map });
const groupsBy = (by: Parameters<typeof colourPoints>[2]) => colourPoints(t, map, by, LOOKS, ['night']);

describe('MAP-3 the colours of a map', () => {
  it.each([
    ['people', [0, REST, REST, 1, REST], ['cat 1', 'dog 1', 'unlabeled 3']],
    ['model', [0, 1, REST, 1, 2], ['cat 1', 'dog 2', 'a class that is gone 1', 'no guess 1']],
    ['confidence', [REST, 5, REST, REST, 1], ['17%+ 1', '83%+ 1', 'no guess 3']],
    ['labeled', [0, REST, REST, 0, REST], ['labeled by people 2', 'unlabeled 3']],
    ['flip', [REST, 0, REST, REST, REST], ['flipped 1', 'as before 4']],
    ['split', [0, 0, 0, 2, 0], ['pool 4', 'test 1']],
    ['tag', [REST, REST, REST, REST, 0], ['night 1', 'without a tag 4']],
    ['suspect', [REST, REST, REST, 0, REST], ['doubted 1', 'not doubted 4']],
    ['opens', [0, 0, 0, 0, REST], ['opens for you 4', 'does not open yet 1']],
  ] as const)('by %s name each group that has points, the rest last', (by, groups, names) => {
    const seen = groupsBy(by);
    expect([...seen.groups]).toEqual(groups);
    expect(seen.legend.map(({ name, count }) => `${name} ${count}`)).toEqual(names);
  });

  it('are offered where they tell points apart', () => {
    const offered = (kind: 'features' | 'round', seesAll: boolean) =>
      listColourings(t, map, { kind, seesAll }).map(({ value }) => value);
    expect(offered('features', true)).toEqual(['people', 'model', 'confidence', 'labeled', 'split', 'tag', 'suspect']);
    expect(offered('round', false)).toEqual([
      'model',
      'confidence',
      'flip',
      'labeled',
      'split',
      'tag',
      'suspect',
      'opens',
    ]);
  });
});
