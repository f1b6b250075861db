import { sql } from 'drizzle-orm';
import { createRandom } from '#core/math/random.ts';
import type { Random } from '#core/math/random.ts';
import type { Db } from '#db/client.ts';
import { listCandidates } from '#db/queries/image/likeness.ts';
import { countLookAlikes, listLookAlikes } from '#db/queries/image/look-alike.ts';
import { createOrganization, createProject } from '#db/seed/factories.ts';
import { describe, machine, numberArg, summarise, withDatabase } from './database.ts';
import { execute, text } from '#db/execute.ts';

const CHUNK = 20_000;
const REPEATS = 20;
/** Images that an import compares with the project at a time. */
const BATCH = 96;
const PAIRS = 100_000;

/** Hashes of photos (every bit a coin), and of digits: 350 outlines, of which each place differs with chance 1/12. */
const KINDS: Record<string, (random: Random) => () => bigint> = {
  photos: (random) => () => drawHash(random, 0.5),
  digits: (random) => {
    const outlines = Array.from({ length: 350 }, () => drawHash(random, 0.35));
    return () => {
      const outline = outlines[random.below(outlines.length)] ?? 0n;
      return outline ^ drawHash(random, 1 / 12);
    };
  },
};

/**
 * `npm run bench -- likeness [--count 1000000]`: fills a project with so many likenesses of each kind, then looks for
 * the look-alikes of a batch as an import does, before and after the planner has counted; last, the figures and pages
 * of 100,000 pairs.
 */
export async function run(args: string[]): Promise<void> {
  const count = numberArg(args, 'count', 1_000_000);
  console.log(machine());
  await withDatabase({ durable: false, connections: 2 }, async ({ db }) => {
    const organizationId = await createOrganization(db);
    for (const [kind, make] of Object.entries(KINDS)) {
      const { id: projectId } = await createProject(db, { organizationId });
      const draw = make(createRandom(7));
      await fill(db, { projectId, count, draw });
      for (const counted of ['not yet counted', 'counted']) {
        if (counted === 'counted') await db.execute(sql`vacuum analyze image_likeness, image`);
        const times = await repeat(() =>
          listCandidates(db, { projectId, hashes: Array.from({ length: BATCH }, draw) }),
        );
        console.log(`${kind}, ${counted}: look-alikes of ${BATCH}  ${times}`);
      }
      await db.execute(sql`
        insert into look_alike (project_id, image_id, twin_id, distance, difference)
        select ${projectId}, h.id, t.id, 1, 1 from (select id, row_number() over () as n from image
          where project_id = ${projectId} and split = 'test' limit ${PAIRS}::int) h
        join (select id, row_number() over () as n from image where project_id = ${projectId} and split = 'pool'
          limit ${PAIRS}::int) t using (n)`);
      await db.execute(sql`vacuum analyze look_alike`);
      console.log(`${kind}: count of the pairs  ${await repeat(() => countLookAlikes(db, projectId))}`);
      console.log(
        `${kind}: a page of them  ${await repeat(() => listLookAlikes(db, { projectId, after: null, limit: 60 }))}`,
      );
    }
    const [size] = await execute(
      db,
      sql`
      select pg_size_pretty(pg_table_size('image_likeness')) as table, pg_size_pretty(pg_indexes_size('image_likeness'))
        as indexes`,
      { table: text, indexes: text },
    );
    console.log(`likenesses of both projects: ${size?.table}, their indexes ${size?.indexes}`);
  });
}

function drawHash(random: Random, chance: number): bigint {
  let hash = 0n;
  for (let bit = 0; bit < 64; bit += 1) hash = (hash << 1n) | (random.next() < chance ? 1n : 0n);
  return BigInt.asIntN(64, hash);
}

async function fill(
  db: Db,
  { projectId, count, draw }: { projectId: string; count: number; draw: () => bigint },
): Promise<void> {
  for (let start = 0; start < count; start += CHUNK) {
    const hashes = Array.from({ length: Math.min(CHUNK, count - start) }, () => String(draw()));
    await db.execute(sql`
      with made as (
        insert into image (project_id, content_hash, file_name, width, height, channels, bytes, split)
        select ${projectId}, md5(${start}::int + n || ''), 'made.png', 32, 32, 3, 1000, case when n % 10 = 0 then 'test'
          when n % 10 = 1 then 'validation' else 'pool' end
        from generate_series(1, ${hashes.length}::int) n returning id),
      numbered as (select id, row_number() over () as n from made)
      insert into image_likeness (image_id, project_id, hash, gray)
      select id, ${projectId}, hash, decode(repeat(md5(hash::text), 16), 'hex') from numbered
        join unnest(${sql.param(hashes)}::bigint[]) with ordinality as h(hash, n) using (n)`);
  }
}

async function repeat(work: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let turn = 0; turn < REPEATS; turn += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return describe(summarise(times));
}
