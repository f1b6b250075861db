import { describe, expect, it } from 'vitest';
import { english } from '../text/en/index.ts';
import { makeText } from '../text/text.ts';
import { adviseLookAlikes } from './look-alikes.ts';

const { t } = makeText('en', english.project);
const images = { validation: 300, test: 700 };
const say = (validation: number, test: number, of = images) =>
  adviseLookAlikes(t, { alike: { validation, test }, images: of });

describe('what is said of look-alikes', () => {
  it('IMAGE-12 counts them by split, and nothing is said without any', () => {
    expect(say(0, 0)).toBeNull();
    expect(say(0, 1)?.text).toMatch(/^1 test image looks like a pool image\. A model that learns/);
    expect(say(3, 12)?.text).toMatch(/^12 test images and 3 validation images look like a pool image\./);
  });

  it('IMAGE-12 does not take very many for leaks: images look alike', () => {
    expect([say(0, 49)?.many, say(0, 50)?.many, say(1, 50)?.many]).toEqual([false, true, true]);
    expect(say(0, 50)?.text).toMatch(/may just look alike/);
    // Three of thirty are a tenth, and still a handful to look at.
    expect(say(0, 3, { validation: 0, test: 30 })?.many).toBe(false);
  });
});
