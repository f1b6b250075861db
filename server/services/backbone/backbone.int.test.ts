import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eq } from 'drizzle-orm';
import { zipFiles } from '#db/blobs/zip-files.ts';
import type { NamedBytes } from '#db/blobs/zip-files.ts';
import { backbone, run } from '#db/schema/index.ts';
import { drawBackbone } from '#db/seed/drawn-backbone.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { decodeModelFile } from '#ml/models/model-file.ts';
import { hasBuiltInBackbone } from '#ml/backbone/index.ts';
import { importBackbone } from './import-backbone.ts';
import { offerBuiltIn } from './offer-built-in.ts';
import { removeBackbone } from './remove-backbone.ts';

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
  it('LEARN-21 is stored as a graph and its numbers only, under their hash, once', async () => {
    const folder = [model, weights, { path: 'run-me.js', bytes: Buffer.from('process.exit()') }].map((file) => ({
      ...file,
      path: `mobile/${file.path}`,
    }));
    const { backboneId } = await send(folder);
    const [row] = await test.services.db.select().from(backbone).where(eq(backbone.id, backboneId));
    expect(row).toMatchObject({
      organizationId: actor.organizationId,
      inputSize: 16,
      name: 'drawn',
      kind: 'layers',
      width: 12,
    });
    const stored = await test.services.blobs.get(row?.blobKey ?? '');
    const { graph, imported } = decodeModelFile(stored);
    expect(imported).toBe(true);
    expect(graph.nodes.map(({ op }) => op)).toEqual(['input', 'conv2d', 'relu', 'globalAveragePool', 'dense']);
    expect(stored.includes('process.exit')).toBe(false);
    expect(await send(folder)).toEqual({ backboneId });
  });

  it.each<[string, () => readonly NamedBytes[], string]>([
    ['without model.json', () => [weights], 'of no kind that is known'],
    ['whose model.json is not JSON', () => [{ path: 'model.json', bytes: Buffer.from('<svg/>') }, weights], 'not JSON'],
    [
      'of another format',
      () => [
        changed((json) => {
          json['format'] = 'graph-model';
        }),
        weights,
      ],
      'lists no nodes',
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
          const text = JSON.stringify(json).replace('[null,16,16,3]', '[null,28,28,1]');
          Object.assign(json, JSON.parse(text) as object);
        }),
        weights,
      ],
      '1 channels, and RGB is needed',
    ],
  ])('LEARN-21 %s is refused with its reason', async (_what, files, reason) => {
    await expect(send(files())).rejects.toThrow(reason);
  });

  it('LEARN-21 that is no zip is refused', async () => {
    await expect(
      importBackbone(test.services, actor, { name: 'x', scale: 'unit', bytes: Buffer.from('not a zip at all') }),
    ).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('BACKBONE-7 goes with its file, unless a run still works with it', async () => {
    const { db, blobs } = test.services;
    const { backboneId } = await send([model, weights], 'to go');
    const [row] = await db.select().from(backbone).where(eq(backbone.id, backboneId));
    const project = await createProject(db, { organizationId: actor.organizationId });
    await createImages(db, { projectId: project.id, count: 30 });
    const { runId } = await createFinishedRun(db, {
      projectId: project.id,
      memberId: actor.memberId,
      labelsPerClass: 2,
    });
    const [made] = await db.select().from(run).where(eq(run.id, runId));
    if (!made) throw new Error('no run');
    const working = { config: { ...made.config, backboneId }, status: 'training' as const };
    await db.update(run).set(working).where(eq(run.id, runId));
    const remove = () => removeBackbone(test.services, actor, { projectId: project.id, backboneId });
    await expect(remove()).rejects.toThrow(`Run ${made.number} of`);
    await db.update(run).set({ status: 'finished' }).where(eq(run.id, runId));
    const stranger = await createMember(db, {
      organizationId: await createOrganization(db, 'Elsewhere'),
      role: 'owner',
    });
    const strange = {
      projectId: (await createProject(db, { organizationId: stranger.organizationId })).id,
      backboneId,
    };
    await expect(removeBackbone(test.services, stranger, strange)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await remove();
    expect(await db.select().from(backbone).where(eq(backbone.id, backboneId))).toEqual([]);
    await expect(blobs.get(row?.blobKey ?? '')).rejects.toThrow();
  });

  it.skipIf(!hasBuiltInBackbone())('BACKBONE-4 that is built in is offered to every organization, once', async () => {
    expect(await offerBuiltIn(test.services)).toBeGreaterThan(0);
    expect(await offerBuiltIn(test.services)).toBe(0);
    const rows = await test.services.db
      .select()
      .from(backbone)
      .where(eq(backbone.organizationId, actor.organizationId));
    const [row] = rows.filter(({ kind }) => kind === 'built-in');
    expect(row).toMatchObject({ licence: 'Apache-2.0', width: 640, inputSize: 300 });
    const { graph } = decodeModelFile(await test.services.blobs.get(row?.blobKey ?? ''));
    expect(graph.nodes.some(({ op }) => op === 'concat')).toBe(true);
    const project = await createProject(test.services.db, { organizationId: actor.organizationId });
    const ask = removeBackbone(test.services, actor, { projectId: project.id, backboneId: row?.id ?? '' });
    await expect(ask).rejects.toThrow('comes with the product');
  });
});
