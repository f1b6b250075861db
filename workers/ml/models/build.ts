import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { ModelName } from '#core/chain/models.ts';
import { GraphBuilder } from './builder.ts';
import type { ModelGraph } from './graph.ts';

export interface ModelOptions {
  name: ModelName;
  /** Side of the square input, px; 16 to 512. */
  inputSize: number;
  channels: 1 | 3;
  classes: number;
  /** Share of the embedding dropped in training, 0..1. */
  dropout?: number;
  /** Drop rate of the last residual block; earlier ones drop less, linearly (Huang et al. 2016). */
  stochasticDepth?: number;
}

/** Channels of the three groups; ALGORITHM of airbench (Jordan 2024) in four sizes. */
const AIRBENCH = { xs: [16, 32, 64], s: [32, 64, 64], m: [32, 128, 128], l: [64, 256, 256] } as const;
/** Residual blocks of each of the three stages. */
const RESNET = { resnet8: 1, resnet14: 2, resnet20: 3, resnet38: 6 } as const;
/** airbench: keeps the logits of a fresh net small. */
const LOGIT_SCALE = 1 / 9;
/** CIFAR-10 means and deviations, close enough for any photograph; grayscale as MNIST-like centre. */
const STATISTICS = {
  3: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  1: { mean: [0.4734], std: [0.2516] },
} as const;
/** Bodies are made for about 32 px; a stem halves larger images until they are below this side. */
const BODY_SIDE = 56;

/**
 * The graph of one of our nets. Throws AppError BAD_INPUT for a size below 16 px or above 512 px, or fewer than two
 * classes.
 */
export function buildModel(options: ModelOptions): ModelGraph {
  const { name, inputSize, channels, classes } = options;
  if (!Number.isInteger(inputSize) || inputSize < 16 || inputSize > 512) {
    throw new AppError('BAD_INPUT', say('learning.imageSide', { name, size: String(inputSize) }));
  }
  if (classes < 2) throw new AppError('BAD_INPUT', say('learning.twoClasses'));
  const g = new GraphBuilder();
  const stem = downsample(g, g.input(), inputSize, channels);
  const body = name in AIRBENCH ? airbench(g, stem, options) : residual(g, stem, options);
  return g.finish({ name, classes, input: { size: inputSize, channels, ...STATISTICS[channels] }, ...body });
}

interface Stem {
  id: string;
  channels: number;
  reduced: boolean;
}

/** 3×3 convolutions of stride 2 until the side is below BODY_SIDE. */
function downsample(g: GraphBuilder, input: string, size: number, channels: number): Stem {
  let stem: Stem = { id: input, channels, reduced: false };
  for (let side = size, level = 1; side >= BODY_SIDE; side = Math.ceil(side / 2), level += 1) {
    const width = level === 1 ? 16 : 24;
    const conv = g.conv(`stem${level}.conv`, stem.id, 3, stem.channels, width, { stride: 2 });
    stem = { id: g.normRelu(`stem${level}.norm`, conv, width), channels: width, reduced: true };
  }
  return stem;
}

/** Whitening, three groups of (conv, pool, norm, relu, conv, norm, relu), global maximum, scaled linear head. */
function airbench(
  g: GraphBuilder,
  stem: Stem,
  { name, classes, dropout = 0 }: ModelOptions,
): Pick<ModelGraph, 'logits' | 'embedding'> {
  let x = stem.id;
  let from = stem.channels;
  if (!stem.reduced) {
    // RGB patches are whitened by a fixed kernel and its negative, so that relu keeps both signs.
    const whitened = stem.channels === 3;
    const width = whitened ? 24 : 16;
    const conv = g.conv('whiten', x, 2, from, width, { padding: 'valid', start: whitened ? 'whiten' : 'he' });
    x = whitened ? g.relu('whiten.relu', conv) : g.normRelu('whiten.norm', conv, width);
    from = width;
  }
  AIRBENCH[name as keyof typeof AIRBENCH].forEach((width, i) => {
    const id = `group${i + 1}`;
    const first = g.conv(`${id}.conv1`, x, 3, from, width, { start: 'dirac' });
    const pooled = g.maxPool(`${id}.pool`, first, 2);
    const middle = g.normRelu(`${id}.norm1`, pooled, width);
    const second = g.conv(`${id}.conv2`, middle, 3, width, width, { start: 'dirac' });
    x = g.normRelu(`${id}.norm2`, second, width);
    from = width;
  });
  const embedding = g.add('embedding', { op: 'globalMaxPool', inputs: [x] });
  const dropped = g.dropout('dropout', embedding, dropout);
  const head = g.dense('head', dropped, from, classes, false);
  return { embedding, logits: g.add('logits', { op: 'scale', inputs: [head], factor: LOGIT_SCALE }) };
}

/** CIFAR ResNets (He et al. 2016; post-activation) and WRN-16-2 (Zagoruyko & Komodakis 2016; pre-activation). */
function residual(g: GraphBuilder, stem: Stem, options: ModelOptions): Pick<ModelGraph, 'logits' | 'embedding'> {
  const { name, classes, dropout = 0, stochasticDepth = 0 } = options;
  const wide = name === 'wrn16-2';
  const blocks = wide ? 2 : RESNET[name as keyof typeof RESNET];
  const widths = wide ? [32, 64, 128] : [16, 32, 64];
  const first = g.conv('conv1', stem.id, 3, stem.channels, 16);
  let x = wide ? first : g.normRelu('norm1', first, 16);
  let from = 16;
  widths.forEach((width, stage) => {
    for (let block = 0; block < blocks; block += 1) {
      const index = stage * blocks + block + 1;
      const drop = (stochasticDepth * index) / (3 * blocks);
      const shape = { from, to: width, stride: stage > 0 && block === 0 ? 2 : 1, drop };
      x = wide ? preActivated(g, `block${index}`, x, shape) : postActivated(g, `block${index}`, x, shape);
      from = width;
    }
  });
  if (wide) x = g.normRelu('norm.last', x, from);
  const embedding = g.add('embedding', { op: 'globalAveragePool', inputs: [x] });
  return { embedding, logits: g.dense('head', g.dropout('dropout', embedding, dropout), from, classes) };
}

interface Block {
  from: number;
  to: number;
  stride: number;
  drop: number;
}

function postActivated(g: GraphBuilder, id: string, x: string, { from, to, stride, drop }: Block): string {
  // Before the branch, so that the branch's last norm can add it in the same pass.
  const shortcut = from === to && stride === 1 ? x : g.conv(`${id}.shortcut`, x, 1, from, to, { stride });
  const first = g.normRelu(`${id}.norm1`, g.conv(`${id}.conv1`, x, 3, from, to, { stride }), to);
  const second = g.norm(`${id}.norm2`, g.conv(`${id}.conv2`, first, 3, to, to), to);
  return g.relu(`${id}.relu`, g.add(`${id}.add`, { op: 'add', inputs: [shortcut, second], drop }));
}

function preActivated(g: GraphBuilder, id: string, x: string, { from, to, stride, drop }: Block): string {
  const active = g.normRelu(`${id}.norm1`, x, from);
  const first = g.normRelu(`${id}.norm2`, g.conv(`${id}.conv1`, active, 3, from, to, { stride }), to);
  const second = g.conv(`${id}.conv2`, first, 3, to, to);
  const shortcut = from === to && stride === 1 ? x : g.conv(`${id}.shortcut`, active, 1, from, to, { stride });
  return g.add(`${id}.add`, { op: 'add', inputs: [shortcut, second], drop });
}
