import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { capture } from './packages.mjs';
import { say, seconds } from './say.mjs';

/**
 * Where an NVIDIA GPU is found, fetches the CUDA build of TensorFlow once. Its package would do so on every install,
 * GPU or not, and break the install where its host cannot be reached. Without it training goes on, slower, and the line
 * says so.
 */
export async function ensureGpuLibrary(root) {
  const home = join(root, 'node_modules/@tensorflow/tfjs-node-gpu');
  if (!existsSync('/dev/nvidiactl') || !existsSync(home) || hasLibrary(home)) return;
  const started = Date.now();
  say('gpu', 'fetching TensorFlow for the NVIDIA GPU, about 400 MB ...');
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
  const { code } = await capture(process.execPath, ['scripts/install.js', 'gpu', 'download'], {
    cwd: home,
    env,
    timeout: 600_000,
  });
  say(
    'gpu',
    code === 0 && hasLibrary(home)
      ? `ready in ${seconds(started)}`
      : 'TensorFlow for the GPU could not be fetched: training uses another engine',
  );
}

/** Both the library and the binding of it for this Node. */
function hasLibrary(home) {
  const binding = join(home, 'lib');
  return (
    existsSync(join(home, 'deps/lib')) &&
    existsSync(binding) &&
    readdirSync(binding).some((name) => name.startsWith('napi-v'))
  );
}
