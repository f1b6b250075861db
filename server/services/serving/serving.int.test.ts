import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { imageKey } from '#core/image/media.ts';
import { DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import type { Prediction } from '#core/serving/serving.ts';
import { unzipFiles } from '#db/blobs/zip-files.ts';
import { findServingFile, requestServingFile } from '#db/queries/serving/serving.ts';
import { image, modelExport, round, run } from '#db/schema/index.ts';
import { decodeImage } from '#trainer/hold/pixel-cache.ts';
import { openAccessBench } from '../../testing/access.ts';
import type { AccessBench } from '../../testing/access.ts';
import { createServedProject } from '../../testing/served-project.ts';
import type { ServedProject } from '../../testing/served-project.ts';
import { openModel } from './open-model.ts';
import { predictImages } from './predict-images.ts';

interface Ort {
  InferenceSession: {
    create(bytes: Uint8Array): Promise<{ run(feeds: object): Promise<Record<string, { data: Float32Array }>> }>;
  };
  Tensor: new (type: 'float32', data: Float32Array, shape: number[]) => object;
}
/** Optional: absent where its binary is. */
const ort = await (import('onnxruntime-node') as Promise<unknown>).then(
  (module) => module as Ort,
  () => null,
);

let test: AccessBench;
let project: ServedProject;
let token: string;
beforeAll(async () => {
  test = await openAccessBench();
  project = await createServedProject(test.services);
  token = await test.tokenFor(project.memberId);
});
afterAll(() => test.close());

const caller = () => test.asToken(project);
const predict = (body: string | Uint8Array<ArrayBuffer>, query = '', headers: Record<string, string> = {}) =>
  test.ask(`/api/projects/${project.projectId}/predict${query}`, { method: 'POST', token, body, headers });
const answered = async (response: Promise<Response>): Promise<Prediction> => {
  const answer = await response;
  expect([answer.status, answer.ok ? '' : await answer.text()]).toEqual([200, '']);
  return (await answer.json()) as Prediction;
};
const poolImage = async () => {
  const [row] = await test.services.db
    .select()
    .from(image)
    .where(eq(image.id, project.ids.pool[1] ?? ''));
  if (!row) throw new Error('no image');
  return row;
};
const stored = async () =>
  new Uint8Array(await test.services.blobs.get(imageKey(project.projectId, (await poolImage()).contentHash)));

it('SERVE-5 a round without a file is made ready when it is first asked; the answer says so meanwhile', async () => {
  const { services } = test;
  const ask = () => openModel(services, { projectId: project.projectId, roundId: null, patienceMs: 0 });
  await expect(ask()).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('Teacher') as string,
  });
  await expect(ask()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  const files = () => services.db.select().from(modelExport).where(eq(modelExport.roundId, project.roundIds[0]));
  expect(await files()).toMatchObject([{ kind: 'serving', format: 'onnx', status: 'queued' }]);
  expect(await caller().export.listModels({ projectId: project.projectId })).toEqual([]);
  await services.db.update(modelExport).set({ status: 'failed', message: 'The disk is full.' });
  await expect(ask()).rejects.toMatchObject({
    code: 'NOT_READY',
    message: expect.stringContaining('The disk is full.') as string,
  });
  await services.db.delete(modelExport).where(eq(modelExport.roundId, project.roundIds[0]));
  await expect(ask()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await project.makeFiles();
  expect(await ask()).toMatchObject({ side: 16, channels: 3, embeds: true });
});

describe.skipIf(ort === null)('the address of a project', () => {
  it('SERVE-1 answers as the exported ONNX file does in onnxruntime, to 1e-5, on the pixels of training', async () => {
    if (ort === null) return;
    const { services } = test;
    const { model, results } = await answered(predict(await stored(), '?embedding=1'));
    const file = await findServingFile(services.db, project.roundIds[0]);
    const onnx = (await unzipFiles(await services.blobs.get(file?.blobKey ?? ''))).get('model.onnx');
    const session = await ort.InferenceSession.create(onnx ?? new Uint8Array());
    const pixels = await decodeImage({ blobs: services.blobs, projectId: project.projectId }, await poolImage(), {
      size: 16,
      channels: 3,
    });
    const truth = await session.run({
      pixels: new ort.Tensor('float32', Float32Array.from(pixels), [1, 16, 16, 3]),
    });
    expect(model).toMatchObject({
      roundId: project.roundIds[0],
      round: 'Teacher',
      sha256: file?.sha256,
      promoted: false,
    });
    const [answer] = results;
    if (!answer || 'error' in answer) throw new Error('no answer');
    const near = (a: number, b: number | undefined) => expect(Math.abs(a - (b ?? NaN))).toBeLessThan(1e-5);
    for (const { classId, probability } of answer.classes)
      near(probability, truth.probabilities?.data[project.classIds.indexOf(classId)]);
    expect(answer.classes.map(({ probability }) => probability)).toEqual(
      answer.classes.map(({ probability }) => probability).toSorted((a, b) => b - a),
    );
    expect(answer.class).toBe(answer.classes[0]?.name);
    expect(answer.embedding).toHaveLength(truth.embedding?.data.length ?? 0);
    answer.embedding?.forEach((value, at) => near(value, truth.embedding?.data[at]));
  });

  it('SERVE-1 answers a named round, with so many classes as asked, called as they are today', async () => {
    const { db } = test.services;
    const [, student] = project.roundIds;
    await requestServingFile(db, { projectId: project.projectId, roundId: student });
    await project.makeFiles();
    await answered(predict(await stored()));
    await caller().project.updateClass({
      projectId: project.projectId,
      classId: project.classIds[0] ?? '',
      name: 'renamed',
    });
    const { model, results } = await answered(predict(await stored(), `?round=${student}&top=2`));
    expect(model).toMatchObject({ roundId: student, round: 'Student 1' });
    expect(results).toMatchObject([{ classes: [{}, {}] }]);
    expect(JSON.stringify(results)).not.toContain('embedding');
    // Its event drops what was held before.
    await expect
      .poll(async () => JSON.stringify((await answered(predict(await stored()))).results))
      .toContain('renamed');
  });

  it('SERVE-2 takes images as a form, as base64 and as addresses, and names what cannot be read', async () => {
    const bytes = await stored();
    const single = await answered(predict(bytes));
    const form = new FormData();
    form.append('image', new Blob([bytes]), 'a.webp');
    form.append('image', new Blob(['no image']), 'b.png');
    const packed = new Request('http://local', { method: 'POST', body: form });
    const several = await answered(
      predict(new Uint8Array(await packed.arrayBuffer()), '', {
        'content-type': packed.headers.get('content-type') ?? '',
      }),
    );
    expect(several.results).toEqual([
      single.results[0],
      { error: { code: 'UNREADABLE_IMAGE', message: expect.any(String) as string } },
    ]);
    const json = await answered(
      predict(
        JSON.stringify({
          images: [
            { base64: Buffer.from(bytes).toString('base64') },
            { url: `${test.origin}/api/health` },
            { url: 'file:///etc/passwd' },
          ],
        }),
        '',
        { 'content-type': 'application/json' },
      ),
    );
    const refused = { error: { code: 'BAD_INPUT', message: expect.stringContaining('cannot be reached') as string } };
    expect(json.results).toEqual([single.results[0], refused, refused]);
    const alone = await predict('no image');
    expect([alone.status, await alone.json()]).toMatchObject([422, { code: 'UNREADABLE_IMAGE' }]);
  });

  it('SERVE-2 fetches an address under FORMAT-1 and says what its server answered', async () => {
    const bytes = await stored();
    const host = createServer((req, res) => res.writeHead(req.url === '/there' ? 200 : 404).end(bytes));
    await new Promise<void>((done) => host.listen(0, '127.0.0.1', done));
    const { port } = host.address() as AddressInfo;
    const { results } = await predictImages(
      test.services,
      project.projectId,
      [{ url: `http://127.0.0.1:${port}/there` }, { url: `http://127.0.0.1:${port}/gone` }],
      { roundId: null, embedding: false, top: 1, keep: null },
      { isAllowed: () => true },
    );
    host.close();
    expect(results).toMatchObject([{ class: expect.any(String) as string }, { error: { code: 'BAD_INPUT' } }]);
  });

  it('SERVE-3 questions that wait hold nothing of what uploads need', async () => {
    // Sent without their length, each counts as the largest there may be; their model's file is not there yet.
    const other = await createServedProject(test.services);
    const otherToken = await test.tokenFor(other.memberId);
    const ends = new AbortController();
    const asked = Promise.all(
      Array.from({ length: 20 }, () =>
        fetch(`${test.origin}/api/projects/${other.projectId}/predict`, {
          method: 'POST',
          headers: { authorization: `Bearer ${otherToken}` },
          body: new Blob(['no image']).stream(),
          duplex: 'half',
          signal: ends.signal,
        } as RequestInit),
      ),
    ).then(
      () => 'answered',
      () => 'answered',
    );
    const { id } = await test.asToken(other).image.startImport({ projectId: other.projectId, name: 'l', total: null });
    const upload = test.ask(`/api/projects/${other.projectId}/imports/${id}/file?name=l.csv&kind=labels`, {
      method: 'PUT',
      token: otherToken,
      body: 'file,class\nnone.png,cat\n',
    });
    expect(await Promise.race([asked, upload.then(({ status }) => status)])).toBe(200);
    ends.abort();
    await asked;
  });

  it('SERVE-3 of pictures that are fetched so many are held at once, whoever asks', async () => {
    let [now, most] = [0, 0];
    const host = createServer((_req, res) => {
      now += 1;
      most = Math.max(most, now);
      res.once('close', () => (now -= 1));
      setTimeout(() => res.writeHead(404).end(), 30);
    });
    await new Promise<void>((done) => host.listen(0, '127.0.0.1', done));
    const { port } = host.address() as AddressInfo;
    const urls = Array.from({ length: 8 }, (_, at) => ({ url: `http://127.0.0.1:${port}/${at}` }));
    await Promise.all(
      Array.from({ length: 10 }, () =>
        predictImages(
          test.services,
          project.projectId,
          urls,
          { roundId: null, embedding: false, top: 1, keep: null },
          { isAllowed: () => true },
        ),
      ),
    );
    host.close();
    expect(most).toBeGreaterThan(4);
    expect(most).toBeLessThanOrEqual(16);
  });

  it('SERVE-8 who asks again within a second costs the database one look: who they are in the project', async () => {
    const bytes = await stored();
    await answered(predict(bytes));
    const query = vi.spyOn(test.services.pool, 'query');
    await answered(predict(bytes));
    const looks = query.mock.calls.length;
    query.mockRestore();
    expect(looks).toBe(1);
  });

  it('SERVE-3 refuses more pictures, bytes and questions than one may send', async () => {
    const json = { 'content-type': 'application/json' };
    const many = JSON.stringify({ images: Array.from({ length: 33 }, () => ({ base64: 'AAAA' })) });
    expect((await predict(many, '', json)).status).toBe(400);
    const large = await predict(new Uint8Array(17 * 2 ** 20));
    expect([large.status, ((await large.json()) as { code: string }).code]).toEqual([413, 'TOO_LARGE']);
    expect((await predict(await stored(), '?top=0')).status).toBe(400);
    expect((await predict(await stored(), '?round=best')).status).toBe(400);
    const pictures = JSON.stringify({ images: Array.from({ length: 32 }, () => ({ url: 'file:///' })) });
    const answers = await Promise.all(Array.from({ length: 12 }, () => predict(pictures, '', json)));
    const slowed = answers.find(({ status }) => status === 429);
    expect(slowed?.headers.get('retry-after')).toBe('1');
    expect(answers.some(({ status }) => status === 200)).toBe(true);
  });
});

describe('which model serves', () => {
  const now = async () => {
    const { now: served, history, mayRollBack } = await caller().serving.get({ projectId: project.projectId });
    return { roundId: served?.roundId, promoted: served?.promoted, steps: history.length, mayRollBack };
  };

  it('SERVE-4 a lead promotes a round and rolls back; who and when stay, and open pages hear of it', async () => {
    const { projectId, roundIds } = project;
    const [best, student] = roundIds;
    const heard: unknown[] = [];
    const listener = await test.services.pool.connect();
    listener.on('notification', ({ payload }) => heard.push(JSON.parse(payload ?? '')));
    await listener.query('listen pupil_event');
    expect(await now()).toEqual({ roundId: best, promoted: false, steps: 0, mayRollBack: false });
    await expect(caller().serving.rollBack({ projectId })).rejects.toThrow('nothing to roll back');
    const answering = async () => (await answered(predict(await stored()))).model;
    if (ort !== null) expect(await answering()).toMatchObject({ roundId: best, promoted: false });
    await caller().serving.promote({ projectId, roundId: student });
    expect(await now()).toEqual({ roundId: student, promoted: true, steps: 1, mayRollBack: true });
    // The very next question, though the model before was held (SERVE-8).
    if (ort !== null) expect(await answering()).toMatchObject({ roundId: student, promoted: true });
    await caller().serving.rollBack({ projectId });
    if (ort !== null) expect(await answering()).toMatchObject({ roundId: best, promoted: false });
    expect(await now()).toEqual({ roundId: best, promoted: false, steps: 2, mayRollBack: false });
    await listener.query('unlisten pupil_event');
    listener.release();
    expect(heard.filter((event) => (event as { name: string }).name === 'serving:changed')).toEqual([
      { name: 'serving:changed', projectId, roundId: student },
      { name: 'serving:changed', projectId, roundId: null },
    ]);
    const { history } = await caller().serving.get({ projectId });
    expect(history).toMatchObject([
      { kind: 'roll-back', roundId: null },
      { kind: 'promote', roundId: student, title: 'Run 1, Student 1', memberName: expect.any(String) as string },
    ]);
    const { entries } = await caller()
      .people.activity({ organizationId: project.organizationId, projectId })
      .then((page) => ({ entries: JSON.stringify(page) }));
    expect(entries).toContain('model:promoted');
    expect(entries).toContain('model:rolled-back');
  });

  it('RUN-52 a run whose round predicts by promotion is not deleted unasked; then the best one predicts', async () => {
    const { db } = test.services;
    const { projectId, memberId, classIds } = project;
    const [weaker] = await db
      .insert(run)
      .values({ projectId, number: 77, status: 'finished', config: DEFAULT_RUN_CONFIG, classIds, createdBy: memberId })
      .returning({ id: run.id });
    const runId = weaker?.id ?? '';
    const [made] = await db
      .insert(round)
      .values({ runId, index: 0, role: 'teacher', model: 'xs', stage: 'done', seed: 1 })
      .returning({ id: round.id });
    await caller().serving.promote({ projectId, roundId: made?.id ?? '' });
    const preview = await caller().run.previewDeletion({ projectId, runId });
    expect(preview).toMatchObject({ speaks: false, serves: true, confirmName: 'Run 77' });
    await expect(caller().run.delete({ projectId, runId })).rejects.toThrow('predicts');
    await caller().run.delete({ projectId, runId, confirmName: 'Run 77' });
    expect(await now()).toMatchObject({ roundId: project.roundIds[0], promoted: false });
  });

  it('SERVE-4 a round of another project is promoted no more than one that does not exist', async () => {
    const other = await createServedProject(test.services);
    await expect(
      caller().serving.promote({ projectId: project.projectId, roundId: other.roundIds[0] }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const answer = await predict(await stored(), `?round=${other.roundIds[0]}`);
    expect(answer.status).toBe(404);
  });

  it('SERVE-4 without any model the answer says what to do', async () => {
    const member = await test.enlist({ organizationId: test.organizationId, role: 'lead' });
    const answer = await test.ask(`/api/projects/${test.places.projectId}/predict`, {
      method: 'POST',
      token: member.token,
      body: new Uint8Array(
        await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
          .png()
          .toBuffer(),
      ),
    });
    expect([answer.status, await answer.json()]).toMatchObject([
      409,
      { code: 'NOT_READY', message: expect.stringContaining('Start a run') as string },
    ]);
  });
});
