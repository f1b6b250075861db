import type { SourceInterval, SourceKind } from '#core/source/source.ts';
import type { Outputs } from '../../../../_lib/api.ts';
import { plural } from '../../../../_lib/format.ts';

export type Source = Outputs['source']['list']['sources'][number];

export const KIND_WORDS: Record<SourceKind, { label: string; hint: string }> = {
  bucket: { label: 'S3 bucket', hint: 'A folder of a bucket, also of services that speak S3.' },
  folder: { label: 'Folder on the server', hint: 'Below a folder that the operator allows.' },
  list: { label: 'List of addresses', hint: 'A text file with one address a line, or a CSV with classes.' },
};

export const INTERVAL_WORDS: Record<SourceInterval, string> = {
  hand: 'When asked',
  hourly: 'Every hour',
  daily: 'Every day',
};

/** What waits to be taken: "12 new and 3 changed images". */
export const waitingWords = ({ counts }: Pick<Source, 'counts'>): string => {
  if (counts.changed === 0) return plural(counts.new, 'new image');
  if (counts.new === 0) return plural(counts.changed, 'changed image');
  return `${counts.new} new and ${plural(counts.changed, 'changed image')}`;
};
