import { placeBeside, readLabelFile } from '#core/formats/import.ts';
import { readFolders } from '#core/formats/read-folders.ts';
import type { ImportedRow } from '#core/formats/types.ts';
import { AppError } from '#core/errors.ts';
import type { Split } from '#core/project.ts';
import { className as classNameSchema } from '#core/schemas/project.ts';

export interface FileLabel {
  className: string | null;
  split: Split | null;
}

/** What is known of files by name: by whole path, else by bare name where no other row and no other file has it. */
export interface LabelBook {
  find(path: string): FileLabel | null;
}

const baseOf = (path: string): string => path.split('/').at(-1) ?? path;

/** Only what people said counts: a model's answers in an import never become judgments. */
export function makeLabelBook(rows: readonly ImportedRow[], paths: readonly string[]): LabelBook {
  const byPath = new Map<string, FileLabel>();
  const byName = new Map<string, FileLabel | null>();
  for (const row of rows) {
    if (row.by === 'model') continue;
    checkClassName(row.className);
    const label = { className: row.className, split: row.split };
    if (byPath.has(row.source)) continue;
    byPath.set(row.source, label);
    byName.set(baseOf(row.source), byName.has(baseOf(row.source)) ? null : label);
  }
  const files = new Map<string, number>();
  for (const path of paths) files.set(baseOf(path), (files.get(baseOf(path)) ?? 0) + 1);
  return { find: (path) => byPath.get(path) ?? (files.get(baseOf(path)) === 1 ? byName.get(baseOf(path)) : null) ?? null };
}

/** Labels of an archive: its own label files first, then its folders. */
export function readArchiveLabels(paths: readonly string[], labelFiles: readonly { path: string; text: string }[]): LabelBook {
  const rows = labelFiles.flatMap(({ path, text }) => placeBeside(path, readLabelFile(baseOf(path), text).rows));
  return makeLabelBook(rows.length > 0 ? rows : readFolders(paths).rows, paths);
}

/** @throws AppError BAD_INPUT when a name cannot be a class */
export function checkClassName(name: string | null): void {
  if (name !== null && !classNameSchema.safeParse(name).success) {
    throw new AppError('BAD_INPUT', `"${name.slice(0, 40)}${name.length > 40 ? '…' : ''}" cannot be a class name: at most 100 characters, no control characters.`);
  }
}
