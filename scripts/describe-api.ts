/**
 * `npm run api`: writes what follows from the API's own description anew, the tables of docs/API.md and two files of
 * the Python client. A unit test fails while they are stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeWritten } from './api/written.ts';

for (const [path, text] of writeWritten((path) => readFileSync(rooted(path), 'utf8'))) {
  writeFileSync(rooted(path), text);
  console.log(path);
}
process.exit(0);

function rooted(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
