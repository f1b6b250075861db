import { CLASSES_LEAST, GUESSES_MOST, mixRanks, RANKS_MOST } from '#core/live-teacher/live-teacher.ts';
import type { LiveFigures, Measured } from '#core/live-teacher/live-teacher.ts';
import { argmaxRows, maxRows } from '#core/math/probabilities.ts';
import type { Interval } from '#core/math/statistics.ts';
import type { LiveFit, LiveGuesses } from '#db/queries/labeling/live-teacher.ts';
import { answerPool, fitTeacher, orderNext } from '#ml/live-teacher/index.ts';
import type { LiveTeacher } from '#ml/live-teacher/index.ts';
import type { Points } from '#ml/selection/k-means.ts';
import type { PreparedPool } from './prepare-pool.ts';

/** Images at the head of the order that are spread apart, so that people are not asked one doubt over again. */
const SPREAD = 100;
/** Confidences from which open images are counted. */
const SURE = [0.99, 0.95, 0.9, 0.8] as const;
/** Suspects that are kept. */
const SUSPECTS_MOST = 500;

export interface FitInput {
  order: LiveFit['order'];
  classIds: string[];
  /** Settled human labels of the pool. */
  labels: readonly { imageId: string; classId: string }[];
  validation: { points: Points; classes: number[] } | null;
  /** The pool in the order of the import's draw. */
  pool: readonly { id: string; open: boolean }[];
}

export type Fitted = Pick<LiveFit, 'labels' | 'ranks' | 'figures' | 'suspects'> & { guesses: LiveGuesses };

/**
 * Learns from the labels of a pool and says all that follows: guesses, the order of open images, suspects, figures.
 * Before two classes have a label it knows only which images are typical.
 */
export function fitPool(pool: PreparedPool, input: FitInput): Fitted {
  const { prepared, rowOf, ids } = pool;
  const { classIds } = input;
  const known = input.labels.flatMap(({ imageId, classId }) => {
    const row = rowOf.get(imageId);
    const classIndex = classIds.indexOf(classId);
    return row === undefined || classIndex < 0 ? [] : [{ row, classIndex }];
  });
  const open = input.pool.flatMap(({ id, open: isOpen }) => (isOpen ? (rowOf.get(id) ?? []) : []));
  const labeled = known.map(({ row }) => row);
  const taught = new Set(known.map(({ classIndex }) => classIndex)).size >= CLASSES_LEAST;
  const answers = { rows: labeled, classes: known.map(({ classIndex }) => classIndex), classCount: classIds.length };
  const teacher = taught
    ? fitTeacher(prepared, answers, input.validation ? { validation: input.validation } : {})
    : null;
  const probabilities = teacher && answerPool(prepared, teacher);
  const classIndex = probabilities ? argmaxRows(probabilities, classIds.length) : new Int32Array();
  const confidence = probabilities ? maxRows(probabilities, classIds.length) : new Float32Array();
  const asks = input.order === 'typical' || !probabilities ? null : { probabilities, classes: classIds.length };
  const head = orderNext(prepared, asks, { open, labeled, count: Math.min(SPREAD, open.length) });
  const rest = asks ? [...open].sort((a, b) => (confidence[a] ?? 0) - (confidence[b] ?? 0)).slice(0, RANKS_MOST) : [];
  const idOf = (row: number): string => ids[row] as string;
  const drawn = input.pool.flatMap(({ id, open: isOpen }) => (isOpen ? [id] : []));
  return {
    labels: taught ? known.length : 0,
    ranks: mixRanks([...head, ...rest].map(idOf), drawn),
    figures: readFigures(teacher, confidence, open),
    suspects: (teacher?.suspects ?? []).slice(0, SUSPECTS_MOST).map(({ row, given, suggested, margin }) => ({
      imageId: idOf(row),
      givenClassId: classIds[given] as string,
      suggestedClassId: classIds[suggested] as string,
      confidence: probabilities?.[row * classIds.length + suggested] ?? 0,
      margin,
    })),
    guesses: keepGuesses(ids, classIndex, confidence, classIds.length),
  };
}

const measured = (value: number, [low, high]: Interval): Measured => ({ value, low, high });

function readFigures(teacher: LiveTeacher | null, confidence: Float32Array, open: readonly number[]): LiveFigures {
  const { expected = null, validation = null, curve = null } = teacher ?? {};
  return {
    pool: expected && measured(expected.accuracy, expected.interval),
    validation: validation && { ...measured(validation.accuracy, validation.interval), count: validation.count },
    curve: curve?.points.map(({ labels, accuracy }) => ({ labels, accuracy })) ?? [],
    outlook: curve && { now: curve.now, next: curve.next, gain: curve.gain },
    temperature: teacher?.temperature ?? 1,
    calibrationError: teacher?.calibrationError ?? null,
    mix: teacher ? teacher.mix.propagated / Math.max(1e-9, teacher.mix.probe + teacher.mix.propagated) : 0,
    sure: SURE.map((from) => ({
      from,
      images: teacher ? open.filter((row) => (confidence[row] ?? 0) >= from).length : 0,
    })),
  };
}

/** All guesses, or of too many the surest of each class. */
function keepGuesses(
  ids: readonly string[],
  classIndex: Int32Array,
  confidence: Float32Array,
  classCount: number,
): LiveGuesses {
  if (classIndex.length === 0) return { imageIds: [], classIndex: [], confidence: [] };
  if (ids.length <= GUESSES_MOST) return { imageIds: ids, classIndex, confidence };
  const each = Math.floor(GUESSES_MOST / classCount);
  const rows: number[] = [];
  for (let c = 0; c < classCount; c += 1) {
    const own: number[] = [];
    for (let row = 0; row < classIndex.length; row += 1) if (classIndex[row] === c) own.push(row);
    own.sort((a, b) => (confidence[b] ?? 0) - (confidence[a] ?? 0));
    for (const row of own.slice(0, each)) rows.push(row);
  }
  return {
    imageIds: rows.map((row) => ids[row] as string),
    classIndex: rows.map((row) => classIndex[row] as number),
    confidence: rows.map((row) => confidence[row] as number),
  };
}
