export interface Guess {
  classId: string | null;
  confidence: number | null;
  /** By class, the likeliest first; at most eight. */
  probabilities: { classId: string; probability: number }[];
}

const SHOWN = 8;

/** The model's answer as people see it. */
export function readGuess(row: { guessClassId: string | null; confidence: number | null; probabilities: readonly number[] | null; classIds: readonly string[] }): Guess {
  const probabilities = (row.probabilities ?? [])
    .flatMap((probability, index) => {
      const classId = row.classIds[index];
      return classId === undefined ? [] : [{ classId, probability }];
    })
    .sort((a, b) => b.probability - a.probability)
    .slice(0, SHOWN);
  return { classId: row.guessClassId, confidence: row.confidence, probabilities };
}
