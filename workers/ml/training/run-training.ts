/**
 * Runs a training to its end and gives what it returns. What `onEvent` throws is thrown into the training, so that its
 * `finally` closes what it opened: replicas keep the tensors of a session that nobody closes.
 * @example const { weights } = await runTraining(train(options), (event) => report(event));
 */
export async function runTraining<E, R>(
  events: AsyncGenerator<E, R, undefined>,
  onEvent: (event: E) => Promise<void> | void,
): Promise<R> {
  for (;;) {
    const next = await events.next();
    if (next.done) return next.value;
    try {
      await onEvent(next.value);
    } catch (error) {
      await events.throw(error);
      throw error;
    }
  }
}
