import { describe, expect, it } from 'vitest';
import { parseCsv } from '../formats/csv.ts';
import { DEFAULT_RUN_CONFIG } from '../run/learning.ts';
import { bookColumns, bookCsv, searchRuns, sortRuns, speakingRound } from './book-table.ts';
import type { BookRound, BookRun } from './book-table.ts';

const names = { backbones: new Map<string, string>(), classes: new Map<string, string>() };
const round = (index: number, valAccuracy: number, more: Partial<BookRound> = {}): BookRound => ({
  id: `${index}`,
  index,
  role: index === 0 ? 'teacher' : 'student',
  member: 0,
  stage: 'done',
  verdict: 'accept',
  rolledBackAt: null,
  standings: null,
  labeled: 50,
  pseudo: 0,
  valAccuracy,
  valInterval: [valAccuracy - 0.05, valAccuracy + 0.05],
  valCount: 300,
  calibrationError: 0.02,
  testAccuracy: null,
  testCount: null,
  ...more,
});
const run = (number: number, more: Partial<BookRun> = {}): BookRun => ({
  id: `run ${number}`,
  number,
  name: '',
  tags: [],
  sweepId: null,
  status: 'finished',
  config: DEFAULT_RUN_CONFIG,
  createdByName: 'Lea',
  createdAt: new Date(Date.UTC(2026, 10, number)),
  startedAt: null,
  endedAt: null,
  archivedAt: null,
  rounds: [],
  ...more,
});
const numbers = (runs: readonly BookRun[]) => runs.map(({ number }) => number);

describe('RUN-54 the table of runs', () => {
  it('shows the final model of a run, not its luckiest round', () => {
    const held = round(2, 0.9, { verdict: 'hold' });
    const rounds = [round(0, 0.7), round(1, 0.8), held, round(1, 0.95, { role: 'control', verdict: null })];
    expect(speakingRound({ status: 'finished', rounds })?.valAccuracy).toBe(0.8);
    expect(speakingRound({ status: 'training', rounds })?.valAccuracy).toBe(0.9);
    expect(speakingRound({ status: 'failed', rounds: [] })).toBeNull();
  });

  it('sorts by figures and settings, with what has none last either way', () => {
    const runs = [
      run(1, { rounds: [round(0, 0.7)] }),
      run(2, { config: { ...DEFAULT_RUN_CONFIG, floor: 0.1 } }),
      run(3, { rounds: [round(0, 0.9)], config: { ...DEFAULT_RUN_CONFIG, floor: 0.5 } }),
    ];
    const columns = bookColumns(runs, names);
    const by = (key: string, down: boolean) => numbers(sortRuns(runs, columns, { key, down }));
    expect(by('validation', true)).toEqual([3, 1, 2]);
    expect(by('validation', false)).toEqual([1, 3, 2]);
    expect(by('setting.floor', false)).toEqual([2, 1, 3]);
    expect(by('run', true)).toEqual([3, 2, 1]);
    expect(by('run', false)).toEqual([1, 2, 3]);
  });

  it('TEXT-13 sorts a column of words as the language of the reader does', () => {
    const runs = [run(1, { createdByName: 'Ann' }), run(2, { createdByName: '가람' }), run(3, { createdByName: 'Bo' })];
    const columns = bookColumns(runs, names);
    const by = (locale: string) => numbers(sortRuns(runs, columns, { key: 'by', down: false }, locale));
    expect(by('ko-KR')).toEqual([2, 1, 3]);
    expect(by('en-US')).toEqual([1, 3, 2]);
  });

  it('has a column for each setting in which the runs differ, and for no other', () => {
    const runs = [run(1), run(2, { config: { ...DEFAULT_RUN_CONFIG, seed: 9, control: false } })];
    const settings = bookColumns(runs, names).filter(({ key }) => key.startsWith('setting.'));
    expect(settings.map(({ name }) => name)).toEqual(['Control arm', 'Seed']);
  });

  it('finds runs by number, name, tag and who started them', () => {
    const runs = [run(1, { name: 'Cutout off' }), run(2, { tags: ['paper'] }), run(12, { createdByName: 'Max' })];
    expect(numbers(searchRuns(runs, 'cutout'))).toEqual([1]);
    expect(numbers(searchRuns(runs, 'PAPER lea'))).toEqual([2]);
    expect(numbers(searchRuns(runs, 'max'))).toEqual([12]);
    expect(numbers(searchRuns(runs, ' '))).toEqual([1, 2, 12]);
  });

  it('TEXT-15 finds a Korean run from a half typed name, and one with accents without them', () => {
    const runs = [run(1, { name: '고양이 기준' }), run(2, { name: 'Épée' }), run(3, { name: '트럭' })];
    expect(numbers(searchRuns(runs, '공'))).toEqual([1]);
    expect(numbers(searchRuns(runs, '고양이 기'.normalize('NFD')))).toEqual([1]);
    expect(numbers(searchRuns(runs, 'epee'))).toEqual([2]);
  });

  it('has no figure of a validation that nobody labeled, rather than the worst', () => {
    const [blank] = bookColumns([run(1)], names).filter(({ key }) => key === 'validation');
    const cell = blank?.cell(run(1, { rounds: [round(0, 0, { valCount: 0 })] }));
    expect(cell?.number).toBeNull();
  });

  it('is written with numbers that stay numbers below zero', () => {
    const worse = { difference: -0.0125, interval: [-0.03, 0.01] as [number, number], n: 300 };
    const runs = [run(1, { rounds: [round(0, 0.7, { standings: { teacher: null, control: worse } })] })];
    const columns = bookColumns(runs, names).filter(({ key }) => key === 'control');
    expect(bookCsv(runs, columns).split('\r\n')[1]).toBe('1,,,-0.0125,-0.03,0.01');
  });

  it('is written as CSV with the ends of each interval, and no cell that a spreadsheet would run', () => {
    const paired = { difference: 0.031, interval: [0.01, 0.05] as [number, number], n: 300 };
    const runs = [
      run(1, {
        name: '=1+1',
        tags: ['a', 'b'],
        rounds: [round(0, 0.7, { testAccuracy: 0.6, testCount: 100, standings: { teacher: null, control: paired } })],
      }),
      run(2),
    ];
    const columns = bookColumns(runs, names).filter(({ key }) => ['test', 'control', 'created'].includes(key));
    const text = bookCsv(runs, columns);
    expect(text).toContain("'=1+1");
    const [head, first, second] = parseCsv(text, ',').map(({ cells }) => cells);
    expect(head).toEqual([
      'Run',
      'Name',
      'Tags',
      'Test accuracy',
      'Test accuracy, 95% from',
      'Test accuracy, 95% to',
      'Over control',
      'Over control, 95% from',
      'Over control, 95% to',
      'Started',
    ]);
    expect(first?.slice(0, 4)).toEqual(['1', '=1+1', 'a; b', '0.6']);
    expect(Number(first?.[4])).toBeCloseTo(0.502, 3);
    expect(first?.slice(6)).toEqual(['0.031', '0.01', '0.05', '2026-11-01T00:00:00.000Z']);
    expect(second?.slice(3, 9)).toEqual(['', '', '', '', '', '']);
  });
});
