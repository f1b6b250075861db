import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { propose } from '#core/proposal/propose.ts';
import { findKeptProposal, keepProposal } from './kept-proposal.ts';

const stored = new Map<string, string>();
beforeEach(() => {
  stored.clear();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
});
afterEach(() => vi.unstubAllGlobals());

it('PROPOSAL-4 a proposal and what was chosen outlive the page, each project by itself, until it is dropped', () => {
  const choice = { layout: 'folders-0', names: { dogs: 'dog' } } as const;
  const { proposal } = propose({ paths: ['dog/1.jpg', 'dogs/2.jpg'], labelFiles: [], classes: [], choice });
  const kept = { name: 'set', print: '2|dog/1.jpg', choice, proposal };
  keepProposal('one', kept);
  expect(findKeptProposal('one')).toEqual(kept);
  expect(findKeptProposal('two')).toBeNull();
  keepProposal('one', null);
  expect(findKeptProposal('one')).toBeNull();
});

it('PROPOSAL-4 a browser that keeps nothing, or kept something else, proposes anew', () => {
  stored.set('pupil:proposal:one', '{');
  expect(findKeptProposal('one')).toBeNull();
  vi.stubGlobal('sessionStorage', undefined);
  keepProposal('one', null);
  expect(findKeptProposal('one')).toBeNull();
});
