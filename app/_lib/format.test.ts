import { describe, expect, it } from 'vitest';
import {
  formatAbout,
  formatBytes,
  formatCompact,
  formatDuration,
  formatNumber,
  formatPercent,
  formatPoints,
  formatRate,
  formatRelative,
  plural,
} from './format.ts';

describe('format', () => {
  it('writes numbers with separators and a dash for what is absent', () => {
    expect(formatNumber(1234567)).toBe('1,234,567');
    expect(formatNumber(null)).toBe('–');
    expect(formatNumber(Number.NaN)).toBe('–');
    expect(formatCompact(1_234_567)).toBe('1.23M');
    expect(formatPercent(0.6342)).toBe('63.4%');
  });

  it('PAGE-6 signs differences, and does not sign a zero', () => {
    expect(formatPoints(0.031)).toBe('+3.1');
    expect(formatPoints(-0.031)).toBe('−3.1');
    expect(formatPoints(-0.0001)).toBe('±0.0');
  });

  it('PAGE-6 carries durations over unit borders', () => {
    expect(formatDuration(0.25)).toBe('250 ms');
    expect(formatDuration(59.6)).toBe('1 min');
    expect(formatDuration(185)).toBe('3 min 5 s');
    expect(formatDuration(3599.9)).toBe('1 h');
    expect(formatDuration(7800)).toBe('2 h 10 min');
    expect(formatDuration(86_400 * 3 + 3600 * 4)).toBe('3 d 4 h');
    expect(formatDuration(null)).toBe('–');
    expect([0, 44, 50, 170, 7790].map(formatAbout)).toEqual([
      'under a minute',
      'under a minute',
      'about 1 min',
      'about 3 min',
      'about 2 h 10 min',
    ]);
  });

  it('writes sizes in powers of 1000', () => {
    expect(formatBytes(512)).toBe('512 B');
    expect(formatBytes(1500)).toBe('1.5 kB');
    expect(formatBytes(999_999)).toBe('1.0 MB');
    expect(formatBytes(23_400_000)).toBe('23 MB');
  });

  it('writes rates that people can read', () => {
    expect(formatRate(1234, 'images')).toBe('1,234 images/s');
    expect(formatRate(0.05)).toBe('3.0/min');
    expect(formatRate(0)).toBe('–');
  });

  it('writes times relative to now, then the date', () => {
    const now = new Date('2026-03-10T12:00:00Z');
    const at = (seconds: number) => formatRelative(new Date(now.getTime() - seconds * 1000), now);
    expect(at(10)).toBe('just now');
    expect(at(300)).toBe('5 min. ago');
    expect(at(86_400)).toBe('yesterday');
    expect(at(86_400 * 30)).toBe('Feb 8, 2026');
  });

  it('counts nouns', () => {
    expect(plural(1, 'image')).toBe('1 image');
    expect(plural(1200, 'class', 'classes')).toBe('1,200 classes');
  });
});
