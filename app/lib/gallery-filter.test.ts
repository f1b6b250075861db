import { describe, expect, it } from 'vitest';
import { countFilters, parseGallery, writeGallery } from './gallery-filter.ts';

const id = '0f8fad5b-d9cb-469f-a165-70867728950e';

describe('gallery address', () => {
  it('PAGE-4 comes back as it was written', () => {
    const filter = { classId: id, split: 'test', source: 'pseudo', confidenceFrom: 0.25, flagged: true } as const;
    const address = writeGallery(filter, 'unsure-first');
    expect(address).toBe(`classId=${id}&confidenceFrom=0.25&flagged=1&source=pseudo&split=test&order=unsure-first`);
    expect(parseGallery(new URLSearchParams(address), true)).toEqual({ filter, order: 'unsure-first' });
    expect(countFilters(filter)).toBe(5);
  });

  it('PAGE-4 leaves out what it does not know', () => {
    const params = new URLSearchParams("classId='; drop&split=secret&state=x&confidenceFrom=7&confidenceTo=&order=random&gold=0");
    expect(parseGallery(params, true)).toEqual({ filter: {}, order: 'steady' });
  });

  it('PAGE-4 leaves out what asks for a model’s answers where the member may not browse them', () => {
    const address = `classId=${id}&confidenceFrom=0.25&confidenceTo=0.5&predictedClassId=${id}&source=pseudo&order=unsure-first`;
    expect(parseGallery(new URLSearchParams(address), false)).toEqual({ filter: { classId: id }, order: 'steady' });
  });
});
