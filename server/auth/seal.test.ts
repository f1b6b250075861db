import { describe, expect, it } from 'vitest';
import { seal, unseal } from './seal.ts';

const SECRET = 'a secret of more than thirty-two characters';

describe('SOURCE-2 what is sealed', () => {
  it('opens with the same secret for the same owner only, and looks another way each time', () => {
    const sealed = seal(SECRET, 'one', 'ключ 🔑');
    expect(unseal(SECRET, 'one', sealed)).toBe('ключ 🔑');
    expect(unseal(SECRET, 'two', sealed)).toBeNull();
    expect(unseal(`${SECRET}!`, 'one', sealed)).toBeNull();
    expect(seal(SECRET, 'one', 'ключ 🔑')).not.toBe(sealed);
  });

  it('does not open once a bit of it was changed, or where it is nothing', () => {
    const bytes = Buffer.from(seal(SECRET, 'one', 'secret'), 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const other = Buffer.from(bytes);
      other[at] = (other[at] ?? 0) ^ 1;
      expect(unseal(SECRET, 'one', other.toString('base64url'))).toBeNull();
    }
    for (const none of ['', 'x', '====']) expect(unseal(SECRET, 'one', none)).toBeNull();
  });
});
