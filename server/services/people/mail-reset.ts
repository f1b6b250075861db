import { AppError } from '#core/errors.ts';
import { textFor } from '#core/text/all-languages.ts';
import type { Language } from '#core/text/languages.ts';
import { say } from '#core/text/said.ts';
import { findUserByEmail } from '#db/queries/people/user.ts';
import { replaceReset } from '#db/queries/people/password-reset.ts';
import { addMiss, countMisses } from '#db/queries/people/rate-limit.ts';
import { hashToken, makeToken } from '../../auth/token.ts';
import type { Services } from '../../context.ts';

const LASTS_MS = 3_600_000;
const WINDOW_MS = 15 * 60_000;
/** Links that may be asked for in a quarter of an hour, from one address and for one person. */
export const ASKED_BY_ADDRESS = 10;
const ASKED_FOR_PERSON = 3;

/**
 * Somebody who has forgotten their password asks for a link by mail. The answer and its time are the same whether there
 * is such a person: what is looked up and sent comes after it.
 * @param asked the language of the page that asks; what its person has chosen goes before it
 * @returns the sending, for tests to wait for; it never fails
 * @throws AppError RATE_LIMITED after many from one address, NOT_READY without a mail server
 */
export async function askForReset(
  services: Services,
  from: string,
  email: string,
  asked: Language | null = null,
): Promise<{ sending: Promise<void> }> {
  if (!services.mail) throw new AppError('NOT_READY', say('error.noMail'));
  const window = { key: `forgot|${from}`, windowMs: WINDOW_MS };
  if ((await countMisses(services.db, window)) >= ASKED_BY_ADDRESS)
    throw new AppError('RATE_LIMITED', say('error.tooManyMails'));
  await addMiss(services.db, window);
  const sending = mailReset(services, email, asked).catch((error: unknown) =>
    services.log.error({ err: error }, 'a link to a new password could not be sent'),
  );
  return { sending };
}

async function mailReset(services: Services, email: string, asked: Language | null): Promise<void> {
  const person = await findUserByEmail(services.db, email);
  if (!person) return;
  const window = { key: `forgot-person|${person.id}`, windowMs: WINDOW_MS };
  if ((await countMisses(services.db, window)) >= ASKED_FOR_PERSON) return;
  await addMiss(services.db, window);
  const token = makeToken();
  await replaceReset(services.db, {
    userId: person.id,
    tokenHash: hashToken(token),
    createdBy: null,
    expiresAt: new Date(Date.now() + LASTS_MS),
  });
  await sendReset(services, { ...person, language: person.language ?? asked }, `/reset/${token}`, 'hour');
}

export interface Addressee {
  name: string;
  email: string;
  language: Language | null;
}

/**
 * The letter with the link, in the language of whoever gets it. Its address is the operator's, never what a request
 * said of itself.
 */
export async function sendReset(
  services: Services,
  person: Addressee,
  path: string,
  lasts: 'hour' | 'day',
): Promise<void> {
  const { t } = textFor(person.language, 'letters');
  await services.mail?.send({
    to: person.email,
    subject: t('letter.subject'),
    text: [
      t('letter.hello', { name: person.name }),
      t(`letter.${lasts}`),
      `${services.publicUrl}${path}`,
      t('letter.else'),
    ].join('\n\n'),
  });
}
