import type { SQL } from 'drizzle-orm';
import type { Db } from './client.ts';

/** Reads one column of a row, or throws a TypeError that says what it found instead. */
export type Column<T> = (value: unknown) => T;
/** What a row of a statement holds: a reader for each column. */
export type RowSchema<T> = { readonly [K in keyof T]-?: Column<T[K]> };

const column =
  <T>(noun: string, is: (value: unknown) => value is T): Column<T> =>
  (value) => {
    if (!is(value)) throw new TypeError(`wanted ${noun}, got ${value === null ? 'null' : typeof value}`);
    return value;
  };

export const text = column('text', (value): value is string => typeof value === 'string');
/** A number without a fraction that fits: `count(*)` and bigint must be cast to int in the statement. */
export const integer = column('an integer', (value): value is number => Number.isSafeInteger(value));
export const number = column('a number', (value): value is number => typeof value === 'number');
export const truth = column('true or false', (value): value is boolean => typeof value === 'boolean');
export const bytes = column('bytes', (value): value is Buffer => Buffer.isBuffer(value));
/** A time, which drivers give as text or as a date. */
export const moment: Column<Date> = (value) => {
  const time = value instanceof Date ? value : new Date(text(value));
  if (Number.isNaN(time.getTime())) throw new TypeError(`wanted a time, got ${String(value)}`);
  return time;
};
export const json = column(
  'an object',
  (value): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value),
);
export const nullable =
  <T>(of: Column<T>): Column<T | null> =>
  (value) =>
    value === null ? null : of(value);
export const list =
  <T>(of: Column<T>): Column<T[]> =>
  (value) => {
    if (!Array.isArray(value)) throw new TypeError(`wanted a list, got ${typeof value}`);
    return value.map(of);
  };
/** An object whose members are read one by one, as a row's columns are. */
export const shape =
  <T>(schema: RowSchema<T>): Column<T> =>
  (value) =>
    readRow(json(value), schema);
/** JSON that our own code wrote by its type, and that may be older than it: only that it is an object is asked. */
export const stored =
  <T extends object>(): Column<T> =>
  (value) =>
    json(value) as T;
/** One of a few words. */
export const oneOf = <T extends string>(...words: readonly T[]): Column<T> =>
  column(`one of ${words.join(', ')}`, (value): value is T => words.some((word) => word === value));

/**
 * Rows of a statement written by hand, each read by its schema: a column that was renamed, or a bigint that arrives as
 * text, fails here by its name instead of becoming `undefined` on a page.
 * @throws TypeError naming the column
 * @example await execute(db, sql`select id, n::int as n from t`, { id: text, n: integer });
 */
export async function execute<T>(db: Db, statement: SQL, schema: RowSchema<T>): Promise<T[]> {
  const { rows } = await db.execute(statement);
  return rows.map((row) => readRow(row, schema));
}

/** The first row of a statement that has one at most, or null. */
export const executeOne = async <T>(db: Db, statement: SQL, schema: RowSchema<T>): Promise<T | null> =>
  (await execute(db, statement, schema))[0] ?? null;

export function readRow<T>(row: Record<string, unknown>, schema: RowSchema<T>): T {
  const result: Partial<T> = {};
  for (const name of Object.keys(schema) as (keyof T & string)[]) {
    try {
      result[name] = schema[name](row[name]);
    } catch (error) {
      throw new TypeError(`column ${name}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
  return result as T;
}
