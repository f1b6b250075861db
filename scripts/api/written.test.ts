import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { writeWritten } from './written.ts';

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

it('OPS-60 the tables of docs/API.md and the Python client are those of today; `npm run api` writes them', () => {
  for (const [path, text] of writeWritten(read)) expect([path, read(path)]).toEqual([path, text]);
});
