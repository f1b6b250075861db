import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { openDatabase } from './client.ts';
import { findFault } from './fault.ts';
import { createTestDatabase } from './testing/database.ts';

const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => findFault(error),
  );

it('OPS-45 what no column can hold is input, a database that is gone is trouble, and a bug is neither', async () => {
  const test = await createTestDatabase();
  const ask = (query: ReturnType<typeof sql>) => faultOf(test.db.execute(query));
  expect(await ask(sql`select ${'a\0b'}::text`)).toBe('input');
  expect(await ask(sql`select ${2 ** 40}::int`)).toBe('input');
  expect(await ask(sql`select ${1e-320}::real`)).toBe('input');
  expect(await ask(sql`select ${'no uuid'}::uuid`)).toBe('input');
  expect(await ask(sql`select nothing from nowhere`)).toBeNull();
  expect(await faultOf(test.db.execute(sql`select pg_terminate_backend(pg_backend_pid())`))).toBe('database');
  await test.close();
  const gone = openDatabase('postgres://nobody@127.0.0.1:9/nowhere');
  expect(await faultOf(gone.db.execute(sql`select 1`))).toBe('database');
  await gone.close();
});

it('OPS-45 a full disk, one that cannot be written, and storage that does not answer are told apart', () => {
  const made = (more: object) => new Error('outer', { cause: Object.assign(new Error('inner'), more) });
  expect(findFault(made({ code: 'ENOSPC' }))).toBe('disk full');
  expect(findFault(made({ code: '53100' }))).toBe('disk full');
  expect(findFault(made({ code: 'EROFS' }))).toBe('disk read-only');
  expect(findFault(made({ $metadata: { httpStatusCode: 503 } }))).toBe('storage');
  expect(findFault(made({ $metadata: {}, code: 'ECONNREFUSED' }))).toBe('storage');
  expect(findFault(made({ $metadata: { httpStatusCode: 404 } }))).toBeNull();
  expect(findFault(made({ code: 'ENOENT' }))).toBeNull();
});
