import type { Translate } from '#core/text/text.ts';
import type { Outputs } from '../../../../_lib/api.ts';

export type Source = Outputs['source']['list']['sources'][number];

/** What waits to be taken: "12 new and 3 changed images wait to be taken." */
export const waitingWords = (t: Translate, { counts }: Pick<Source, 'counts'>): string => {
  if (counts.changed === 0) return t('sources.waitNew', { count: counts.new });
  if (counts.new === 0) return t('sources.waitChanged', { count: counts.changed });
  return t('sources.waitBoth', { new: counts.new, changed: counts.changed });
};
