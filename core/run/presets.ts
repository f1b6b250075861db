/** Ready-made chains. */
import { backboneLink, scratchLink, SCRATCH_SIDE_MOST } from '../chain/chain.ts';
import type { ChainLink } from '../chain/chain-link.ts';
import type { RunConfig } from './learning.ts';

/** What a preset is made for. */
export interface ChainSetting {
  /** Side at which a net from scratch looks at the project's images, px. */
  side: number;
  backbone: { backboneId: string; side: number } | null;
}

export interface Preset {
  name: string;
  what: string;
  /** Without a backbone such a preset cannot be taken. */
  needsBackbone: boolean;
  chain: (setting: ChainSetting) => ChainLink[];
  settings: Partial<RunConfig>;
}

const body = ({ backbone, side }: ChainSetting) => backbone ?? { backboneId: null, side };

/** ALGORITHM 3, by size of pool, and what a backbone is good for. */
export const PRESETS = {
  'backbone-student': {
    name: 'Backbone teaches a net of ours',
    what: 'A head on a backbone labels the pool; a small net learns from it under noise, at a small image side.',
    needsBackbone: true,
    chain: (at) => [backboneLink('teacher', 'frozen', body(at)), scratchLink('student', 's', at.side)],
    settings: { keepShare: [1], floor: 0, steps: 900 },
  },
  frozen: {
    name: 'Frozen backbone',
    what: 'Very few labels: pre-trained convolutions stay as they are, only the head learns.',
    needsBackbone: true,
    chain: (at) => [backboneLink('teacher', 'frozen', body(at))],
    settings: {},
  },
  'noisy-head': {
    name: 'Noisy head on a backbone',
    what: 'A larger head learns from the frozen one, on features of several augmented views of each image.',
    needsBackbone: true,
    chain: (at) => [backboneLink('teacher', 'frozen', body(at)), backboneLink('student', 'noisy-head', body(at))],
    settings: { keepShare: [1], floor: 0 },
  },
  'fine-tune': {
    name: 'Fine-tune',
    what: 'More labels: the whole network learns, convolutions slowly, the head fast.',
    needsBackbone: true,
    chain: (at) => [backboneLink('teacher', 'fine-tuned', body(at))],
    settings: {},
  },
  quick: {
    name: 'Quick look',
    what: 'One small student: minutes, to see whether the labels work at all.',
    needsBackbone: false,
    chain: ({ side }) => [scratchLink('teacher', 'xs', side), scratchLink('student', 'xs', side)],
    settings: { keepShare: [0.4], teacherSteps: 200, steps: 300 },
  },
  small: {
    name: 'Noisy Student, pool up to 5,000',
    what: 'Three S teachers → S → S → M, keeping 60, 80, 100% of each class.',
    needsBackbone: false,
    chain: ({ side }) => [
      scratchLink('teacher', 's', side, 3),
      scratchLink('student', 's', side),
      scratchLink('student', 's', side),
      scratchLink('student', 'm', side),
    ],
    settings: {
      keepShare: [0.6, 0.8, 1],
      floor: 0.3,
      duplicatesMax: 3,
      pseudoWeight: 3,
      learningRate: 0.3,
      batchLabeled: 32,
      batchPseudo: 96,
      dropout: 0.1,
      stochasticDepth: 0,
      emaDecay: 0.99,
      teacherSteps: 300,
      steps: 900,
    },
  },
  large: {
    name: 'Noisy Student, pool of 50,000 and more',
    what: 'S → M → L → L, keeping 40, 70, 100%. Wants a GPU.',
    needsBackbone: false,
    chain: ({ side }) => [
      scratchLink('teacher', 's', side),
      scratchLink('student', 'm', side),
      scratchLink('student', 'l', side),
      scratchLink('student', 'l', side),
    ],
    settings: {
      keepShare: [0.4, 0.7, 1],
      floor: 0.5,
      duplicatesMax: 5,
      batchLabeled: 64,
      batchPseudo: 320,
      dropout: 0.2,
      stochasticDepth: 0.1,
      emaDecay: 0.999,
      teacherSteps: 3000,
      steps: 10_000,
    },
  },
  distill: {
    name: 'Distil into a small model',
    what: 'A small student copies the softened answers of a large teacher.',
    needsBackbone: false,
    chain: (at) => [
      at.backbone ? backboneLink('teacher', 'fine-tuned', at.backbone) : scratchLink('teacher', 'm', at.side),
      scratchLink('distilled', 's', at.side),
    ],
    settings: { temperature: 3, alpha: 0.9 },
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

/**
 * "Accept all above p": what the live teacher is at least so sure of become pseudo-labels of a student, by the rules of
 * every round (LEARN-1, LEARN-2). No image gets a human label by it.
 * @param above confidence, 0..1
 */
export function acceptAbove(
  above: number,
  { side, backbone }: { side: number; backbone: { backboneId: string; side: number } },
): Partial<RunConfig> {
  const small = side < SCRATCH_SIDE_MOST;
  return {
    chain: [
      backboneLink('teacher', 'live', backbone),
      small ? scratchLink('student', 's', side) : backboneLink('student', 'noisy-head', backbone),
    ],
    keepShare: [1],
    floor: above,
    steps: 900,
  };
}
