// `npm start`: everything from a fresh clone to a running platform. Uses only Node until the packages are there.
import { fileURLToPath } from 'node:url';
import { noteUse } from './setup/in-use.mjs';
import { helpFor } from './setup/help.mjs';
import { readOptions } from './setup/options.mjs';
import { ensurePackages, requireNode } from './setup/packages.mjs';
import { requirePort } from './setup/port.mjs';
import { fail, headline } from './setup/say.mjs';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

try {
  requireNode();
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(helpFor());
    process.exit(0);
  }
  headline('Pupil');
  await ensurePackages(root);
  const { program, onBuilt } = options.dev ? await fromSource() : await fromBuild(options);
  const { resetOwner, supervise } = await import(`../${program}/supervisor.js`);
  if (options.resetOwner) await resetOwner({ ...options, root });
  else {
    const { restart } = await supervise({ ...options, root, program });
    onBuilt?.((names) => void restart(names));
  }
} catch (error) {
  fail(error);
}

async function fromBuild(options) {
  const { ensureBuilt } = await import('./build.mjs');
  const { ensureGpuLibrary } = await import('./setup/gpu.mjs');
  // --reset-owner runs beside an installation, without pages.
  const web = options.server && !options.resetOwner;
  if (web) await requirePort(options.port, options.host);
  noteUse(root);
  await ensureBuilt(root, { web });
  if (options.trainer && !options.resetOwner) await ensureGpuLibrary(root);
  return { program: 'dist' };
}

async function fromSource() {
  const { watchProcesses } = await import('./watch.mjs');
  return watchProcesses(root);
}
