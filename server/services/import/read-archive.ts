import type { Entry } from 'yauzl';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { decodeNames, ENCODING_NAMES } from '#core/formats/decode-text.ts';
import { isLabelFile } from '#core/formats/import.ts';
import { IMAGE_KINDS, IMAGE_NAME, NOT_AN_IMAGE } from '#core/image/image-files.ts';
import { NO_LABEL } from '#core/proposal/label-book.ts';
import type { FileLabel } from '#core/proposal/label-book.ts';
import { checkZip } from '#db/blobs/check-zip.ts';
import { openZip } from '#db/blobs/open-zip.ts';
import { listEntries, packedOf, readEntry } from '#db/blobs/promised-zip.ts';
import type { PackedFile, PromisedZip } from '#db/blobs/promised-zip.ts';
import type { ImportFile } from './import-images.ts';
import { readArchiveAside } from './read-aside.ts';
import { PLAIN_READING } from './read-labels.ts';
import type { ArchiveReading } from './read-labels.ts';

export const ARCHIVE_LIMITS = {
  entries: 200_000,
  /** Bytes of one file once unpacked, and of all together. */
  entryBytes: 64 * 2 ** 20,
  totalBytes: 40 * 2 ** 30,
  /** Of all label files in it together: they are held in memory. */
  labelBytes: 128 * 2 ** 20,
  /** Unpacked to packed size above which an entry is a bomb, once it is larger than 1 MiB. */
  ratio: 200,
} as const;

export const IGNORED_NAME = /(^|\/)(\.[^/]*|__MACOSX\/.*|Thumbs\.db|desktop\.ini)$/i;
/** The bit by which an entry says that its name is UTF-8 (APPNOTE 4.4.4, bit 11). */
const UTF8_NAME = 0x800;
const SYMLINK = 0o120000;
const FILE_TYPE = 0o170000;

/** What is kept of an entry: of 200,000 the whole would take some 200 MB. */
interface ZipEntry extends PackedFile {
  /** The bytes of its name, one a character: in which encoding they are is not known yet. */
  rawName: string;
  isLink: boolean;
  isEncrypted: boolean;
}
interface NamedEntry {
  name: string;
  entry: PackedFile;
}
type Refused = { name: string; error: AppError };

/**
 * Reads the images of a zip on disk, one at a time. Names are labels for people and for class folders, never paths
 * here. An entry that is refused is named with its reason; the others go on.
 * @throws AppError BAD_INPUT or TOO_LARGE when the archive as a whole cannot be taken
 */
