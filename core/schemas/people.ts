import { z } from 'zod';
import { ROLES } from '../people/access.ts';
import { LANGUAGES } from '../text/languages.ts';
import { PASSWORD_MAX, PASSWORD_MIN } from '../people/people.ts';
import { plainText } from './project.ts';

export const role = z.enum(ROLES);
export const password = z
  .string()
  .min(PASSWORD_MIN, `A password needs at least ${PASSWORD_MIN} characters.`)
  .max(PASSWORD_MAX, `A password has at most ${PASSWORD_MAX} characters.`);
export const token = z
  .string()
  .min(20)
  .max(100)
  .regex(/^[\w-]+$/);
export const newPerson = z.object({
  name: plainText(80),
  email: z.email('This is not an e-mail address.').max(200).toLowerCase(),
  password,
});
export const changePassword = z.object({
  current: z.string().min(1, 'Write your current password.').max(PASSWORD_MAX),
  next: password,
});
export const changeName = z.object({ name: plainText(80) });
export const changeLanguage = z.object({ language: z.enum(LANGUAGES) });
export const resetPassword = z.object({ token, password });
export const createOwner = newPerson.extend({ token, organizationName: plainText(120) });
/** A signed-in user joins with the token alone. */
export const acceptInvitation = z.object({ token, person: newPerson.nullable() });
export const createInvitation = z.object({
  role,
  uses: z.int().min(1).max(500).default(1),
  days: z.int().min(1).max(90).default(7),
  /** Null: every project. */
  projectIds: z.array(z.uuid()).min(1).max(200).nullable().default(null),
});
/** Which projects a member sees; null: every one. */
export const chooseProjects = z.object({ memberId: z.uuid(), projectIds: z.array(z.uuid()).max(200).nullable() });
