import { createRandom } from '#core/math/random.ts';
import type { NamedBytes } from '../blobs/zip-files.ts';

const FILTERS = 12;

/**
 * A TensorFlow.js layers model of one random convolution of stride 2, as an uploaded folder holds it: made for images
 * of `side` px, with a window of `average` places that averages what the convolution gives, if any.
 */
export function drawBackbone({
  side = 16,
  average = null,
}: { side?: number; average?: number | null } = {}): NamedBytes[] {
  const random = createRandom(7);
  const kernel = Float32Array.from({ length: 3 * 3 * 3 * FILTERS }, () => random.normal() * 0.3);
  const bias = new Float32Array(FILTERS);
  const layer = (className: string, name: string, config: object, inbound: string[]) => ({
    class_name: className,
    name,
    config: { name, ...config },
    inbound_nodes: inbound.length === 0 ? [] : [inbound.map((from) => [from, 0, 0, {}])],
  });
  const model = {
    format: 'layers-model',
    modelTopology: {
      model_config: {
        class_name: 'Model',
        config: {
          name: 'drawn',
          input_layers: [['input', 0, 0]],
          output_layers: [[average === null ? 'conv' : 'average', 0, 0]],
          layers: [
            layer('InputLayer', 'input', { batch_input_shape: [null, side, side, 3], dtype: 'float32' }, []),
            layer(
              'Conv2D',
              'conv',
              {
                filters: FILTERS,
                kernel_size: [3, 3],
                strides: [2, 2],
                padding: 'same',
                data_format: 'channels_last',
                dilation_rate: [1, 1],
                activation: 'relu',
                use_bias: true,
              },
              ['input'],
            ),
            ...(average === null
              ? []
              : [
                  layer(
                    'AveragePooling2D',
                    'average',
                    { pool_size: [average, average], strides: [1, 1], padding: 'valid' },
                    ['conv'],
                  ),
                ]),
          ],
        },
      },
    },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [
          { name: 'conv/kernel', shape: [3, 3, 3, FILTERS], dtype: 'float32' },
          { name: 'conv/bias', shape: [FILTERS], dtype: 'float32' },
        ],
      },
    ],
  };
  return [
    { path: 'model.json', bytes: Buffer.from(JSON.stringify(model)) },
    { path: 'weights.bin', bytes: Buffer.concat([Buffer.from(kernel.buffer), Buffer.from(bias.buffer)]) },
  ];
}
