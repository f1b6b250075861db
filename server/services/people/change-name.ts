import { notify } from '#db/notify.ts';
import { listMemberships } from '#db/queries/people/member.ts';
import { setUserName } from '#db/queries/people/user.ts';
import type { Services } from '../../context.ts';

/** Changes what colleagues see a person called, in every organization of theirs. */
export async function changeName(services: Services, userId: string, name: string): Promise<void> {
  await services.db.transaction(async (tx) => {
    await setUserName(tx, { userId, name });
    for (const { organizationId, memberId } of await listMemberships(tx, userId)) {
      await notify(tx, { name: 'member:changed', organizationId, userId, memberId, removed: false });
    }
  });
  services.sessions?.clear();
}
