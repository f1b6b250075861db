import { sql } from 'drizzle-orm';
import { DEFAULT_RUN_CONFIG } from '#core/learning.ts';
import { countProgress } from '#db/queries/counter.ts';
import { listGallery } from '#db/queries/gallery.ts';
import type { GalleryFilter } from '#db/queries/gallery.ts';
import { claimLeases, releaseLeases } from '#db/queries/lease.ts';
import { listSimilar } from '#db/queries/similar.ts';
import { insertRun } from '#db/queries/run-write.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { round } from '#db/schema/index.ts';
import { describe, machine, numberArg, summarise, withDatabase } from './database.ts';

const CLASSES = 10;
const REPEATS = 30;
const PAGES = 4;

/**
 * `npm run bench -- gallery --count 1000000`: a project of that many images, a third of them labeled, one round of predictions. Times a claim, every
 * filter of the gallery page by page, similar images, and the counters; and checks the counters against a count of the rows.
 */
export async function run(args: string[]): Promise<void> {
  const count = numberArg(args, 'count', 1_000_000);
  await withDatabase({ durable: false, connections: 4 }, async ({ db }) => {
    const organizationId = await createOrganization(db);
    const members = await Promise.all([0, 1, 2].map((index) => createMember(db, { organizationId, role: 'annotator', name: `Member ${index}` })));
    const [worker, labeler] = members;
    if (!worker || !labeler) return;
    const names = Array.from({ length: CLASSES }, (_, index) => `class ${index}`);
    const { id: projectId, classes } = await createProject(db, { organizationId, classes: names });
    const classIds = classes.map((item) => item.id);
    const built = performance.now();
    await db.execute(sql`
      insert into image (project_id, content_hash, file_name, width, height, channels, bytes, split, flagged, consensus_state, consensus_class_id, judgment_count)
      select ${projectId}, md5(n::text), 'image-' || n || '.png', 32, 32, 3, 1000,
        case when n % 10 = 8 then 'validation' when n % 10 = 9 then 'test' else 'pool' end, n % 997 = 0,
        case when n % 1000 = 0 then 'disputed' when n % 3 = 0 then 'agreed' else 'none' end,
        case when n % 3 = 0 and n % 1000 <> 0 then (${sql.param(classIds)}::uuid[])[n % 10 + 1] end,
        case when n % 3 = 0 or n % 1000 = 0 then 1 else 0 end
      from generate_series(1, ${count}) n`);
    // Rows that refer to rows just made: their foreign keys need no check, which saves most of the time.
    const fill = (statement: ReturnType<typeof sql>) => db.transaction(async (tx) => {
      await tx.execute(sql`set local session_replication_role = replica`);
      await tx.execute(statement);
    });
    await fill(sql`
      insert into annotation (id, project_id, image_id, member_id, kind, class_id, source)
      select gen_random_uuid(), ${projectId}, id, ${labeler.memberId}, 'decide', coalesce(consensus_class_id, ${classIds[0]}), 'label' from image where judgment_count > 0`);
    const { id: runId } = await insertRun(db, { projectId, config: DEFAULT_RUN_CONFIG, classIds, createdBy: worker.memberId });
    const [made] = await db.insert(round).values({ runId, index: 0, role: 'teacher', model: 'xs', seed: 1, stage: 'done', endedAt: new Date() }).returning({ id: round.id });
    if (!made) return;
    await fill(sql`
      insert into prediction (round_id, image_id, probabilities, class_index, confidence, map_x, map_y)
      select ${made.id}, id, array[0.5, 0.5]::real[], (random() * 9)::int, 0.1 + 0.9 * random(), random(), random() from image where split <> 'test'`);
    await fill(sql`insert into pseudo_label (round_id, image_id, class_index, confidence) select round_id, image_id, class_index, confidence from prediction where confidence > 0.9`);
    await db.execute(sql`vacuum analyze`);
    console.log(machine());
    console.log(`${count} images built in ${((performance.now() - built) / 1000).toFixed(0)} s`);

    const claims: number[] = [];
    for (let turn = 0; turn < REPEATS * 4; turn += 1) {
      const started = performance.now();
      await claimLeases(db, { projectId, memberId: worker.memberId, count: 12, seconds: 60 });
      claims.push(performance.now() - started);
      if (turn % 20 === 19) await releaseLeases(db, { memberId: worker.memberId });
    }
    console.log(`claim 12              ${describe(summarise(claims))}`);

    const at = { id: made.id, classIds };
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
      gold: { filter: { gold: true } },
      assigned: { filter: { assignedTo: worker.memberId } },
      member: { filter: { memberId: labeler.memberId } },
      'member without any': { filter: { memberId: worker.memberId } },
      'predicted class': { filter: { predictedClassId: classIds[2] } },
      'confidence 0.4–0.5': { filter: { confidenceFrom: 0.4, confidenceTo: 0.5 } },
      'least sure first': { filter: {}, order: 'unsure-first' },
      'surest of a class': { filter: { predictedClassId: classIds[1], split: 'pool' }, order: 'sure-first' },
    };
    for (const [name, { filter, order = 'steady' }] of Object.entries(filters)) {
      const times: number[] = [];
      for (let turn = 0; turn < REPEATS / 3; turn += 1) {
        let cursor: { id: string; confidence: number | null } | null = null;
        for (let page = 0; page < PAGES; page += 1) {
          const started = performance.now();
          const rows: Awaited<ReturnType<typeof listGallery>> = await listGallery(db, { projectId, filter, round: at, order, cursor, limit: 60 });
          times.push(performance.now() - started);
          const last = rows.at(-1);
          if (!last || rows.length < 60) break;
          cursor = { id: last.id, confidence: last.confidence };
        }
      }
      console.log(`${name.padEnd(21)} ${describe(summarise(times))}`);
    }
    const similar: number[] = [];
    const { rows: some } = await db.execute<{ id: string }>(sql`select image_id as id from prediction limit ${REPEATS}`);
    for (const { id } of some) {
      const started = performance.now();
      await listSimilar(db, { projectId, roundId: made.id, imageId: id, openOnly: false, limit: 12 });
      similar.push(performance.now() - started);
    }
    console.log(`similar 12            ${describe(summarise(similar))}`);
    const counts: number[] = [];
    for (let turn = 0; turn < REPEATS; turn += 1) {
      const started = performance.now();
      await countProgress(db, { projectId, memberId: worker.memberId });
      counts.push(performance.now() - started);
    }
    console.log(`counters              ${describe(summarise(counts))}`);
    const progress = await countProgress(db, { projectId, memberId: worker.memberId });
    const { rows: [truth] } = await db.execute<{ total: number; labeled: number; disputed: number }>(sql`
      select count(*)::int as total, count(consensus_class_id)::int as labeled, (count(*) filter (where consensus_state = 'disputed'))::int as disputed from image`);
    const right = truth?.total === progress.total && truth.labeled === progress.labeled && truth.disputed === progress.disputed;
    console.log(`counters ${right ? 'equal' : 'DIFFER FROM'} a count of the rows: ${JSON.stringify(truth)}`);
    if (!right) process.exitCode = 1;
  });
}
