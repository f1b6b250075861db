import sharp from 'sharp';
import type { Metadata, Sharp } from 'sharp';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Size } from '#core/image/likeness.ts';
import { startThread } from '#ml/thread.ts';
import { openDesk } from '../../../threads/thread-desk.ts';
import { isBmp, readBmpHead } from './bmp.ts';
import type { RawImage } from './bmp.ts';
import type { DecodeQuestion } from './decode-worker.ts';

/** How long one file may be decoded by the thread, ms; noise of 12 million pixels took 6 s on two busy cores. */
const MOST_MS = 60_000;

const desk = openDesk<DecodeQuestion, RawImage>({
  start: () => startThread(import.meta.url, 'decode-worker', null, { maxOldGenerationSizeMb: 512 }),
  timeoutMs: MOST_MS,
  tooMuch: () => new AppError('TOO_LARGE', say('refusal.heavyImage')),
});

/** An image whose size is known, before any pixel is decoded. */
export interface OpenedImage extends Size {
  /** Frames or pages of the file; the first, or the main one, is taken. */
  frames: number;
  metadata: Pick<Metadata, 'channels' | 'space'>;
  decode(): Promise<Sharp>;
}

/**
 * Tells what an image is, by its bytes: most are sharp's, HEIC and BMP are decoded by a thread of our own.
 * @throws AppError UNREADABLE_IMAGE, or what sharp throws
 */
export async function openImage(bytes: Uint8Array, limitInputPixels: number): Promise<OpenedImage> {
  if (isBmp(bytes)) {
    const size = readBmpHead(bytes);
    refusePixels(size, limitInputPixels);
    return { ...size, frames: 1, metadata: OF_THREAD, decode: () => byThread('bmp', bytes) };
  }
  const whole = withEnd(bytes);
  const source = sharp(whole, {
    // A JPEG that got its end from us must have had all of its pixels; else it is a torn one, padded with gray.
    failOn: whole === bytes ? 'error' : 'warning',
    limitInputPixels,
    pages: 1,
  });
  const metadata = await source.metadata();
  const { width, height, pages = 1 } = metadata;
  if (metadata.compression !== 'hevc')
    return { width, height, frames: pages, metadata, decode: () => Promise.resolve(source) };
  refusePixels({ width, height }, limitInputPixels);
  return { width, height, frames: pages, metadata: OF_THREAD, decode: () => byThread('heic', bytes) };
}

/** What the thread gives. */
const OF_THREAD = { channels: 4, space: 'srgb' } as const;

async function byThread(kind: DecodeQuestion['kind'], bytes: Uint8Array): Promise<Sharp> {
  const copy = new Uint8Array(bytes);
  const { width, height, data } = await desk.ask({ kind, bytes: copy }, [copy.buffer]);
  return sharp(data, { raw: { width, height, channels: 4 } });
}

function refusePixels({ width, height }: Size, most: number): void {
  if (width * height > most) throw new Error('Input image exceeds pixel limit');
}

const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8;

/**
 * A JPEG that lacks its end marker, as some cameras and downloads leave it, with one; else the same bytes. Within the
 * pixels no marker can stand, so one behind the last start of them is the end.
 */
function withEnd(bytes: Uint8Array): Uint8Array {
  if (!isJpeg(bytes)) return bytes;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return file.lastIndexOf(END) > file.lastIndexOf(START_OF_SCAN) ? bytes : Buffer.concat([file, END]);
}
const START_OF_SCAN = Buffer.from([0xff, 0xda]);
const END = Buffer.from([0xff, 0xd9]);
