// One catalogue for each language: as many texts under the same keys, asking for the same values, none unused; in the
// sources of pages no text outside, and no error without a key. How to add a text, a room or a language:
// docs/TRANSLATING.md.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'rolldown/parseAst';
import { findPlain } from './setup/find-plain.mjs';
import { findText } from './setup/find-text.mjs';
import { filesBelow } from './setup/sources.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Where the texts of a part may be asked for: elsewhere they have not come along. */
const PLACES = {
  project: /^app\/(projects\/\[projectId\]|_labeling|_runs|_charts)\//,
  chart: /^app\/(_charts\/|_runs\/image-dialog)/,
  data: /^app\/projects\/\[projectId\]\/data\//,
  gallery: /^app\/projects\/\[projectId\]\/(gallery|images)\//,
  settings: /^app\/(_runs\/augmentation-preview|projects\/\[projectId\]\/settings\/)/,
  organization: /^app\/organizations\//,
  team: /^app\/projects\/\[projectId\]\/team\//,
  newrun: /^app\/projects\/\[projectId\]\/runs\/new\//,
  map: /^app\/projects\/\[projectId\]\/(gallery\/map|runs\/\[runId\]\/rounds)\//,
  trying: /^app\/projects\/\[projectId\]\/try\//,
  runrooms: /^app\/(_runs\/|projects\/\[projectId\]\/runs\/)/,
  runs: /^app\/(_runs|projects\/\[projectId\]\/(overview-page|runs|try))/,
};
/** Words of formats, and sentences of schemas, which are known by their English. */
const FOUND_OTHERWISE = /^format\.|^error\.input\./;
const PARTICLES = ['을', '이', '은', '과', '으로', '이나', '이라'];
const FOLDER = 'core/text';
/** What the server says by key: errors and their reasons, letters, and the files that it writes. */
const OF_SERVER = new Set(['card', 'error', 'file', 'learning', 'letter', 'refusal', 'why']);
/** Errors without a key: mistakes in calling our own code, which a caller mends and no person meets. */
const OF_CALLERS = new Set([
  'db/blobs/keys.ts',
  'workers/ml/backbone/embedder.ts',
  'workers/ml/export/index.ts',
  'workers/ml/export/inference.ts',
  'workers/ml/training/features.ts',
  'workers/ml/training/noisy-head.ts',
  'workers/ml/training/predict.ts',
]);
const faults = [];

