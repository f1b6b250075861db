// `npm start`: sets up what is missing with nothing but Node, then hands over to the supervisor (scripts/supervise/main.ts).
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensurePackages, requireNode } from './setup/packages.mjs';
import { fail, headline } from './setup/say.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const wantsHelp = process.argv.includes('--help') || process.argv.includes('-h');

try {
  requireNode();
  if (!wantsHelp) headline('Pupil');
  await ensurePackages(root);
  await ensureBuilt(root, { web: !wantsHelp && !process.argv.includes('--dev') });
  const { supervise } = await import(new URL('../dist/supervisor.js', import.meta.url).href);
  await supervise(root, process.argv.slice(2));
} catch (error) {
  fail(error);
}
