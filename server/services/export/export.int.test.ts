import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLabelFile } from '#core/formats/import.ts';
import { readFolders } from '#core/formats/read-folders.ts';
import { imageKey } from '#core/image/media.ts';
import { listLiveAnnotations } from '#db/queries/labeling/consensus.ts';
import { readSnapshotItems } from '#db/queries/export/snapshot.ts';
import { image, modelExport } from '#db/schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { route } from '../../http/routes.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { unzip } from '../../testing/unzip.ts';
import { openLabels, type LabelsRequest } from './open-labels.ts';

let test: TestServices;
let lead: Awaited<ReturnType<typeof createMember>>;
let project: Awaited<ReturnType<typeof createProject>>;
let run: Awaited<ReturnType<typeof createFinishedRun>>;
const actor = () => ({
  memberId: lead.memberId,
  userId: lead.userId,
  name: 'Lea',
  role: 'lead' as const,
  allProjects: true,
  organizationId,
});
let organizationId: string;

beforeAll(async () => {
  test = await createTestServices();
  organizationId = await createOrganization(test.services.db);
  lead = await createMember(test.services.db, { organizationId, role: 'lead', name: 'Lea' });
  project = await createProject(test.services.db, { organizationId, classes: ['ape, "big"', '=bee'] });
  await createImages(test.services.db, { projectId: project.id, count: 30, name: 'pool' });
  await createImages(test.services.db, { projectId: project.id, count: 10, split: 'validation', name: 'val' });
  run = await createFinishedRun(test.services.db, {
    projectId: project.id,
    memberId: lead.memberId,
    labelsPerClass: 4,
  });
  for (const { contentHash } of await images())
    await test.services.blobs.put(imageKey(project.id, contentHash), Buffer.from(`bytes of ${contentHash}`));
});
afterAll(() => test.close());

const images = () => test.services.db.select().from(image).where(eq(image.projectId, project.id));
const labeled = async () =>
  (await images()).filter(({ consensusState }) => consensusState === 'agreed' || consensusState === 'adjudicated');
const open = (request: Partial<LabelsRequest>) =>
  openLabels(
    test.services,
    actor(),
    { project: { id: project.id, name: 'Zoo' }, format: 'csv', annotators: false, roundId: null, ...request },
    new Date(),
  );

describe('labels out', () => {
  it('FORMAT-31 CSV holds the consensus of every labeled image, and comes back', async () => {
    const download = await open({});
    expect(download.fileName).toBe('Zoo-labels.csv');
    const { rows } = readLabelFile('labels.csv', await text(download.stream));
    const names = new Map(project.classes.map(({ id, name }) => [id, name]));
    const expected = (await labeled()).map((row) => [row.fileName, names.get(row.consensusClassId ?? ''), row.split]);
    expect(expected.length).toBeGreaterThan(10);
    expect(rows.map((row) => [row.source, row.className, row.split]).sort()).toEqual(expected.sort());
  });

  it(
    'FORMAT-31 with annotators and a round: people beside the consensus, the model only where nobody ' + 'answered',
    async () => {
      const roundId = run.roundIds.at(0) ?? '';
      const { rows } = readLabelFile(
        'labels.json',
        await text((await open({ format: 'json', annotators: true, roundId })).stream),
      );
      const humans = (await labeled()).length;
      expect(rows.filter(({ by, annotator }) => by === 'consensus' && annotator === null)).toHaveLength(humans);
      const annotations = await listLiveAnnotations(
        test.services.db,
        (await images()).map(({ id }) => id),
      );
      expect(rows.filter(({ annotator }) => annotator !== null)).toHaveLength(
        annotations.filter(({ kind }) => kind === 'decide').length,
      );
      const answered = new Set(rows.filter(({ by }) => by !== 'model').map(({ source }) => source));
      const model = rows.filter(({ by }) => by === 'model');
      expect(model.length).toBeGreaterThan(0);
      expect(model.filter(({ source }) => answered.has(source))).toEqual([]);
    },
  );

  it('FORMAT-31 ImageFolder zip holds every labeled image in the folder of its class', async () => {
    const files = await unzip(await buffer((await open({ format: 'imagefolder' })).stream));
    const names = JSON.parse(files.get('classes.json')?.toString() ?? '{}') as Record<string, string>;
    for (const beside of ['classes.json', 'labels.csv']) expect(files.delete(beside)).toBe(true);
    expect(files.size).toBe((await labeled()).length);
    const { rows } = readFolders([...files.keys()], names);
    expect(new Set(rows.map(({ className }) => className))).toEqual(new Set(['ape, "big"', '=bee']));
    expect([...files.values()].every((content) => content.toString().startsWith('bytes of'))).toBe(true);
  });

  it('FORMAT-31 a missing image breaks the download instead of leaving a hole', async () => {
    const [first] = await labeled();
    const key = imageKey(project.id, first?.contentHash ?? '');
    const bytes = await test.services.blobs.get(key);
    await test.services.blobs.delete(key);
    await expect(open({ format: 'imagefolder' }).then(({ stream }) => buffer(stream))).rejects.toThrow();
    await test.services.blobs.put(key, bytes);
  });
});

