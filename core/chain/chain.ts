/** A run is a chain of rounds, each a choice: how one is made, and what fits together. */
import type { ChainLink } from './chain-link.ts';
import { standsOnBackbone } from './chain-link.ts';
import { MODEL_PARAMETERS } from './models.ts';
import type { ModelName } from './models.ts';

/** What is said of a link unless it matters. */
const LINK = { model: null, backboneId: null, members: 1, tunedShare: 1 } as const;

export const scratchLink = (role: ChainLink['role'], model: ModelName, side: number, members = 1): ChainLink => ({
  ...LINK,
  role,
  kind: 'scratch',
  model,
  side,
  members,
});

export const backboneLink = (
  role: ChainLink['role'],
  kind: Exclude<ChainLink['kind'], 'scratch'>,
  { backboneId, side }: { backboneId: string | null; side: number },
): ChainLink => ({ ...LINK, role, kind, backboneId, side });

/** Is the student smaller than the backbone that teaches it? Then its round is called distillation with noise. */
export function isDistillationWithNoise(chain: readonly ChainLink[], link: ChainLink): boolean {
  if (link.role !== 'student' || standsOnBackbone(link)) return false;
  const first = chain.find(({ role }) => role === 'student');
  return first === link && chain.some((other) => other.role === 'teacher' && standsOnBackbone(other));
}

/** Nets from scratch look at photographs at this side, at smaller images as they are, px. */
export const SCRATCH_SIDE_MOST = 64;
const SCRATCH_SIDE_LEAST = 16;
/** Below this longer side images are small pictures as CIFAR's, looked at as they are. */
const SMALL_IMAGE = 48;

/** The side at which a net from scratch looks at images, px. */
export const scratchSide = (images: number): number =>
  images <= SMALL_IMAGE ? Math.max(SCRATCH_SIDE_LEAST, images) : SCRATCH_SIDE_MOST;

/** What is wrong with this chain and how to mend it; null when it can be trained. */
export function checkChain(chain: readonly ChainLink[]): string | null {
  const roles = chain.map(({ role }) => role);
  const ranks = roles.map((role) => ['teacher', 'student', 'distilled'].indexOf(role));
  if (roles[0] !== 'teacher') return 'A chain begins with a teacher: add one.';
  if (ranks.some((rank, at) => rank < (ranks[at - 1] ?? 0)))
    return 'Teachers come first, then students, then what is distilled from them.';
  if (roles.filter((role) => role === 'distilled').length > 1) return 'One model is distilled at the end: keep one.';
  for (const link of chain) {
    const problem = checkLink(link);
    if (problem) return problem;
  }
  return checkSizes(chain);
}

function checkLink(link: ChainLink): string | null {
  if (standsOnBackbone(link)) {
    if (!link.backboneId)
      return 'This round starts from pre-trained weights: choose a backbone, or take a net from scratch.';
    if (link.role === 'distilled') return 'What is distilled is a net of our own: choose a model from scratch.';
    if (link.role === 'student' && (link.kind === 'live' || link.kind === 'frozen'))
      return 'A student on a backbone is a noisy head or a fine-tuned backbone: choose one of them.';
    if (link.role === 'teacher' && link.kind === 'noisy-head')
      return 'A noisy head learns from a teacher: begin with a frozen or fine-tuned backbone.';
  } else if (!link.model) return 'A net from scratch needs its size: choose a model.';
  if (link.role !== 'teacher' && link.members > 1)
    return 'Only teachers are trained several times: set the others to one.';
  return null;
}

/**
 * Each student is of equal or larger size than those before it, and than a teacher from scratch (Xie et al. 2020). A
 * net from scratch that a backbone teaches may be of any size.
 */
function checkSizes(chain: readonly ChainLink[]): string | null {
  const teachers = chain.filter(({ role }) => role === 'teacher');
  const ours = teachers.some(standsOnBackbone) ? [] : teachers.map(sizeOf);
  let largest = Math.max(0, ...ours);
  const students = chain.filter(({ role }) => role === 'student');
  for (const [index, link] of students.entries()) {
    if (link.kind !== 'scratch') continue;
    if (sizeOf(link) < largest * 0.95)
      return (
        `Student ${index + 1} (${link.model}) is smaller than ${index === 0 ? 'its teacher' : 'the one before it'}: ` +
        'each student must be of equal or larger size.'
      );
    largest = sizeOf(link);
  }
  return null;
}

const sizeOf = ({ model }: ChainLink): number => (model ? MODEL_PARAMETERS[model] : 0);
