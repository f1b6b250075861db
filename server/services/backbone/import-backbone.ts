import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '#core/errors.ts';
import type { PixelScaleName } from '#core/run/backbones.ts';
import { backboneKey } from '#core/image/media.ts';
import { unzipFiles, zipFiles } from '#db/blobs/zip-files.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { insertBackbone } from '#db/queries/run/backbone.ts';
import type { Actor, Services } from '../../context.ts';

export interface BackboneFile {
  name: string;
  /** What pixels it was trained on: [−1, 1], [0, 1], or centred by ImageNet's means. */
  scale: PixelScaleName;
  /** A zip with model.json and the weight files that it names. */
  bytes: Buffer;
  /** Where it was fetched from; absent for an upload. */
  sourceUrl?: string;
}

/**
 * The parts of a TensorFlow.js layers file that say whether it can be a backbone at all; the trainer reads the rest.
 */
const modelFile = z.object({
  format: z.literal('layers-model').optional(),
  modelTopology: z.looseObject({}),
  weightsManifest: z
    .array(
      z.object({
        paths: z.array(z.string().min(1)).min(1),
        weights: z.array(
          z.object({
            name: z.string(),
            shape: z.array(z.int().min(0)),
            dtype: z.literal('float32'),
            quantization: z.object({ dtype: z.enum(['uint8', 'uint16', 'float16']) }).optional(),
          }),
        ),
      }),
    )
    .min(1),
});

const refuse = (why: string): AppError =>
  new AppError(
    'BAD_INPUT',
    `This backbone cannot be used: ${why}. Upload a zip with a TensorFlow.js layers model: model.json and its weight ` +
      `files.`,
  );

/**
 * Stores pre-trained weights for an organization: only the JSON and the weights of the upload, checked for schema and
 * size and kept under their hash. Nothing of the file is run.
 */
export async function importBackbone(
  services: Pick<Services, 'db' | 'blobs'>,
  actor: Actor,
  file: BackboneFile,
): Promise<{ backboneId: string }> {
  const files = await unzipFiles(file.bytes);
  const path = [...files.keys()].find((name) => name === 'model.json' || name.endsWith('/model.json'));
  const text = path ? files.get(path) : undefined;
  if (!path || !text) throw refuse('the zip holds no model.json');
  const model = readModel(text);
  const folder = path.slice(0, -'model.json'.length);
  const parts = model.weightsManifest
    .flatMap(({ paths }) => paths)
    .map((name) => {
      const part = files.get(folder + name);
      if (!part) throw refuse(`the weight file ${name.slice(0, 100)} is missing`);
      return part;
    });
  const weights = Buffer.concat(parts);
  const expected = model.weightsManifest
    .flatMap((group) => group.weights)
    .reduce(
      (sum, { shape, quantization }) =>
        sum +
        shape.reduce((size, n) => size * n, 1) *
          (quantization === undefined ? 4 : quantization.dtype === 'uint8' ? 1 : 2),
      0,
    );
  if (expected !== weights.length) throw refuse(`its weights should be ${expected} bytes and are ${weights.length}`);
  const bytes = await zipFiles([
    { path: 'model.json', bytes: text },
    { path: 'weights.bin', bytes: weights },
    { path: 'backbone.json', bytes: Buffer.from(JSON.stringify({ scale: file.scale })) },
  ]);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const blobKey = backboneKey(sha256);
  await services.blobs.put(blobKey, bytes);
  return services.db.transaction(async (tx) => {
    const backboneId = await insertBackbone(tx, {
      organizationId: actor.organizationId,
      name: file.name,
      blobKey,
      sha256,
      bytes: bytes.length,
      inputSize: readInputSize(model.modelTopology),
      sourceUrl: file.sourceUrl ?? null,
    });
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      memberId: actor.memberId,
      action: 'backbone:imported',
      subject: file.name,
      detail: { sha256, bytes: bytes.length },
    });
    return { backboneId };
  });
}

/** @throws AppError BAD_INPUT when it is no layers model */
export function readModel(text: Buffer): z.infer<typeof modelFile> {
  let json: unknown;
  try {
    json = JSON.parse(text.toString('utf8'));
  } catch (error) {
    throw new AppError('BAD_INPUT', refuse('model.json is not JSON').message, { cause: error });
  }
  const parsed = modelFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw refuse(`model.json is not a layers model (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''})`);
}

const layerList = z
  .array(z.looseObject({ config: z.looseObject({ batch_input_shape: z.array(z.number().nullable()).optional() }) }))
  .min(1);

/** Side of the square that the model's first layer takes. */
function readInputSize(topology: Record<string, unknown>): number {
  const outer = z.looseObject({ config: z.unknown() }).safeParse(topology['model_config'] ?? topology);
  const config = outer.success ? outer.data.config : null;
  const layers = layerList.safeParse(Array.isArray(config) ? config : (config as { layers?: unknown } | null)?.layers);
  const [, height, width, channels] = layers.success ? (layers.data[0]?.config.batch_input_shape ?? []) : [];
  if (!height || height !== width || channels !== 3 || height < 16 || height > 512)
    throw refuse('its input is not a square RGB image of 16 to 512 px');
  return height;
}