const languages = readdirSync(join(root, FOLDER), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const catalogues = new Map(languages.map((language) => [language, readCatalogue(language)]));
const english = catalogues.get('en');

for (const [language, catalogue] of catalogues) checkCatalogue(language, catalogue);
checkUse();
for (const file of filesBelow(root, 'app').filter((one) => /\.tsx?$/.test(one)))
  for (const { line, text } of findText(readFileSync(join(root, file), 'utf8'), file.endsWith('x') ? 'tsx' : 'ts'))
    faults.push(`${file}:${line}: outside the catalogue: ${text}`);
checkErrors();
for (const fault of faults) console.error(fault);
console.log(`text: ${english.size} texts in ${languages.length} languages, ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);

/** Every text of a language by its key, with the file that it stands in. */
function readCatalogue(language) {
  const found = new Map();
  for (const file of filesBelow(root, `${FOLDER}/${language}`)) {
    const visit = (node) => {
      if (Array.isArray(node)) return node.forEach(visit);
      if (node === null || typeof node !== 'object') return;
      if (node.type === 'Property' && typeof node.key.value === 'string') {
        const key = node.key.value;
        if (typeof node.value.value !== 'string') faults.push(`${file}: ${key} is no plain text`);
        else if (found.has(key)) faults.push(`${file}: ${key} stands twice`);
        else if (!key.startsWith(`${roomOf(file)}.`)) faults.push(`${file}: ${key} belongs into another file`);
        else found.set(key, { file, message: node.value.value });
        return;
      }
      Object.values(node).forEach(visit);
    };
    visit(parseAst(readFileSync(join(root, file), 'utf8'), { lang: 'ts', sourceType: 'module' }).body);
  }
  return found;
}

function roomOf(file) {
  return basename(file, '.ts');
}

function checkCatalogue(language, catalogue) {
  for (const [key, { file, message }] of english) {
    const own = catalogue.get(key);
    if (!own) faults.push(`${FOLDER}/${language}: ${key} of ${file} is missing`);
    else if (placesOf(own.message) !== placesOf(message))
      faults.push(`${own.file}: ${key} asks for ${placesOf(own.message)}, English for ${placesOf(message)}`);
  }
  for (const [key, { file, message }] of catalogue) {
    if (!english.has(key)) faults.push(`${file}: ${key} is not in English`);
    if (message.trim() === '') faults.push(`${file}: ${key} says nothing`);
    for (const [, inside] of message.matchAll(/\{([^}]*)\}/g)) checkPlace(file, key, inside);
    if (/[{}]/.test(message.replace(/\{[^{}]*\}/g, ''))) faults.push(`${file}: ${key} has a brace of its own`);
  }
}

/** The names that a message asks for. */
function placesOf(message) {
  return [...new Set([...message.matchAll(/\{(\w+)/g)].map(([, name]) => name))].sort().join(', ') || 'nothing';
}

function checkPlace(file, key, inside) {
  const [, forms, particle] = /^\w+(?:\|(.*)|,(.*))?$/.exec(inside) ?? [null, null, null];
  if (forms === null) faults.push(`${file}: ${key} has a place that nobody can read: {${inside}}`);
  if (forms && !/(^|\|)other=/.test(forms)) faults.push(`${file}: ${key} has no form for other numbers`);
  if (particle && !PARTICLES.includes(particle))
    faults.push(`${file}: ${key} has no particle that is called ${particle}`);
}

/** Every key is asked for somewhere, and those of a part only where they have come along. */
function checkUse() {
  const partOf = readParts();
  const used = new Set();
  const inCatalogue = new RegExp(`^${FOLDER}/(${languages.join('|')})/`);
  const sources = ['app', 'core', 'db', 'server', 'workers', 'scripts'].flatMap((room) => filesBelow(root, room));
  for (const file of sources.filter((one) => /\.tsx?$/.test(one) && !inCatalogue.test(one))) {
    const source = readFileSync(join(root, file), 'utf8');
    for (const key of keysIn(source)) {
      // `review.similar` is a procedure on the server. Rules in core say what is theirs.
      if (!/^(app|core)\//.test(file) && !OF_SERVER.has(roomOfKey(key))) continue;
      used.add(key);
      const part = partOf.get(roomOfKey(key));
      if (file.startsWith('app/') && PLACES[part]?.test(file) === false)
        faults.push(`${file}: ${key} comes along with ${part} only`);
    }
  }
  for (const [key, { file }] of english)
    if (!used.has(key) && !FOUND_OTHERWISE.test(key)) faults.push(`${file}: nobody asks for ${key}`);
}

/** Errors are said by their keys; a file that may do otherwise is on the list, and does. */
function checkErrors() {
  const plain = new Set();
  for (const file of ['core', 'db', 'server', 'workers', 'scripts', 'client'].flatMap((room) =>
    filesBelow(root, room),
  )) {
    if (!file.endsWith('.ts')) continue;
    for (const { line, text, allowed } of findPlain(readFileSync(join(root, file), 'utf8'))) {
      if (allowed) plain.add(file);
      if (!allowed || !OF_CALLERS.has(file)) faults.push(`${file}:${line}: an error without a key: ${text}`);
    }
  }
  for (const file of OF_CALLERS)
    if (!plain.has(file)) faults.push(`scripts/check-text.mjs: ${file} needs no exception any more`);
}

function roomOfKey(key) {
  return key.slice(0, key.indexOf('.'));
}

/** The keys of English that a source names, whole or by a part that is put in: `shell.nav.${name}`. */
function keysIn(source) {
  const named = new Set(
    [...source.matchAll(/['"]([a-z]+\.[^'"\n]+)['"]/g)].map(([, key]) => key).filter((key) => english.has(key)),
  );
  for (const [, before, after] of source.matchAll(/`([a-z]+\.[^`$\n]*)\$\{[^`]*\}([^`$\n]*)`/g))
    for (const key of english.keys())
      if (key.startsWith(before) && key.endsWith(after) && key.length > before.length + after.length) named.add(key);
  return named;
}

/** The part that each room of the catalogue comes along with. */
function readParts() {
  const index = readFileSync(join(root, FOLDER, 'en/index.ts'), 'utf8');
  const parts = index.matchAll(/^  (\w+): \{([^}]*)\}/gm);
  return new Map(
    [...parts].flatMap(([, part, rooms]) => [...rooms.matchAll(/\.\.\.(\w+)/g)].map(([, room]) => [room, part])),
  );
}
