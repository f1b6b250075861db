import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { migrate } from './migrate.ts';
import { createTestDatabase } from './testing/database.ts';

const folder = fileURLToPath(new URL('migrations', import.meta.url));

it('OPS-42 older code does not start on a database that newer code has changed', async () => {
  const database = await createTestDatabase();
  try {
    await migrate(database.url, folder);
    await database.db.execute(
      sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('from the future', 99999999999999)`,
    );
    await expect(migrate(database.url, folder)).rejects.toThrow(/newer version of Pupil/);
  } finally {
    await database.close();
  }
});

/** The migrations before the one that is called so, in a folder of their own. */
function migrationsBefore(tag: string): string {
  const older = mkdtempSync(join(tmpdir(), 'pupil-migrations-'));
  cpSync(folder, older, { recursive: true });
  const path = join(older, 'meta', '_journal.json');
  const journal = JSON.parse(readFileSync(path, 'utf8')) as { entries: { tag: string }[] };
  const at = journal.entries.findIndex((entry) => entry.tag === tag);
  expect(at).toBeGreaterThan(0);
  writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, at) }));
  return older;
}

it('SEVERAL-2 a database from before keeps every answer and count: one class is a set of one', async () => {
  const database = await createTestDatabase();
  const older = migrationsBefore('0039_class_sets');
  const { db } = database;
  try {
    await db.execute(sql`drop schema drizzle cascade`);
    await db.execute(sql`drop schema public cascade`);
    await db.execute(sql`create schema public`);
    await migrate(database.url, older);
    await db.execute(sql`
      with o as (insert into organization (name) values ('Old') returning id),
      u as (insert into "user" (id, name, email) values ('u', 'Ann', 'ann@example.test') returning id),
      m as (insert into member (organization_id, user_id, role) select o.id, u.id, 'owner' from o, u returning id),
      p as (insert into project (organization_id, name, settings) select id, 'Zoo', '{}' from o returning id),
      c as (insert into class (project_id, name, colour, position) select id, 'cat', '#000000', 0 from p returning id),
      i as (
        insert into image (project_id, content_hash, file_name, width, height, channels, bytes, consensus_state,
          consensus_class_id, judgment_count)
        select p.id, n::text, n || '.png', 8, 8, 3, 9, case when n = 1 then 'agreed' else 'none' end,
          case when n = 1 then c.id end, case when n = 1 then 1 else 0 end
        from p, c, generate_series(1, 3) n returning id, project_id, content_hash)
      insert into annotation (id, project_id, image_id, member_id, kind, class_id, source)
      select gen_random_uuid(), i.project_id, i.id, m.id, case when i.content_hash = '1' then 'decide' else 'skip' end,
        case when i.content_hash = '1' then c.id end, 'label' from i, m, c where i.content_hash <> '3'`);
    await migrate(database.url, folder);
    const read = async () => ({
      images: (
        await db.execute(sql`
          select i.consensus_state as state, i.consensus_class_ids as ids, i.consensus_class_id as id, c.id as cat
          from image i cross join class c order by i.content_hash`)
      ).rows,
      annotations: (await db.execute(sql`select kind, class_ids as ids, class_id as id from annotation order by kind`))
        .rows,
      counters: (
        await db.execute(sql`
          select state, resolved, sum(images)::int as images from project_counter group by 1, 2 having sum(images) <> 0
          order by 1`)
      ).rows,
    });
    const { images, annotations, counters } = await read();
    const cat = images[0]?.['cat'];
    expect(images.map(({ state, ids, id }) => [state, ids, id])).toEqual([
      ['agreed', [cat], cat],
      ['none', null, null],
      ['none', null, null],
    ]);
    expect(annotations).toEqual([
      { kind: 'decide', ids: [cat], id: cat },
      { kind: 'skip', ids: null, id: null },
    ]);
    expect(counters).toEqual([
      { state: 'agreed', resolved: true, images: 1 },
      { state: 'none', resolved: false, images: 2 },
    ]);
    // The counter follows sets by now: an image that has none of the classes is settled too.
    await db.execute(sql`update image set consensus_state = 'agreed', consensus_class_ids = '{}', judgment_count = 1
      where content_hash = '2'`);
    expect((await read()).counters).toEqual([
      { state: 'agreed', resolved: true, images: 2 },
      { state: 'none', resolved: false, images: 1 },
    ]);
  } finally {
    await database.close();
    rmSync(older, { recursive: true });
  }
});
