import type { Role } from '#core/people/access.ts';
import type { Db } from '#db/client.ts';
import { createMember, createOrganization } from '#db/seed/factories.ts';

export type Person = Awaited<ReturnType<typeof createMember>>;

/** Two annotators and who leads them in an organization of their own. */
export async function createTeam(
  db: Db,
  role: Role = 'lead',
): Promise<{ organizationId: string; anna: Person; bert: Person; lead: Person }> {
  const organizationId = await createOrganization(db);
  const [anna, bert, lead] = await Promise.all([
    createMember(db, { organizationId, role: 'annotator', name: 'Anna' }),
    createMember(db, { organizationId, role: 'annotator', name: 'Bert' }),
    createMember(db, { organizationId, role, name: 'Lea' }),
  ]);
  return { organizationId, anna, bert, lead };
}
