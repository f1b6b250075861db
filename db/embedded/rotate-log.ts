import { copyFileSync, statSync, truncateSync } from 'node:fs';

/**
 * Begins a log anew once it has grown large; what it held is kept beside it. The process holds the file open and
 * appends to it, so the file is copied and emptied in its place: a renamed one would go on growing.
 */
export function rotateLog(file: string, limitBytes: number): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= limitBytes) return;
  copyFileSync(file, `${file}.old`);
  truncateSync(file);
}
