import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eq } from 'drizzle-orm';
import { unzipFiles, zipFiles } from '#db/blobs/zip-files.ts';
import type { NamedBytes } from '#db/blobs/zip-files.ts';
import { backbone } from '#db/schema/index.ts';
import { drawBackbone } from '#db/seed/drawn-backbone.ts';
import { createMember, createOrganization } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { importBackbone } from './import-backbone.ts';

let test: TestServices;
let actor: Awaited<ReturnType<typeof createMember>>;
beforeAll(async () => {
  test = await createTestServices();
  actor = await createMember(test.services.db, {
    organizationId: await createOrganization(test.services.db),
    role: 'lead',
  });
});
afterAll(() => test.close());

const send = async (files: readonly NamedBytes[], name = 'drawn') =>
  importBackbone(test.services, actor, { name, scale: 'unit', bytes: await zipFiles(files) });
const [model, weights] = drawBackbone() as [NamedBytes, NamedBytes];
const changed = (change: (json: Record<string, unknown>) => void): NamedBytes => {
  const json = JSON.parse(Buffer.from(model.bytes).toString('utf8')) as Record<string, unknown>;
  change(json);
  return { path: 'model.json', bytes: Buffer.from(JSON.stringify(json)) };
};

describe('a backbone', () => {
  it('LEARN-21 is stored as JSON and weights only, under its hash, once', async () => {
    const folder = [model, weights, { path: 'run-me.js', bytes: Buffer.from('process.exit()') }].map((file) => ({
      ...file,
      path: `mobile/${file.path}`,
    }));
    const { backboneId } = await send(folder);
    const [row] = await test.services.db.select().from(backbone).where(eq(backbone.id, backboneId));
    expect(row).toMatchObject({ organizationId: actor.organizationId, inputSize: 16, name: 'drawn' });
    const stored = await unzipFiles(await test.services.blobs.get(row?.blobKey ?? ''));
    expect([...stored.keys()].sort()).toEqual(['backbone.json', 'model.json', 'weights.bin']);
    expect(stored.get('weights.bin')).toEqual(Buffer.from(weights.bytes));
    expect(JSON.parse(stored.get('backbone.json')?.toString() ?? '')).toEqual({ scale: 'unit' });
    expect(await send(folder)).toEqual({ backboneId });
  });

  it.each<[string, () => readonly NamedBytes[], string]>([
    ['without model.json', () => [weights], 'holds no model.json'],
    ['whose model.json is not JSON', () => [{ path: 'model.json', bytes: Buffer.from('<svg/>') }, weights], 'not JSON'],
    [
      'of another format',
      () => [
        changed((json) => {
          json['format'] = 'graph-model';
        }),
        weights,
      ],
      'not a layers model',
    ],
    ['without its weights', () => [model], 'weights.bin is missing'],
    [
      'whose weights are cut short',
      () => [model, { path: 'weights.bin', bytes: weights.bytes.subarray(0, 100) }],
      'should be',
    ],
    [
      'of gray images',
      () => [
        changed((json) => {
          json['modelTopology'] = {
            model_config: { config: { layers: [{ config: { batch_input_shape: [null, 28, 28, 1] } }] } },
          };
        }),
        weights,
      ],
      'square RGB',
    ],
  ])('LEARN-21 %s is refused with its reason', async (_what, files, reason) => {
    await expect(send(files())).rejects.toThrow(reason);
  });

  it('LEARN-21 that is no zip is refused', async () => {
    await expect(
      importBackbone(test.services, actor, { name: 'x', scale: 'unit', bytes: Buffer.from('not a zip at all') }),
    ).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});
