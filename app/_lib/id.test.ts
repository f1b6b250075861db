import { afterEach, describe, expect, it, vi } from 'vitest';
import { newId } from './id.ts';

const V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('newId', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is a version 4 UUID, where the browser makes one and where it does not', () => {
    expect(newId()).toMatch(V4);
    vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array) => bytes.fill(0xff) });
    expect(newId()).toMatch(V4);
    vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array) => bytes.fill(0) });
    expect(newId()).toBe('00000000-0000-4000-8000-000000000000');
  });
});
