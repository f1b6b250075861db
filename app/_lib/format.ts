/** How numbers, times and sizes are written. One locale, so that server and browser print the same. */
const LOCALE = 'en-US';

const integer = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumSignificantDigits: 3 });
const day = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric' });
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto', style: 'short' });

export const MISSING = '–';

/** 1234 → "1,234"; absent → "–". */
export const formatNumber = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value) ? MISSING : integer.format(value);

/** 1_234_567 → "1.23M"; for tight places. */
export const formatCompact = (value: number): string => (Number.isFinite(value) ? compact.format(value) : MISSING);

/** A fraction with fixed digits: 0.6342 → "0.634". */
export const formatFraction = (value: number | null | undefined, digits = 3): string =>
  value === null || value === undefined || !Number.isFinite(value) ? MISSING : value.toFixed(digits);

/** A share 0..1 → "63.4%". */
export const formatPercent = (share: number | null | undefined, digits = 1): string =>
  share === null || share === undefined || !Number.isFinite(share) ? MISSING : `${(share * 100).toFixed(digits)}%`;

/** A difference of shares in percentage points, signed: 0.031 → "+3.1". Minus is U+2212. */
export const formatPoints = (difference: number, digits = 1): string => {
  const text = Math.abs(difference * 100).toFixed(digits);
  if (Number(text) === 0) return `±${text}`;
  return difference > 0 ? `+${text}` : `−${text}`;
};

/** Seconds → "42 s", "3 min 5 s", "2 h 10 min", "3 d 4 h". */
export const formatDuration = (seconds: number | null | undefined): string => {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return MISSING;
  if (seconds < 1) return `${Math.max(0, Math.round(seconds * 1000))} ms`;
  const total = Math.round(seconds);
  if (total < 60) return `${total} s`;
  if (total < 3600) return join(Math.floor(total / 60), 'min', total % 60, 's');
  const minutes = Math.round(total / 60);
  if (minutes < 1440) return join(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(total / 3600);
  return join(Math.floor(hours / 24), 'd', hours % 24, 'h');
};

/** Seconds that are only guessed → "under a minute", "about 12 min", "about 2 h 10 min". */
export const formatAbout = (seconds: number): string =>
  seconds < 45 ? 'under a minute' : `about ${formatDuration(Math.max(1, Math.round(seconds / 60)) * 60)}`;

const join = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;

/** Bytes → "512 B", "1.5 kB", "23 MB" (powers of 1000). */
export const formatBytes = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (Math.round(value * 10) / 10 >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
};

/** Things a second → "12/s", "3.4/s", "12/min" when slower than one a second. */
export const formatRate = (perSecond: number, noun = ''): string => {
  const suffix = noun === '' ? '' : ` ${noun}`;
  if (!Number.isFinite(perSecond) || perSecond <= 0) return MISSING;
  if (perSecond < 1) return `${(perSecond * 60).toFixed(perSecond * 60 < 10 ? 1 : 0)}${suffix}/min`;
  return `${perSecond < 10 ? perSecond.toFixed(1) : integer.format(perSecond)}${suffix}/s`;
};

/** How long ago, as a duration. */
export const formatSince = (date: Date, now: Date = new Date()): string =>
  formatDuration((now.getTime() - date.getTime()) / 1000);

/** "just now", "5 min. ago", "yesterday", then the date. */
export const formatRelative = (date: Date, now: Date = new Date()): string => {
  const seconds = (date.getTime() - now.getTime()) / 1000;
  const past = Math.abs(seconds);
  if (past < 45) return 'just now';
  if (past < 3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (past < 86_400) return relative.format(Math.round(seconds / 3600), 'hour');
  if (past < 14 * 86_400) return relative.format(Math.round(seconds / 86_400), 'day');
  return day.format(date);
};

export const formatDate = (date: Date): string => day.format(date);

/** 1, "image" → "1 image"; 3, "image" → "3 images"; irregular plurals are given. */
export const plural = (count: number, noun: string, many = `${noun}s`): string =>
  `${formatNumber(count)} ${count === 1 ? noun : many}`;
