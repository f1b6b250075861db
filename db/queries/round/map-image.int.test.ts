import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImages, createMember, createOrganization, createProject } from '../../seed/factories.ts';
import { createFinishedRun } from '../../seed/run-factory.ts';
import { createTestDatabase } from '../../testing/database.ts';
import type { TestDatabase } from '../../testing/database.ts';
import { findMapImage } from './round-read.ts';
import { execute, number, text } from '../../execute.ts';

describe('RUN-24 a point of the map leads to its image', () => {
  const IMAGES = 20_000;
  let test: TestDatabase;
  let roundId: string;
  let points: { id: string; x: number; y: number; split: string }[];
  beforeAll(async () => {
    test = await createTestDatabase();
    const organizationId = await createOrganization(test.db);
    const { memberId } = await createMember(test.db, { organizationId, role: 'lead' });
    const drawn = await createProject(test.db, { organizationId });
    await createImages(test.db, { projectId: drawn.id, count: 60 });
    await createImages(test.db, { projectId: drawn.id, count: 30, split: 'validation' });
    roundId = (await createFinishedRun(test.db, { projectId: drawn.id, memberId, seed: 3 })).roundIds[0] ?? '';
    await createImages(test.db, { projectId: drawn.id, count: IMAGES, name: 'more' });
    // Dense in the middle, as maps are; one image in ten has left the pool since.
    await test.db.execute(sql`
      insert into prediction (round_id, image_id, probabilities, class_index, confidence, map_x, map_y)
      select ${roundId}, id, array[0.5, 0.5]::real[], 0, 0.5, (random() + random() - 1) ^ 3, 100 + random() + random()
        from image where project_id = ${drawn.id} on conflict do nothing`);
    await test.db.execute(sql`update image set split = 'validation' where project_id = ${drawn.id} and shuffle < 0.1`);
    await test.db.execute(sql`vacuum analyze image, prediction`);
    const all = await execute(
      test.db,
      sql`
      select i.id, p.map_x::float8 as x, p.map_y::float8 as y, i.split from prediction p join image i
        on i.id = p.image_id where p.round_id = ${roundId} and p.map_x is not null`,
      { id: text, x: number, y: number, split: text },
    );
    points = all;
  });
  afterAll(() => test.close());
  const nearest = (x: number, y: number): number =>
    Math.min(...points.flatMap((point) => (point.split === 'pool' ? [Math.hypot(point.x - x, point.y - y)] : [])));

  it('which is the nearest one of the pool, wherever the place lies', async () => {
    const places = [
      ...points.slice(0, 40),
      ...points.slice(0, 40).map(({ x, y }, n) => ({ x: Math.fround(x + n / 50), y: Math.fround(y - n / 70) })),
      { x: 9, y: -9 },
      { x: -90, y: 101 },
    ];
    for (const { x, y } of places) {
      const found = await findMapImage(test.db, { roundId, x, y });
      const point = points.find(({ id }) => id === found?.imageId);
      expect(point?.split).toBe('pool');
      expect(Math.hypot((point?.x ?? 0) - x, (point?.y ?? 0) - y)).toBeCloseTo(nearest(x, y), 9);
    }
    expect(await findMapImage(test.db, { roundId: randomUUID(), x: 0, y: 0 })).toBeNull();
  });

  it('without measuring them all', async () => {
    const read = await test.db.transaction(async (tx) => {
      const rowsRead = async () =>
        (
          await execute(
            tx,
            sql`
        select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables
          where relname in ('image', 'prediction')`,
            { read: number },
          )
        )[0]?.read ?? 0;
      const before = await rowsRead();
      // As the page knows a point: rounded within the map.
      for (const { x, y } of points.slice(0, 20)) await findMapImage(tx, { roundId, x: x + 1e-5, y: y - 1e-5 });
      return ((await rowsRead()) - before) / 20;
    });
    expect(read).toBeLessThan(IMAGES / 40);
  });
});
