import { AppError } from '#core/errors.ts';
import type { Services } from '../../context.ts';

/** Makes a user who can sign in with e-mail and password. */
export async function createUser(services: Services, input: { name: string; email: string; password: string }): Promise<string> {
  const auth = await services.auth.$context;
  if (await auth.internalAdapter.findUserByEmail(input.email)) {
    throw new AppError('CONFLICT', 'There is an account with this e-mail address already. Sign in with it, then open the link again.');
  }
  const user = await auth.internalAdapter.createUser({ name: input.name, email: input.email, emailVerified: false }, { method: 'admin' });
  await auth.internalAdapter.linkAccount({
    userId: user.id, providerId: 'credential', accountId: user.id, password: await auth.password.hash(input.password),
  });
  return user.id;
}
