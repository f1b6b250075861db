/**
 * Colour operations of RandAugment on one image: uint8 [height·width, channels], changed in place. All but `colour`
 * and `sharpness` are a table of 256 entries, so they cost one look-up a value. Definitions after PIL; ranges after
 * Cubuk et al. 2020; `level` is the magnitude, 0..10.
 */

const LEVEL_MAX = 10;

export interface ImageShape {
  height: number;
  width: number;
  channels: number;
}

export type ColourOperation = (image: Uint8Array, shape: ImageShape, level: number) => void;

const clamp = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value);
/** Blend factor of the four enhancers: 0.1 at level 0, 1 at 5, 1.9 at 10. */
const factorAt = (level: number): number => (1.8 * level) / LEVEL_MAX + 0.1;

function applyTable(image: Uint8Array, table: Uint8Array): void {
  for (let i = 0; i < image.length; i += 1) image[i] = table[image[i] ?? 0] ?? 0;
}

function applyChannelTable(image: Uint8Array, channels: number, channel: number, table: Uint8Array): void {
  for (let i = channel; i < image.length; i += channels) image[i] = table[image[i] ?? 0] ?? 0;
}

const tableOf = (value: (v: number) => number): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, v) => clamp(Math.round(value(v))));

/** Luma of ITU-R 601, as PIL's conversion to grey. */
const luma = (r: number, g: number, b: number): number => 0.299 * r + 0.587 * g + 0.114 * b;

function meanGrey(image: Uint8Array, { height, width, channels }: ImageShape): number {
  let sum = 0;
  for (let i = 0; i < image.length; i += channels) {
    sum += channels === 3 ? luma(image[i] ?? 0, image[i + 1] ?? 0, image[i + 2] ?? 0) : (image[i] ?? 0);
  }
  return Math.round(sum / (height * width));
}

export const invert: ColourOperation = (image) => {
  for (let i = 0; i < image.length; i += 1) image[i] = 255 - (image[i] ?? 0);
};

/** Keeps 8 bits at level 0 and 4 at level 10: stronger as the level rises, unlike the published code. */
export const posterize: ColourOperation = (image, _shape, level) => {
  const mask = (0xff << Math.round((4 * level) / LEVEL_MAX)) & 0xff;
  for (let i = 0; i < image.length; i += 1) image[i] = (image[i] ?? 0) & mask;
};

/** Inverts values at or above 256 − 25.6·level: nothing at level 0, all at level 10. */
export const solarize: ColourOperation = (image, _shape, level) => {
  const threshold = 256 - (256 * level) / LEVEL_MAX;
  applyTable(
    image,
    tableOf((v) => (v >= threshold ? 255 - v : v)),
  );
};

/** Adds 11·level to values below 128. */
export const solarizeAdd: ColourOperation = (image, _shape, level) => {
  const addition = Math.round((110 * level) / LEVEL_MAX);
  applyTable(
    image,
    tableOf((v) => (v < 128 ? v + addition : v)),
  );
};

/** Stretches each channel to 0..255; a channel of one value stays. */
export const autoContrast: ColourOperation = (image, { channels }) => {
  for (let c = 0; c < channels; c += 1) {
    let low = 255;
    let high = 0;
    for (let i = c; i < image.length; i += channels) {
      const v = image[i] ?? 0;
      if (v < low) low = v;
      if (v > high) high = v;
    }
    if (high > low)
      applyChannelTable(
        image,
        channels,
        c,
        tableOf((v) => ((v - low) * 255) / (high - low)),
      );
  }
};

/** Flattens each channel's histogram (PIL's ImageOps.equalize). */
export const equalize: ColourOperation = (image, { channels }) => {
  for (let c = 0; c < channels; c += 1) {
    const histogram = new Uint32Array(256);
    for (let i = c; i < image.length; i += channels) histogram[image[i] ?? 0] = (histogram[image[i] ?? 0] ?? 0) + 1;
    const used = histogram.filter((count) => count > 0);
    const step = Math.floor((image.length / channels - (used.at(-1) ?? 0)) / 255);
    if (used.length <= 1 || step === 0) continue;
    let sum = step >> 1;
    const table = new Uint8Array(256);
    for (let v = 0; v < 256; v += 1) {
      table[v] = clamp(Math.floor(sum / step));
      sum += histogram[v] ?? 0;
    }
    applyChannelTable(image, channels, c, table);
  }
};

/** Towards black (factor below 1) or away from it. */
export const brightness: ColourOperation = (image, _shape, level) => {
  const factor = factorAt(level);
  applyTable(
    image,
    tableOf((v) => v * factor),
  );
};

/** Towards the image's mean grey or away from it: the mean of the values, not of the histogram's counts. */
export const contrast: ColourOperation = (image, shape, level) => {
  const factor = factorAt(level);
  const mean = meanGrey(image, shape);
  applyTable(
    image,
    tableOf((v) => mean + (v - mean) * factor),
  );
};

/** Saturation: towards grey or away from it. A grey image stays. */
export const colour: ColourOperation = (image, { channels }, level) => {
  if (channels !== 3) return;
  const factor = factorAt(level);
  for (let i = 0; i < image.length; i += 3) {
    const grey = luma(image[i] ?? 0, image[i + 1] ?? 0, image[i + 2] ?? 0);
    for (let c = i; c < i + 3; c += 1) image[c] = clamp(Math.round(grey + ((image[c] ?? 0) - grey) * factor));
  }
};

/** Towards a smoothed image (3×3, centre 5, sum 13) or away from it; the border of one pixel stays. */
export const sharpness: ColourOperation = (image, { height, width, channels }, level) => {
  const factor = factorAt(level);
  const source = image.slice();
  const row = width * channels;
  for (let y = 1; y < height - 1; y += 1) {
    for (let at = y * row + channels; at < (y + 1) * row - channels; at += 1) {
      const v = source[at] ?? 0;
      let sum = 4 * v;
      for (let line = at - row; line <= at + row; line += row) {
        sum += (source[line - channels] ?? 0) + (source[line] ?? 0) + (source[line + channels] ?? 0);
      }
      const smooth = Math.round(sum / 13);
      image[at] = clamp(Math.round(smooth + (v - smooth) * factor));
    }
  }
};
