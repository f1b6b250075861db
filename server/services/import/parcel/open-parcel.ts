import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { parseJson } from '#core/parse-json.ts';
import { PARCEL_HEAD_BYTES } from '#core/proposal/parcel.ts';
import { parcelEntries } from '#core/schemas/import.ts';
import { keyOfInput } from '#core/text/in-english.ts';
import type { Said } from '#core/text/said.ts';
import type { ImportFile } from '../import-images.ts';

/**
 * The images of a parcel, as `parcelHead` begins one. What one of them is, is told by its bytes later: here only the
 * list must be right.
 * @throws AppError BAD_INPUT with the file that the list is wrong about
 */
export function openParcel(body: Buffer): ImportFile[] {
  const length = body.length < 4 ? Infinity : body.readUInt32BE();
  if (length > PARCEL_HEAD_BYTES || 4 + length > body.length) throw new AppError('BAD_INPUT', say('file.parcelList'));
  const list = parseJson(body.toString('utf8', 4, 4 + length));
  const parsed = parcelEntries.safeParse(list);
  if (!parsed.success) throw new AppError('BAD_INPUT', explain(list, parsed.error.issues[0]));
  const entries = parsed.data;
  const announced = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  let at = 4 + length;
  if (at + announced !== body.length)
    throw new AppError(
      'BAD_INPUT',
      say('file.parcelBytes', { announced: String(announced), came: String(body.length - at) }),
    );
  return entries.map(({ bytes, className = null, split = null, ...file }) => ({
    ...file,
    className,
    split,
    bytes: body.subarray(at, (at += bytes)),
  }));
}

/** What is wrong, beginning with the file that it is about. */
function explain(list: unknown, issue?: { path: PropertyKey[]; message: string }): Said {
  if (!issue) return say('file.parcelWrong');
  const key = keyOfInput(issue.message);
  const why = key ? { key, values: {} } : issue.message;
  const [index] = issue.path;
  if (!Array.isArray(list) || typeof index !== 'number') return say('error.sentAgain', { why });
  const name = (list[index] as { name?: unknown } | null)?.name;
  const isNamed = typeof name === 'string' && name !== '';
  return say('error.input.at', {
    field: isNamed ? name.slice(0, 200) : say('file.number', { number: index + 1 }),
    why,
  });
}
