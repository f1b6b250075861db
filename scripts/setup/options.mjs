import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ClearError } from './say.mjs';

export const HELP = `Pupil: label a little, teach a lot.

  npm start                      on this machine, at http://127.0.0.1:3000
  npm start -- --port 8080       options go after the two dashes

  --port N        port of the pages and the API (3000; PORT)
  --host ADDRESS  127.0.0.1 is for this machine only, 0.0.0.0 lets others in (127.0.0.1; HOST)
  --url URL       an address people use, of a proxy say; several are allowed (PUPIL_URL, with commas)
  --https         https with a certificate of this machine's own making, kept in DIR/tls (PUPIL_HTTPS=1)
  --cert FILE --key FILE
                  https with your certificate, read again when it is renewed (PUPIL_CERT, PUPIL_KEY)
  --data DIR      the one folder with everything that is kept; copy it, while stopped, as a backup (.pupil; PUPIL_DATA)
  --empty         no demo project in a new installation
  --no-trainer    the server only: trainers run elsewhere, on the same database
  --trainer-only  a trainer only: for a further machine, with DATABASE_URL and S3_BUCKET set
  --verbose       logs of server and trainer here instead of in DIR/logs
  --dev           from source: restarts on change
  --reset-owner [EMAIL]
                  prints a link to a new password for an owner who is locked out, whether Pupil runs or not
  --help          this text

  DATABASE_URL    a Postgres of your own instead of the embedded one
  S3_BUCKET, S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY
                  object storage instead of DIR/blobs
  PUPIL_SECRET    signs sessions, 32 characters or more (made and kept in DIR when unset)
  PUPIL_TRUSTED_PROXIES
                  addresses or ranges (127.0.0.1, 10.0.0.0/24) of the proxies in front: what these say of the
                  people behind them in X-Forwarded-For, -Proto and -Host is believed (none)
  PUPIL_SMTP_URL, PUPIL_MAIL_FROM
                  a mail server (smtps://user:password@host) and a sender: links to new passwords go by mail (none)
  PUPIL_OIDC_ISSUER, PUPIL_OIDC_CLIENT_ID, PUPIL_OIDC_CLIENT_SECRET
                  sign-in with OpenID Connect; the redirect address is URL/api/auth/callback/oidc (none)
  PUPIL_OIDC_DOMAINS, PUPIL_OIDC_ROLE, PUPIL_OIDC_LABEL
                  whose addresses may sign in (all), as what (annotator), and what the button says
  PUPIL_ENGINE    auto, cuda, webgpu, native or wasm: where tensors run (auto)
  PUPIL_THREADS   cores that training may use (all)
  LOG_LEVEL       fatal, error, warn, info or debug (info)`;

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
