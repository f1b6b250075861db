import type { Split } from '../project/project.ts';
import type { ExportedImage } from './types.ts';

const SPLIT_NAMES: Record<string, Split> = {
  pool: 'pool',
  train: 'pool',
  training: 'pool',
  unlabeled: 'pool',
  unlabelled: 'pool',
  validation: 'validation',
  valid: 'validation',
  val: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
};

/** The split that people mean by a word (train, val, dev, …), or null. */
export const splitOf = (word: string | null | undefined): Split | null => {
  const key = (word ?? '').trim().toLowerCase();
  return Object.hasOwn(SPLIT_NAMES, key) ? (SPLIT_NAMES[key] ?? null) : null;
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
  return `${safeSegment(base)}-${image.imageId.replaceAll(/[^A-Za-z0-9]/gu, '').slice(-12)}${extension}`;
}

/** Whether an import names an image by address and not by a file in the upload. */
export const isUrl = (source: string): boolean => /^https?:\/\//iu.test(source);

/**
 * Finds the uploaded file that a manifest row means: by its whole path, else by the longest tail of it that
 * names exactly one file. Label Studio's own prefixes (`/data/local-files/?d=`, `/data/upload/1/8hexdigits-`) are
 * understood. Answers whether the whole path was named; `path` is null where several files end so, and the answer where
 * none does.
 */
export function createFileFinder(
  paths: readonly string[],
): (source: string) => { path: string | null; isWhole: boolean } | null {
  const byTail = new Map<string, string | null>();
  for (const path of paths) {
    for (const tail of tails(path)) byTail.set(tail, byTail.has(tail) ? null : path);
  }
  const whole = new Map(paths.map((path) => [normalizePath(path), path]));
  return (source) => {
    const path = normalizePath(source);
    const exact = whole.get(path);
    if (exact !== undefined) return { path: exact, isWhole: true };
    for (const tail of tails(path)) {
      const found = byTail.get(tail);
      if (found !== undefined) return { path: found, isWhole: false };
    }
    const uploaded = uploadedName(path);
    const found = uploaded === null ? undefined : byTail.get(uploaded);
    return found === undefined ? null : { path: found, isWhole: false };
  };
}

/**
 * Names by which a store may know the file of a row: as written, and the last part with and without what Label Studio
 * puts before it.
 */
export function namesOf(source: string): string[] {
  const path = normalizePath(source);
  const base = path.split('/').at(-1) ?? path;
  return [...new Set([source, path, base, uploadedName(path) ?? base])];
}

const uploadedName = (path: string): string | null =>
  /^[0-9a-f]{8}-(.+)$/u.exec(path.split('/').at(-1) ?? '')?.[1] ?? null;

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

/** The path, then the path without its first folder, down to the bare name. */
const tails = (path: string): string[] => {
  const segments = normalizePath(path).split('/');
  return segments.map((_, i) => segments.slice(i).join('/'));
};
