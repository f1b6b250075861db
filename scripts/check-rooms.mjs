// Holds the code to the table of rooms in ARCHITECTURE.md: who may import whom, file length, and where the environment
// is read.
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesBelow } from './setup/sources.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const LONGEST = 400;
/** Over the length since the whole tree got one format; each is to be split. */
const SPLIT_NEXT = ['access.int.test.ts', 'run-loop.int.test.ts', 'run-factory.ts', 'new-run-page.tsx'];

/** Rooms by path, and the rooms that each may import. */
const ROOMS = {
  core: ['core'],
  db: ['db', 'core'],
  server: ['server', 'db', 'core'],
  'workers/ml': ['workers/ml', 'core'],
  'workers/trainer': ['workers/trainer', 'workers/ml', 'db', 'core'],
  app: ['app', 'core', 'workers/ml/augment'],
};
/** The one door from pages to server: the type of the API, erased before anything runs. */
const API_TYPE = 'server/trpc/router.ts';
/** Packages that a room must not touch, because it stays pure or small. */
const PACKAGES = {
  core: (name, file) => name === 'zod' && file.startsWith('core/schemas/'),
  'workers/ml': (name) =>
    name.startsWith('@tensorflow/') ||
    [
      'node:worker_threads',
      'node:module',
      'node:os',
      'node:path',
      'node:v8',
      'node:url',
      'webgpu',
      'onnxruntime-node',
      'tsx/esm/api',
    ].includes(name),
};
const IMPORT = new RegExp(
  [
    String.raw`(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'`,
    String.raw`import\(\s*(?:\/\*.*?\*\/\s*)?'([^']+)'\s*\)`,
    String.raw`(?:^|\n)import\s+'([^']+)'`,
  ].join('|'),
  'g',
);

const aliases = Object.entries(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).imports).map(
  ([key, value]) => [key.replace('*', ''), value.replace('./', '').replace('*', '')],
);
const faults = [];

const roomOf = (file) => Object.keys(ROOMS).find((room) => file.startsWith(`${room}/`));
const isTest = (file) => /\.test\.tsx?$|\/testing\//.test(file);

for (const top of ['app', 'core', 'db', 'server', 'workers', 'scripts', 'bench', 'e2e']) {
  for (const file of allFiles(top)) checkFile(file);
}
for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? 'rooms: every import keeps to the table' : `rooms: ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);

function allFiles(top) {
  const tests = filesBelow(root, top, { tests: true });
  return tests.filter((file) => /\.(ts|tsx|mts|mjs)$/.test(file));
}

function checkFile(file) {
  const text = readFileSync(join(root, file), 'utf8');
  const lines = text.split('\n').length;
  if (lines > LONGEST && !SPLIT_NEXT.some((name) => file.endsWith(name)))
    faults.push(`${file}: ${lines} lines, at most ${LONGEST}`);
  const room = roomOf(file);
  if (!room) return;
  if (/process\.env\b/.test(text) && !file.endsWith('/env.ts') && !isTest(file))
    faults.push(`${file}: reads process.env; only env.ts does`);
  if (room === 'workers/ml' && !isTest(file) && /\bconsole\.\w+\(/.test(text))
    faults.push(`${file}: writes to the console`);
  for (const [, typeOnly, from, dynamic, bare] of text.matchAll(IMPORT))
    checkImport(file, room, from ?? dynamic ?? bare, Boolean(typeOnly));
}

function checkImport(file, room, name, typeOnly) {
  const target = resolveName(file, name);
  if (target === null) {
    const allowed = PACKAGES[room];
    if (allowed && !isTest(file) && !allowed(name, file))
      faults.push(`${file}: imports the package ${name}, which ${room} must not`);
    return;
  }
  if (room === 'app' && target === API_TYPE && typeOnly) return;
  if (isTest(file) && room !== 'app') return;
  if (!ROOMS[room].some((allowed) => target.startsWith(`${allowed}/`)))
    faults.push(`${file}: imports ${target}, which ${room} may not`);
}

/** Path from the root, or null for a package. */
function resolveName(file, name) {
  if (name.startsWith('.')) return relative(root, resolve(root, dirname(file), name)).replaceAll('\\', '/');
  const alias = aliases.find(([prefix]) => name.startsWith(prefix));
  return alias ? alias[1] + name.slice(alias[0].length) : null;
}
