import type { Split } from '../project/project.ts';
import type { ExportedImage, ExportedLabel } from './types.ts';

/** Words for a split, of file systems and data sets in several languages. */
const SPLIT_NAMES: Record<string, Split> = {
  ...byWord('pool', 'pool train training trainset unlabeled unlabelled pred prediction predict 학습 훈련 训练 訓練'),
  ...byWord('validation', 'validation valid val dev validate 검증 验证 検証'),
  ...byWord('test', 'test testing eval evaluation 평가 시험 테스트 测试 評価'),
};
/** What stands around such a word and says nothing: `seg_train`, `training_set`, `01.Training`, `train2017`. */
const AROUND = new Set('set sets data dataset image images imgs img seg split folder 데이터 세트 셋 이미지'.split(' '));
/** Folders that hold all that there is of something, and tell no classes apart. */
const CONTAINERS = new Set(
  (
    'image images img imgs photo photos picture pictures jpegimages data dataset raw source original 원천데이터 원천 ' +
    '라벨링데이터 라벨링 이미지 annotation annotations label labels 라벨'
  ).split(' '),
);

function byWord(split: Split, words: string): Record<string, Split> {
  return Object.fromEntries(words.split(' ').map((word) => [word, split]));
}

/** Words of a name: `01.원천데이터` → 원천데이터, `seg_train` → seg, train; numbers are left out. */
const wordsOf = (name: string): string[] =>
  name
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.replaceAll(/^\d+|\d+$/gu, ''))
    .filter((word) => word !== '');

/** The split that people mean by a word or a folder (train, val, dev, seg_test, 01.Training, 검증), or null. */
export const splitOf = (word: string | null | undefined): Split | null => {
  const [only, ...others] = wordsOf(word ?? '').filter((part) => !AROUND.has(part));
  if (only === undefined || others.length > 0) return null;
  return Object.hasOwn(SPLIT_NAMES, only) ? (SPLIT_NAMES[only] ?? null) : null;
};

/** A folder that merely holds images or labels (`images`, `01.원천데이터`), whatever number stands before it. */
export const isContainer = (name: string): boolean => {
  const words = wordsOf(name);
  return words.length > 0 && words.every((word) => CONTAINERS.has(word));
};

/** The word that other tools know a split by: what they train on is our pool. */
export const splitWord = (split: Split): string => (split === 'pool' ? 'train' : split);

export const EVERY_SPLIT = (): boolean => true;
export const ONLY_SPLIT =
  (split: Split) =>
  (other: Split): boolean =>
    other === split;

/** Characters that some file system refuses, and those that would leave the folder. */
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f<>:"/\\|?*%]/gu;
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/iu;

/** A name that every file system takes as one path segment, at most 80 characters; never empty, never dots only. */
export function safeSegment(name: string): string {
  const cleaned = [...name.normalize('NFC').replace(UNSAFE, '_')]
    .slice(0, 80)
    .join('')
    .replace(/^[\s.]+|[\s.]+$/gu, '');
  if (cleaned === '') return '_';
  return RESERVED.test(cleaned) ? `_${cleaned}` : cleaned;
}

/** A folder name a class, no two the same on a file system that ignores case. Class name → folder. */
export function classFolders(classes: readonly string[]): Map<string, string> {
  const folders = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of classes) {
    const base = safeSegment(name);
    let folder = base;
    for (let i = 2; taken.has(folder.toLowerCase()); i += 1) folder = `${base} (${i})`;
    taken.add(folder.toLowerCase());
    folders.set(name, folder);
  }
  return folders;
}

/** File name of an image in an export: its own name, and the end of its id so that two images never share one. */
export function exportedFileName(image: ExportedImage, extension: string): string {
  const base = (image.fileName.split(/[\\/]/u).at(-1) ?? '').replace(/\.[A-Za-z0-9]{1,5}$/u, '');
  const id = image.imageId.replaceAll(/[^A-Za-z0-9]/gu, '').slice(-12);
  return `${safeSegment(base)}-${id}${image.extension ?? extension}`;
}

/**
 * The one label of an image, for formats with one: the consensus, else a round's answer. What single people say is
 * none: where they do not agree the first of them is as wrong as the others.
 */
export const settledLabel = (image: ExportedImage): ExportedLabel | null =>
  image.labels.find(({ source }) => source.kind !== 'person') ?? null;

/** Whether an import names an image by address and not by a file in the upload. */
export const isUrl = (source: string): boolean => /^https?:\/\//iu.test(source);

