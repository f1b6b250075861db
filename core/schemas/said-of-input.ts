import type { ZodError } from 'zod';
import { keyOfInput } from '../text/in-english.ts';
import { say } from '../text/said.ts';
import type { ErrorKey, Said } from '../text/said.ts';

/** What a text is not that has a form of its own. */
const FORMATS: Readonly<Record<string, ErrorKey>> = { email: 'error.input.email', url: 'error.input.address' };
/** What is told by its number: a number itself, or how many there are. */
const COUNTED: ReadonlySet<string> = new Set(['number', 'int', 'array', 'set']);

/**
 * Why an input was refused, by its key. What the schemas say themselves is known by its English sentence, the rest by
 * its kind; with the name of the field that it is about.
 */
export function saidOfInput({ issues: [issue] }: ZodError): Said {
  if (!issue) return say('error.input.invalid');
  const field = issue.path.map(String).join('.');
  const of = (why: ErrorKey): Said => (field === '' ? { key: why, values: {} } : say('error.input.at', { field, why }));
  const own = keyOfInput(issue.message);
  if (own) return of(own);
  if (issue.code === 'invalid_format') return of(FORMATS[issue.format] ?? 'error.input.invalid');
  if (issue.code === 'too_big' && issue.origin === 'string')
    return say('error.input.long', { field, count: Number(issue.maximum) });
  if (issue.code === 'too_big' && COUNTED.has(issue.origin))
    return say('error.input.atMost', { field, most: String(issue.maximum) });
  if (issue.code === 'too_small' && issue.origin === 'string')
    return issue.minimum === 1
      ? of('error.input.empty')
      : say('error.input.short', { field, count: Number(issue.minimum) });
  if (issue.code === 'too_small' && COUNTED.has(issue.origin))
    return say('error.input.atLeast', { field, least: String(issue.minimum) });
  return of('error.input.invalid');
}
