import type { PageLanguage } from './languages.ts';
import { localeOf } from './languages.ts';
import { fill, grammarOf } from './message.ts';
import type { format as english } from './en/format.ts';

export type FormatWords = Readonly<Record<keyof typeof english, string>>;

export const MISSING = '–';

const isMissing = (value: number | null | undefined): value is null | undefined =>
  value === null || value === undefined || !Number.isFinite(value);

/** A fraction with fixed digits: 0.6342 → "0.634". */
const fraction = (value: number | null | undefined, digits = 3): string =>
  isMissing(value) ? MISSING : value.toFixed(digits);

/** A share 0..1 → "63.4%". */
const percent = (share: number | null | undefined, digits = 1): string =>
  isMissing(share) ? MISSING : `${(share * 100).toFixed(digits)}%`;

/** A difference of shares in percentage points, signed: 0.031 → "+3.1". Minus is U+2212. */
function points(difference: number, digits = 1): string {
  const text = Math.abs(difference * 100).toFixed(digits);
  if (Number(text) === 0) return `±${text}`;
  return difference > 0 ? `+${text}` : `−${text}`;
}

/** Bytes → "512 B", "1.5 kB", "23 MB" (powers of 1000). */
function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (Math.round(value * 10) / 10 >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** How one language writes numbers, times and sizes. */
export interface Format {
  /** 1234 → "1,234"; absent → "–". */
  number(value: number | null | undefined): string;
  /** 1_234_567 → "1.23M", "123만"; for tight places. */
  compact(value: number): string;
  fraction: typeof fraction;
  percent: typeof percent;
  points: typeof points;
  bytes: typeof bytes;
  /** Seconds → "42 s", "3 min 5 s", "2 h 10 min", "3 d 4 h". */
  duration(seconds: number | null | undefined): string;
  /** Seconds that are only guessed → "under a minute", "about 12 min", "about 2 h 10 min". */
  about(seconds: number): string;
  /** Things a second → "12/s", "3.4/s", "12/min" when slower than one a second. */
  rate(perSecond: number, noun?: string): string;
  /** How long ago, as a duration. */
  since(date: Date, now?: Date): string;
  /** "just now", "5 min. ago", "yesterday", then the date. */
  relative(date: Date, now?: Date): string;
  date(date: Date): string;
  /** "Anna, Bert or Chris", at most those that are given. */
  anyOf(names: readonly string[]): string;
}

/** The formats of a language, with the few words that they need. */
export function makeFormat(language: PageLanguage, words: FormatWords): Format {
  const locale = localeOf(language);
  const grammar = grammarOf(locale);
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 });
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
  const ago = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const any = new Intl.ListFormat(locale, { type: 'disjunction' });
  const say = (key: keyof FormatWords, values: Record<string, string | number> = {}): string =>
    fill(words[key], values, grammar);
  const unit = (name: Unit, count: number): string => say(`format.${name}`, { count: String(count) });
  const join = (big: number, bigUnit: Unit, small: number, smallUnit: Unit): string =>
    small === 0 ? unit(bigUnit, big) : `${unit(bigUnit, big)} ${unit(smallUnit, small)}`;

  const duration = (seconds: number | null | undefined): string => {
    if (isMissing(seconds)) return MISSING;
    if (seconds < 1) return unit('milliseconds', Math.max(0, Math.round(seconds * 1000)));
    const total = Math.round(seconds);
    if (total < 60) return unit('seconds', total);
    if (total < 3600) return join(Math.floor(total / 60), 'minutes', total % 60, 'seconds');
    const minutes = Math.round(total / 60);
    if (minutes < 1440) return join(Math.floor(minutes / 60), 'hours', minutes % 60, 'minutes');
    const hours = Math.round(total / 3600);
    return join(Math.floor(hours / 24), 'days', hours % 24, 'hours');
  };
  return {
    fraction,
    percent,
    points,
    bytes,
    duration,
    number: (value) => (isMissing(value) ? MISSING : numbers.format(value)),
    compact: (value) => (Number.isFinite(value) ? short.format(value) : MISSING),
    about: (seconds) =>
      seconds < 45
        ? say('format.underMinute')
        : say('format.about', { duration: duration(Math.max(1, Math.round(seconds / 60)) * 60) }),
    rate: (perSecond, noun = '') => {
      const suffix = noun === '' ? '' : ` ${noun}`;
      const [second, minute] = [words['format.perSecond'], words['format.perMinute']];
      if (!Number.isFinite(perSecond) || perSecond <= 0) return MISSING;
      if (perSecond < 1) return `${(perSecond * 60).toFixed(perSecond * 60 < 10 ? 1 : 0)}${suffix}${minute}`;
      return `${perSecond < 10 ? perSecond.toFixed(1) : numbers.format(perSecond)}${suffix}${second}`;
    },
    since: (date, now = new Date()) => duration((now.getTime() - date.getTime()) / 1000),
    relative: (date, now = new Date()) => {
      const seconds = (date.getTime() - now.getTime()) / 1000;
      const past = Math.abs(seconds);
      if (past < 45) return say('format.justNow');
      if (past < 3600) return ago.format(Math.round(seconds / 60), 'minute');
      if (past < 86_400) return ago.format(Math.round(seconds / 3600), 'hour');
      if (past < 14 * 86_400) return ago.format(Math.round(seconds / 86_400), 'day');
      return day.format(date);
    },
    date: (date) => day.format(date),
    anyOf: (names) => any.format(names),
  };
}

type Unit = 'milliseconds' | 'seconds' | 'minutes' | 'hours' | 'days';
