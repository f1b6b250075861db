import { LabelCollector } from './columns.ts';
import { splitOf } from './names.ts';
import type { ImportedLabels } from './types.ts';

/**
 * Class folders, with train/, validation/, test/ above them or not, inside any number of common folders (ImageFolder,
 * and what people zip). A folder level counts as splits only when every folder on it is named like one. Folders below
 * the class folder are ignored; hidden files and __MACOSX are left out.
 *
 * @param paths file names with `/`, as in the zip
 * @param folderNames class name by folder, from the `classes.json` that our own export carries
 */
export function readFolders(
  paths: readonly string[],
  folderNames: Readonly<Record<string, string>> = {},
): ImportedLabels {
  const labels = new LabelCollector();
  const files = paths
    .map((path) => ({
      path,
      folders: path
        .replaceAll('\\', '/')
        .split('/')
        .filter((part) => part !== '' && part !== '.')
        .slice(0, -1),
    }))
    .filter(({ path }) => !isHidden(path));
  let level = commonFolders(files.map((file) => file.folders));
  const atLevel = new Set(files.map((file) => file.folders[level]));
  const first = files[0];
  if (first !== undefined && level > 0 && atLevel.has(undefined)) {
    const last = first.folders[level - 1];
    if (atLevel.size === 1 || splitOf(last) !== null) level -= 1;
  }
  const names = [...new Set(files.map((file) => file.folders[level]))].filter((name) => name !== undefined);
  const aboveSplit = level > 0 ? splitOf(first?.folders[level - 1]) : null;
  const areSplits = aboveSplit === null && names.length > 0 && names.every((name) => splitOf(name) !== null);
  for (const { path, folders } of files) {
    const split = areSplits ? splitOf(folders[level]) : aboveSplit;
    const folder = folders[areSplits ? level + 1 : level];
    labels.add(path, { source: path, split, className: folder === undefined ? null : classOf(folder, folderNames) });
  }
  return labels;
}

const classOf = (folder: string, folderNames: Readonly<Record<string, string>>): string | null => {
  if (Object.hasOwn(folderNames, folder)) return folderNames[folder] ?? folder;
  return UNLABELED.has(folder.toLowerCase()) ? null : folder;
};

const UNLABELED = new Set(['unlabeled', 'unlabelled']);

/** Files that archivers and desktops leave behind. */
export const isHidden = (path: string): boolean =>
  path
    .split(/[\\/]/u)
    .some((part) => (part.startsWith('.') && part !== '.') || part === '__MACOSX' || part === 'Thumbs.db');

/** How many leading folders all files share. */
const commonFolders = (all: readonly string[][]): number => {
  const [first, ...others] = all;
  if (first === undefined) return 0;
  let depth = first.length;
  for (const folders of others) {
    let i = 0;
    while (i < depth && folders[i] === first[i]) i += 1;
    depth = i;
  }
  return depth;
};
