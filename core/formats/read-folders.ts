import { tidyName } from '../project/class-key.ts';
import { LabelCollector } from './columns.ts';
import { isContainer, splitOf } from './names.ts';
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
export function readFolders(
  paths: readonly string[],
  folderNames: Readonly<Record<string, string>> = {},
): ImportedLabels {
  const labels = new LabelCollector();
  const files = paths.filter((path) => !isHidden(path)).map((path) => ({ path, folders: foldersOf(path) }));
  const { splits, classes } = findLayout(files, new Set(Object.keys(folderNames)));
  for (const { path, folders } of files) {
    const named = folders.filter((_, level) => splits.has(level)).map((folder) => splitOf(folder));
    const folder = classes === null ? undefined : folders[classes];
    labels.add(path, {
      source: path,
      split: named.find((split) => split !== null) ?? null,
      className: folder === undefined ? null : classOf(folder, folderNames),
    });
  }
  return labels;
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
