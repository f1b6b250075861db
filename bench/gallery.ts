import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { EMBEDDING_BYTES, rankNearest } from '#core/round/embedding.ts';
import { DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import { createRandom } from '#core/math/random.ts';
import type { Db } from '#db/client.ts';
import { findPacked, idAt, signed } from '#db/packed-embeddings.ts';
import type { PackedEmbeddings } from '#db/packed-embeddings.ts';
import { countProgress } from '#db/queries/labeling/counter.ts';
import {
  findFirstShard,
  insertEmbeddingCells,
  insertEmbeddingShard,
  readEmbeddings,
} from '#db/queries/image/embedding.ts';
import { listGallery } from '#db/queries/image/gallery.ts';
import type { GalleryFilter } from '#db/queries/image/gallery.ts';
import { claimLeases, releaseLeases } from '#db/queries/labeling/lease.ts';
import { findMapImage } from '#db/queries/round/round-read.ts';
import { listSimilar } from '#db/queries/image/similar.ts';
import { insertRun } from '#db/queries/run/run-write.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { round } from '#db/schema/index.ts';
import { makeCells } from '#trainer/round/sort-cells.ts';
import { describe, machine, numberArg, summarise, textArg, withDatabase } from './database.ts';
import { execute, list, number, text } from '#db/execute.ts';

const CLASSES = 10;
const REPEATS = 30;
const PAGES = 4;
/** Clouds that embeddings are drawn around, and embeddings stored at a time. */
const CLOUDS = 300;
const SHARD = 1024;

/**
 * `npm run bench -- gallery --count 1000000 --data DIR`: a project of that many images, a third of them labeled, one
 * round of predictions. Times a claim, every filter of the gallery page by page, as a lead and as an annotator sees it,
 * similar images by embedding, and the counters; and checks the counters against a count of the rows. With `--data` the
 * filled database stays there, and a second run measures only.
 */
export async function run(args: string[]): Promise<void> {
  const count = numberArg(args, 'count', 1_000_000);
  await withDatabase({ durable: false, connections: 4, folder: textArg(args, 'data') }, async ({ db }) => {
    const started = performance.now();
    const filled = (await find(db)) ?? (await fill(db, count));
    console.log(machine());
    console.log(`${filled.images} images, filled or found in ${((performance.now() - started) / 1000).toFixed(0)} s`);
    await fillEmbeddings(db, filled);
    if (!args.includes('--fill')) await measure(db, filled);
  });
}

interface Filled {
  images: number;
  projectId: string;
  classIds: string[];
  roundId: string;
  /** Without an answer; with a third of all; with one in 5,000. */
  members: string[];
  importId: string;
}

/** What an earlier run left in the folder. */
async function find(db: Db): Promise<Filled | null> {
  const [found] = await execute(
    db,
    sql`
    select r.id as "roundId", u.project_id as "projectId", u.class_ids as "classIds", (select count(*)::int
      from image) as images,
      (select import_id from image where import_id is not null limit 1) as "importId",
      (select array_agg(m.id order by u2.name) from member m join "user" u2 on u2.id = m.user_id) as members
    from round r join run u on u.id = r.run_id limit 1`,
    { images: number, projectId: text, classIds: list(text), roundId: text, members: list(text), importId: text },
  );
  return found ?? null;
}

/** Plain SQL, so that it ends in minutes. */
async function fill(db: Db, count: number): Promise<Filled> {
  const organizationId = await createOrganization(db);
  const members: string[] = [];
  for (const index of [0, 1, 2])
    members.push((await createMember(db, { organizationId, role: 'annotator', name: `Member ${index}` })).memberId);
  const { id: projectId, classes } = await createProject(db, {
    organizationId,
    classes: Array.from({ length: CLASSES }, (_, index) => `class ${index}`),
  });
  const classIds = classes.map((item) => item.id);
  const importId = randomUUID();
  await db.execute(sql`
    insert into image (project_id, import_id, content_hash, file_name, width, height, channels, bytes, split, flagged,
      consensus_state, consensus_class_ids, judgment_count, assigned_to)
    select ${projectId}, case when n % 1000 = 7 then ${importId}::uuid end, md5(n::text),
      'folder/image-' || n || '.png', 32, 32, 3, 1000,
      case when n % 10 = 8 then 'validation' when n % 10 = 9 then 'test' else 'pool' end, n % 997 = 0,
      case when n % 1000 = 0 then 'disputed' when n % 3 = 0 then 'agreed' else 'none' end,
      case when n % 3 = 0 and n % 1000 <> 0 then array[(${sql.param(classIds)}::uuid[])[n % 10 + 1]] end,
      case when n % 3 = 0 or n % 1000 = 0 then 1 else 0 end,
      case when n % 50 = 1 then ${members[2]}::uuid end
    from generate_series(1, ${count}) n`);
  // Rows that refer to rows just made: their foreign keys need no check, which saves most of the time.
  const insert = (statement: ReturnType<typeof sql>) =>
    db.transaction(async (tx) => {
      await tx.execute(sql`set local session_replication_role = replica`);
      await tx.execute(statement);
    });
  await insert(sql`
    insert into annotation (id, project_id, image_id, member_id, kind, class_ids, source)
    select gen_random_uuid(), ${projectId}, id, case when hashtext(content_hash) % 5000 = 0 then ${members[2]}::uuid
      else ${members[1]}::uuid end,
      'decide', coalesce(consensus_class_ids, array[${classIds[0]}::uuid]), 'label' from image
      where judgment_count > 0`);
  const { id: runId } = await insertRun(db, {
    projectId,
    config: DEFAULT_RUN_CONFIG,
    classIds,
    createdBy: members[0] ?? '',
  });
  const [made] = await db
    .insert(round)
    .values({ runId, index: 0, role: 'teacher', model: 'xs', seed: 1, stage: 'done', endedAt: new Date() })
    .returning({ id: round.id });
  if (!made) throw new Error('no round was made');
  await insert(sql`
    insert into prediction (round_id, image_id, probabilities, class_index, confidence, map_x, map_y)
    select ${made.id}, id, array[0.5, 0.5]::real[], (random() * 9)::int, 0.1 + 0.9 * random(), random(), random()
      from image where split <> 'test'`);
  await insert(
    sql`insert into pseudo_label (round_id, image_id, class_index, confidence)
      select round_id, image_id, class_index, confidence from prediction where confidence > 0.9`,
  );
  await db.execute(sql`vacuum analyze`);
  return { images: count, projectId, classIds, roundId: made.id, members, importId };
}

/**
 * Places of clouds that overlap, images drawn around them, through the writers that the trainer uses. Does nothing when
 * they are there.
 */
async function fillEmbeddings(db: Db, { projectId, roundId }: Filled): Promise<void> {
  if ((await findFirstShard(db, roundId)) !== null) return;
  const random = createRandom(1);
  const clouds = Array.from({ length: CLOUDS }, () =>
    Array.from({ length: EMBEDDING_BYTES }, () => 20 * random.normal()),
  );
  const started = performance.now();
  for (let after = ''; ;) {
    const rows = await execute(
      db,
      sql`
      select id, content_hash as "contentHash" from image where project_id = ${projectId} and split = 'pool'
        and content_hash > ${after} order by content_hash limit ${SHARD}`,
      { id: text, contentHash: text },
    );
    const last = rows.at(-1);
    if (!last) break;
    const embeddings = Int8Array.from(
      rows.flatMap(() =>
        (clouds[random.below(CLOUDS)] ?? []).map((place) =>
          Math.max(-127, Math.min(127, Math.round(place + 12 * random.normal()))),
        ),
      ),
    );
    await insertEmbeddingShard(db, { roundId, images: rows, embeddings });
    after = last.contentHash;
  }
  console.log(`embeddings drawn in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  const sorting = performance.now();
  const cells = makeCells(await readEmbeddings(db, roundId));
  for (let start = 0; start < cells.length; start += 50)
    await insertEmbeddingCells(db, roundId, start, cells.slice(start, start + 50));
  console.log(`sorted into ${cells.length} cells in ${((performance.now() - sorting) / 1000).toFixed(0)} s`);
  await db.execute(sql`vacuum analyze embedding_shard, embedding_cell`);
}

async function measure(db: Db, { projectId, classIds, roundId, members, importId }: Filled): Promise<void> {
  const [labeler = '', member = '', occasional = ''] = members;
  const claims: number[] = [];
  for (let turn = 0; turn < REPEATS * 4; turn += 1) {
    const started = performance.now();
    await claimLeases(db, { projectId, memberId: labeler, count: 12, seconds: 60 });
    claims.push(performance.now() - started);
    if (turn % 20 === 19) await releaseLeases(db, { memberId: labeler });
  }
  console.log(`claim 12              ${describe(summarise(claims))}`);

  const at = { id: roundId, classIds };
  const filters: Record<string, { filter: GalleryFilter; order?: 'sure-first' | 'unsure-first' }> = {
    'no filter': { filter: {} },
    class: { filter: { classId: classIds[3] } },
    'class and split': { filter: { classId: classIds[4], split: 'test' } },
    split: { filter: { split: 'validation' } },
    'by people': { filter: { source: 'human' } },
    'by the model': { filter: { source: 'pseudo' } },
    'no label': { filter: { source: 'none' } },
    disputed: { filter: { state: 'disputed' } },
    flagged: { filter: { flagged: true } },
    'not flagged': { filter: { flagged: false } },
    'flagged, of a class': { filter: { flagged: true, classId: classIds[3] } },
    'one import': { filter: { importId } },
    gold: { filter: { gold: true } },
    'assigned to one': { filter: { assignedTo: occasional } },
    'member with few': { filter: { memberId: occasional } },
    'confidence 0.5–0.5001': { filter: { confidenceFrom: 0.5, confidenceTo: 0.5001 } },
    assigned: { filter: { assignedTo: labeler } },
    member: { filter: { memberId: member } },
    'member without any': { filter: { memberId: labeler } },
    'predicted class': { filter: { predictedClassId: classIds[2] } },
    'confidence 0.4–0.5': { filter: { confidenceFrom: 0.4, confidenceTo: 0.5 } },
    'least sure first': { filter: {}, order: 'unsure-first' },
    'surest of a class': { filter: { predictedClassId: classIds[1], split: 'pool' }, order: 'sure-first' },
  };
  for (const [name, { filter, order = 'steady' }] of Object.entries(filters))
    for (const blind of [null, { memberId: labeler, guess: 'after' as const }]) {
      const times: number[] = [];
      for (let turn = 0; turn < REPEATS / 3; turn += 1) {
        let cursor: { id: string; confidence: number | null } | null = null;
        for (let page = 0; page < PAGES; page += 1) {
          const started = performance.now();
          const rows: Awaited<ReturnType<typeof listGallery>> = await listGallery(db, {
            projectId,
            filter,
            round: at,
            order,
            cursor,
            limit: 60,
            blind,
          });
          times.push(performance.now() - started);
          const last = rows.at(-1);
          if (!last || rows.length < 60) break;
          cursor = { id: last.id, confidence: last.confidence };
        }
      }
      console.log(`${(blind ? `  as an annotator` : name).padEnd(22)} ${describe(summarise(times))}`);
    }
  const all = await readEmbeddings(db, roundId);
  const recalls: number[] = [];
  for (const [name, openOnly, limit] of [
    ['similar 12', false, 12],
    ['similar and open 120', true, 120],
  ] as const) {
    const similar: number[] = [];
    const some = await execute(
      db,
      sql`select id from image where split = 'pool' and shuffle > 0.5 order by shuffle limit ${REPEATS * 4}`,
      { id: text },
    );
    for (const { id } of some) {
      const started = performance.now();
      const found = await listSimilar(db, {
        projectId,
        source: { roundId },
        imageId: id,
        openOnly,
        limit,
        blind: null,
      });
      similar.push(performance.now() - started);
      if (found.length < limit) throw new Error(`only ${found.length} of ${limit} similar images were found`);
      if (!openOnly && recalls.length < REPEATS)
        recalls.push(
          recall(
            all,
            id,
            found.map(({ imageId }) => imageId),
          ),
        );
    }
    console.log(`${name.padEnd(22)} ${describe(summarise(similar))}`);
  }
  console.log(
    `of the nearest 12 by their bytes, cells find ` +
      `${(recalls.reduce((sum, share) => sum + share, 0) / recalls.length).toFixed(3)}`,
  );
  const clicks: number[] = [];
  const places = await execute(
    db,
    sql`select map_x as x, map_y as y from prediction tablesample bernoulli (1) where map_x is not null
      limit ${REPEATS * 4}`,
    { x: number, y: number },
  );
  for (const { x, y } of places) {
    // As the page knows a point: within 1/65,535 of the map.
    const place = { x: Math.round(x * 65_535) / 65_535, y: Math.round(y * 65_535) / 65_535 };
    const started = performance.now();
    if (!(await findMapImage(db, { roundId, ...place }))) throw new Error('no image was found at a point of the map');
    clicks.push(performance.now() - started);
  }
  console.log(`image of a map point   ${describe(summarise(clicks))}`);
  const [room] = await execute(
    db,
    sql`
    select (pg_total_relation_size('embedding_shard') + pg_total_relation_size('embedding_cell'))::float8 as embeddings,
      pg_total_relation_size('prediction')::float8 as prediction`,
    { embeddings: number, prediction: number },
  );
  console.log(
    `room on disk: embeddings ${((room?.embeddings ?? 0) / 1e6).toFixed(0)} MB, predictions ` +
      `${((room?.prediction ?? 0) / 1e6).toFixed(0)} MB`,
  );
  const counts: number[] = [];
  for (let turn = 0; turn < REPEATS; turn += 1) {
    const started = performance.now();
    await countProgress(db, { projectId, memberId: labeler });
    counts.push(performance.now() - started);
  }
  console.log(`counters              ${describe(summarise(counts))}`);
  const progress = await countProgress(db, { projectId, memberId: labeler });
  const [truth] = await execute(
    db,
    sql`
    select count(*)::int as total, count(consensus_class_id)::int as labeled, (count(*) filter (where consensus_state =
      'disputed'))::int as disputed from image`,
    { total: number, labeled: number, disputed: number },
  );
  const right =
    truth?.total === progress.total && truth.labeled === progress.labeled && truth.disputed === progress.disputed;
  console.log(`counters ${right ? 'equal' : 'DIFFER FROM'} a count of the rows: ${JSON.stringify(truth)}`);
  if (!right) process.exitCode = 1;
}

/** The share of those found that no other image is nearer than, all embeddings compared. */
function recall({ imageIds, embeddings }: PackedEmbeddings, imageId: string, found: readonly string[]): number {
  const own = findPacked({ imageIds, embeddings }, imageId);
  if (!own) throw new Error(`${imageId} has no embedding`);
  const nearest = rankNearest(own, signed(embeddings))
    .slice(0, found.length + 1)
    .map((at) => idAt(imageIds, at))
    .filter((id) => id !== imageId);
  return found.filter((id) => nearest.includes(id)).length / found.length;
}
