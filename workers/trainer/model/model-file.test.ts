import { describe, expect, it } from 'vitest';
import { createRandom } from '#core/math/random.ts';
import { buildModel, initialiseWeights } from '#ml/index.ts';
import { decodeModelFile, encodeModelFile } from './model-file.ts';

const graph = buildModel({ name: 'xs', inputSize: 16, channels: 3, classes: 3, dropout: 0.1 });
const weights = initialiseWeights(graph, createRandom(1));

describe('a stored model', () => {
  it('comes back as it was', () => {
    expect(decodeModelFile(encodeModelFile({ graph, weights }))).toEqual({ graph, weights });
  });
  it('RUN-9 is refused with a sentence when cut short, foreign, or not finite', () => {
    const bytes = encodeModelFile({ graph, weights });
    for (const cut of [3, 200]) expect(() => decodeModelFile(bytes.subarray(0, cut))).toThrow('cannot be read');
    expect(() => decodeModelFile(bytes.subarray(0, bytes.length - 4))).toThrow('bytes, found');
    expect(() => decodeModelFile(new TextEncoder().encode('{"not": "a model at all"}'))).toThrow('cannot be read');
    const broken = Float32Array.from(weights);
    broken[5] = Number.NaN;
    expect(() => decodeModelFile(encodeModelFile({ graph, weights: broken }))).toThrow('not a number');
  });
});
