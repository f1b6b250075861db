import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { unzipFiles } from '#db/blobs/zip-files.ts';
import { openEmbedder } from '#ml/backbone/embedder.ts';
import { readBuiltInBackbone } from '#ml/backbone/index.ts';
import { fitCompress } from '#ml/embedding/compress-embeddings.ts';
import { EMBEDDING_BYTES, embeddingDistance } from '#core/round/embedding.ts';
import { findNearPairs, NEARLY_SAME } from '#ml/selection/near-pairs.ts';

const LIMITS = { bytes: 2 ** 30, entries: 100_000 };

type Alter = (image: Sharp, side: { width: number; height: number }) => Sharp;

const cut =
  (share: number): Alter =>
  (image, { width, height }) =>
    image.extract({
      left: Math.round(width * share),
      top: Math.round(height * share),
      width: Math.round(width * (1 - 2 * share)),
      height: Math.round(height * (1 - 2 * share)),
    });

/** What makes a copy of a photograph: the same bytes apart, a person calls them one picture. */
const COPIES: Record<string, Alter> = {
  'JPEG, quality 40': (image) => image.jpeg({ quality: 40 }),
  'half as large': (image, { width }) => image.resize(Math.round(width / 2)),
  'a tenth brighter': (image) => image.modulate({ brightness: 1.1 }),
  gray: (image) => image.grayscale(),
  '3% cut off each side': cut(0.03),
  '8% cut off each side': cut(0.08),
  mirrored: (image) => image.flop(),
};

/**
 * How near copies of a photograph are to it, and how near photographs come that are none:
 * `npm run bench -- near-duplicates ARCHIVE [SIDE] [COPIED]`. Only images outside of folders called test or validation
 * are read. Distances are in those of the product: 1 is how far an image mostly is from the one most like it.
 */
export async function run([archive = '', sideText = '224', copiedText = '100']: string[]): Promise<void> {
  const [side, copied] = [Number(sideText), Number(copiedText)];
  const all = [...(await unzipFiles(await readFile(archive), LIMITS))]
    .filter(([name]) => /\.(jpe?g|png)$/i.test(name) && !/\b(test|validation)\b/.test(name))
    .sort(([a], [b]) => order(a).localeCompare(order(b)));
  const embedder = await openEmbedder(await readBuiltInBackbone(), { side });
  const embed = async (image: Sharp): Promise<Float32Array> =>
    embedder.embed(
      new Uint8Array(
        await sharp(await image.png().toBuffer())
          .resize(side, side, { fit: 'fill' })
          .toColourspace('srgb')
          .removeAlpha()
          .raw()
          .toBuffer(),
      ),
    );
  const originals = [];
  for (const [, bytes] of all) originals.push(await embed(sharp(bytes)));
  const compress = fitCompress(join(originals, embedder.width), embedder.width);
  const rows = (parts: readonly Float32Array[]): Int8Array => compress(join(parts, embedder.width));
  const own = rows(originals);
  const whole = [originals.map((_, row) => row)];
  const usual = usualOf(own, originals.length);
  const told = findNearPairs(own, whole, 1000);
  console.log(`${all.length} images, ${side} px, told at ${NEARLY_SAME} without any copy: ${told.length}`);
  for (const { a, b, distance } of told.slice(0, 10))
    console.log(`  ${distance.toFixed(2)} ${all[a]?.[0]} ${all[b]?.[0]}`);
  console.log(`closest images, by distance: ${closest(own, originals.length, usual).join(' ')}`);
  for (const [name, alter] of Object.entries(COPIES)) {
    const distances: number[] = [];
    for (let at = 0; at < Math.min(copied, all.length); at += 1) {
      const bytes = all[at]?.[1] ?? Buffer.alloc(0);
      const { width, height } = await sharp(bytes).metadata();
      const copy = sharp(await alter(sharp(bytes), { width, height }).toBuffer());
      distances.push(Math.sqrt(embeddingDistance(rows([await embed(copy)]), 0, own, at)) / usual);
    }
    distances.sort((a, b) => a - b);
    const at = (share: number) => (distances[Math.floor(share * (distances.length - 1))] ?? 0).toFixed(2);
    const found = distances.filter((distance) => distance <= NEARLY_SAME).length / distances.length;
    console.log(`${name}: median ${at(0.5)}, 95% ${at(0.95)}, told ${(100 * found).toFixed(0)}%`);
  }
  await embedder.close();
}

/** The same order on every machine, whatever the archive's own. */
const order = (name: string): string => createHash('sha256').update(name).digest('hex');

function join(parts: readonly Float32Array[], width: number): Float32Array {
  const all = new Float32Array(parts.length * width);
  parts.forEach((part, at) => all.set(part, at * width));
  return all;
}

function nearestOf(bytes: Int8Array, count: number): number[] {
  return Array.from({ length: count }, (_, a) => {
    let least = Infinity;
    for (let b = 0; b < count; b += 1) if (b !== a) least = Math.min(least, embeddingDistance(bytes, a, bytes, b));
    return Math.sqrt(least);
  }).sort((a, b) => a - b);
}

const usualOf = (bytes: Int8Array, count: number): number => nearestOf(bytes, count)[Math.floor(count / 2)] ?? 1;

const closest = (bytes: Int8Array, count: number, usual: number): string[] =>
  [0, 0.005, 0.01, 0.02, 0.05, 0.1]
    .map(
      (share) => `${100 * share}%: ${((nearestOf(bytes, count)[Math.floor(share * count)] ?? 0) / usual).toFixed(2)};`,
    )
    .concat(`bytes ${(usual / Math.sqrt(EMBEDDING_BYTES)).toFixed(1)} each`);
