import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ClearError } from './say.mjs';

/**
 * Reads the command line. Every setting has a default, an environment variable where one is usual, and an option that
 * wins.
 * @param {string[]} args
 * @param {Record<string, string | undefined>} env
 */
export function readOptions(args, env = process.env) {
  let values;
  let positionals;
  try {
    ({ values, positionals } = parseArgs({
      args,
      allowPositionals: args.includes('--reset-owner'),
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        url: { type: 'string', multiple: true },
        https: { type: 'boolean', default: false },
        cert: { type: 'string' },
        key: { type: 'string' },
        data: { type: 'string' },
        empty: { type: 'boolean', default: false },
        'no-trainer': { type: 'boolean', default: false },
        'trainer-only': { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        dev: { type: 'boolean', default: false },
        'reset-owner': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    throw new ClearError(`${error.message} Try: npm start -- --help`);
  }
  const port = Number(values.port ?? env.PORT ?? 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new ClearError(`A port is a number from 1 to 65535, not "${values.port ?? env.PORT}".`);
  if (values['no-trainer'] && values['trainer-only'])
    throw new ClearError('--no-trainer and --trainer-only leave nothing to start.');
  const [cert = null, key = null] = [values.cert ?? env.PUPIL_CERT, values.key ?? env.PUPIL_KEY];
  if ((cert === null) !== (key === null)) throw new ClearError('--cert and --key go together: give both files.');
  return {
    port,
    host: values.host ?? env.HOST ?? '127.0.0.1',
    url: values.url?.join(',') ?? env.PUPIL_URL ?? null,
    https: values.https || cert !== null || env.PUPIL_HTTPS === '1',
    cert: cert && resolve(cert),
    key: key && resolve(key),
    dataDir: values.data ?? env.PUPIL_DATA ?? null,
    empty: values.empty,
    server: !values['trainer-only'],
    trainer: !values['no-trainer'],
    verbose: values.verbose || values.dev,
    dev: values.dev,
    help: values.help,
    resetOwner: values['reset-owner'],
    /** Which owner; null: the only one. */
    owner: values['reset-owner'] ? (positionals[0] ?? null) : null,
  };
}
