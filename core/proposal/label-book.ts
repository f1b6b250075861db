import { createFileFinder } from '../formats/names.ts';
import { settle } from '../formats/settle.ts';
import type { ImportedRow } from '../formats/types.ts';
import type { Split } from '../project/project.ts';

export interface FileLabel {
  className: string | null;
  split: Split | null;
}

/** What is known of files by name. */
export interface LabelBook {
  find(path: string): FileLabel | null;
  /** Files that people judged and on which no class leads. */
  disputed: string[];
  /** Rows that name no file, or several. */
  unmatched: string[];
}

/**
 * Only what people said counts: a model's answers in an import never become a person's. A row means the file that it
 * names whole, else the only one that ends so; where two rows name files apart and end at one in this way, neither
 * labels it. Several answers of one file are settled by the most; a tie labels nothing.
 */
export function makeLabelBook(rows: readonly ImportedRow[], paths: readonly string[]): LabelBook {
  const find = createFileFinder(paths);
  const whole = new Map<string, ImportedRow[]>();
  const byTail = new Map<string, { source: string; rows: ImportedRow[] | null }>();
  const unmatched: string[] = [];
  for (const row of rows) {
    if (row.by === 'model') continue;
    const found = find(row.source);
    if (!found?.path) {
      unmatched.push(row.source);
      continue;
    }
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
  const rowsOf = (path: string): readonly ImportedRow[] | null => whole.get(path) ?? byTail.get(path)?.rows ?? null;
  const isDisputed = (said: readonly ImportedRow[]): boolean =>
    said.some(({ className }) => className !== null) && settle(said) === null;
  return {
    find: (path) => {
      const said = rowsOf(path);
      return said ? { className: settle(said), split: said.find(({ split }) => split)?.split ?? null } : null;
    },
    disputed: [...new Set([...whole.keys(), ...byTail.keys()])].filter((path) => isDisputed(rowsOf(path) ?? [])),
    unmatched,
  };
}

/** The same for rows that name each file whole, as folders do. */
export function folderBook(rows: readonly ImportedRow[]): LabelBook {
  const byPath = new Map(rows.map((row) => [row.source, row]));
  return {
    find: (path) => {
      const row = byPath.get(path);
      return row ? { className: row.className, split: row.split } : null;
    },
    disputed: [],
    unmatched: [],
  };
}
