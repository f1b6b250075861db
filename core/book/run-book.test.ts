import { describe, expect, it } from 'vitest';
import { changeTags, refuseToPutAway, runSlug, runTitle, tidyTags } from './run-book.ts';
import { RUN_STATUSES } from '../run/run.ts';

describe('what a run is called', () => {
  it('RUN-50 has its number always, and its name where it has one', () => {
    expect(runTitle({ number: 3, name: '' })).toBe('Run 3');
    expect(runTitle({ number: 3, name: 'weaker noise' })).toBe('Run 3 · weaker noise');
  });

  it('RUN-50 goes into file names in plain letters', () => {
    expect(runSlug({ number: 3, name: '' })).toBe('run-3');
    expect(runSlug({ number: 3, name: ' Weaker noise: "50 %"/é..' })).toBe('run-3-weaker-noise-50-e');
    expect(runSlug({ number: 3, name: '약한 잡음' })).toBe('run-3');
  });

  it('RUN-50 keeps each tag once, whatever its case and spaces', () => {
    expect(tidyTags(['paper', ' Base  line ', 'PAPER', 'base line', ''])).toEqual(['Base line', 'paper']);
    expect(changeTags(['Base line', 'paper'], { add: ['new', 'PAPER'], remove: ['base  LINE'] })).toEqual([
      'new',
      'paper',
    ]);
  });

  it('RUN-51 RUN-52 is put away only when it has ended', () => {
    const away = RUN_STATUSES.filter((status) => refuseToPutAway({ number: 1, status }, 'delete') === null);
    expect(away).toEqual(['cancelled', 'failed', 'finished']);
  });
});
