import { remember } from '../remember.ts';
import { tidyName } from '../project/class-key.ts';
import { LabelCollector } from './columns.ts';
import { isContainer, splitOf } from './names.ts';
import type { Split } from '../project/project.ts';
import type { ImportedLabels } from './types.ts';

interface Placed {
  path: string;
  folders: string[];
}

/** Which folders say the split and which the class, found by looking at all of them. */
interface Layout {
  /** Levels, from the top, whose folders are splits. */
  splits: Set<number>;
  /** Level whose folders are classes; null when no level tells classes apart. */
  classes: number | null;
}

/**
 * Class folders, with train/, validation/, test/ above them or not, inside any number of folders that tell nothing
 * apart (ImageFolder, and what people zip: `flowers/flowers/rose`, `seg_train/seg_train/forest`,
 * `Training/01.원천데이터/고양이`). The class is the first level that tells images apart and is neither a split nor a
 * container. One folder of photos is no class; files that lie beside class folders have none. Folders below the class
 * folder are ignored; hidden files and __MACOSX are left out.
 *
 * @param paths file names with `/`, as in the zip
 * @param folderNames class name by folder, from the `classes.json` that our own export carries
 */
export const readFolders = (
  paths: readonly string[],
  folderNames: Readonly<Record<string, string>> = {},
): ImportedLabels => {
  const tree = openFolders(paths, folderNames);
  return tree.read(tree.found);
};

export interface FolderTree {
  /** The level of the class folders, 0 at the top; null where no folder is a class. */
  found: number | null;
  /** How many folders each level has. */
  folders: number[];
  /** Labels and splits with the classes on the level that a person chose; null: no folder is a class. */
  read(level: number | null): ImportedLabels;
  /** The names of the classes on a level, and how many files have one. */
  tell(level: number): { names: string[]; files: number };
}

/** The folders of an upload, looked at once for all the ways in which they can be read. */
export function openFolders(paths: readonly string[], folderNames: Readonly<Record<string, string>> = {}): FolderTree {
  const files = paths.filter((path) => !isHidden(path)).map((path) => ({ path, folders: foldersOf(path) }));
  const layout = findLayout(files, new Set(Object.keys(folderNames)));
  const names: Set<string>[] = [];
  for (const { folders } of files)
    for (const [level, folder] of folders.entries()) (names[level] ??= new Set()).add(folder);
  const splitOfFolder = remember(splitOf);
  const classOfFolder = remember((folder: string) => classOf(folder, folderNames));
  return {
    tell: (level) => {
      const told = new Set<string>();
      let count = 0;
      for (const { folders } of files) {
        const folder = folders[level];
        const name = folder === undefined ? null : classOfFolder(folder);
        if (name === null) continue;
        count += 1;
        told.add(name);
      }
      return { names: [...told], files: count };
    },
    found: layout.classes,
    folders: names.map(({ size }) => size),
    read: (classes) => {
      const labels = new LabelCollector();
      const splits = [...layout.splits].filter((level) => level !== classes);
      for (const { path, folders } of files) {
        let split: Split | null = null;
        for (const level of splits) split ??= splitOfFolder(folders[level] ?? '');
        const folder = classes === null ? undefined : folders[classes];
        labels.place(path, folder === undefined ? null : classOfFolder(folder), split);
      }
      return labels;
    },
  };
}

function findLayout(files: readonly Placed[], known: ReadonlySet<string>): Layout {
  const splits = new Set<number>();
  const namesAt = (level: number, some = files): string[] => [
    ...new Set(some.filter(({ folders }) => folders.length > level).map(({ folders }) => folders[level] ?? '')),
  ];
  const areKnown = (names: readonly string[]): boolean => names.length > 0 && names.every((name) => known.has(name));
  for (let level = 0; ; level += 1) {
    const names = namesAt(level);
    if (names.length === 0) return { splits, classes: null };
    // Our own export lists its class folders; one of them may be called like a split that stands above it.
    if (areKnown(names) && !areKnown(namesAt(level + 1))) return { splits, classes: level };
    const deeper = namesAt(
      level,
      files.filter(({ folders }) => folders.length > level + 1),
    );
    // Folders with nothing but files in them, beside splits with classes: a test set without answers.
    if ((deeper.length > 0 ? deeper : names).every((name) => splitOf(name) !== null)) splits.add(level);
    else if (deeper.length === 0 || (names.length > 1 && !names.every(isContainer))) {
      const tellsNothing = (names.length === 1 && splits.size === 0) || names.every(isContainer);
      return { splits, classes: tellsNothing ? null : level };
    }
  }
}

const foldersOf = (path: string): string[] =>
  path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .slice(0, -1);

const classOf = (folder: string, folderNames: Readonly<Record<string, string>>): string | null => {
  if (Object.hasOwn(folderNames, folder)) return folderNames[folder] ?? folder;
  const name = tidyName(folder);
  return UNLABELED.has(name.toLowerCase()) ? null : name;
};

const UNLABELED = new Set(['unlabeled', 'unlabelled', 'unknown split', '미분류', '라벨없음']);

/** Files that archivers and desktops leave behind. */
export const isHidden = (path: string): boolean =>
  path
    .split(/[\\/]/u)
    .some((part) => (part.startsWith('.') && part !== '.') || part === '__MACOSX' || part === 'Thumbs.db');
