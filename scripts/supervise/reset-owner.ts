import { createHash, randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { ClearError } from './clear-error.ts';

const LASTS_HOURS = 24;

/**
 * Makes a one-time link to a new password for an owner who is locked out, whether the installation runs or not.
 * @param email which owner, where there are several
 * @returns the path of the link
 * @throws ClearError without an owner, or where it must be said which one
 */
export async function makeOwnerReset(
  databaseUrl: string,
  email: string | null,
): Promise<{ path: string; email: string }> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string; email: string }>(
      `select distinct u.id, u.email from "user" u join member m on m.user_id = u.id
       where m.role = 'owner' and m.removed_at is null order by u.email`,
    );
    if (rows.length === 0) throw new ClearError('There is no owner yet: start Pupil for the link that makes one.');
    const found = rows.filter((row) => email === null || row.email === email.toLowerCase());
    const [owner] = found;
    if (!owner || found.length > 1)
      throw new ClearError(`Name the owner: npm start -- --reset-owner ${rows.map((row) => row.email).join(' | ')}`);
    const token = randomBytes(24).toString('base64url');
    await client.query(
      `insert into password_reset (user_id, token_hash, expires_at) values ($1, $2, now() + make_interval(hours => $3))
       on conflict (user_id) do update set token_hash = excluded.token_hash, created_by = null,
         expires_at = excluded.expires_at, created_at = now()`,
      [owner.id, createHash('sha256').update(token).digest('hex'), LASTS_HOURS],
    );
    await client.query(
      `insert into activity (organization_id, action, subject)
       select organization_id, 'password:reset-link-made', $2 from member
       where user_id = $1 and role = 'owner' and removed_at is null`,
      [owner.id, `${owner.email}, by the operator`],
    );
    return { path: `/reset/${token}`, email: owner.email };
  } finally {
    await client.end();
  }
}
