import { describe, expect, it } from 'vitest';
import { createHeldModels } from './held-models.ts';

const place = { projectId: 'p', roundId: null };

describe('SERVE-8 the model that answers is held', () => {
  it('for a second from when it is known: who comes together asks once', async () => {
    let time = 0;
    let asked = 0;
    const models = createHeldModels<number>(() => time);
    const find = (roundId: string | null = null) => models.find({ ...place, roundId }, async () => ++asked);
    expect(await Promise.all([find(), find()])).toEqual([1, 1]);
    time = 999;
    expect(await find()).toBe(1);
    expect(await find('r')).toBe(2);
    time = 1000;
    expect(await find()).toBe(3);
  });

  it('until it is forgotten, also where it is being found out just then; of its project alone', async () => {
    const models = createHeldModels<string>(() => 0);
    let tell: (model: string) => void = () => undefined;
    const before = models.find(place, () => new Promise((resolve) => (tell = resolve)));
    await models.find({ projectId: 'q', roundId: null }, async () => 'other');
    models.forget('p');
    const after = models.find(place, async () => 'new');
    tell('old');
    expect([await before, await after]).toEqual(['old', 'new']);
    expect(await models.find(place, async () => 'newer')).toBe('new');
    expect(await models.find({ projectId: 'q', roundId: null }, async () => 'asked again')).toBe('other');
    models.clear();
    expect(await models.find(place, async () => 'newer')).toBe('newer');
  });

  it('never where it failed', async () => {
    const models = createHeldModels<string>(() => 0);
    await expect(models.find(place, () => Promise.reject(new Error('no model')))).rejects.toThrow('no model');
    expect(await models.find(place, async () => 'a model')).toBe('a model');
  });
});
