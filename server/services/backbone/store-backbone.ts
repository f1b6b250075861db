import { createHash } from 'node:crypto';
import type { BackboneKind } from '#core/run/backbones.ts';
import { backboneKey } from '#core/image/media.ts';
import { insertBackbone } from '#db/queries/run/backbone.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { encodeBackbone, widthOf, type Backbone } from '#ml/backbone/index.ts';
import type { Services } from '../../context.ts';

export interface BackboneFacts {
  name: string;
  kind: BackboneKind;
  licence: string | null;
  origin: string | null;
  sourceUrl: string | null;
  /** Of the very file that was read; absent for what was no file. */
  fileSha256?: string;
}

/** Stores a backbone as a graph and its numbers, under their hash, for one organization; the same again is the same. */
export async function storeBackbone(
  services: Pick<Services, 'db' | 'blobs'>,
  owner: { organizationId: string; memberId: string | null },
  backbone: Backbone,
  { fileSha256, ...facts }: BackboneFacts,
): Promise<{ backboneId: string }> {
  const bytes = Buffer.from(encodeBackbone(backbone));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const blobKey = backboneKey(sha256);
  await services.blobs.put(blobKey, bytes);
  const { organizationId, memberId } = owner;
  return services.db.transaction(async (tx) => {
    const backboneId = await insertBackbone(tx, {
      organizationId,
      ...facts,
      blobKey,
      sha256,
      bytes: bytes.length,
      inputSize: backbone.graph.input.size,
      width: widthOf(backbone),
    });
    if (memberId !== null) {
      await recordActivity(tx, {
        organizationId,
        memberId,
        action: 'backbone:imported',
        subject: facts.name,
        detail: { sha256, bytes: bytes.length, ...(fileSha256 === undefined ? {} : { fileSha256 }) },
      });
    }
    return { backboneId };
  });
}
