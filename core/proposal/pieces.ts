import type { ImportedRow } from '../formats/types.ts';

/** Rows that are matched and written at a time. */
const PIECE = 2000;

/**
 * Rows in pieces of about `size`, those of one image together: its answers are settled by the most, and a table may be
 * sorted by who gave them. More than `size` rows of one image are no answers of people, and are cut.
 */
export function piecesOf(rows: readonly ImportedRow[], size = PIECE): ImportedRow[][] {
  const bySource = new Map<string, ImportedRow[]>();
  for (const row of rows) {
    const own = bySource.get(row.source);
    if (own) own.push(row);
    else bySource.set(row.source, [row]);
  }
  const pieces: ImportedRow[][] = [];
  let piece: ImportedRow[] = [];
  const end = (): void => {
    if (piece.length > 0) pieces.push(piece);
    piece = [];
  };
  for (const own of bySource.values()) {
    for (const row of own) {
      piece.push(row);
      if (own.length > size && piece.length >= size) end();
    }
    if (piece.length >= size) end();
  }
  end();
  return pieces;
}
