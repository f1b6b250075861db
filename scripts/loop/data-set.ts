import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { proposalLines, propose } from '#core/proposal/propose.ts';
import type { Proposal } from '#core/proposal/propose.ts';
import type { Split } from '#core/project/project.ts';
import { createRandom } from '#core/math/random.ts';
import type { ImportFile } from '#server/services/import/import-images.ts';
import { openArchive } from '#server/services/import/read-archive.ts';

type Incoming = ImportFile | { name: string; error: AppError };

export interface LabeledFile {
  name: string;
  className: string;
  split: Split | null;
}

/** Opens a folder or zip; each call gives every file anew, one at a time. */
export async function openFiles(
  source: string,
): Promise<{ files: AsyncIterable<Incoming>; proposal: Proposal; close(): void }> {
  if (!statSync(source, { throwIfNoEntry: false }))
    throw new AppError('BAD_INPUT', say('learning.loopPath', { path: source }));
  if (!statSync(source).isDirectory()) return openArchive(source, { folderLabels: true });
  return { ...readFolder(source), close: () => undefined };
}

function readFolder(folder: string): { files: AsyncIterable<Incoming>; proposal: Proposal } {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(jpe?g|png|webp|gif)$/i.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
  const { proposal, find } = propose({ paths: names, labelFiles: [], classes: [] });
  async function* read(): AsyncGenerator<Incoming> {
    for (const name of names) {
      const label = find(name);
      yield {
        name,
        bytes: await readFile(join(folder, name)),
        className: label?.className ?? null,
        split: label?.split ?? null,
      };
    }
  }
  return { files: read(), proposal };
}

/** Names, classes and splits of all files; what this command knows and the loop must not. */
export async function listLabels(source: string, tell?: (lines: string[]) => void): Promise<LabeledFile[]> {
  const archive = await openFiles(source);
  tell?.(proposalLines(archive.proposal));
  const found: LabeledFile[] = [];
  for await (const file of archive.files)
    if ('bytes' in file && file.className !== null)
      found.push({ name: file.name, className: file.className, split: file.split });
  archive.close();
  if (new Set(found.map(({ className }) => className)).size < 2) {
    throw new AppError('BAD_INPUT', say('learning.loopData'));
  }
  return found;
}

export interface Plan {
  split: Map<string, Split>;
  /** Files whose class the import tells: test, validation, and the seed when it is drawn at random. */
  revealed: Set<string>;
  classes: string[];
}

/** Test images set aside when the data has no test folder. */
const TEST_SHARE = 0.2;

/** Draws validation and seed, so many a class, from the training files. */
export function planLabels(
  files: readonly LabeledFile[],
  options: { validationPerClass: number; seedPerClass: number; seed: number },
): Plan {
  const random = createRandom(options.seed).fork('loop');
  const split = new Map<string, Split>();
  const revealed = new Set<string>();
  const classes = [...new Set(files.map(({ className }) => className))].sort();
  const hasTest = files.some((file) => file.split === 'test');
  for (const className of classes) {
    const mine = random
      .fork(className)
      .shuffle(files.filter((file) => file.className === className).map((file) => file));
    const pool: LabeledFile[] = [];
    const test = hasTest ? 0 : Math.round(mine.length * TEST_SHARE);
    for (const [position, file] of mine.entries()) {
      if (file.split === 'test' || position < test) {
        split.set(file.name, 'test');
        revealed.add(file.name);
      } else pool.push(file);
    }
    for (const [position, { name }] of pool.entries()) {
      const isValidation = position < options.validationPerClass;
      split.set(name, isValidation ? 'validation' : 'pool');
      if (isValidation || position < options.validationPerClass + options.seedPerClass) revealed.add(name);
    }
  }
  return { split, revealed, classes };
}

/** The files as the import sees them: classes hidden except where revealed. */
export async function* hideLabels(source: string, plan: Plan): AsyncGenerator<Incoming> {
  const archive = await openFiles(source);
  try {
    for await (const file of archive.files) {
      if (!('bytes' in file)) yield file;
      else
        yield {
          ...file,
          split: plan.split.get(file.name) ?? 'pool',
          className: plan.revealed.has(file.name) ? file.className : null,
        };
    }
  } finally {
    archive.close();
  }
}
