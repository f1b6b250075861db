/**
 * The live teacher: what embeddings and a few answers already tell, within seconds of each new answer.
 *
 *   const prepared = prepareTeacher([{ values, count, width }]); // once a pool: square root, components, graph
 *   const teacher = fitTeacher(prepared, { rows, classes, classCount });
 *   answerPool(prepared, teacher);                                     // calibrated probabilities, [count, classes]
 *   teacher.expected, teacher.curve, teacher.suspects                  // how good, is it enough, who was mistaken
 *   orderNext(prepared, teacher, { open, labeled, count: 60 });        // what to ask people next
 *   answerPoints(prepared, teacher, applyTransform(prepared.transform, taps));   // validation, test, new images
 *
 * Pure functions on typed arrays: no tensors, files or settings. The same seed gives the same answers.
 */
export { answerPoints, answerPool, fitTeacher, type FitOptions, type LiveTeacher } from './fit.ts';
export { MORE_LABELS, type LearningCurve } from './curve.ts';
export { orderNext } from './order.ts';
export { GRAPH_ROWS, prepareBytes, prepareTeacher, type PreparedTeacher } from './prepare.ts';
export { applyTransform, fitTransform, TRANSFORMED_WIDTH, type Tap, type Transform } from './transform.ts';
export type { Answers } from './cross-validate.ts';
