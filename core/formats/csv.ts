import { AppError } from '../errors.ts';
import { say } from '../text/said.ts';

/**
 * RFC 4180 CSV, with cells that a spreadsheet would run as a formula made harmless: a cell that starts with = + - @,
 * a tab or a line break gets one leading apostrophe (OWASP "CSV injection"), and so does a cell that already
 * starts with apostrophes before such a character. That makes the step reversible: `unguardCell` gives back every cell
 * exactly.
 */
const DANGEROUS = /^'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/u;

export const guardCell = (cell: string): string => (DANGEROUS.test(cell) ? `'${cell}` : cell);

export const unguardCell = (cell: string): string =>
  cell.startsWith("'") && DANGEROUS.test(cell.slice(1)) ? cell.slice(1) : cell;

/** One CSV line with its line end; texts guarded, and quoted where they must be. Numbers stay so, also below 0. */
export const formatCsvRow = (cells: readonly (string | number)[]): string =>
  `${cells.map((cell) => (typeof cell === 'number' ? String(cell) : quote(guardCell(cell)))).join(',')}\r\n`;

const quote = (cell: string): string => (/[",;\t\r\n]|^\s|\s$/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** Characters of one row; a quote that is never closed would make one of the whole file. */
const ROW_MOST = 1_000_000;

export interface CsvRow {
  /** 1-based line on which the row starts. */
  line: number;
  cells: string[];
}

/** The delimiter that the first line uses most, outside quotes. */
export function detectDelimiter(text: string): ',' | ';' | '\t' {
  const counts = { ',': 0, ';': 0, '\t': 0 };
  let quoted = false;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    else if (!quoted && (char === '\n' || char === '\r')) break;
    else if (!quoted && (char === ',' || char === ';' || char === '\t')) counts[char] += 1;
  }
  if (counts['\t'] > counts[','] && counts['\t'] >= counts[';']) return '\t';
  return counts[';'] > counts[','] ? ';' : ',';
}

/**
 * Rows of a CSV text, cells unguarded, empty lines left out. A quote inside an unquoted cell stands for itself; an
 * unclosed quote runs to the end of the text.
 */
export function parseCsv(input: string, delimiter: string = detectDelimiter(input)): CsvRow[] {
  const text = input.startsWith('\uFEFF') ? input.slice(1) : input;
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let start = 0;
  let line = 1;
  let at = 0;

  /** Where the row began. */
  let rowAt = 0;
  const endRow = (): void => {
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: start, cells });
    cells = [];
  };

  while (at < text.length) {
    if (cells.length === 0) [start, rowAt] = [line, at];
    let cell = '';
    if (text[at] === '"') {
      let close = text.indexOf('"', at + 1);
      let from = at + 1;
      while (close !== -1 && text[close + 1] === '"') {
        cell += text.slice(from, close + 1);
        from = close + 2;
        close = text.indexOf('"', from);
      }
      const end = close === -1 ? text.length : close;
      cell += text.slice(from, end);
      at = Math.min(end + 1, text.length);
      line += countBreaks(cell);
    }
    const from = at;
    while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at += 1;
    if (at - rowAt > ROW_MOST) throw tooLong(start);
    cells.push(unguardCell(cell + text.slice(from, at)));
    if (text[at] === delimiter) {
      at += 1;
      if (at === text.length) cells.push('');
      continue;
    }
    if (at < text.length) {
      at += text.startsWith('\r\n', at) ? 2 : 1;
      line += 1;
    }
    endRow();
  }
  if (cells.length > 0) endRow();
  return rows;
}

const tooLong = (line: number): AppError => new AppError('BAD_INPUT', say('file.longRow', { line: String(line) }));

const countBreaks = (cell: string): number => cell.match(/\r\n|\r|\n/gu)?.length ?? 0;