describe('who may', () => {
  it('ACCESS-1 refuses a stranger at every export address, before anything is read', async () => {
    const req = { method: 'GET', headers: {}, socket: { remoteAddress: '127.0.0.1' } } as IncomingMessage;
    for (const path of ['labels?format=csv', 'labels?format=nonsense', `${project.id}/file`]) {
      const url = new URL(`http://localhost/api/projects/${project.id}/exports/${path}`);
      await expect(route(test.services, req, {} as ServerResponse, url)).rejects.toMatchObject({
        code: 'UNAUTHORIZED',
      });
    }
  });
});

describe('models out', () => {
  it('FORMAT-32 queues an export of a finished round, for leads, and lists it', async () => {
    const roundId = run.roundIds.at(-2) ?? '';
    const { exportId } = await test
      .as(lead)
      .export.requestModel({ projectId: project.id, roundId, format: 'onnx-uint8' });
    expect(await test.as(lead).export.listModels({ projectId: project.id })).toMatchObject([
      { id: exportId, format: 'onnx-uint8', status: 'queued', title: 'ONNX, uint8' },
    ]);
    const other = await createProject(test.services.db, { organizationId });
    await expect(
      test.as(lead).export.requestModel({ projectId: other.id, roundId, format: 'onnx' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await test.services.db.delete(modelExport).where(eq(modelExport.id, exportId));
  });
});

describe('snapshots', () => {
  it('FORMAT-33 freezes the labeled set; a diff tells what changed since', async () => {
    const { id: beforeId, count } = await test.as(lead).export.createSnapshot({ projectId: project.id, name: 'first' });
    const [one] = await labeled();
    const other = project.classes.find(({ id }) => id !== one?.consensusClassId)?.id ?? '';
    await test.services.db
      .update(image)
      .set({ consensusClassIds: [other] })
      .where(eq(image.id, one?.id ?? ''));
    const { id: afterId } = await test.as(lead).export.createSnapshot({ projectId: project.id, name: 'second' });
    const diff = await test.as(lead).export.diffSnapshots({ projectId: project.id, beforeId, afterId });
    expect(count).toBe((await labeled()).length);
    expect(diff).toMatchObject({
      added: [],
      removed: [],
      changed: [{ imageId: one?.id, from: one?.consensusClassId, to: other }],
      totals: { changed: 1, unchanged: count - 1 },
    });
  });

  it('FORMAT-30 a snapshot is read page by page, in order of image id, each image once', async () => {
    const { id: snapshotId, count } = await test
      .as(lead)
      .export.createSnapshot({ projectId: project.id, name: 'paged' });
    const read = async (projectId: string, page: number) => {
      const imageIds: string[] = [];
      for await (const { imageId } of readSnapshotItems(test.services.db, { projectId, snapshotId, page }))
        imageIds.push(imageId);
      return imageIds;
    };
    const ids = (await labeled()).map(({ id }) => id).sort();
    expect(ids).toHaveLength(count);
    for (const page of [7, count, count + 1]) expect(await read(project.id, page)).toEqual(ids);
    const other = await createProject(test.services.db, { organizationId });
    await expect(read(other.id, 7)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
