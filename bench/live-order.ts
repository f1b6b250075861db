import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { sql } from 'drizzle-orm';
import { EMBEDDING_BYTES } from '#core/round/embedding.ts';
import { createRandom } from '#core/math/random.ts';
import { toHalf } from '#core/math/half.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { startRelay } from '#db/relay.ts';
import { packIds, unsigned } from '#db/packed-embeddings.ts';
import { claimLeases, releaseLeases } from '#db/queries/labeling/lease.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { featureSet, featureShard } from '#db/schema/index.ts';
import { describe, machine, numberArg, summarise, withDatabase } from './database.ts';
import { execute, number, text } from '#db/execute.ts';

const CLASSES = Array.from({ length: 10 }, (_, c) => `class ${c}`);
const WIDTH = 320;
const SHARD = 1024;
/** Labels before the first answer that is timed, and answers that come together. */
const LABELED = 100;
const ANSWERS = 10;
const CLAIMED = 12;
const PAUSE_MS = 50;

/**
 * `npm run bench -- live-order --images 10000 --repeat 20`: from ten answers until the live teacher, in the trainer's
 * own process, has learned them and the queue stands in the new order, and what a claim of 12 images takes meanwhile.
 * Features are drawn around ten centres; above 30,000 images only compact embeddings are, as the teacher reads no more.
 */
export async function run(args: string[]): Promise<void> {
  const count = numberArg(args, 'images', 10_000);
  const repeat = numberArg(args, 'repeat', 20);
  await withDatabase({ durable: true, connections: 6 }, async ({ db, url }) => {
    const { projectId, memberId, classIds } = await fill(db, count);
    console.log(`${machine()}\n${count} images, ${ANSWERS} answers at a time, ${repeat} times`);
    let heard: (() => void) | null = null;
    const relay = startRelay({
      url,
      log: { warn: console.warn, error: console.error } as never,
      onEvent: (event) => event.name === 'teacher:refitted' && heard?.(),
      onGap: () => undefined,
    });
    await relay.ready;
    const next = (): Promise<void> => new Promise((resolve) => (heard = resolve));
    const first = next();
    const started = performance.now();
    const child = fork(new URL('../workers/trainer/process/live-child.ts', import.meta.url), {
      execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
      env: { ...process.env, DATABASE_URL: url, LOG_LEVEL: 'warn' },
    });
    try {
      await first;
      console.log(`prepared and first learned after ${((performance.now() - started) / 1000).toFixed(1)} s`);
      const waits: number[] = [];
      const claims: number[] = [];
      for (let turn = 0; turn < repeat; turn += 1) {
        const state = { done: false };
        const refitted = next();
        await answer(db, { projectId, classIds, memberId });
        const from = performance.now();
        await notify(db, { name: 'annotation:submitted', projectId, imageId: projectId, memberId, source: 'label' });
        const all = refitted.then(() => (state.done = true));
        while (!state.done) {
          const before = performance.now();
          await claimLeases(db, { projectId, memberId, count: CLAIMED, seconds: 60 });
          claims.push(performance.now() - before);
          await releaseLeases(db, { projectId, memberId });
          await Promise.race([all, new Promise((wait) => setTimeout(wait, PAUSE_MS))]);
        }
        // What the open page does then: claims anew.
        await claimLeases(db, { projectId, memberId, count: CLAIMED, seconds: 60 });
        waits.push(performance.now() - from);
        await releaseLeases(db, { projectId, memberId });
      }
      console.log(`answers → new order claimed, ms  ${describe(summarise(waits))}`);
      console.log(`claims of ${CLAIMED} meanwhile, ms       ${describe(summarise(claims))}`);
    } finally {
      await relay.stop();
      child.kill('SIGTERM');
    }
  });
}

async function fill(db: Db, count: number) {
  const organizationId = await createOrganization(db);
  const { memberId } = await createMember(db, { organizationId, role: 'owner' });
  const { id: projectId, classes } = await createProject(db, {
    organizationId,
    classes: CLASSES,
    settings: { order: 'model' },
  });
  const classIds = classes.map(({ id }) => id);
  await db.execute(sql`
    insert into image (project_id, content_hash, file_name, width, height, channels, bytes, split, consensus_state,
      consensus_class_ids, judgment_count, shuffle)
    select ${projectId}, md5(n::text), n || '.png', 32, 32, 3, 1000,
      case when n % 10 = 0 then 'validation' else 'pool' end,
      case when n <= ${LABELED} and n % 10 <> 0 then 'agreed' else 'none' end,
      case when n <= ${LABELED} and n % 10 <> 0 then array[(${sql.param(classIds)}::uuid[])[n % 10 + 1]] end,
      case when n <= ${LABELED} and n % 10 <> 0 then 1 else 0 end, random()
    from generate_series(1, ${count}) n`);
  await db.execute(sql`analyze image`);
  const rows = await execute(
    db,
    sql`select id, split_part(file_name, '.', 1)::int as n from image where project_id = ${projectId}`,
    { id: text, n: number },
  );
  const whole = count <= 30_000;
  const width = whole ? WIDTH : EMBEDDING_BYTES;
  const random = createRandom(1);
  const centres = Float32Array.from({ length: CLASSES.length * width }, () => 0.6 * random.normal());
  const [set] = await db
    .insert(featureSet)
    .values({ projectId, side: 64, width, readyAt: new Date() })
    .returning({ id: featureSet.id });
  for (let start = 0; start < rows.length; start += SHARD) {
    const some = rows.slice(start, start + SHARD);
    const values = new Float32Array(some.length * width);
    some.forEach(({ n }, at) => {
      for (let d = 0; d < width; d += 1)
        values[at * width + d] = (centres[(n % CLASSES.length) * width + d] ?? 0) + random.normal();
    });
    await db.insert(featureShard).values({
      setId: set?.id ?? '',
      status: 'done',
      images: some.length,
      imageIds: packIds(some.map(({ id }) => id)),
      features: whole ? toHalf(values) : null,
      embeddings: whole
        ? null
        : unsigned(Int8Array.from(values, (value) => Math.max(-127, Math.min(127, Math.round(30 * value))))),
      doneAt: new Date(),
    });
  }
  return { projectId, memberId, classIds };
}

/** Ten open images of the pool get their answer, as a consensus leaves them. */
const answer = (db: Db, at: { projectId: string; memberId: string; classIds: string[] }) =>
  db.execute(sql`
    update image set consensus_state = 'agreed', judgment_count = 1,
      consensus_class_ids = array[(${sql.param(at.classIds)}::uuid[])[split_part(file_name, '.', 1)::int % 10 + 1]]
    where id in (select id from image where project_id = ${at.projectId} and split = 'pool' and consensus_state = 'none'
      and lease_count = 0 order by need desc, priority desc limit ${ANSWERS})`);
