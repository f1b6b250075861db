import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** A system account that Postgres runs as. */
export type Account = { name: string; uid: number; gid: number };

/**
 * The account for Postgres when we are root, because Postgres refuses root: `postgres`, else `nobody`. Null when we are
 * an ordinary user, who runs it as himself.
 */
export function postgresAccount(passwdFile = '/etc/passwd'): Account | null {
  if (process.getuid?.() !== 0) return null;
  const accounts = parsePasswd(readFileSync(passwdFile, 'utf8'));
  const account = accounts.find((a) => a.name === 'postgres') ?? accounts.find((a) => a.name === 'nobody');
  if (!account)
    throw new Error(
      'Postgres refuses to run as root, and this machine has no account "postgres" or "nobody". Start as an ordinary ' +
        'user.',
    );
  return account;
}

function parsePasswd(text: string): Account[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

/**
 * The first folder on the way to `path` (itself included) that the account may not walk through, or null when it can
 * reach it.
 */
export function firstBarrier(path: string, account: Account): string | null {
  const ways: string[] = [];
  for (let p = path; ; p = dirname(p)) {
    ways.unshift(p);
    if (p === dirname(p)) break;
  }
  for (const way of ways) {
    const info = statSync(way, { throwIfNoEntry: false });
    if (!info) return null; // Not there yet: we shall make it ourselves.
    const bit = info.uid === account.uid ? 0o100 : info.gid === account.gid ? 0o010 : 0o001;
    if (info.isDirectory() && (info.mode & bit) === 0) return way;
  }
  return null;
}
