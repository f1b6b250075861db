import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { detectDelimiter, formatCsvRow, guardCell, parseCsv, unguardCell } from './csv.ts';

const cell = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(',', '"', "'", '\n', '\r', '=', '+', '-', '@', ';', '\t', ' ', 'a', 'é') }),
);

describe('CSV', () => {
  test('FORMAT-11 any cells come back exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }), (rows) => {
        const text = rows.map((cells) => formatCsvRow(cells)).join('');
        expect(parseCsv(text, ',').map((row) => row.cells)).toEqual(rows);
      }),
    );
  });

  test('FORMAT-12 no written cell starts what a spreadsheet would run', () => {
    fc.assert(
      fc.property(cell, (value) => {
        expect(guardCell(value)).not.toMatch(/^(?:[\t\r\n]|\s*[=+\-@])/u);
        expect(unguardCell(guardCell(value))).toBe(value);
      }),
    );
    expect(formatCsvRow(['=HYPERLINK("http://x")', '-2'])).toBe('"\'=HYPERLINK(""http://x"")",\'-2\r\n');
  });

  test('reads other writers: BOM, semicolons, tabs, bare line feeds, a quote inside a cell', () => {
    expect(parseCsv('\uFEFFfile;class\na.jpg;cat\n\nb "x".jpg;dog').map((row) => row.cells)).toEqual([
      ['file', 'class'],
      ['a.jpg', 'cat'],
      ['b "x".jpg', 'dog'],
    ]);
    expect(detectDelimiter('a\tb,c\td\n')).toBe('\t');
    expect(parseCsv('a,"b\nc"\nd,').map((row) => [row.line, row.cells])).toEqual([
      [1, ['a', 'b\nc']],
      [3, ['d', '']],
    ]);
  });
});
