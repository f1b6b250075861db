/** Images that one page hands to another of the same tab: more than an address holds. */
export const PICKED_MOST = 1000;
const keyOf = (projectId: string): string => `pupil-picked-${projectId}`;

export function keepPicked(projectId: string, imageIds: readonly string[]): void {
  try {
    window.sessionStorage.setItem(keyOf(projectId), JSON.stringify(imageIds.slice(0, PICKED_MOST)));
  } catch {
    // Without storage the other page opens as ever.
  }
}

export function readPicked(projectId: string): string[] {
  try {
    const read: unknown = JSON.parse(window.sessionStorage.getItem(keyOf(projectId)) ?? '[]');
    return Array.isArray(read) ? read.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}
