import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import sharp from 'sharp';
import { createRandom } from '#core/math/random.ts';
import { DEFAULT_AUGMENTATION, DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import type { RunConfig } from '#core/run/learning.ts';
import type { Person } from './people.ts';

export const STAGES = ['import', 'labeling', 'review', 'training', 'export', 'snapshot', 'deletion'] as const;
export type StageName = (typeof STAGES)[number];

/** What was acknowledged, to be found again. */
export interface Ledger {
  images: { projectId: string; fileName: string; className: string }[];
  decisions: { id: string; imageId: string; classId: string }[];
  answered: { itemId: string; id: string }[];
  snapshots: { id: string; name: string; count: number }[];
  deleted: string[];
  /** Runs, with what became of them; null while they work. */
  runs: Map<string, { status: string; message: string | null } | null>;
  exports: { id: string; isWhole: boolean }[];
}

export interface World {
  owner: Person;
  people: Person[];
  organizationId: string;
  projectId: string;
  classIds: string[];
  seed: number;
  ledger: Ledger;
}

const CLASSES = ['across', 'down'];
const SIDE = 24;
const PAUSE_MS = 60;

/** A run of some twenty seconds on one thread, which asks people. */
const QUICK: RunConfig = {
  ...DEFAULT_RUN_CONFIG,
  method: 'noisy-student',
  inputSize: SIDE,
  teacher: 'xs',
  teachers: 1,
  students: ['xs'],
  control: false,
  keepShare: [0.5],
  floor: 0.3,
  batchLabeled: 24,
  batchPseudo: 24,
  teacherSteps: 60,
  steps: 60,
  reviewPerRound: 40,
  reviewGate: 'continue',
  augmentation: { ...DEFAULT_AUGMENTATION, rotation: 0, operations: 0, cutout: 0 },
};

async function draw(seed: number, classIndex: number): Promise<Uint8Array<ArrayBuffer>> {
  const random = createRandom(seed);
  const phase = random.next() * 6;
  const data = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % SIDE, Math.floor(at / 3 / SIDE)];
    const wave = Math.sin((classIndex === 0 ? x : y) * 0.9 + phase);
    return Math.max(0, Math.min(255, 128 + 90 * wave + 25 * random.normal()));
  });
  return new Uint8Array(
    await sharp(data, { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .png()
      .toBuffer(),
  );
}

/** One import of so many drawn images, each acknowledged by itself. */
async function importSome(world: World, projectId: string, options: { name: string; count: number; labeled: boolean }) {
  const { owner, ledger, seed } = world;
  const { name, count, labeled } = options;
  const started = await owner.insist<{ id: string }>('image.startImport', { projectId, name, total: count });
  for (let index = 0; index < count; index += 1) {
    const classIndex = index % CLASSES.length;
    const className = CLASSES[classIndex] ?? '';
    const fileName = `${name}-${index}.png`;
    const query = new URLSearchParams({ name: fileName, kind: 'image', ...(labeled ? { className } : {}) });
    const body = await draw(createRandom(`${seed} ${fileName}`).below(2 ** 31), classIndex);
    await owner.upload(`/api/projects/${projectId}/imports/${started.id}/file?${query}`, body);
    ledger.images.push({ projectId, fileName, className: labeled ? className : '' });
  }
  await owner.insist('image.endImport', { projectId, importId: started.id });
}

export async function createProject(person: Person, organizationId: string, name: string) {
  const { projectId } = await person.once('project.create', { organizationId, name, classes: CLASSES }, async () => {
    const all = await person.ask<{ id: string; name: string }[]>('project.list', { organizationId });
    const found = all.find((one) => one.name === name);
    return found ? { projectId: found.id } : null;
  });
  return projectId;
}

/** What there is before the first fault: labels to learn from, images to answer, a finished run. */
export async function prepare(world: World): Promise<void> {
  await importSome(world, world.projectId, { name: 'first', count: 120, labeled: true });
  await importSome(world, world.projectId, { name: 'open', count: 300, labeled: false });
  await runOnce(world, 'first');
}

async function runOnce({ owner, projectId, ledger, seed }: World, name: string): Promise<void> {
  const { runId } = await owner.once('run.start', { projectId, config: { ...QUICK, seed }, name }, async () => {
    const runs = await owner.ask<{ id: string; name: string }[]>('run.list', { projectId });
    const found = runs.find((one) => one.name === name);
    return found ? { runId: found.id } : null;
  });
  ledger.runs.set(runId, null);
  for (;;) {
    await wait(500);
    const runs = await owner.ask<{ id: string; status: string; message: string | null }[]>('run.list', { projectId });
    const run = runs.find(({ id }) => id === runId);
    if (!run || !['finished', 'failed', 'cancelled'].includes(run.status)) continue;
    ledger.runs.set(runId, { status: run.status, message: run.message });
    return;
  }
}

/** What goes on in each stage, over and over: one turn. */
export const TURNS: Record<StageName, (world: World, turn: number) => Promise<void>> = {
  import: (world, turn) =>
    importSome(world, world.projectId, { name: `more-${turn}`, count: 8, labeled: turn % 2 === 0 }),

  async labeling({ people, projectId, classIds, ledger }, turn) {
    const person = people[turn % people.length];
    if (!person) return;
    const { images } = await person.insist<{ images: { id: string; token: number }[] }>('label.claim', {
      projectId,
      count: 4,
    });
    if (images.length === 0) await wait(500);
    for (const [index, image] of images.entries()) {
      const decision = { id: randomUUID(), imageId: image.id, classId: classIds[(turn + index) % 2] ?? '' };
      await person.decide(projectId, { ...decision, token: image.token });
      ledger.decisions.push(decision);
      await wait(PAUSE_MS);
    }
  },

  async review({ owner, projectId, classIds, ledger }) {
    const { items } = await owner.insist<{ items: { id: string; imageId: string }[] }>('review.claim', {
      projectId,
      count: 2,
    });
    if (items.length === 0) await wait(500);
    for (const item of items) {
      const decision = { id: randomUUID(), imageId: item.imageId, classId: classIds[0] ?? '' };
      await owner.decide(projectId, { ...decision, token: null, reviewItemId: item.id });
      ledger.decisions.push(decision);
      ledger.answered.push({ itemId: item.id, id: decision.id });
      await wait(PAUSE_MS);
    }
  },

  training: (world, turn) => runOnce(world, `chaos ${turn}`),

  async export({ owner, projectId, ledger }, turn) {
    type Row = { id: string; status: string; message: string | null; createdAt: string };
    const [finished] = [...ledger.runs].flatMap(([id, end]) => (end?.status === 'finished' ? [id] : []));
    if (finished === undefined) {
      await wait(500);
      return;
    }
    const { rounds } = await owner.ask<{ rounds: { id: string }[] }>('run.get', { projectId, runId: finished });
    const list = () => owner.ask<Row[]>('export.listModels', { projectId });
    const before = new Set((await list()).map(({ id }) => id));
    const wanted = { projectId, roundId: rounds[turn % rounds.length]?.id, format: 'onnx' };
    await owner.once<unknown>(
      'export.requestModel',
      wanted,
      async () => (await list()).find(({ id }) => !before.has(id)) ?? null,
    );
    for (;;) {
      await wait(500);
      const row = (await list()).find(({ id }) => !before.has(id));
      if (!row) return;
      if (row.status === 'queued' || row.status === 'running') continue;
      if (row.status === 'failed') throw new Error(`an export failed: ${row.message}`);
      const { bytes, digest } = await owner.download(`/api/projects/${projectId}/exports/${row.id}/file`);
      const hash = createHash('sha256').update(bytes).digest('base64');
      ledger.exports.push({ id: row.id, isWhole: digest === `sha-256=:${hash}:` });
      return;
    }
  },

  async snapshot({ owner, projectId, ledger }, turn) {
    const name = `snapshot ${turn}`;
    const made = await owner.once<{ id: string; count: number }>(
      'export.createSnapshot',
      { projectId, name },
      async () => {
        const all = await owner.ask<{ id: string; name: string; count: number }[]>('export.listSnapshots', {
          projectId,
        });
        return all.find((one) => one.name === name) ?? null;
      },
    );
    ledger.snapshots.push({ id: made.id, name, count: made.count });
    await wait(400);
  },

  async deletion(world, turn) {
    const { owner, organizationId, ledger } = world;
    const name = `short-lived ${turn}`;
    const projectId = await createProject(owner, organizationId, name);
    await importSome(world, projectId, { name: `gone-${turn}`, count: 3, labeled: true });
    await owner.once<unknown>('project.delete', { projectId, confirmName: name }, async () => {
      const all = await owner.ask<{ id: string }[]>('project.list', { organizationId });
      return all.some(({ id }) => id === projectId) ? null : true;
    });
    ledger.deleted.push(projectId);
  },
};
