/** A run is a chain of rounds, each a choice: how one is made, and what fits together. */
import type { ChainLink } from './chain-link.ts';
import { standsOnBackbone } from './chain-link.ts';
import { MODEL_PARAMETERS } from './models.ts';
import type { ModelName } from './models.ts';
import { say } from '../text/said.ts';
import type { Said } from '../text/said.ts';

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
export function checkChain(chain: readonly ChainLink[]): Said | null {
  const roles = chain.map(({ role }) => role);
  const ranks = roles.map((role) => ['teacher', 'student', 'distilled'].indexOf(role));
  if (roles[0] !== 'teacher') return say('why.beginsTeacher');
  if (ranks.some((rank, at) => rank < (ranks[at - 1] ?? 0))) return say('why.order');
  if (roles.filter((role) => role === 'distilled').length > 1) return say('why.oneDistilled');
  for (const link of chain) {
    const problem = checkLink(link);
    if (problem) return problem;
  }
  return checkSizes(chain);
}

function checkLink(link: ChainLink): Said | null {
  if (standsOnBackbone(link)) {
    if (!link.backboneId) return say('why.chooseBackbone');
    if (link.role === 'distilled') return say('why.distilledScratch');
    if (link.role === 'student' && (link.kind === 'live' || link.kind === 'frozen'))
      return say('why.studentOnBackbone');
    if (link.role === 'teacher' && link.kind === 'noisy-head') return say('why.headLearns');
  } else if (!link.model) return say('why.chooseSize');
  if (link.role !== 'teacher' && link.members > 1) return say('why.onlyTeachers');
  return null;
}

/**
 * Each student is of equal or larger size than those before it, and than a teacher from scratch (Xie et al. 2020). A
 * net from scratch that a backbone teaches may be of any size.
 */
function checkSizes(chain: readonly ChainLink[]): Said | null {
  const teachers = chain.filter(({ role }) => role === 'teacher');
  const ours = teachers.some(standsOnBackbone) ? [] : teachers.map(sizeOf);
  let largest = Math.max(0, ...ours);
  const students = chain.filter(({ role }) => role === 'student');
  for (const [index, link] of students.entries()) {
    if (link.kind !== 'scratch') continue;
    if (sizeOf(link) < largest * 0.95)
      return say(index === 0 ? 'why.smallerThanTeacher' : 'why.smallerThanBefore', {
        index: index + 1,
        model: link.model ?? '',
      });
    largest = sizeOf(link);
  }
  return null;
}

const sizeOf = ({ model }: ChainLink): number => (model ? MODEL_PARAMETERS[model] : 0);
