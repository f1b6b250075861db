import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { fileURLToPath } from 'node:url';
import type { Installation } from './installation.ts';
import type { StageName, World } from './stages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What does not stand as it was acknowledged, by stage. */
export interface Verdict {
  lost: Partial<Record<StageName, number>>;
  doubled: Partial<Record<StageName, number>>;
  notes: string[];
}

/** Holds everything that was acknowledged against the database. */
export async function verify(installation: Installation, { ledger, projectId }: World): Promise<Verdict> {
  const client = await connect(installation);
  const count = async (text: string, values: unknown[] = []): Promise<number> =>
    Number((await client.query<{ n: string }>(text, values)).rows[0]?.n ?? 0);
  const notes: string[] = [];
  try {
    const acked = ledger.images.filter((one) => !ledger.deleted.includes(one.projectId));
    const lostImages = await count(
      `select count(*) as n from unnest($1::uuid[], $2::text[]) as a(project_id, name) where not exists
        (select 1 from image i where i.project_id = a.project_id and i.file_name = a.name)
        and exists (select 1 from project p where p.id = a.project_id and p.status <> 'deleted')`,
      [acked.map((one) => one.projectId), acked.map((one) => one.fileName)],
    );
    const labeled = acked.filter((one) => one.className !== '');
    const lostLabels = await count(
      `select count(*) as n from unnest($1::uuid[], $2::text[], $3::text[]) as a(project_id, name, class)
        where not exists (select 1 from image i join annotation n on n.image_id = i.id and n.source = 'import'
          join class c on c.id = n.class_id
          where i.project_id = a.project_id and i.file_name = a.name and c.name = a.class)
        and exists (select 1 from project p where p.id = a.project_id and p.status <> 'deleted')`,
      [labeled.map((one) => one.projectId), labeled.map((one) => one.fileName), labeled.map((one) => one.className)],
    );
    const twice = await count(
      `select count(*) as n from (select 1 from image group by project_id, file_name having count(*) > 1) d`,
    );
    const labeledTwice = await count(
      `select count(*) as n from (select 1 from annotation where source = 'import' group by image_id
        having count(*) > 1) d`,
    );
    const lostDecisions = await count(
      `select count(*) as n from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as a(id, image_id, class_id)
        where not exists (select 1 from annotation n where n.id = a.id and n.image_id = a.image_id
          and n.class_id = a.class_id)`,
      [
        ledger.decisions.map(({ id }) => id),
        ledger.decisions.map(({ imageId }) => imageId),
        ledger.decisions.map(({ classId }) => classId),
      ],
    );
    const decidedTwice = await count(
      `select count(*) as n from (select 1 from annotation where project_id = $1 and kind = 'decide'
        and source in ('label', 'grid') group by image_id, member_id having count(*) > 1) d`,
      [projectId],
    );
    const lostReview = await count(
      `select count(*) as n from unnest($1::uuid[], $2::uuid[]) as a(item_id, id) where not exists
        (select 1 from review_item r join annotation n on n.id = a.id where r.id = a.item_id and r.status <> 'open')`,
      [ledger.answered.map(({ itemId }) => itemId), ledger.answered.map(({ id }) => id)],
    );
    const lostSnapshots = await count(
      `select count(*) as n from unnest($1::uuid[], $2::int[]) as a(id, n) where not exists
        (select 1 from snapshot s where s.id = a.id and s.count = a.n
          and a.n = (select count(*) from snapshot_item i where i.snapshot_id = s.id))`,
      [ledger.snapshots.map(({ id }) => id), ledger.snapshots.map((one) => one.count)],
    );
    const snapshotsTwice = await count(
      `select count(*) as n from (select 1 from snapshot group by project_id, name having count(*) > 1) d`,
    );
    const undeleted = await count(
      `select count(*) as n from project where id = any($1::uuid[]) and status <> 'deleted'`,
      [ledger.deleted],
    );
    const runsTwice = await count(
      `select count(*) as n from (select 1 from run where name <> '' group by project_id, name having count(*) > 1) d`,
    );
    const failed = [...ledger.runs.values()].flatMap((run) => (run && run.status !== 'finished' ? [run] : []));
    for (const run of failed) notes.push(`a run ${run.status}: ${run.message}`);
    const broken = ledger.exports.filter(({ isWhole }) => !isWhole).length;
    return {
      lost: {
        import: lostImages + lostLabels,
        labeling: lostDecisions,
        review: lostReview,
        snapshot: lostSnapshots,
        deletion: undeleted,
        training: failed.length,
        export: broken,
      },
      doubled: {
        import: twice + labeledTwice,
        labeling: decidedTwice,
        snapshot: snapshotsTwice,
        training: runsTwice,
      },
      notes,
    };
  } finally {
    await client.end();
  }
}

/** The database may still be on its way back. */
async function connect(installation: Installation): Promise<Client> {
  for (let tries = 0; ; tries += 1) {
    const client = new Client({ connectionString: installation.databaseUrl() });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (tries === 60) throw error;
      await wait(1000);
    }
  }
}

/** Runs `npm run fsck` on an installation, running or not: null when it finds nothing, else what it says. */
export function check(folder: string, options: readonly string[] = []): Promise<string | null> {
  const args = ['scripts/run.mjs', 'scripts/fsck.ts', '--data', folder, ...options];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((done) =>
    child.once('exit', (code) =>
      done(
        code === 0
          ? null
          : said
              .split('\n')
              .filter((line) => !/^ +0 /.test(line))
              .join('\n'),
      ),
    ),
  );
}
