import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { behindFrame } from './after-frame.ts';

let frames: (() => void)[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (work: () => void) => frames.push(work));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('tells the newest once, behind the frame', () => {
  const tell = vi.fn();
  const say = behindFrame<number>(tell);
  say(1);
  say(2);
  frames.shift()?.();
  expect(tell).not.toHaveBeenCalled();
  say(3);
  vi.advanceTimersByTime(0);
  expect(tell.mock.calls).toEqual([[3]]);
  say(4);
  frames.shift()?.();
  vi.runAllTimers();
  expect(tell.mock.calls).toEqual([[3], [4]]);
});

it('a page that draws no frame is told all the same, and once', () => {
  const tell = vi.fn();
  behindFrame<string>(tell)('on');
  vi.advanceTimersByTime(100);
  expect(tell.mock.calls).toEqual([['on']]);
  frames.shift()?.();
  vi.runAllTimers();
  expect(tell).toHaveBeenCalledTimes(1);
});
