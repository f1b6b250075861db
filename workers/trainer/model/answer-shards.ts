import { joinFloats } from '#core/math/floats.ts';
import type { PixelSet } from '#core/run/learning.ts';
import type { TrainingImage } from '#db/queries/round/training-image.ts';
import type { Prediction } from '#ml/index.ts';
import { stopIfTaken } from '../hold/context.ts';
import type { RunContext } from '../hold/context.ts';

/** Images scored between two looks at the clock, and the memory that their pixels take at most. */
const SHARD = 1024;
const SHARD_BYTES = 96 * 2 ** 20;

export interface Answering {
  inputSize: number;
  channels: 1 | 3;
  predict(pixels: PixelSet): Promise<Prediction>;
  /** What stands on features that are kept answers from them: no pixel is looked at again. */
  answer?(images: readonly TrainingImage[]): Promise<Prediction>;
}

export const shardSize = ({ inputSize, channels, answer }: Answering): number =>
  answer ? SHARD : Math.max(16, Math.min(SHARD, Math.floor(SHARD_BYTES / (inputSize * inputSize * channels))));

/** The model's answers on images, shard by shard, in memory bounds. */
export async function* answerShards<T extends TrainingImage>(
  context: Pick<RunContext, 'pixels' | 'signal'>,
  model: Answering,
  images: readonly T[],
): AsyncGenerator<Prediction & { images: T[] }> {
  const size = shardSize(model);
  for (let start = 0; start < images.length; start += size) {
    stopIfTaken(context);
    const some = images.slice(start, start + size);
    const prediction = model.answer
      ? await model.answer(some)
      : await model.predict(await context.pixels.load(some, { size: model.inputSize, channels: model.channels }));
    yield { images: some, ...prediction };
  }
}

/** The model's answers on the images of one shard, together. Memory is bounded by shards being of `shardSize`. */
export async function answerOne(
  context: Pick<RunContext, 'pixels' | 'signal'>,
  model: Answering,
  images: readonly TrainingImage[],
): Promise<Pick<Prediction, 'logits' | 'embeddings'>> {
  const parts: Prediction[] = [];
  for await (const part of answerShards(context, model, images)) parts.push(part);
  return {
    logits: joinFloats(parts.map(({ logits }) => logits)),
    embeddings: joinFloats(parts.map(({ embeddings }) => embeddings)),
  };
}

/** All logits [n, classCount], or all embeddings [n, d], at once. */
export async function answerAll(
  context: Pick<RunContext, 'pixels' | 'signal'>,
  model: Answering,
  images: readonly TrainingImage[],
  what: 'logits' | 'embeddings',
  onShard: (done: number) => void = () => undefined,
): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  let done = 0;
  for await (const shard of answerShards(context, model, images)) {
    parts.push(shard[what]);
    done += shard.images.length;
    onShard(done);
  }
  return joinFloats(parts);
}
