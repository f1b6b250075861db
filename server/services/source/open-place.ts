import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Source } from '#db/queries/source/source.ts';
import { unseal } from '../../auth/seal.ts';
import type { Services } from '../../context.ts';
import { openBucketPlace } from './open-bucket-place.ts';
import { openFolderPlace } from './open-folder-place.ts';
import { openListPlace } from './open-list-place.ts';
import type { Keys, OpenPlace, SourceNet } from './place.ts';

/** @throws AppError in words that say what to do */
export async function openPlace(services: Pick<Services, 'env'>, row: Source, net: SourceNet): Promise<OpenPlace> {
  const { env } = services;
  const { place } = row;
  switch (place.kind) {
    case 'bucket':
      return openBucketPlace(place, openKeys(env.PUPIL_SECRET, row), {
        ...(env.PUPIL_PRIVATE_S3 === '1' ? { isAllowed: () => true } : {}),
        ...net,
      });
    case 'folder':
      return openFolderPlace(place.path, { roots: env.PUPIL_SOURCE_ROOTS, data: env.PUPIL_DATA });
    case 'list':
      return openListPlace(place.url, net);
  }
}

function openKeys(secret: string, row: Source): Keys | null {
  if (row.sealedKeys === null) return null;
  const text = unseal(secret, row.id, row.sealedKeys);
  if (text === null) throw new AppError('CONFLICT', say('refusal.sealedKeys'));
  return JSON.parse(text) as Keys;
}