/**
 * Finds the uploaded file that a manifest row means: by its whole path, else by the longest tail of it that names
 * exactly one file, else by that tail in another spelling: other case, without extension (`000bec` for `000bec.jpg`),
 * `_` for a space, percent-encoded. Label Studio's own prefixes (`/data/local-files/?d=`, `/data/upload/1/8hexdigits-`)
 * are understood. Answers whether the whole path was named; `path` is null where several files end so, and the answer
 * where none does.
 */
export function createFileFinder(
  paths: readonly string[],
): (source: string) => { path: string | null; isWhole: boolean } | null {
  const whole = new Map(paths.map((path) => [normalizePath(path), path]));
  const exact = findByTail(whole, (path) => [path]);
  const loose = findByTail(whole, (path) => [loosen(path), loosen(withoutExtension(path))]);
  return (source) => {
    const path = normalizePath(source);
    const same = whole.get(path);
    if (same !== undefined) return { path: same, isWhole: true };
    const ends = [...tails(path), ...(uploadedName(path) ?? [])];
    for (const end of ends) {
      const hit = exact(end);
      if (hit !== undefined) return { path: hit, isWhole: false };
    }
    for (const end of ends) {
      const hit = loose(loosen(end));
      if (hit !== undefined) return { path: hit, isWhole: false };
    }
    return null;
  };
}

/**
 * Finds files by a tail of one of their spellings; null where several end so. Tails of one length are listed once one
 * of that length is asked for: label files name files whole or by their bare name, and seldom in all ways.
 */
function findByTail(
  whole: ReadonlyMap<string, string>,
  spell: (path: string) => string[],
): (tail: string) => string | null | undefined {
  const spelled: { path: string; spellings: string[] }[] = [];
  const byLength = new Map<number, Map<string, string | null>>();
  const list = (length: number): Map<string, string | null> => {
    if (spelled.length === 0)
      for (const [normal, path] of whole) spelled.push({ path, spellings: [...new Set(spell(normal))] });
    const found = new Map<string, string | null>();
    for (const { path, spellings } of spelled)
      for (const spelling of spellings) {
        const tail = lastFolders(spelling, length);
        if (tail !== null)
          found.set(tail, (found.get(tail) ?? path) === path && found.get(tail) !== null ? path : null);
      }
    return found;
  };
  return (tail) => {
    const length = tail.split('/').length;
    let found = byLength.get(length);
    if (found === undefined) {
      found = list(length);
      byLength.set(length, found);
    }
    return found.get(tail);
  };
}

/** The last so many folders and the name; null where there are fewer. */
function lastFolders(path: string, length: number): string | null {
  let at = path.length;
  for (let left = length; left > 0; left -= 1) {
    if (at < 0) return null;
    at = at === 0 ? -1 : path.lastIndexOf('/', at - 1);
  }
  return path.slice(at + 1);
}

/** Each folder and the name by itself, so that a tail of a loosened path is the tail loosened. */
const loosen = (path: string): string =>
  (path.includes('%') ? decode(path) : path)
    .toLowerCase()
    .replaceAll(/[\s_+]+/gu, ' ')
    .replaceAll(/ ?\/ ?/gu, '/')
    .trim();

const withoutExtension = (path: string): string => path.replace(/\.[A-Za-z]\w{1,4}$/u, '');

/**
 * Names by which a store may know the file of a row: as written, and the last part with and without what Label Studio
 * puts before it.
 */
export function namesOf(source: string): string[] {
  const path = normalizePath(source);
  const base = path.split('/').at(-1) ?? path;
  return [...new Set([source, path, base, ...(uploadedName(path) ?? [])])];
}

/** The name without what Label Studio puts before it. */
const uploadedName = (path: string): [string] | null => {
  const name = /^[0-9a-f]{8}-(.+)$/u.exec(path.split('/').at(-1) ?? '')?.[1];
  return name === undefined ? null : [name];
};

const normalizePath = (source: string): string => {
  const local = /[?&]d=([^&]*)/u.exec(source)?.[1];
  const path = local === undefined ? source : decode(local);
  return path
    .normalize('NFC')
    .replaceAll('\\', '/')
    .replace(/^[a-z][a-z0-9+.-]*:\/\//iu, '')
    .replace(/^(?:\.?\/)+/u, '');
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** The path, then the path without its first folder, down to the bare name; of a normal path. */
const tails = (path: string): string[] => {
  const segments = path.split('/');
  return segments.map((_, i) => (i === 0 ? path : segments.slice(i).join('/')));
};
