import { BUILT_IN_BACKBONE } from '#core/run/backbones.ts';
import { listWithoutBuiltIn } from '#db/queries/run/backbone.ts';
import { hasBuiltInBackbone, readBuiltInBackbone } from '#ml/backbone/index.ts';
import type { Services } from '../../context.ts';
import { storeBackbone } from './store-backbone.ts';

/**
 * Gives the backbone that comes with the product to every organization that lacks it, at start and after one is made.
 * Does nothing when its optional package is not installed. May run any number of times.
 * @returns how many organizations got it
 */
export async function offerBuiltIn(services: Pick<Services, 'db' | 'blobs' | 'log'>): Promise<number> {
  const organizations = await listWithoutBuiltIn(services.db);
  if (organizations.length === 0) return 0;
  if (!hasBuiltInBackbone()) {
    services.log.info('the built-in backbone is not there: its optional package is not installed');
    return 0;
  }
  const backbone = await readBuiltInBackbone();
  const { name, licence, origin } = BUILT_IN_BACKBONE;
  for (const organizationId of organizations) {
    const facts = { name, kind: 'built-in', licence, origin, sourceUrl: null } as const;
    await storeBackbone(services, { organizationId, memberId: null }, backbone, facts);
  }
  return organizations.length;
}
