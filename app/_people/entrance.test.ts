import { TRPCClientError } from '@trpc/client';
import { describe, expect, it, vi } from 'vitest';
import { english } from '#core/text/en/index.ts';
import { speak } from '../_text/text.tsx';
import { makeEntrance } from './entrance.ts';

speak('en', english.everywhere);

const PERSON = { name: 'Ada', email: 'ada@example.test', password: 'a long enough password' };
const lost = () => new TRPCClientError('Failed to fetch');
const told = (appCode: string, message: string) =>
  TRPCClientError.from({ error: { message, code: -32000, data: { appCode } } } as never);

function setUp() {
  const create = vi.fn(async () => ({ signedIn: true }));
  const signIn = vi.fn(async () => undefined);
  return { create, signIn, enter: makeEntrance({ create, signIn }) };
}

describe('ACCESS-21 coming in by a link', () => {
  it('is one request, and needs no second one to sign in', async () => {
    const { create, signIn, enter } = setUp();
    await enter(PERSON);
    expect(create).toHaveBeenCalledTimes(1);
    expect(signIn).not.toHaveBeenCalled();
  });

  it.each([
    ['CONFLICT', 'There is an account with this e-mail address already.'],
    ['NOT_FOUND', 'This invite link is not valid any more.'],
    ['FORBIDDEN', 'This set-up link was used already.'],
  ])('goes in when the answer was lost and trying again says %s', async (code, message) => {
    const { create, signIn, enter } = setUp();
    create.mockRejectedValueOnce(lost());
    await expect(enter(PERSON)).rejects.toThrow(/Nothing is lost: press the button again/);
    create.mockRejectedValueOnce(told(code, message));
    await enter(PERSON);
    expect(signIn).toHaveBeenCalledWith(PERSON.email, PERSON.password);
  });

  it('says what the server says, also when the account of that name turns out to be somebody else’s', async () => {
    const { create, signIn, enter } = setUp();
    create.mockRejectedValue(told('CONFLICT', 'There is an account with this e-mail address already.'));
    await expect(enter(PERSON)).rejects.toThrow(/an account with this e-mail/);
    expect(signIn).not.toHaveBeenCalled();
    create.mockRejectedValueOnce(lost());
    await expect(enter(PERSON)).rejects.toThrow(/press the button again/);
    signIn.mockRejectedValueOnce(new Error('E-mail or password is not right.'));
    await expect(enter(PERSON)).rejects.toThrow(/an account with this e-mail/);
  });

  it('tries only the signing in again where the account stands', async () => {
    const { create, signIn, enter } = setUp();
    create.mockResolvedValueOnce({ signedIn: false });
    signIn.mockRejectedValueOnce(new Error('Too many tries.'));
    await expect(enter(PERSON)).rejects.toThrow(/Your account is made, but signing in failed: Too many tries/);
    create.mockRejectedValueOnce(told('CONFLICT', 'There is an account already.'));
    await enter(PERSON);
    expect(signIn).toHaveBeenCalledTimes(2);
  });
});
