/** How the answers of people become the answer about an image. */
import type { ReviewReason } from '../project/project.ts';
import { hashString } from '../math/random.ts';
import { classSet } from './class-set.ts';
import type { ClassSet } from './class-set.ts';

export const CONSENSUS_STATES = ['none', 'partial', 'agreed', 'disputed', 'adjudicated'] as const;
export type ConsensusState = (typeof CONSENSUS_STATES)[number];

/**
 * The live annotation of one member: their newest that is not undone. A decision says which classes the image has, a
 * set: one of them, several, or none; what it leaves out it denies. A skip says nothing.
 */
export interface LiveAnnotation {
  memberId: string;
  kind: 'decide' | 'skip';
  classIds: ClassSet | null;
  adjudicated: boolean;
  /** Order of arrival. */
  seq: number;
}

export interface Consensus {
  state: ConsensusState;
  /** What people settled on; null where they did not. */
  classIds: ClassSet | null;
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
 * A lead's adjudication wins. Otherwise what people settle on (`settledOn`); `agreed` once as many decided as the
 * project asks, `partial` before. Where they do not settle, the image is `disputed` and further members are asked.
 */
export function resolveConsensus(annotations: readonly LiveAnnotation[], asked: Asked): Consensus {
  const decided = annotations.flatMap(({ kind, classIds, ...rest }) =>
    kind === 'decide' && classIds !== null ? [{ ...rest, classIds }] : [],
  );
  const answerCount = decided.length;
  const adjudication = decided
    .filter(({ adjudicated }) => adjudicated)
    .reduce<(typeof decided)[number] | null>((newest, item) => (newest && newest.seq > item.seq ? newest : item), null);
  if (adjudication) return { state: 'adjudicated', classIds: adjudication.classIds, answerCount, extraWanted: 0 };
  if (answerCount === 0) return { state: 'none', classIds: null, answerCount, extraWanted: 0 };
  const classIds = settledOn(decided.map((item) => item.classIds));
  if (answerCount < asked.overlap) return { state: 'partial', classIds, answerCount, extraWanted: 0 };
  if (!classIds) return { state: 'disputed', classIds, answerCount, extraWanted: asked.overlapOnDisagreement };
  // What settled it stays counted as asked for, so that the image is closed and not over-full.
  const extraWanted = Math.min(asked.overlapOnDisagreement, answerCount - asked.overlap);
  return { state: 'agreed', classIds, answerCount, extraWanted };
}

/**
 * The classes that more than half of the answers name, each by a vote of its own. Null where they settle nothing: a
 * class that exactly half name is undecided; and where no class has its half, the image has none only if more than half
 * say so: who names some class and who names another one agree that there is one. Of answers of one class each this is
 * the class with more than half of the votes.
 *
 * @example
 *   settledOn([['cat', 'dog'], ['cat'], ['cat', 'dog']]); // ['cat', 'dog']
 *   settledOn([['cat'], ['dog'], ['bird']]); // null
 */
export function settledOn(answers: readonly ClassSet[]): ClassSet | null {
  const votes = new Map<string, number>();
  for (const answer of answers) for (const id of answer) votes.set(id, (votes.get(id) ?? 0) + 1);
  if ([...votes.values()].some((count) => count * 2 === answers.length)) return null;
  const has = [...votes].flatMap(([id, count]) => (count * 2 > answers.length ? [id] : []));
  if (has.length === 0 && answers.filter(({ length }) => length === 0).length * 2 <= answers.length) return null;
  return classSet(has);
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
