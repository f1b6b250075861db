/** How the answers of people become the answer about an image. */
import type { ReviewReason } from '../project/project.ts';
import { hashString } from '../math/random.ts';

export const CONSENSUS_STATES = ['none', 'partial', 'agreed', 'disputed', 'adjudicated'] as const;
export type ConsensusState = (typeof CONSENSUS_STATES)[number];

/** The live annotation of one member: their newest that is not undone. With a class it is their answer. */
export interface LiveAnnotation {
  memberId: string;
  kind: 'decide' | 'skip';
  classId: string | null;
  adjudicated: boolean;
  /** Order of arrival. */
  seq: number;
}

export interface Consensus {
  state: ConsensusState;
  classId: string | null;
  /** Members who decided; a skip is not an answer. */
  answerCount: number;
  /** Members asked beyond the overlap, because the first ones disagree. */
  extraWanted: number;
}

/** How many answers a project asks for an image, and how many more when they disagree. */
export interface Asked {
  overlap: number;
  overlapOnDisagreement: number;
}

/**
 * A lead's adjudication wins. Otherwise the class with more than half of the votes; `agreed` once as many decided as
 * the project asks, `partial` before. Without such a majority the image is `disputed` and further members are asked.
 */
export function resolveConsensus(annotations: readonly LiveAnnotation[], asked: Asked): Consensus {
  const decided = annotations.filter((annotation) => annotation.kind === 'decide' && annotation.classId !== null);
  const answerCount = decided.length;
  const adjudication = decided
    .filter((annotation) => annotation.adjudicated)
    .reduce<LiveAnnotation | null>((newest, item) => (newest && newest.seq > item.seq ? newest : item), null);
  if (adjudication) return { state: 'adjudicated', classId: adjudication.classId, answerCount, extraWanted: 0 };
  if (answerCount === 0) return { state: 'none', classId: null, answerCount, extraWanted: 0 };
  const votes = new Map<string, number>();
  for (const { classId } of decided) if (classId) votes.set(classId, (votes.get(classId) ?? 0) + 1);
  const [winner, most] = [...votes].reduce((best, item) => (item[1] > best[1] ? item : best));
  const classId = most * 2 > answerCount ? winner : null;
  if (answerCount < asked.overlap) return { state: 'partial', classId, answerCount, extraWanted: 0 };
  if (!classId) return { state: 'disputed', classId, answerCount, extraWanted: asked.overlapOnDisagreement };
  // What settled it stays counted as asked for, so that the image is closed and not over-full.
  const extraWanted = Math.min(asked.overlapOnDisagreement, answerCount - asked.overlap);
  return { state: 'agreed', classId, answerCount, extraWanted };
}

/** The live annotations once this one is made: the newest, in place of what the same member said before. */
export const addAnnotation = (
  annotations: readonly LiveAnnotation[],
  made: Omit<LiveAnnotation, 'seq'>,
): LiveAnnotation[] => [
  ...annotations.filter(({ memberId }) => memberId !== made.memberId),
  { ...made, seq: Math.max(0, ...annotations.map(({ seq }) => seq)) + 1 },
];

/** Newest gold answers that the pause rule looks at, and how many it needs before it says anything. */
export const GOLD_WINDOW = 20;
const GOLD_ENOUGH = 5;

/** Did a member get too many of their newest gold items wrong? */
export const isGoldFailed = (gold: { right: number; answers: number }, pauseBelow: number): boolean =>
  gold.answers >= GOLD_ENOUGH && gold.right / gold.answers < pauseBelow;

/** How many gold items a hand of `fresh` new images carries; `draw` uniform in [0, 1) settles the fraction. */
export const goldCount = (fresh: number, share: number, draw: number): number => Math.floor(fresh * share + draw);

/**
 * Does the model's guess stay hidden on this review item until the person has answered? The same for everybody who
 * meets the item, so that answers with and without it can be compared. A suspect label is always answered blind.
 */
export const isGuessHidden = (item: { id: string; reason: ReviewReason }, hiddenShare: number): boolean =>
  item.reason === 'suspect-label' || hashString(`guess:${item.id}`) / 2 ** 32 < hiddenShare;
