import { readError } from '../_lib/error.ts';
import { spokenText } from '../_text/text.tsx';
import type { Person } from './person-form.tsx';

export interface EntranceWire<Entering extends Person> {
  /** Account, membership and session in one request: it is done as a whole, or nothing of it is. */
  create(person: Entering): Promise<{ signedIn: boolean }>;
  signIn(email: string, password: string): Promise<void>;
}

/**
 * Lets somebody in by a secret link. The answer may get lost on the way: then nobody knows whether the account stands,
 * and pressing the button again finds out, without a second account and without a second use of the link.
 * @returns what the button does; it throws an Error whose message is for the person
 */
export function makeEntrance<Entering extends Person>(
  wire: EntranceWire<Entering>,
): (person: Entering) => Promise<void> {
  let mayStand = false;
  return async (person) => {
    const signIn = () => wire.signIn(person.email, person.password);
    let signedIn = false;
    try {
      ({ signedIn } = await wire.create(person));
    } catch (error) {
      const { code, message } = readError(error);
      if (mayStand && (code === 'CONFLICT' || code === 'NOT_FOUND' || code === 'FORBIDDEN')) {
        // Whoever signs in with this password is the one whose answer got lost.
        await signIn().catch(() => {
          throw error;
        });
        return;
      }
      mayStand ||= code === 'NETWORK' || code === 'INTERNAL';
      throw new Error(code === 'NETWORK' ? spokenText().t('error.nothingLost', { message }) : message, {
        cause: error,
      });
    }
    if (signedIn) return;
    mayStand = true;
    await signIn().catch((error: unknown) => {
      throw new Error(spokenText().t('error.signInAfterJoin', { message: readError(error).message }));
    });
  };
}
