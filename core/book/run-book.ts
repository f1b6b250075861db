/** The run as an entry of a bench book: what it is called, and what may become of it. */
import { isRunEnded } from '../run/run.ts';
import { say } from '../text/said.ts';
import type { RunStatus } from '../run/run.ts';
import type { Said } from '../text/said.ts';

/** "Run 3", or "Run 3 · weaker noise": how a run is called everywhere, @example runTitle({ number: 3, name: '' }) */
export const runTitle = ({ number, name }: { number: number; name: string }): string =>
  name === '' ? `Run ${number}` : `Run ${number} · ${name}`;

/** A name as it is kept: on one line. */
export const oneLine = (name: string): string => name.trim().replaceAll(/\s+/gu, ' ');

/** The same in the name of a file: "run-3-weaker-noise". Letters that are not plain are left out. */
export function runSlug({ number, name }: { number: number; name: string }): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .slice(0, 40);
  return `run-${number}-${plain}`.replaceAll(/-+$/gu, '').replaceAll(/-{2,}/gu, '-');
}

/** What is typed to delete a run whose model stands best: its name, or its number where it has none. */
export const nameToType = ({ number, name }: { number: number; name: string }): string =>
  name === '' ? `Run ${number}` : name;

/** Tags as they are kept: each once whatever its case, as first written, in the order of the alphabet. */
export function tidyTags(tags: readonly string[]): string[] {
  const kept = new Map<string, string>();
  for (const tag of tags.map((one) => one.trim().replaceAll(/\s+/gu, ' ')).filter((one) => one !== '')) {
    const key = tag.normalize('NFC').toLowerCase();
    if (!kept.has(key)) kept.set(key, tag);
  }
  return [...kept.values()].sort((a, b) => a.localeCompare(b, 'en'));
}

/** Most tags of a run. */
export const TAGS_MOST = 20;

/** The tags after some are added and others, whatever their case, taken off. */
export function changeTags(
  tags: readonly string[],
  { add = [], remove = [] }: { add?: readonly string[] | undefined; remove?: readonly string[] | undefined },
): string[] {
  const off = new Set(tidyTags(remove).map((tag) => tag.normalize('NFC').toLowerCase()));
  return tidyTags([...tags, ...add]).filter((tag) => !off.has(tag.normalize('NFC').toLowerCase()));
}

/** Why a run can be neither archived nor deleted now; null when it can. */
export const refuseToPutAway = (run: { number: number; status: RunStatus }, verb: 'delete' | 'archive'): Said | null =>
  isRunEnded(run.status) ? null : say(`refusal.notEnded.${verb}`, { number: run.number });
