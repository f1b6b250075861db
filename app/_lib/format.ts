import { format as words } from '#core/text/en/format.ts';
import { makeFormat } from '#core/text/format.ts';

/** How numbers, times and sizes are written in English. Rooms that speak both languages ask useText for `format`. */
const english = makeFormat('en', words);

export { MISSING } from '#core/text/format.ts';

export const formatNumber = english.number;
export const formatCompact = english.compact;
export const formatFraction = english.fraction;
export const formatPercent = english.percent;
export const formatPoints = english.points;
export const formatDuration = english.duration;
export const formatAbout = english.about;
export const formatBytes = english.bytes;
export const formatRate = english.rate;
export const formatSince = english.since;
export const formatRelative = english.relative;
export const formatDate = english.date;

/** 1, "image" → "1 image"; 3, "image" → "3 images"; irregular plurals are given. */
export const plural = (count: number, noun: string, many = `${noun}s`): string =>
  `${formatNumber(count)} ${count === 1 ? noun : many}`;
