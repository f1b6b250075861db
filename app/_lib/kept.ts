/**
 * Small preferences of one browser. Storage may be shut (private windows, a policy): they then last as long as the
 * page.
 * Browser only.
 */
const here = new Map<string, string>();

export function readKept(key: string): string | null {
  try {
    return localStorage.getItem(key) ?? here.get(key) ?? null;
  } catch {
    return here.get(key) ?? null;
  }
}

export function keep(key: string, value: string): void {
  here.set(key, value);
  try {
    localStorage.setItem(key, value);
  } catch {
    // It lasts as long as the page.
  }
}
