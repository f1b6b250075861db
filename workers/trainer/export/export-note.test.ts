import { describe, expect, it } from 'vitest';
import { inEnglish } from '#core/text/in-english.ts';
import type { Said } from '#core/text/said.ts';
import { noteExport } from './export-note.ts';

const read = (said: Said | null): string => (said ? inEnglish(said) : '');

const measured = {
  figures: [{ name: 'This file', value: 0.8867, count: 150, interval: [0.8, 0.9] as [number, number] }],
  temperature: 0.913,
};
const metrics = { valAccuracy: 0.9133, valCount: 150, temperature: 0.83 };

describe('FORMAT-34 beside an export', () => {
  it('stand its own figures, those of the pages, and why they differ', () => {
    expect(read(noteExport(measured, metrics, { mirrors: true, quantisation: 'none' }))).toBe(
      'This file, one look at each of 150 validation images: 88.7% with T 0.91; pages say 91.3% with T 0.83, for ' +
        'they average each image with its mirror image.',
    );
    const rounded = read(
      noteExport(measured, { ...metrics, valCount: 140 }, { mirrors: false, quantisation: 'uint8' }),
    );
    expect(rounded).toMatch(/for they know the weights before these were rounded to uint8/);
    expect(rounded).toMatch(/ and they rest on the 140 images answered by then\.$/);
  });

  it('stands nothing where they agree, or where nothing was measured', () => {
    expect(
      noteExport(
        measured,
        { valAccuracy: 0.8867, valCount: 150, temperature: 0.913 },
        { mirrors: true, quantisation: 'none' },
      ),
    ).toBeNull();
    expect(noteExport({ figures: [], temperature: null }, metrics, { mirrors: true, quantisation: 'none' })).toBeNull();
    expect(noteExport(measured, null, { mirrors: true, quantisation: 'none' })).toBeNull();
  });
});
