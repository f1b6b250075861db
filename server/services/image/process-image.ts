import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { Metadata, Sharp } from 'sharp';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { createBudget } from '#core/budget.ts';
import { measureLikeness } from '#core/image/likeness.ts';
import { IMAGE_KINDS, kindOf, NOT_AN_IMAGE } from '#core/image/image-files.ts';
import type { Likeness, Size } from '#core/image/likeness.ts';
import { openImage } from './decode/open-image.ts';
import type { OpenedImage } from './decode/open-image.ts';

sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'].map((format) => `VipsForeignLoad${format}`),
});
sharp.concurrency(1);
sharp.cache(false);

const MAX_PIXELS = 5e7;
/** Longest side that is taken, px: a line of 49 million pixels would be held whole, many times over, to be turned. */
const MAX_SOURCE_SIDE = 30_000;
/** Pixels that are decoded at once by this server, whoever imports; some 10 bytes of memory go with each. */
const PIXELS_AT_ONCE = 6e7;
const decoding = createBudget(PIXELS_AT_ONCE);
/** Longest side that is kept, px. */
const MAX_SIDE = 1600;
/** Longest side of a thumbnail, px; a smaller image is its own thumbnail. */
export const THUMBNAIL_SIDE = 192;

export const makeThumbnail = (image: Sharp): Promise<Buffer> =>
  image
    .resize({ width: THUMBNAIL_SIDE, height: THUMBNAIL_SIDE, fit: 'inside' })
    .webp({ quality: 78, effort: 2 })
    .toBuffer();
/** Up to here pixels are kept without loss: small training images must not be compressed twice. */
const LOSSLESS_PIXELS = 128 * 128;
/** Side of the gray picture that the likeness of a larger image is measured on, px. */
const GRAY_SIDE = 64;

export interface ProcessedImage {
  contentHash: string;
  /** Null for an image without structure, which looks like none. */
  likeness: Likeness | null;
  width: number;
  height: number;
  channels: 1 | 3;
  /** Frames, pages or images of the file; the first, or the main one, was taken. */
  frames: number;
  full: Buffer;
  thumbnail: Buffer | null;
}

/**
 * Decodes untrusted bytes and encodes them anew: orientation applied, metadata dropped, alpha laid on white.
 * @throws AppError UNREADABLE_IMAGE or TOO_LARGE with a sentence for the file's owner
 */
export const processImage = (bytes: Uint8Array): Promise<ProcessedImage> =>
  withImage(bytes, async (source, { metadata, frames }) => ({ ...(await encodeAnew(source, metadata)), frames }));

/**
 * The pixels of untrusted bytes as a model takes them: the whole image scaled to the square, as in training.
 * [side, side, channels], 0..255
 * @throws as `processImage`
 */
export const readPixels = (bytes: Uint8Array, shape: { side: number; channels: 1 | 3 }): Promise<Uint8Array> =>
  withImage(bytes, (source) =>
    source
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .resize(shape.side, shape.side, { fit: 'fill' })
      .toColourspace(shape.channels === 1 ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer(),
  );

/** Opens untrusted bytes for `work`, within the server's budget of pixels. */
async function withImage<T>(bytes: Uint8Array, work: (source: Sharp, image: OpenedImage) => Promise<T>): Promise<T> {
  refuseMarkup(bytes);
  try {
    const image = await openImage(bytes, MAX_PIXELS);
    refuseSize(image);
    const free = await decoding.take(image.width * image.height);
    try {
      return await work(await image.decode(), image);
    } finally {
      free();
    }
  } catch (error) {
    throw explain(error, bytes);
  }
}

function refuseSize({ width, height }: Size): void {
  if (Math.max(width, height) > MAX_SOURCE_SIDE)
    throw new AppError('TOO_LARGE', say('file.imageLong', { most: MAX_SOURCE_SIDE }));
}

async function encodeAnew(
  source: Sharp,
  metadata: Pick<Metadata, 'channels' | 'space'>,
): Promise<Omit<ProcessedImage, 'frames'>> {
  const isGray = metadata.channels !== undefined && metadata.channels <= 2 && metadata.space === 'b-w';
  const { data, info } = await source
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
    .toColourspace(isGray ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const channels = info.channels === 1 ? 1 : 3;
  const raw = { width: info.width, height: info.height, channels: info.channels };
  const contentHash = createHash('sha256')
    .update(`${info.width}x${info.height}x${info.channels}:`)
    .update(data)
    .digest('hex');
  const lossless = info.width * info.height <= LOSSLESS_PIXELS;
  const isSmall = Math.max(info.width, info.height) <= THUMBNAIL_SIDE;
  const [full, thumbnail, gray] = await Promise.all([
    sharp(data, { raw })
      .webp(lossless ? { lossless: true, effort: 1 } : { quality: 90, effort: 2 })
      .toBuffer(),
    isSmall ? null : makeThumbnail(sharp(data, { raw })),
    toGray(data, raw),
  ]);
  return {
    contentHash,
    likeness: measureLikeness(...gray),
    width: info.width,
    height: info.height,
    channels,
    full,
    thumbnail,
  };
}

/**
 * The picture in gray; scaled down first where it is so large that reading all of it here would keep others waiting.
 */
async function toGray(
  data: Buffer,
  raw: { width: number; height: number; channels: 1 | 2 | 3 | 4 },
): Promise<[Uint8Array, Size]> {
  if (raw.width * raw.height > LOSSLESS_PIXELS) {
    const size = { width: GRAY_SIDE, height: GRAY_SIDE };
    return [
      await sharp(data, { raw })
        .resize({ ...size, fit: 'fill' })
        .toColourspace('b-w')
        .raw()
        .toBuffer(),
      size,
    ];
  }
  if (raw.channels === 1) return [data, raw];
  const gray = new Uint8Array(raw.width * raw.height);
  for (let at = 0; at < gray.length; at += 1) {
    const from = at * raw.channels;
    gray[at] = Math.round(0.299 * (data[from] ?? 0) + 0.587 * (data[from + 1] ?? 0) + 0.114 * (data[from + 2] ?? 0));
  }
  return [gray, raw];
}

/** SVG and HTML are refused by what they are, whatever they are called. */
function refuseMarkup(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new AppError('UNREADABLE_IMAGE', say('refusal.emptyFile'));
  const head = Buffer.from(bytes.subarray(0, 512)).toString('latin1').trimStart().toLowerCase();
  if (head.startsWith('<') || head.includes('<svg')) {
    throw new AppError('UNREADABLE_IMAGE', say('refusal.svg'));
  }
}

function explain(error: unknown, bytes: Uint8Array): AppError {
  if (error instanceof AppError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (/pixel limit/i.test(text)) {
    return new AppError('TOO_LARGE', say('file.imagePixels', { most: MAX_PIXELS / 1e6 }), { cause: error });
  }
  if (/unsupported image format|block/i.test(text)) {
    const kind = kindOf(bytes);
    return new AppError(
      'UNREADABLE_IMAGE',
      kind === null
        ? NOT_AN_IMAGE
        : say('file.ofKind', { kind: { key: `file.kind.${kind}`, values: {} }, kinds: IMAGE_KINDS }),
      { cause: error },
    );
  }
  return new AppError('UNREADABLE_IMAGE', say('refusal.damagedImage'), {
    cause: error,
  });
}
