import type { IncomingMessage } from 'node:http';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { parseJson } from '#core/parse-json.ts';
import { predictBody } from '#core/schemas/serving.ts';
import { PREDICT_LIMITS } from '#core/serving/limits.ts';
import type { Asked } from '../../services/serving/predict-images.ts';

/**
 * The pictures of a request for predictions: one as it is, several as files of a form, or addresses and base64 as JSON.
 * @throws AppError BAD_INPUT with what to send
 */
export async function readPictures(headers: IncomingMessage['headers'], body: Buffer): Promise<Asked[]> {
  const type = headers['content-type'] ?? '';
  if (body.length === 0) throw new AppError('BAD_INPUT', say('refusal.noPicture'));
  if (type.startsWith('application/json')) return readJson(body);
  if (type.startsWith('multipart/form-data')) return readForm(type, body);
  return [{ bytes: body }];
}

function readJson(body: Buffer): Asked[] {
  const parsed = predictBody.safeParse(parseJson(body.toString('utf8')));
  if (!parsed.success)
    throw new AppError(
      'BAD_INPUT',
      say('refusal.pictureList', {
        shape: '{"images": [{"url": "…"} or {"base64": "…"}, …]}',
        most: PREDICT_LIMITS.images,
      }),
    );
  return parsed.data.images.map((one) => ('url' in one ? one : { bytes: Buffer.from(one.base64, 'base64') }));
}

async function readForm(type: string, body: Buffer): Promise<Asked[]> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } })
    .formData()
    .catch((error: unknown) => {
      throw new AppError('BAD_INPUT', say('refusal.formUnread'), { cause: error });
    });
  const files = [...form.values()].filter((value) => typeof value !== 'string');
  if (files.length === 0 || files.length > PREDICT_LIMITS.images)
    throw new AppError('BAD_INPUT', say('refusal.pictureForm', { most: PREDICT_LIMITS.images }));
  return Promise.all(files.map(async (file) => ({ bytes: new Uint8Array(await file.arrayBuffer()) })));
}
