/** Console words of the set-up: one line a step, and one line for an error that a person can act on. */

const bold = process.stdout.isTTY ? ['\x1b[1m', '\x1b[22m'] : ['', ''];
const dim = process.stdout.isTTY ? ['\x1b[2m', '\x1b[22m'] : ['', ''];

/** `  packages   up to date` */
export function say(step, text) {
  console.log(`  ${dim[0]}${step.padEnd(10)}${dim[1]} ${text}`);
}

export function headline(text) {
  console.log(`${bold[0]}${text}${bold[1]}`);
}

/** An error whose message is all that a person needs: shown without a stack. */
export class ClearError extends Error {
  name = 'ClearError';
}

/** Prints an error and ends the process: one line for a known one, everything for a bug. */
export function fail(error) {
  console.error(error?.name === 'ClearError' ? `\n${error.message}` : error);
  process.exit(1);
}

export const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
