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

/** Storage that is shut, or throws at once, holds nothing. */
async function quietly<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work();
  } catch {
    return otherwise;
  }
}

/** Without a service worker (plain http, some private windows) no page opens offline: nothing is kept for it. */
export const opensOffline = (): boolean => typeof navigator !== 'undefined' && 'serviceWorker' in navigator;

export async function keepOffline(key: string, value: unknown): Promise<void> {
  if (opensOffline()) await quietly(() => set(key, value, open()), undefined);
}

export async function findOffline<T>(key: string): Promise<T | null> {
  if (!opensOffline()) return null;
  return (await quietly(() => get<T>(key, open()), undefined)) ?? null;
}

/** Everything whose key begins so. */
export async function listOffline<T>(prefix: string): Promise<T[]> {
  if (!opensOffline()) return [];
  const all = await quietly(() => entries<string, T>(open()), []);
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
    quietly(() => clear(open()), undefined),
    ...['pupil-shell', 'pupil-images'].map((name) => quietly(() => caches.delete(name), false)),
  ]);
}
