import type { PickedFile } from './upload.ts';

/** Files of an <input>, with the path inside a picked folder. */
export const filesOfInput = (list: FileList | null): PickedFile[] =>
  [...(list ?? [])].map((file) => ({
    path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath,
    file,
  }));

/** Everything that was dropped, folders walked through. Must be called inside the drop event. */
export const filesOfDrop = async (transfer: DataTransfer): Promise<PickedFile[]> => {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ path: file.name, file }));
  const found: PickedFile[] = [];
  for (const entry of entries) await walk(entry, '', found);
  return found;
};

const walk = async (entry: FileSystemEntry, above: string, found: PickedFile[]): Promise<void> => {
  const path = `${above}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed));
    found.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader gives at most 100 entries at a time; an empty answer is the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) return;
    for (const one of some) await walk(one, `${path}/`, found);
  }
};
