/**
 * Images that one page hands to another of the same tab: more than an address holds. Storage may be shut: they then
 * last as long as the page is not loaded anew.
 */
export const PICKED_MOST = 1000;
const here = new Map<string, string[]>();
const keyOf = (projectId: string): string => `pupil-picked-${projectId}`;

export function keepPicked(projectId: string, imageIds: readonly string[]): void {
  const picked = imageIds.slice(0, PICKED_MOST);
  here.set(projectId, picked);
  try {
    window.sessionStorage.setItem(keyOf(projectId), JSON.stringify(picked));
  } catch {
    // It lasts as long as the page.
  }
}

export function readPicked(projectId: string): string[] {
  try {
    const read: unknown = JSON.parse(window.sessionStorage.getItem(keyOf(projectId)) ?? 'null');
    if (Array.isArray(read)) return read.filter((one) => typeof one === 'string');
  } catch {
    // What this page knows by itself serves.
  }
  return here.get(projectId) ?? [];
}
