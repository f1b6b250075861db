import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import sharp from 'sharp';
import { exportKey } from '#core/image/media.ts';
import { createRandom } from '#core/math/random.ts';
import { openBlobStore } from '#db/blobs/index.ts';
import { zipFiles } from '#db/blobs/zip-files.ts';
import { openDatabase } from '#db/client.ts';
import { member, modelExport } from '#db/schema/index.ts';
import { createImages, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { readBuiltInBackbone } from '#ml/backbone/index.ts';
import { exportModel } from '#ml/export/index.ts';
import { sampleCard } from '#ml/export/testing.ts';
import { replaceHead } from '#ml/training/features.ts';
import { gatherTeam } from '../collaborate.ts';
import { describe, machine, numberArg, summarise } from '../database.ts';
import { startProduct } from '../product.ts';
import type { Owner, Product } from '../product.ts';

const CLASSES = ['cat', 'dog', 'elk', 'fox', 'owl'];
/** Different pictures that are sent in turn. */
const PICTURES = 32;
const WARM = 20;
/** What joining and signing in takes for fifty people, roughly. */
const ARRIVE_SECONDS = 15;

/**
 * `npm run bench -- predict --rate 50 --seconds 30 --side 224 --members 50`: so many requests a second, each one JPEG
 * of `side` px, against a production build on this machine, answered by a head on the built-in backbone at that side.
 * Requests start by the clock whether others are answered or not, and each counts from when it should have started.
 * With members, so many people label another project meanwhile; they have signed in before, unless `--arriving`: a
 * hundred hashes of passwords then come one after the other, beside the first questions.
 */
export async function run(args: string[]): Promise<void> {
  const rate = numberArg(args, 'rate', 50);
  const seconds = numberArg(args, 'seconds', 30);
  const side = numberArg(args, 'side', 224);
  const members = args.includes('--members') ? numberArg(args, 'members', 50) : 0;
  const product = await startProduct();
  try {
    const owner = await product.createOwner();
    const projectId = await serveProject(product, owner, side);
    const { token } = await product.call<{ token: string }>(owner.cookie, 'people.createToken', {
      organizationId: owner.organizationId,
      name: 'bench',
    });
    const pictures = await drawPictures(side);
    const ask = async (at: number): Promise<number> => {
      const response = await fetch(`${product.url}/api/projects/${projectId}/predict?top=3`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'image/jpeg' },
        body: pictures[at % PICTURES] ?? null,
      });
      await response.arrayBuffer();
      return response.status;
    };
    const team = members > 0 ? { members, minutes: seconds / 60, think: 1500 } : null;
    const arriving = args.includes('--arriving');
    const gathered = team && !arriving ? await gatherTeam(product, owner, team) : null;
    for (let at = 0; at < WARM; at += 1) await ask(at);
    const before = product.cpuSeconds();
    const label = async () => (gathered ?? (team && (await gatherTeam(product, owner, team))))?.();
    const [{ times, failed }] = await Promise.all([
      askByTheClock(ask, rate, seconds + (arriving ? ARRIVE_SECONDS : 0)),
      label(),
    ]);
    console.log(machine());
    console.log(
      `${rate} requests a second for ${seconds} s, one ${side} px JPEG each, ${members} people labeling: ` +
        `${times.length} answered, ${failed} failed`,
    );
    console.log(`predict     ${describe(summarise(times))}`);
    const used = (1000 * (product.cpuSeconds() - before)) / Math.max(1, times.length);
    console.log(`server      ${used.toFixed(1)} ms of a core a request, pages of the others included`);
    if (failed > 0) process.exitCode = 1;
  } finally {
    await product.stop();
  }
}

/** A project with a model that stands, whose ONNX file is there. */
async function serveProject(product: Product, { organizationId }: Owner, side: number): Promise<string> {
  const { db, close } = openDatabase(product.databaseUrl, { max: 2 });
  const blobs = await openBlobStore({ folder: join(product.folder, 'blobs'), s3: null });
  const { id: projectId } = await createProject(db, { organizationId, classes: CLASSES });
  await createImages(db, { projectId, count: 40 });
  await createImages(db, { projectId, count: 20, split: 'validation' });
  const [owner] = await db.select().from(member).where(eq(member.organizationId, organizationId));
  const { roundIds } = await createFinishedRun(db, {
    projectId,
    memberId: owner?.id ?? '',
    labelsPerClass: 2,
    plan: [{ index: 0, role: 'teacher', model: 'xs', accuracy: 0.9 }],
  });
  const backbone = await readBuiltInBackbone();
  const model = replaceHead(
    { ...backbone, graph: { ...backbone.graph, input: { ...backbone.graph.input, size: side } } },
    { classes: CLASSES.length, random: createRandom(1) },
  );
  const files = await exportModel({
    ...model,
    classNames: CLASSES,
    temperature: 1,
    format: 'onnx',
    quantisation: 'none',
    card: sampleCard(),
  });
  const id = randomUUID();
  const blobKey = exportKey(projectId, id);
  await blobs.put(blobKey, await zipFiles(files));
  await db.insert(modelExport).values({
    id,
    projectId,
    roundId: roundIds[0],
    kind: 'serving',
    format: 'onnx',
    status: 'ready',
    blobKey,
    sha256: '0'.repeat(64),
  });
  await close();
  return projectId;
}

/** Noise that was smoothed: as large as photos of that size are. */
const drawPictures = (side: number) =>
  Promise.all(
    Array.from({ length: PICTURES }, async (_, at) => {
      const random = createRandom(at);
      const pixels = Uint8Array.from({ length: side * side * 3 }, () => random.below(256));
      const jpeg = await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
        .blur(2)
        .normalise()
        .jpeg({ quality: 90 })
        .toBuffer();
      return new Uint8Array(jpeg);
    }),
  );

async function askByTheClock(ask: (at: number) => Promise<number>, rate: number, seconds: number) {
  const times: number[] = [];
  let failed = 0;
  const start = performance.now();
  const asked = Array.from({ length: rate * seconds }, async (_, at) => {
    const due = start + (at * 1000) / rate;
    await sleep(Math.max(0, due - performance.now()));
    const status = await ask(at).catch(() => 0);
    if (status === 200) times.push(performance.now() - due);
    else failed += 1;
  });
  await Promise.all(asked);
  return { times, failed };
}
