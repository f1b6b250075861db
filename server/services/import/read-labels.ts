import { decodeText } from '#core/formats/decode-text.ts';
import { placeBeside, readLabelFile } from '#core/formats/import.ts';
import { createFileFinder } from '#core/formats/names.ts';
import { readFolders } from '#core/formats/read-folders.ts';
import { settle } from '#core/formats/settle.ts';
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
 * Only what people said counts: a model's answers in an import never become a person's. A row means the file that it
 * names whole, else the only one that ends so; where two rows name files apart and end at one in this way, neither
 * labels it. Several answers of one file are settled by the most; a tie labels nothing.
 */
export function makeLabelBook(rows: readonly ImportedRow[], paths: readonly string[]): LabelBook {
  const find = createFileFinder(paths);
  const whole = new Map<string, ImportedRow[]>();
  const byTail = new Map<string, { source: string; rows: ImportedRow[] | null }>();
  for (const row of rows) {
    if (row.by === 'model') continue;
    checkClassName(row.className);
    const found = find(row.source);
    if (!found?.path) continue;
    if (found.isWhole) {
      const same = whole.get(found.path);
      if (same) same.push(row);
      else whole.set(found.path, [row]);
      continue;
    }
    const before = byTail.get(found.path);
    if (!before) byTail.set(found.path, { source: row.source, rows: [row] });
    else if (before.source === row.source) before.rows?.push(row);
    else before.rows = null;
  }
  return {
    find: (path) => {
      const said = whole.get(path) ?? byTail.get(path)?.rows;
      return said ? { className: settle(said), split: said.find(({ split }) => split)?.split ?? null } : null;
    },
  };
}

/**
 * Labels of an archive: its own label files first, then its folders. A file that is called like one but holds no labels
 * (a readme.txt among the images) is refused by name; it takes no image down with it.
 */
export function readArchiveLabels(
  paths: readonly string[],
  labelFiles: readonly { path: string; bytes: Uint8Array }[],
): { book: LabelBook; refused: { name: string; error: AppError }[] } {
  const refused: { name: string; error: AppError }[] = [];
  let folderNames: Record<string, string> | null = null;
  const rows = labelFiles.flatMap(({ path, bytes }) => {
    try {
      const { text } = decodeText(bytes);
      const names = readFolderNames({ path, text });
      folderNames ??= names;
      return names ? [] : placeBeside(path, readLabelFile(baseOf(path), text).rows);
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
    // A list that says no class takes nothing away from what folders say.
    rows.some(({ className }) => className !== null) ? rows : readFolders(paths, folderNames ?? {}).rows,
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
