import { describe, expect, it } from 'vitest';
import { countFilters, parseGallery, parseOpen, writeGallery } from './gallery-filter.ts';

const lead = () => true;
const annotator = () => false;
const id = '0f8fad5b-d9cb-469f-a165-70867728950e';

describe('gallery address', () => {
  it('PAGE-4 comes back as it was written', () => {
    const filter = {
      classId: id,
      split: 'test',
      source: 'pseudo',
      confidenceFrom: 0.25,
      flagged: true,
      gold: true,
    } as const;
    const address = writeGallery(filter, 'unsure-first');
    expect(address).toBe(
      `classId=${id}&confidenceFrom=0.25&flagged=1&gold=1&source=pseudo&split=test&order=unsure-first`,
    );
    expect(parseGallery(new URLSearchParams(address), lead)).toEqual({ filter, order: 'unsure-first' });
    expect(countFilters(filter)).toBe(6);
  });

  it('PAGE-4 names the open image, what is searched for and what was put aside', () => {
    const filter = { aside: 'excluded', name: 'IMG_100% & more', tag: 'night' } as const;
    const params = new URLSearchParams(writeGallery(filter, 'steady', id));
    expect(parseGallery(params, annotator)).toEqual({ filter, order: 'steady' });
    expect(parseOpen(params)).toBe(id);
    expect(parseOpen(new URLSearchParams('image=../secret'))).toBeNull();
  });

  it('PAGE-4 leaves out what it does not know', () => {
    const params = new URLSearchParams(
      "classId='; drop&split=secret&state=x&confidenceFrom=7&confidenceTo=&order=random&gold=0",
    );
    expect(parseGallery(params, lead)).toEqual({ filter: {}, order: 'steady' });
  });

  it(
    'PAGE-4 leaves out what asks for a model’s answers or for gold where the member may not find images by ' + 'them',
    () => {
      const address =
        `classId=${id}&confidenceFrom=0.25&confidenceTo=0.5&predictedClassId=${id}` +
        '&source=pseudo&gold=1&order=unsure-first';
      expect(parseGallery(new URLSearchParams(address), annotator)).toEqual({
        filter: { classId: id },
        order: 'steady',
      });
    },
  );
});
