'use client';
import { clear, createStore, entries, get, set } from 'idb-keyval';
import type { UseStore } from 'idb-keyval';

/**
 * What a page needs to open without a connection, of the one person who is signed in here: answers about themselves and
 * their projects, and the images in their hand. Goes when they sign out, or somebody else signs in. Browser only; where
 * the browser stores nothing, nothing is kept.
 */
const OWNER = 'owner';

let database: UseStore | null = null;
const open = (): UseStore => (database ??= createStore('pupil-offline', 'kept'));

/** Without a service worker (plain http, some private windows) no page opens offline: nothing is kept for it. */
export const opensOffline = (): boolean => typeof navigator !== 'undefined' && 'serviceWorker' in navigator;

export async function keepOffline(key: string, value: unknown): Promise<void> {
  if (opensOffline()) await set(key, value, open()).catch(() => undefined);
}

export async function findOffline<T>(key: string): Promise<T | null> {
  if (!opensOffline()) return null;
  return (await get<T>(key, open()).catch(() => undefined)) ?? null;
}

/** Everything whose key begins so. */
export async function listOffline<T>(prefix: string): Promise<T[]> {
  if (!opensOffline()) return [];
  const all = await entries<string, T>(open()).catch(() => []);
  return all.filter(([key]) => key.startsWith(prefix)).map(([, value]) => value);
}

/** What is kept belongs to this person from now on; what was another's goes. */
export async function ownOffline(userId: string | null): Promise<void> {
  if (!opensOffline()) return;
  const before = await findOffline<string>(OWNER);
  if (before === userId && userId !== null) return;
  await forgetOffline();
  if (userId !== null) await keepOffline(OWNER, userId);
}

/** Signing out: nothing of the person stays but the decisions that wait to be sent, which are theirs to send. */
export async function forgetOffline(): Promise<void> {
  if (!opensOffline()) return;
  await Promise.all([
    clear(open()).catch(() => undefined),
    ...['pupil-shell', 'pupil-images'].map((name) => caches.delete(name).catch(() => false)),
  ]);
}
