// Every file that a document names must be there: prose that points into the house is checked like an import.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const ROOMS = 'app|bench|client|core|db|docs|e2e|scripts|server|workers';
const NAMED = new RegExp(String.raw`\`((?:${ROOMS})/[^\`\s*{}]+?)(?::\d+)?\``, 'g');
const LINK = /\]\(([^)#:\s]+\.(?:md|ts|png))(?:#[^)]*)?\)/g;
const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...['docs', 'docs/decisions'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];
const faults = documents.flatMap((path) => {
  const text = readFileSync(join(root, path), 'utf8');
  const named = [...text.matchAll(NAMED)].map(([, file]) => file).filter((file) => !/[A-Z]{4}|…|\.\.\./.test(file));
  const linked = [...text.matchAll(LINK)].map(([, file]) => join(dirname(path), file));
  return [...named, ...linked].filter((file) => !existsSync(join(root, file))).map((file) => `${path} names ${file}`);
});
for (const fault of faults) console.error(fault);
console.log(`docs: ${documents.length} documents, ${faults.length} files named that are not there`);
process.exit(faults.length === 0 ? 0 : 1);
