import { placeBeside, readLabelFile } from '#core/formats/import.ts';
import { createFileFinder } from '#core/formats/names.ts';
import { readFolders } from '#core/formats/read-folders.ts';
import type { ImportedRow } from '#core/formats/types.ts';
import { AppError } from '#core/errors.ts';
import type { Split } from '#core/project/project.ts';
import { className as classNameSchema } from '#core/schemas/project.ts';

export interface FileLabel {
  className: string | null;
  split: Split | null;
}

/** What is known of files by name. */
export interface LabelBook {
  find(path: string): FileLabel | null;
}

const baseOf = (path: string): string => path.split('/').at(-1) ?? path;

/**
 * Only what people said counts: a model's answers in an import never become judgments. A row means the file that it
 * names whole, else the only one that ends so; where two rows end at one file in this way, neither labels it.
 */
export function makeLabelBook(rows: readonly ImportedRow[], paths: readonly string[]): LabelBook {
  const find = createFileFinder(paths);
  const whole = new Map<string, FileLabel>();
  const byTail = new Map<string, { source: string; label: FileLabel | null }>();
  for (const row of rows) {
    if (row.by === 'model') continue;
    checkClassName(row.className);
    const found = find(row.source);
    if (!found?.path) continue;
    const label = { className: row.className, split: row.split };
    if (found.isWhole) {
      if (!whole.has(found.path)) whole.set(found.path, label);
      continue;
    }
    const before = byTail.get(found.path);
    if (!before) byTail.set(found.path, { source: row.source, label });
    else if (before.source !== row.source) before.label = null;
  }
  return { find: (path) => whole.get(path) ?? byTail.get(path)?.label ?? null };
}

/**
 * Labels of an archive: its own label files first, then its folders. A file that is called like one but holds no labels
 * (a readme.txt among the images) is refused by name; it takes no image down with it.
 */
export function readArchiveLabels(
  paths: readonly string[],
  labelFiles: readonly { path: string; text: string }[],
): { book: LabelBook; refused: { name: string; error: AppError }[] } {
  const refused: { name: string; error: AppError }[] = [];
  const folderNames = labelFiles.map((file) => ({ ...file, names: readFolderNames(file) }));
  const rows = folderNames.flatMap(({ path, text, names }) => {
    if (names) return [];
    try {
      return placeBeside(path, readLabelFile(baseOf(path), text).rows);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refused.push({
        name: path.slice(0, 200),
        error: new AppError('BAD_INPUT', `Not read as labels: ${error.message}`, { cause: error }),
      });
      return [];
    }
  });
  const book = makeLabelBook(
    rows.length > 0 ? rows : readFolders(paths, folderNames.find(({ names }) => names)?.names ?? {}).rows,
    paths,
  );
  return { book, refused };
}

/**
 * The classes.json of an ImageFolder export: what each folder is called, where its class's name is none that a file
 * system takes.
 */
function readFolderNames({ path, text }: { path: string; text: string }): Record<string, string> | null {
  if (baseOf(path).toLowerCase() !== 'classes.json') return null;
  try {
    const data: unknown = JSON.parse(text);
    const isNames =
      typeof data === 'object' &&
      data !== null &&
      !Array.isArray(data) &&
      Object.values(data).every((name) => typeof name === 'string');
    return isNames ? (data as Record<string, string>) : null;
  } catch {
    return null;
  }
}

/** @throws AppError BAD_INPUT when a name cannot be a class */
export function checkClassName(name: string | null): void {
  if (name !== null && !classNameSchema.safeParse(name).success) {
    throw new AppError(
      'BAD_INPUT',
      `"${name.slice(0, 40)}${name.length > 40 ? '…' : ''}" cannot be a class name: at most 100 characters, no ` +
        `control characters.`,
    );
  }
}
