import { expect, it } from 'vitest';
import { findPlain } from './find-plain.mjs';

const found = (source: string) => findPlain(source).map(({ text, allowed }) => `${allowed ? '+' : '-'} ${text}`);

it('TEXT-14 finds an error that is told in a sentence without a key', () => {
  expect(found("throw new AppError('BAD_INPUT', 'Too many rows.');")).toEqual(["- 'Too many rows.'"]);
  expect(found("throw new AppError('BAD_INPUT', `${name} is empty.`);")).toEqual(['- `${name} is empty.`']);
  expect(found("new AppError('CONFLICT', 'Too many ' + what)")).toEqual(["- 'Too many ' + what"]);
  expect(found("new AppError('CONFLICT', gone ? say('error.broke') : 'Gone.')")).toHaveLength(1);
  expect(found("new AppError('CONFLICT', { plain: 'No such key.' })")).toEqual(["+ 'No such key.'"]);
  expect(found('const why = { plain: `No ${name}.` };')).toEqual(['+ `No ${name}.`']);
});

it('TEXT-14 leaves sentences by their key and errors that are passed on', () => {
  expect(found("throw new AppError('BAD_INPUT', say('file.empty', { name: 'a' }));")).toEqual([]);
  expect(found("new AppError(reply.code, reply.why); new Error('A bug.'); new AppError('CONFLICT', REFUSED)")).toEqual(
    [],
  );
  expect(found('const auth = { plain: handler(services) };')).toEqual([]);
});
