import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineChoice } from '#core/run/learning.ts';
import type { EngineReport } from '../hold/messages.ts';
import { startChild } from './child.ts';
import type { ChildWork } from './child.ts';

/** How long an answer that is kept counts, ms. */
const KEPT_MS = 86_400_000;

/**
 * Finds which engine this machine trains with and how fast, in a child, and tells it. With a `folder` the answer is
 * kept there for a day: a trainer that starts anew with every saved file need not measure each time.
 * @throws Error when no engine can be opened
 */
export async function probeEngine(options: {
  choice: EngineChoice;
  folder: string | null;
  working: Map<string, ChildWork>;
  showEngine: (report: EngineReport) => void;
}): Promise<void> {
  const { choice, folder, working, showEngine } = options;
  const file = folder === null ? null : join(folder, `engine-${choice}.json`);
  const kept = file === null ? null : await readKept(file);
  if (kept !== null) return showEngine(kept);
  let found: EngineReport | null = null;
  const probe = startChild({ type: 'probe', engine: choice }, (report) => {
    found = report;
    showEngine(report);
  });
  working.set('probe', probe);
  await probe.done.finally(() => working.delete('probe'));
  if (file !== null && found !== null) await writeFile(file, JSON.stringify(found));
}

async function readKept(file: string): Promise<EngineReport | null> {
  try {
    if (Date.now() - (await stat(file)).mtimeMs > KEPT_MS) return null;
    return JSON.parse(await readFile(file, 'utf8')) as EngineReport;
  } catch {
    return null;
  }
}
