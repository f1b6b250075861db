import { setPriority } from 'node:os';
import pg from 'pg';
import { pino } from 'pino';
import type { DomainEvent } from '#core/events.ts';
import { openDatabase } from '#db/client.ts';
import { openLogStream } from '#db/log-stream.ts';
import { startRelay } from '#db/relay.ts';
import { listStaleTeachers } from '#db/queries/labeling/live-teacher.ts';
import { createTeachers } from '../live/teachers.ts';
import { tellAlive } from '../hold/alive.ts';
import { readEnv } from './env.ts';

/** The process in which live teachers learn: it hears answers, and looks by itself for what it did not hear. */
const SWEEP_MS = 3000;
/** Stale projects that are looked at in one sweep. */
const SWEPT = 20;
/** Answers come first, but a fit takes a second or two: less polite than embedding. */
const NICE = 2;
/** What changes what there is to learn. */
const HEARD: ReadonlySet<DomainEvent['name']> = new Set([
  'annotation:submitted',
  'review:answered',
  'project:changed',
  'class:changed',
]);

const env = readEnv();
const log = pino({ level: env.LOG_LEVEL, name: 'live-teacher' }, openLogStream());
try {
  setPriority(NICE);
} catch (error) {
  log.debug({ err: error }, 'the live teacher keeps the usual priority');
}
const { db } = openDatabase(env.DATABASE_URL, {
  max: 3,
  onError: (error) => log.warn({ err: error }, 'a database connection was lost'),
});

/** Holds are of this connection: when it goes, so do they, and another trainer may teach. */
let holding: pg.Client | null = null;
async function hold(projectId: string): Promise<boolean> {
  if (holding === null) {
    const client = new pg.Client({ connectionString: env.DATABASE_URL, keepAlive: true });
    client.on('error', (error) => {
      log.warn({ err: error }, 'the live teacher lost its holds');
      if (holding === client) holding = null;
      teachers.forget();
    });
    await client.connect();
    holding = client;
  }
  const { rows } = await holding.query<{ held: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as held',
    [`live-teacher:${projectId}`],
  );
  return rows[0]?.held ?? false;
}

const release = async (projectId: string): Promise<void> => {
  await holding?.query('select pg_advisory_unlock(hashtextextended($1, 0))', [`live-teacher:${projectId}`]);
};

const teachers = createTeachers({ db, log, hold, release });
startRelay({
  url: env.DATABASE_URL,
  log,
  onEvent: (event) => {
    if ('projectId' in event && HEARD.has(event.name)) teachers.hear(event.projectId);
  },
  onGap: () => undefined,
});
setInterval(() => {
  listStaleTeachers(db, SWEPT).then(
    (ids) => {
      for (const id of ids) teachers.hear(id);
    },
    (error: unknown) => log.warn({ err: error }, 'the live teacher could not look for what is new'),
  );
}, SWEEP_MS);

tellAlive();
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
