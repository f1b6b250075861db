/** Which model answers, and how its answer is told: pure. */

/** What a lead chose, in the order of time; `roundId` null follows the model that stands best. */
export interface ServingChoice {
  id: string;
  kind: 'promote' | 'roll-back';
  roundId: string | null;
  /** The choice that a roll back returned to; null where nothing had been chosen before. */
  restoresId: string | null;
}

/**
 * What serves once the newest choice is taken back: the one before it, or the model that stands best where it was the
 * first. A second roll back goes on from where the first one led. Null where there is nothing to go back to.
 * @param history newest first
 */
export function stepBack(history: readonly ServingChoice[]): Pick<ServingChoice, 'roundId' | 'restoresId'> | null {
  let base = history[0];
  while (base?.kind === 'roll-back') {
    const { restoresId } = base;
    base = history.find(({ id }) => id === restoresId);
  }
  if (!base) return null;
  const before = history[history.indexOf(base) + 1];
  return before ? { roundId: before.roundId, restoresId: before.id } : { roundId: null, restoresId: null };
}

/** A class that people know, and where its probability stands in the model's answer: once for each class merged. */
export interface AnswerClass {
  id: string;
  name: string;
  rows: number[];
}

/** A run's classes as they are called today; one that was merged since counts for what it is now (CLASS-1). */
export function answerClasses(
  classIds: readonly string[],
  known: readonly { id: string; name: string; mergedIntoId: string | null }[],
): AnswerClass[] {
  const byId = new Map(known.map((one) => [one.id, one]));
  const classes = new Map<string, AnswerClass>();
  classIds.forEach((classId, row) => {
    const id = byId.get(classId)?.mergedIntoId ?? classId;
    const found = classes.get(id);
    if (found) found.rows.push(row);
    else classes.set(id, { id, name: byId.get(id)?.name ?? id, rows: [row] });
  });
  return [...classes.values()];
}

export interface ClassAnswer {
  classId: string;
  name: string;
  probability: number;
}

/** One image's classes, the likeliest first; of equals the earlier class. */
export const rankAnswer = (probabilities: ArrayLike<number>, classes: readonly AnswerClass[]): ClassAnswer[] =>
  classes
    .map(({ id, name, rows }) => ({
      classId: id,
      name,
      probability: rows.reduce((sum, row) => sum + (probabilities[row] ?? 0), 0),
    }))
    .sort((a, b) => b.probability - a.probability);

/** What is said of one image; `error` where it could not be read. */
export type PictureAnswer =
  | { class: string; probability: number; classes: ClassAnswer[]; embedding?: number[] }
  | { error: { code: string; message: string } };

/** The answer to a request for predictions. */
export interface Prediction {
  /** Which round answered, by which file, and whether a lead promoted it. */
  model: { roundId: string; run: number; round: string; title: string; sha256: string; promoted: boolean };
  /** In the order of what was asked. */
  results: PictureAnswer[];
}
