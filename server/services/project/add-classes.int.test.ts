import { afterAll, beforeAll, expect, it } from 'vitest';
import { createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { addClasses } from './add-classes.ts';

let test: TestServices;
beforeAll(async () => {
  test = await createTestServices();
});
afterAll(() => test.close());

it(
  'IMAGE-6 classes that two people add at once are both kept, each with a key of its own and the same name ' + 'once',
  async () => {
    const { db, pool } = test.services;
    const { id: projectId } = await createProject(db, {
      organizationId: await createOrganization(db),
      classes: ['cat'],
    });
    let second: ReturnType<typeof addClasses> | undefined;
    await db.transaction(async (tx) => {
      await addClasses(tx, projectId, ['dog', 'owl']);
      second = db.transaction((other) => addClasses(other, projectId, ['owl', 'fox']));
      await expect
        .poll(
          async () =>
            (
              await pool.query(
                `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
              )
            ).rowCount,
        )
        .toBe(1);
    });
    const classes = await second;
    expect(classes?.map(({ name }) => name)).toEqual(['cat', 'dog', 'owl', 'fox']);
    expect(new Set(classes?.map(({ hotkey }) => hotkey)).size).toBe(4);
    expect(classes?.map(({ position }) => position)).toEqual([0, 1, 2, 3]);
  },
);
