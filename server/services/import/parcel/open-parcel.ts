import { AppError } from '#core/errors.ts';
import { parseJson } from '#core/parse-json.ts';
import { PARCEL_HEAD_BYTES } from '#core/proposal/parcel.ts';
import { parcelEntries } from '#core/schemas/import.ts';
import type { ImportFile } from '../import-images.ts';

/**
 * The images of a parcel, as `parcelHead` begins one. What one of them is, is told by its bytes later: here only the
 * list must be right.
 * @throws AppError BAD_INPUT with the file that the list is wrong about
 */
export function openParcel(body: Buffer): ImportFile[] {
  const length = body.length < 4 ? Infinity : body.readUInt32BE();
  if (length > PARCEL_HEAD_BYTES || 4 + length > body.length)
    throw new AppError('BAD_INPUT', 'The list of these images cannot be read. Send them again, or each by itself.');
  const list = parseJson(body.toString('utf8', 4, 4 + length));
  const parsed = parcelEntries.safeParse(list);
  if (!parsed.success) throw new AppError('BAD_INPUT', explain(list, parsed.error.issues[0]));
  const entries = parsed.data;
  const announced = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  let at = 4 + length;
  if (at + announced !== body.length)
    throw new AppError(
      'BAD_INPUT',
      `The list tells of ${announced} bytes of images, and ${body.length - at} came. Send them again.`,
    );
  return entries.map(({ bytes, className = null, split = null, ...file }) => ({
    ...file,
    className,
    split,
    bytes: body.subarray(at, (at += bytes)),
  }));
}

/** What is wrong, beginning with the file that it is about. */
function explain(list: unknown, issue?: { path: PropertyKey[]; message: string }): string {
  const wrong = issue?.message ?? 'The list of these images is not valid.';
  const [index] = issue?.path ?? [];
  if (!Array.isArray(list) || typeof index !== 'number') return wrong;
  const name = (list[index] as { name?: unknown } | null)?.name;
  return `${typeof name === 'string' && name !== '' ? name.slice(0, 200) : `File ${index + 1}`}: ${wrong}`;
}
