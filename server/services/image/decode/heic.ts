import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { RawImage } from './bmp.ts';

/** What the package gives and we use; it comes without types for it. */
interface HeifImage {
  get_width(): number;
  get_height(): number;
  is_primary(): boolean;
  display(into: { data: Uint8ClampedArray; width: number; height: number }, done: (drawn: unknown) => void): void;
  free(): void;
}
interface Heif {
  /** `decoder`: the context of its last file, which nothing but a next file on the same decoder would free. */
  HeifDecoder: new () => { decode(bytes: Uint8Array): HeifImage[]; decoder: unknown };
  heif_context_free(context: unknown): void;
}

/** Memory of the decoder, in pages of 64 KiB: noise of 12 million pixels took 111 MB. */
const MOST_PAGES = 16_384;

/** WebAssembly's memory knows no limit of a thread: past this one the decoder hears that there is no more. */
function boundMemory(): void {
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function growBounded(pages: number): number {
    if (this.buffer.byteLength / 65_536 + pages > MOST_PAGES) throw new RangeError('The image takes too much memory.');
    return grow.call(this, pages);
  };
}

let opened: Promise<Heif> | null = null;
async function open(): Promise<Heif> {
  boundMemory();
  const { default: load } = await import('libheif-js/libheif-wasm/libheif-bundle.mjs');
  return load() as Heif;
}

/**
 * Decodes the main image of a HEIC or HEIF file, turned and mirrored as the file says. For a thread of its own: it
 * bounds the memory of all WebAssembly in it.
 * @throws AppError UNREADABLE_IMAGE
 */
export async function decodeHeic(bytes: Uint8Array): Promise<RawImage> {
  opened ??= open();
  const heif = await opened;
  const decoder = new heif.HeifDecoder();
  let images: HeifImage[] = [];
  try {
    images = decoder.decode(bytes);
    const image = images.find((one) => one.is_primary()) ?? images[0];
    if (!image) throw broken();
    const [width, height] = [image.get_width(), image.get_height()];
    const data = new Uint8ClampedArray(width * height * 4);
    await new Promise<void>((resolve, reject) =>
      image.display({ data, width, height }, (drawn) => (drawn ? resolve() : reject(broken()))),
    );
    return { width, height, data: new Uint8Array(data.buffer) };
  } finally {
    for (const image of images) image.free();
    if (decoder.decoder) heif.heif_context_free(decoder.decoder);
  }
}

const broken = (): AppError => new AppError('UNREADABLE_IMAGE', say('refusal.damagedHeic'));
