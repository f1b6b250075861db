import { createTransport } from 'nodemailer';

export interface Letter {
  to: string;
  subject: string;
  text: string;
}

/** Sends letters by the operator's SMTP server. */
export interface Mailer {
  /** @throws Error when the server does not take it */
  send(letter: Letter): Promise<void>;
}

/** What a server that hangs may cost, ms. */
const PATIENCE_MS = 15_000;

/** @param url such as smtps://user:password@mail.example.org */
export function openMailer({ url, from }: { url: string; from: string }): Mailer {
  const transport = createTransport(
    {
      url,
      connectionTimeout: PATIENCE_MS,
      greetingTimeout: PATIENCE_MS,
      socketTimeout: PATIENCE_MS,
      // A letter is text that we wrote: nothing of it is read from a file or an address.
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  );
  return {
    async send(letter) {
      await transport.sendMail(letter);
    },
  };
}