export async function openArchive(path: string, options: { folderLabels: boolean; reading?: ArchiveReading }) {
  const zip = await open(path);
  try {
    const { images, labelFiles, refused, nameEncoding } = await sortEntries(zip);
    if (images.length + refused.length === 0) {
      throw new AppError('BAD_INPUT', say('refusal.noImagesInZip', { kinds: IMAGE_KINDS }));
    }
    const total = images.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
    if (total > ARCHIVE_LIMITS.totalBytes) {
      throw new AppError('TOO_LARGE', say('refusal.zipUnpacks', { gib: Math.round(total / 2 ** 30) }));
    }
    if (labelFiles.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0) > ARCHIVE_LIMITS.labelBytes) {
      throw new AppError('TOO_LARGE', say('refusal.zipLabels'));
    }
    const none: ArchiveReading = { ...PLAIN_READING, choice: { layout: 'none', names: {} } };
    const reading = options.reading ?? (options.folderLabels ? PLAIN_READING : none);
    const labels = await readArchiveAside(
      images.map((item) => item.name),
      reading.choice.layout === 'none' ? [] : await readLabelBytes(zip, labelFiles),
      reading,
      nameEncoding,
    );
    refused.push(...labels.refused);
    return {
      total: images.length + refused.length,
      proposal: labels.proposal,
      refused: refused.map(({ name, error }) => ({ file: name, message: error.message, said: error.said })),
      files: readFiles(zip, images, refused, options.folderLabels ? labels.find : null),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function open(path: string): Promise<PromisedZip> {
  // Names come undecoded: yauzl would give up on the whole zip at the first evil one, and the good files would be lost.
  const options = { lazyEntries: true, decodeStrings: false, validateEntrySizes: true };
  const zip = await openZip(path, options).catch((error: unknown) => {
    throw new AppError('BAD_INPUT', say('refusal.zipUnread'), {
      cause: error,
    });
  });
  if (zip.entryCount > ARCHIVE_LIMITS.entries) {
    zip.close();
    throw new AppError('TOO_LARGE', say('refusal.zipEntries', { count: zip.entryCount, most: ARCHIVE_LIMITS.entries }));
  }
  return zip;
}

async function sortEntries(
  zip: PromisedZip,
): Promise<{ images: NamedEntry[]; labelFiles: NamedEntry[]; refused: Refused[]; nameEncoding: string | null }> {
  let nameEncoding: string | null = null;
  const images: NamedEntry[] = [];
  const labelFiles: NamedEntry[] = [];
  const refused: Refused[] = [];
  const seen = new Set<string>();
  try {
    const entries = await listEntries(zip, toZipEntry);
    checkZip(entries, zip.fileSize);
    const { names, encoding } = readNames(entries);
    nameEncoding = encoding;
    for (const [i, entry] of entries.entries()) {
      const name = names[i] ?? '';
      if (name.endsWith('/') || IGNORED_NAME.test(name)) continue;
      const reason = refuse(name, entry, seen);
      seen.add(name.toLowerCase());
      if (reason === null && isLabelFile(name)) labelFiles.push({ name, entry: packedOf(entry) });
      else if (reason) refused.push({ name: name.slice(0, 200), error: reason });
      else images.push({ name, entry: packedOf(entry) });
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('BAD_INPUT', say('refusal.zipContents'), {
      cause: error,
    });
  }
  return { images, labelFiles, refused, nameEncoding };
}

const toZipEntry = (entry: Entry): ZipEntry => ({
  // Undecoded, `fileName` is a buffer, whatever its type says.
  rawName: Buffer.from(entry.fileName).toString('latin1'),
  isLink: ((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMLINK,
  isEncrypted: entry.isEncrypted(),
  ...packedOf(entry),
});

/**
 * Names as people see them. An entry that says UTF-8 is that; the others were written in the encoding of the machine
 * that made the zip (CP949 on Korean Windows), which all of them together tell.
 */
function readNames(entries: readonly ZipEntry[]): { names: string[]; encoding: string | null } {
  const raw = entries.map(({ rawName }) => Buffer.from(rawName, 'latin1'));
  const isUtf8 = entries.map((entry) => (entry.generalPurposeBitFlag & UTF8_NAME) !== 0);
  const unsaid = decodeNames(raw.filter((_, i) => isUtf8[i] === false));
  const others = unsaid.names.values();
  return {
    names: raw
      .map((bytes, i) => (isUtf8[i] === true ? bytes.toString('utf8') : (others.next().value ?? '')))
      .map((name) => name.normalize('NFC').replaceAll('\\', '/')),
    encoding: unsaid.encoding === 'utf-8' ? null : ENCODING_NAMES[unsaid.encoding],
  };
}

/** Why an entry is not taken, or null. */
function refuse(name: string, entry: ZipEntry, seen: ReadonlySet<string>): AppError | null {
  if (name.startsWith('/') || /^[a-z]:/i.test(name) || name.split('/').includes('..')) {
    return new AppError('BAD_INPUT', say('refusal.zipOutside'));
  }
  if (entry.isLink) return new AppError('BAD_INPUT', say('refusal.zipLink'));
  if (seen.has(name.toLowerCase())) return new AppError('BAD_INPUT', say('refusal.zipTwice'));
  if (entry.isEncrypted) return new AppError('BAD_INPUT', say('refusal.zipEncrypted'));
  if (!IMAGE_NAME.test(name) && !isLabelFile(name)) return new AppError('UNREADABLE_IMAGE', NOT_AN_IMAGE);
  if (entry.uncompressedSize > ARCHIVE_LIMITS.entryBytes) return new AppError('TOO_LARGE', say('refusal.over64'));
  if (entry.uncompressedSize > 2 ** 20 && entry.uncompressedSize > entry.compressedSize * ARCHIVE_LIMITS.ratio) {
    return new AppError('TOO_LARGE', say('refusal.zipBomb'));
  }
  return null;
}

async function* readFiles(
  zip: PromisedZip,
  images: NamedEntry[],
  refused: Refused[],
  labels: ((path: string) => FileLabel | null) | null,
): AsyncGenerator<ImportFile | Refused> {
  yield* refused;
  for (const { name, entry } of images) {
    const label = labels?.(name);
    try {
      const bytes = await readEntry(zip, entry);
      yield { name, bytes, ...(label ?? NO_LABEL) };
    } catch (error) {
      yield {
        name,
        error: new AppError('UNREADABLE_IMAGE', say('refusal.zipDamaged'), {
          cause: error,
        }),
      };
    }
  }
}

async function readLabelBytes(
  zip: PromisedZip,
  labelFiles: NamedEntry[],
): Promise<{ path: string; bytes: Uint8Array }[]> {
  const files = [];
  for (const { name, entry } of labelFiles) {
    const bytes = await readEntry(zip, entry).catch((error: unknown) => {
      throw new AppError('BAD_INPUT', say('file.labelsDamaged', { name: name.slice(0, 200) }), { cause: error });
    });
    files.push({ path: name, bytes });
  }
  return files;
}
