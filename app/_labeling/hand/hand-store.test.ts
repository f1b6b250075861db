import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HandStore } from './hand-store.ts';
import type { Hand } from './hand.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', () => 0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const image = (id: string) => ({ id, fileName: id, width: 1, height: 1, flagged: false, token: 1, review: null });
const decided = { type: 'decided', kind: 'decide', classId: 'cat', at: 0, redo: false } as const;

it('two keys within one frame mean two images: the stage hears at once, the page behind the frame', () => {
  const page = vi.fn<(hand: Hand) => void>();
  const store = new HandStore(page);
  store.dispatch({ type: 'received', images: ['a', 'b', 'c'].map(image) });
  expect(page).toHaveBeenCalledTimes(1);
  const shown: (string | undefined)[] = [];
  const leave = store.subscribe(() => shown.push(store.read().queue[0]?.id));
  store.dispatch({ ...decided, annotationId: 'one' });
  store.dispatch({ ...decided, annotationId: 'two' });
  expect(shown).toEqual(['b', 'c']);
  expect(page).toHaveBeenCalledTimes(1);
  vi.runAllTimers();
  expect(page).toHaveBeenCalledTimes(2);
  expect(page.mock.lastCall?.[0].past.map((done) => [done.annotationId, done.image.id])).toEqual([
    ['one', 'a'],
    ['two', 'b'],
  ]);
  leave();
  store.dispatch({ type: 'undone' });
  expect(shown).toEqual(['b', 'c']);
});
