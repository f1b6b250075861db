/**
 * Copies a text. `navigator.clipboard` exists in secure contexts only; on a plain http address of a local network what
 * is selected is copied the old way. Browser only.
 * @param field holds the text; it is selected where the clipboard is shut, so that the person can copy it by hand
 * @returns whether it is in the clipboard
 */
export async function copyText(text: string, field: HTMLInputElement | HTMLTextAreaElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    field?.focus();
    field?.select();
    return field !== null && document.execCommand('copy');
  }
}

/** Gives the browser a file to keep. Browser only. */
export function saveFile(name: string, content: Blob | string, type = 'text/plain'): void {
  const url = URL.createObjectURL(typeof content === 'string' ? new Blob([content], { type }) : content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
