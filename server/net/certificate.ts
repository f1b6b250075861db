import { X509Certificate, createPrivateKey } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { listOwnHosts } from './own-addresses.ts';

export interface Certificate {
  key: string;
  cert: string;
}

const DAY_MS = 86_400_000;
/** Browsers refuse certificates that are valid for longer than 825 days. */
const VALID_DAYS = 800;
const RENEW_DAYS = 30;

/**
 * The operator's own certificate, read anew at each call. @throws Error that says which file is wrong and why
 * @param files paths of PEM files; the certificate first in its file is the server's, those of its issuers follow
 */
export async function readCertificate(files: { cert: string; key: string }): Promise<Certificate> {
  const read = (option: string, path: string): Promise<string> =>
    readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new Error(`The file of --${option}, ${path}, cannot be read (${error.code}).`);
    });
  const [cert, key] = await Promise.all([read('cert', files.cert), read('key', files.key)]);
  try {
    if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return { cert, key };
  } catch (error) {
    throw new Error(`${files.cert} and ${files.key} are no certificate and key in PEM: ${String(error)}`, {
      cause: error,
    });
  }
  throw new Error(`The key ${files.key} does not belong to the certificate ${files.cert}.`);
}

/**
 * A certificate that this machine signed for itself, kept in the data folder: for localhost, the machine's name and
 * every address that it has. Made anew when an address joins, or before it runs out, so that people have to accept it
 * seldom.
 */
export async function keepCertificate(folder: string, hosts: readonly string[] = everyHost()): Promise<Certificate> {
  const home = join(folder, 'tls');
  const [certFile, keyFile] = [join(home, 'cert.pem'), join(home, 'key.pem')];
  const kept = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]).catch(() => null);
  if (kept && isGood(kept[0], hosts)) return { cert: kept[0], key: kept[1] };
  // Hosts of before stay: a laptop that comes back to a network needs no new one.
  const made = await makeCertificate([...new Set([...hosts, ...(kept ? hostsOf(kept[0]) : [])])].slice(0, 50));
  await mkdir(home, { recursive: true });
  await writeFile(keyFile, made.key, { mode: 0o600 });
  await writeFile(certFile, made.cert);
  return made;
}

const everyHost = (): string[] => ['localhost', '127.0.0.1', '::1', hostname(), ...listOwnHosts('::')];

function isGood(cert: string, hosts: readonly string[]): boolean {
  try {
    const parsed = new X509Certificate(cert);
    const lives = new Date(parsed.validTo).getTime() - Date.now() > RENEW_DAYS * DAY_MS;
    return lives && hosts.every((host) => (isIP(host) ? parsed.checkIP(host) : parsed.checkHost(host)) !== undefined);
  } catch {
    return false;
  }
}

/** `DNS:localhost, IP Address:127.0.0.1` → hosts. */
function hostsOf(cert: string): string[] {
  try {
    return (new X509Certificate(cert).subjectAltName ?? '')
      .split(', ')
      .map((name) => name.replace(/^(DNS|IP Address):/, ''))
      .filter(Boolean);
  } catch {
    return [];
  }
}

async function makeCertificate(hosts: readonly string[]): Promise<Certificate> {
  const { generate } = await import('selfsigned');
  const now = Date.now();
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'Pupil on this machine' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now + VALID_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [...new Set(hosts)].map((host) => (isIP(host) ? { type: 7, ip: host } : { type: 2, value: host })),
      },
    ],
  });
  return { key, cert };
}
