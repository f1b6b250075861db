import { remember } from '../remember.ts';
import { createFileFinder } from '../formats/names.ts';
import { settle } from '../formats/settle.ts';
import type { ImportedRow } from '../formats/types.ts';
import type { Split } from '../project/project.ts';

/** What one person answered, as a file tells it. */
export interface NamedAnswer {
  /** Name or e-mail, as the file has it. */
  annotator: string;
  className: string;
}

export interface FileLabel {
  className: string | null;
  split: Split | null;
  /** Left out where there are none. */
  tags?: string[];
  answers?: NamedAnswer[];
}

export const NO_LABEL: FileLabel = { className: null, split: null };

/** What is known of files by name. */
export interface LabelBook {
  find(path: string): FileLabel | null;
  /** Files that people judged and on which no class leads. */
  disputed: string[];
  /** Rows that name no file, or several. */
  unmatched: string[];
}

/**
 * Only what people said is a label: a model's answers in an import never become a person's. A row means the file that
 * it names whole, else the only one that ends so; where two rows name files apart and end at one in this way, neither
 * labels it. Several answers of one file are settled by the most; a tie labels nothing.
 */
export function makeLabelBook(rows: readonly ImportedRow[], paths: readonly string[]): LabelBook {
  const find = createFileFinder(paths);
  const whole = new Map<string, ImportedRow[]>();
  const byTail = new Map<string, { source: string; rows: ImportedRow[] | null }>();
  const unmatched: string[] = [];
  for (const row of rows) {
    const found = find(row.source);
    if (!found?.path) {
      if (row.by !== 'model') unmatched.push(row.source);
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
    said.some(({ className, by }) => className !== null && by !== 'model') && settle(said) === null;
  return {
    // Asked more than once of each file: by the proposal, and by who imports.
    find: remember((path) => {
      const said = rowsOf(path);
      return said ? labelOf(said) : null;
    }),
    disputed: [...new Set([...whole.keys(), ...byTail.keys()])].filter((path) => isDisputed(rowsOf(path) ?? [])),
    unmatched,
  };
}

/** What the rows of one file say of it together. */
export function labelOf(rows: readonly ImportedRow[]): FileLabel {
  const tags = [...new Set(rows.flatMap((row) => row.tags ?? []))];
  const answers = rows.flatMap(({ annotator, className, by }) =>
    by === 'human' && annotator !== null && className !== null ? [{ annotator, className }] : [],
  );
  return {
    className: settle(rows),
    split: rows.find(({ split }) => split)?.split ?? null,
    ...(tags.length > 0 ? { tags } : {}),
    ...(answers.length > 0 ? { answers } : {}),
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
