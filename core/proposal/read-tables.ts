import { AppError } from '../errors.ts';
import { decodeText, ENCODING_NAMES } from '../formats/decode-text.ts';
import { parseJson } from '../parse-json.ts';
import { placeBeside, readLabelFile } from '../formats/import.ts';
import type { ImportedRow } from '../formats/types.ts';
import { say } from '../text/said.ts';
import type { Said } from '../text/said.ts';

/** A label file as it came, with its path inside the upload. */
export interface LabelFileBytes {
  path: string;
  bytes: Uint8Array;
}

/** What became of a label file. */
export interface ReadTable {
  path: string;
  /** Null: it holds no labels; `problem` says why. */
  format: string | null;
  encoding: string | null;
  rows: number;
  problem: string | null;
  /** The same by key, where there is one. */
  said?: Said | null;
}

export interface ReadTables {
  rows: ImportedRow[];
  tables: ReadTable[];
  /** Class name by folder, where our own export carries it; null where it does not. */
  folderNames: Record<string, string> | null;
  /** Every class in its order, used or not, where a file lists them. */
  listed: string[];
}

const baseOf = (path: string): string => path.split('/').at(-1) ?? path;

/**
 * Rows of all label files together. A file that is called like one but holds no labels (a readme.txt among the images)
 * is named with the reason; it takes nothing down with it.
 */
export function readTables(files: readonly LabelFileBytes[]): ReadTables {
  const rows: ImportedRow[] = [];
  const tables: ReadTable[] = [];
  const listed: string[] = [];
  let folderNames: Record<string, string> | null = null;
  for (const { path, bytes } of files) {
    try {
      const { text, encoding } = decodeText(bytes);
      const names = readFolderNames({ path, text });
      if (names) {
        folderNames ??= names;
        listed.push(...Object.values(names));
        continue;
      }
      const read = readLabelFile(baseOf(path), text);
      listed.push(...(read.classes ?? []));
      for (const row of placeBeside(path, read.rows)) rows.push(row);
      const [problem] = read.problems;
      tables.push({
        path,
        format: read.format,
        encoding: ENCODING_NAMES[encoding],
        rows: read.rows.length,
        problem: problem ? `${problem.where}: ${problem.message}` : null,
        ...(problem?.said ? { said: say('error.input.at', { field: problem.where, why: problem.said }) } : {}),
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { message: problem, said } = error;
      tables.push({ path: path.slice(0, 200), format: null, encoding: null, rows: 0, problem, said });
    }
  }
  return { rows, tables, folderNames, listed };
}

/**
 * The classes.json of an ImageFolder export: what each folder is called, where its class's name is none that a file
 * system takes.
 */
function readFolderNames({ path, text }: { path: string; text: string }): Record<string, string> | null {
  if (baseOf(path).toLowerCase() !== 'classes.json') return null;
  const data = parseJson(text);
  const isNames =
    typeof data === 'object' &&
    data !== null &&
    !Array.isArray(data) &&
    Object.values(data).every((name) => typeof name === 'string');
  return isNames ? (data as Record<string, string>) : null;
}
