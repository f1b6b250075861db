// Every rule of docs/SPEC.md is cited by a test title, and every id that a test cites is a rule; an id names one rule.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesBelow } from './setup/sources.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const ids = [...readFileSync(join(root, 'docs/SPEC.md'), 'utf8').matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm)].map(
  ([, id]) => id,
);
const rules = new Set(ids);
const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
const areas = new Set([...rules].map((id) => id.split('-')[0]));
const cited = new Map();

for (const file of ['app', 'bench', 'core', 'db', 'server', 'workers', 'scripts', 'e2e'].flatMap((top) =>
  filesBelow(root, top, { tests: true }),
)) {
  if (!/\.(test|spec)\.tsx?$/.test(file)) continue;
  for (const [id] of readFileSync(join(root, file), 'utf8').matchAll(/\b[A-Z]+-\d+\b/g)) {
    if (areas.has(id.split('-')[0])) cited.set(id, [...(cited.get(id) ?? []), file]);
  }
}

const untested = [...rules].filter((id) => !cited.has(id));
const unknown = [...cited].filter(([id]) => !rules.has(id));
for (const id of twice) console.error(`docs/SPEC.md: ${id} names two rules`);
for (const id of untested) console.error(`docs/SPEC.md: ${id} has no test that cites it`);
for (const [id, files] of unknown) console.error(`${files[0]}: cites ${id}, which is not in docs/SPEC.md`);
console.log(`spec: ${rules.size} rules, ${untested.length} without a test, ${unknown.length} unknown ids`);
process.exit(untested.length + unknown.length + twice.length === 0 ? 0 : 1);
