import type { ServerResponse } from 'node:http';
import type { Services } from '../context.ts';
import type { Asked } from '../net/origin.ts';
import { authOf } from './session.ts';

/**
 * Signs somebody in who has just made their account, in the answer to the same request: there is no second step that
 * could fail between the account and its first page.
 * @returns false where it could not be done; the account stands, and signing in can be tried again
 */
export async function startSession(
  services: Services,
  req: Asked,
  res: Pick<ServerResponse, 'appendHeader'>,
  person: { email: string; password: string },
): Promise<boolean> {
  try {
    const headers = new Headers({
      'user-agent': req.headers['user-agent'] ?? '',
      'x-pupil-address': String(req.headers['x-pupil-address'] ?? ''),
    });
    const { email, password } = person;
    const answer = await authOf(services, req).api.signInEmail({
      body: { email, password },
      headers,
      returnHeaders: true,
    });
    res.appendHeader('set-cookie', answer.headers.getSetCookie());
    return true;
  } catch (error) {
    services.log.error({ err: error }, 'somebody who has just joined could not be signed in');
    return false;
  }
}
