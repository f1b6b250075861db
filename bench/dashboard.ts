import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '#db/client.ts';
import { startEmbeddedPostgres } from '#db/embedded/postgres.ts';
import { migrate } from '#db/migrate.ts';
import { countFlips, listCell, listFlips, listMistakes } from '#db/queries/round/round-read.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { compareRounds } from '#server/services/round/compare-rounds.ts';
import { readMap, readRound } from '#server/services/round/read-round.ts';
import { readSimulator } from '#server/services/round/read-simulator.ts';

const CLASSES = ['ape', 'bee', 'cow', 'dog', 'elk', 'fox', 'gnu', 'hen', 'ibex', 'jay'];
const POOL = 100_000;
const VALIDATION = 2_000;
const REPEATS = 15;

/**
 * What the round page asks of the database with 100,000 predictions a round: time of each question and size of its
 * answer. Run it with `npm run bench -- dashboard`.
 */
export async function dashboard(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'pupil-bench-'));
  const server = await startEmbeddedPostgres({ dataDir, durable: false });
  try {
    await migrate(server.url, fileURLToPath(new URL('../db/migrations', import.meta.url)));
    const database = openDatabase(server.url);
    const { db } = database;
    const organizationId = await createOrganization(db);
    const lead = await createMember(db, { organizationId, role: 'lead' });
    const { memberId } = await createMember(db, { organizationId, role: 'annotator' });
    const { id: projectId } = await createProject(db, { organizationId, classes: CLASSES });
    await createImages(db, { projectId, count: POOL });
    await createImages(db, { projectId, count: VALIDATION, split: 'validation' });
    const { roundIds, classIds } = await createFinishedRun(db, {
      projectId,
      memberId: lead.memberId,
      plan: [
        { index: 0, role: 'teacher', model: 'xs', accuracy: 0.6 },
        { index: 1, role: 'student', model: 's', accuracy: 0.7 },
      ],
    });
    await database.pool.query('analyze');
    const [older = '', roundId = ''] = roundIds;
    const pair = { roundId, otherRoundId: older, classIds, otherClassIds: classIds };
    console.log(
      `dashboard: ${POOL.toLocaleString('en')} pool predictions a round, ${VALIDATION.toLocaleString('en')} ` +
        `validation images, ${cpus().length} cores, ${new Date().toISOString().slice(0, 10)}`,
    );
    console.log('question                      p50 ms    p95 ms      kB');
    const questions: [string, () => Promise<unknown>][] = [
      ['round page, all figures', () => readRound(db, { projectId, roundId })],
      ['map of the pool', () => readMap(db, { projectId, roundId, blind: null })],
      ['map of the pool, annotator', () => readMap(db, { projectId, roundId, blind: { memberId, guess: 'after' } })],
      ['threshold simulator', () => readSimulator(db, { projectId, roundId })],
      ['compare two rounds', () => compareRounds(db, { projectId, roundId: older, otherRoundId: roundId })],
      ['flips, counted', () => countFlips(db, pair)],
      ['flips, first page', () => listFlips(db, { ...pair, limit: 60 })],
      ['worst mistakes, first page', () => listMistakes(db, { roundId, classIds, limit: 60, blind: null })],
      [
        'a confusion cell',
        () => listCell(db, { roundId, truthClassId: classIds[1] ?? '', predictedIndex: 2, limit: 60, blind: null }),
      ],
    ];
    for (const [name, ask] of questions) {
      const times: number[] = [];
      let size = 0;
      for (let i = 0; i < REPEATS; i += 1) {
        const start = performance.now();
        const answer = await ask();
        times.push(performance.now() - start);
        size = JSON.stringify(answer).length;
      }
      times.sort((a, b) => a - b);
      const at = (q: number): string => (times[Math.floor(q * (times.length - 1))] ?? 0).toFixed(1).padStart(8);
      console.log(`${name.padEnd(28)}${at(0.5)}  ${at(0.95)}  ${(size / 1000).toFixed(0).padStart(6)}`);
    }
    await database.close();
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
