import { describe, expect, it } from 'vitest';
import { integer, json, nullable, oneOf, readRow, text, truth } from './execute.ts';

describe('a row of a statement written by hand', () => {
  const schema = {
    id: text,
    n: integer,
    open: truth,
    kind: oneOf('decide', 'skip'),
    classId: nullable(text),
    more: json,
  };
  const row = { id: 'a', n: 3, open: false, kind: 'skip', classId: null, more: { x: 1 } };
  it('is read column by column, and holds no other', () => {
    expect(readRow({ ...row, extra: 1 }, schema)).toEqual(row);
  });
  it.each([
    ['id', undefined, 'column id: wanted text, got undefined'],
    ['n', '3', 'column n: wanted an integer, got string'],
    ['open', null, 'column open: wanted true or false, got null'],
    ['kind', 'undo', 'column kind: wanted one of decide, skip, got string'],
    ['classId', 7, 'column classId: wanted text, got number'],
    ['more', [], 'column more: wanted an object, got object'],
  ])('fails by the name of its column: %s', (name, value, message) => {
    expect(() => readRow({ ...row, [name]: value }, schema)).toThrow(message);
  });
});
