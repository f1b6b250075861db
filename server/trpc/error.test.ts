import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { inEnglish, keyOfInput } from '#core/text/in-english.ts';
import { saidOf } from './error.ts';

const refused = (schema: z.ZodType, input: unknown) => {
  const said = saidOf(schema.safeParse(input).error);
  return said && inEnglish(said);
};

it('TEXT-11 why an input was refused has a key, with the field', () => {
  const person = z.object({
    email: z.email('This is not an e-mail address.'),
    name: z.string().min(1).max(5),
    n: z.int().max(3),
  });
  expect(refused(person, { email: 'x', name: 'Anna', n: 1 })).toBe('email: This is not an e-mail address.');
  expect(refused(person, { email: 'a@b.test', name: '', n: 1 })).toBe('name: Write something here.');
  expect(refused(person, { email: 'a@b.test', name: 'Annabel', n: 1 })).toBe('name: at most 5 characters.');
  expect(refused(person, { email: 'a@b.test', name: 'Anna', n: 4 })).toBe('n: at most 3.');
  expect(refused(person, { email: 'a@b.test', name: 7, n: 4 })).toBe('name: The input is not valid.');
  const plain = z.object({ email: z.email(), at: z.url(), ids: z.array(z.uuid()).min(1).max(2) });
  const [email, at, id] = ['a@b.test', 'https://a.test', crypto.randomUUID()];
  expect(refused(plain, { email: 'x', at, ids: [id] })).toBe('email: This is not an e-mail address.');
  expect(refused(plain, { email, at: 'x', ids: [id] })).toBe('at: Give an http or https address.');
  expect(refused(plain, { email, at, ids: [] })).toBe('ids: at least 1.');
  expect(refused(plain, { email, at, ids: [id, id, id] })).toBe('ids: at most 2.');
  expect(refused(plain, { email, at, ids: ['x'] })).toBe('ids.0: The input is not valid.');
  expect(refused(z.email(), 'x')).toBe('This is not an e-mail address.');
});

it('TEXT-11 every sentence of the schemas is in the catalogue', () => {
  // Pages never send these.
  const ofPrograms = new Set([
    'A decision names a class; a skip does not.',
    'A layout is none, tables or folders-N.',
    'There is no such sentence.',
  ]);
  const folder = new URL('../../core/schemas/', import.meta.url);
  const said = readdirSync(folder).flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/'([A-Z][^'\n]* [^'\n]*\.)'/g)].map(
      ([, text = '']) => text,
    ),
  );
  expect(said.length).toBeGreaterThan(10);
  expect(said.filter((text) => keyOfInput(text) === null && !ofPrograms.has(text))).toEqual([]);
});
