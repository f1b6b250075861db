import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEMO_COUNT } from '#core/demo/draw.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import { image, imageImport, project } from '#db/schema/index.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { seedDemo } from './seed-demo.ts';

let test: TestServices;
beforeAll(async () => {
  test = await createTestServices();
});
afterAll(() => test.close());

it('OPS-9 a demo whose first start was stopped half way is completed by the next one, once', async () => {
  const { services } = test;
  let room = 500;
  const full: BlobStore = {
    ...services.blobs,
    put: (key, bytes) => (--room < 0 ? Promise.reject(new Error('stopped')) : services.blobs.put(key, bytes)),
  };
  await expect(seedDemo({ ...services, blobs: full })).rejects.toThrow('stopped');
  const half = await services.db.$count(image);
  expect(half).toBeLessThan(DEMO_COUNT);

  await seedDemo(services);
  await seedDemo(services);
  expect(await services.db.$count(project)).toBe(1);
  expect(await services.db.$count(image)).toBe(DEMO_COUNT);
  const imports = await services.db.select().from(imageImport);
  expect(imports).toHaveLength(1);
  expect(imports[0]).toMatchObject({ status: 'ended', imported: DEMO_COUNT, failed: 0 });
}, 60_000);
