import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ClearError } from './clear-error.ts';

export const HELP = `Usage: npm start -- [options]

  --port N       port of the pages (3000, or PORT)
  --host H       address to listen on (127.0.0.1; 0.0.0.0 lets others in)
  --url URL      address that people use, when a proxy stands in front (PUPIL_URL)
  --data DIR     folder of everything that Pupil keeps (.pupil); copy it, while stopped, as a backup
  --empty        do not draw the demo project
  --no-trainer   serve the pages only; trainers run elsewhere on the same database
  --dev          rebuild pages on change
  --help         this text

Environment: DATABASE_URL (an own Postgres instead of the embedded one), S3_BUCKET, S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY_ID,
S3_SECRET_ACCESS_KEY (object storage instead of the folder), PUPIL_SECRET (32 characters or more), PUPIL_ENGINE
(auto, cuda, webgpu, native, wasm), PUPIL_THREADS, LOG_LEVEL.`;

export interface Options {
  port: number;
  host: string;
  url: string | undefined;
  dataDir: string;
  empty: boolean;
  trainer: boolean;
  dev: boolean;
}

/** Reads the command line; null when help was asked for. */
export function readOptions(root: string, args: string[], env: NodeJS.ProcessEnv): Options | null {
  const { values } = parse(args);
  if (values.help) return null;
  const port = Number(values.port ?? env.PORT ?? 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new ClearError(`--port takes a number from 1 to 65535, not "${values.port ?? env.PORT}".`);
  return {
    port,
    host: values.host ?? env.HOST ?? '127.0.0.1',
    url: values.url ?? env.PUPIL_URL,
    dataDir: resolve(values.data ?? env.PUPIL_DATA ?? resolve(root, '.pupil')),
    empty: values.empty ?? false,
    trainer: !values['no-trainer'],
    dev: values.dev ?? false,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string' }, host: { type: 'string' }, url: { type: 'string' }, data: { type: 'string' }, empty: { type: 'boolean' },
        'no-trainer': { type: 'boolean' }, dev: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new ClearError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}
