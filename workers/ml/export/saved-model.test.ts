import { expect, test } from 'vitest';

import { AppError } from '#core/errors.ts';
import { exportModel } from './index.ts';
import { toInference } from './inference.ts';
import { toTensorFlow } from './tensorflow-graph.ts';
import { oddGraph, sampleCard, startWeights } from './testing.ts';
import { messages, numbers, readFields, texts, type Fields } from './testing-protobuf.ts';
import type { ExportInput } from './types.ts';

const input = (): ExportInput => ({
  graph: oddGraph(),
  weights: startWeights(oddGraph()),
  classNames: ['a', 'b', 'c'],
  temperature: 1.7,
  format: 'saved-model',
  quantisation: 'none',
  card: sampleCard(),
});
const metaGraph = async (): Promise<Fields> => {
  const files = await exportModel(input());
  const file = readFields(files.find(({ path }) => path === 'saved_model.pb')?.bytes ?? new Uint8Array(0));
  expect(numbers(file, 1)).toEqual([1]);
  const [meta, ...more] = messages(file, 2);
  expect(more).toEqual([]);
  return meta ?? new Map<never, never>();
};
/** name of an input or output → [tensor, data type, sizes] */
const tensorInfos = (signature: Fields, field: number): Record<string, unknown[]> =>
  Object.fromEntries(
    messages(signature, field).map((pair) => {
      const info = messages(pair, 2)[0] ?? new Map<never, never>();
      return [
        texts(pair, 1)[0],
        [
          texts(info, 1)[0],
          numbers(info, 2)[0],
          messages(info, 3).flatMap((shape) => messages(shape, 2).flatMap((size) => numbers(size, 1))),
        ],
      ];
    }),
  );

test('FORMAT-28 a SavedModel holds one graph for serving, with the signature that loaders look for', async () => {
  const meta = await metaGraph();
  expect(messages(meta, 1).map((info) => texts(info, 4))).toEqual([['serve']]);
  const [pair] = messages(meta, 5);
  expect(pair && texts(pair, 1)).toEqual(['serving_default']);
  const signature = pair ? messages(pair, 2)[0] : undefined;
  expect(signature && texts(signature, 3)).toEqual(['tensorflow/serving/predict']);
  expect(signature && tensorInfos(signature, 1)).toEqual({ pixels: ['pixels:0', 1, [-1, 15, 15, 3]] });
  expect(signature && tensorInfos(signature, 2)).toEqual({ probabilities: ['probabilities:0', 1, [-1, 3]] });
});

test('FORMAT-28 every node of a SavedModel is known before it is read, and its constants are the weights', async () => {
  const graph = messages(await metaGraph(), 2)[0] ?? new Map<never, never>();
  const nodes = messages(graph, 1);
  const wanted = toTensorFlow(toInference(oddGraph(), startWeights(oddGraph()), 1.7)).nodes;
  expect(nodes.map((node) => [texts(node, 1)[0], texts(node, 2)[0], texts(node, 3)])).toEqual(
    wanted.map(({ name, op, inputs }) => [name, op, inputs]),
  );
  const seen = new Set<string>();
  for (const node of nodes) {
    for (const name of texts(node, 3)) expect(seen).toContain(name);
    seen.add(texts(node, 1)[0] ?? '');
  }
  const attributesOf = (name: string): Map<string, Fields> =>
    new Map(
      messages(nodes.find((node) => texts(node, 1)[0] === name) ?? new Map<never, never>(), 5).map((pair) => [
        texts(pair, 1)[0] ?? '',
        messages(pair, 2)[0] ?? new Map<never, never>(),
      ]),
    );
  for (const { name, attributes } of wanted) {
    if (attributes.value?.kind !== 'tensor') continue;
    const tensor =
      messages(attributesOf(name).get('value') ?? new Map<never, never>(), 8)[0] ?? new Map<never, never>();
    const content = tensor.get(4)?.[0] as Uint8Array;
    const { shape, values } = attributes.value.value;
    expect(messages(tensor, 2).flatMap((sizes) => messages(sizes, 2).flatMap((size) => numbers(size, 1)))).toEqual([
      ...shape,
    ]);
    expect(Buffer.compare(Buffer.from(content), Buffer.from(values.slice().buffer))).toBe(0);
  }
  const conv = attributesOf('a/conv/product');
  expect(texts(conv.get('padding') ?? new Map<never, never>(), 2)).toEqual(['VALID']);
  expect(messages(conv.get('strides') ?? new Map<never, never>(), 1).map((list) => numbers(list, 3))).toEqual([
    [1, 2, 2, 1],
  ]);
});

test('FORMAT-27 a SavedModel with quantised weights is refused', async () => {
  await expect(exportModel({ ...input(), quantisation: 'uint8' })).rejects.toThrow(AppError);
});
