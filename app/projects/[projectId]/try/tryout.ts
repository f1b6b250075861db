import { readZip } from './read-zip.ts';

export interface TryoutModel {
  classes: string[];
  /** Calibrated probabilities in class order, and the ms that they took. */
  classify(source: CanvasImageSource, width: number, height: number): Promise<{ probabilities: number[]; ms: number }>;
  dispose(): void;
}

/**
 * Loads a round's exported TensorFlow.js layers model into this browser; the images never leave it.
 * TensorFlow.js itself is fetched only here.
 * @throws Error with a sentence for people when the export cannot be read
 */
export async function loadTryout(url: string): Promise<TryoutModel> {
  const response = await fetch(url);
  if (!response.ok) throw new Error('The model file could not be fetched. Try again.');
  const files = await readZip(await response.arrayBuffer());
  const json = files.get('model.json');
  const weights = files.get('weights.bin');
  const names = files.get('classes.txt');
  if (!json || !weights || !names) throw new Error('This export lacks a part of the model. Export the round again.');
  const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(json)) as {
    modelTopology: object;
    weightsManifest: { weights: { name: string; shape: number[]; dtype: 'float32' }[] }[];
  };
  const tf = await import('@tensorflow/tfjs');
  await tf.ready().catch(() => tf.setBackend('cpu'));
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology,
      weightSpecs: weightsManifest.flatMap((group) => group.weights),
      weightData: weights.buffer,
    }),
  );
  const [, height = 0, width = 0, channels = 3] = model.inputs[0]?.shape ?? [];
  if (!height || height !== width) throw new Error('This model takes no square image.');
  return {
    classes: new TextDecoder().decode(names).trimEnd().split('\n'),
    async classify(source, sourceWidth, sourceHeight) {
      const start = performance.now();
      const pixels = toPixels(source, {
        width: sourceWidth,
        height: sourceHeight,
        size: height,
        channels: channels ?? 3,
      });
      const output = tf.tidy(() => model.predict(tf.tensor(pixels, [1, height, height, channels ?? 3])));
      if (Array.isArray(output)) throw new Error('This model gives more than one answer.');
      const probabilities = [...(await output.data())];
      output.dispose();
      return { probabilities, ms: performance.now() - start };
    },
    dispose: () => model.dispose(),
  };
}

/**
 * The whole picture scaled to the square, as in training: halved first, so that large pictures are averaged and not
 * skipped over. [size, size, channels], 0..255
 */
function toPixels(
  source: CanvasImageSource,
  shape: { width: number; height: number; size: number; channels: number },
): Float32Array {
  const { size, channels } = shape;
  const sides: [number, number][] = [];
  let { width, height } = shape;
  while (width >= size * 2 || height >= size * 2) {
    width = Math.max(size, Math.ceil(width / 2));
    height = Math.max(size, Math.ceil(height / 2));
    sides.push([width, height]);
  }
  let from: { source: CanvasImageSource; width: number; height: number } = {
    source,
    width: shape.width,
    height: shape.height,
  };
  let rgba = new Uint8ClampedArray(0);
  for (const [toWidth, toHeight] of [...sides, [size, size] as const]) {
    const canvas = document.createElement('canvas');
    canvas.width = toWidth;
    canvas.height = toHeight;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('This browser gives no canvas to draw on.');
    context.imageSmoothingQuality = 'high';
    context.fillRect(0, 0, toWidth, toHeight);
    context.drawImage(from.source, 0, 0, from.width, from.height, 0, 0, toWidth, toHeight);
    from = { source: canvas, width: toWidth, height: toHeight };
    if (toWidth === size && toHeight === size) rgba = context.getImageData(0, 0, size, size).data;
  }
  const pixels = new Float32Array(size * size * channels);
  for (let i = 0; i < size * size; i += 1) {
    const [red = 0, green = 0, blue = 0] = rgba.subarray(i * 4, i * 4 + 3);
    if (channels === 1) pixels[i] = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    else pixels.set([red, green, blue], i * 3);
  }
  return pixels;
}
