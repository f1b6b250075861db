import { quantile } from '#core/math/statistics.ts';

export interface Candidate {
  /** Position of the image in the caller's list. */
  index: number;
  classIndex: number;
  /** Calibrated probability of `classIndex`. */
  confidence: number;
}

export interface SelectionRules {
  classCount: number;
  /** Share of each class's predictions to keep. */
  keepShare: number;
  /** Confidence below which nothing is accepted. */
  floor: number;
  /** A lead's own floor for a class, by class index; it replaces `floor`. */
  classFloors: ReadonlyMap<number, number>;
  /** How often one image may stand in the round. */
  duplicatesMax: number;
  /** Most images of one class; Infinity for none. */
  cap: number;
}

export interface Target extends Candidate {
  /** How often the image stands in the round. */
  copies: number;
}

export interface Selection {
  targets: Target[];
  /** Confidence that each class index had to reach. */
  thresholds: number[];
  /** Predictions, those above the threshold, and those accepted after balancing, by class index. */
  predicted: number[];
  eligible: number[];
  accepted: number[];
}

/**
 * Chooses pseudo-labels from predictions on images that no person has answered: per class the most confident share
 * above the floor, then the same number for every class (the median count, or the cap); a short class is repeated, at
 * most `duplicatesMax` times (Xie et al. 2020, with a bound on repetition). Ties are broken by position, so the choice
 * is reproducible.
 */
export function selectTargets(candidates: readonly Candidate[], rules: SelectionRules): Selection {
  const classes = Array.from({ length: rules.classCount }, (_, classIndex) =>
    candidates
      .filter((item) => item.classIndex === classIndex)
      .sort((a, b) => b.confidence - a.confidence || a.index - b.index),
  );
  const thresholds = classes.map((items, classIndex) => threshold(items, classIndex, rules));
  const eligible = classes.map((items, classIndex) =>
    items.filter((item) => item.confidence >= (thresholds[classIndex] ?? 1)),
  );
  const counts = eligible.map((items) => items.length).filter((count) => count > 0);
  const size = Math.min(rules.cap, counts.length === 0 ? 0 : Math.ceil(quantile(counts, 0.5)));
  const chosen = eligible.map((items) => balance(items, size, rules.duplicatesMax));
  return {
    targets: chosen.flat(),
    thresholds,
    predicted: classes.map((items) => items.length),
    eligible: eligible.map((items) => items.length),
    accepted: chosen.map((items) => items.length),
  };
}

function threshold(items: readonly Candidate[], classIndex: number, rules: SelectionRules): number {
  const floor = rules.classFloors.get(classIndex) ?? rules.floor;
  if (items.length === 0) return floor;
  return Math.max(
    floor,
    quantile(
      items.map((item) => item.confidence),
      1 - Math.min(1, rules.keepShare),
    ),
  );
}

/** The top `size`; when there are fewer, each is repeated evenly up to the bound, the surest first. */
function balance(items: readonly Candidate[], size: number, duplicatesMax: number): Target[] {
  if (items.length >= size) return items.slice(0, size).map((item) => ({ ...item, copies: 1 }));
  return items.map((item, position) => ({
    ...item,
    copies: Math.min(duplicatesMax, Math.floor(size / items.length) + (position < size % items.length ? 1 : 0)),
  }));
}
