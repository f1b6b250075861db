/** An error whose message is all that a person needs; scripts/setup/say.mjs prints it without a stack. */
export class ClearError extends Error {
  override name = 'ClearError';
}
