import { z } from 'zod';
import type { Action } from '#core/people/access.ts';
import { labelsDownload, mlflowDownload } from '#core/schemas/export.ts';
import { importFile } from '#core/schemas/import.ts';
import { importBackbone } from '#core/schemas/run-commands.ts';
import { predictBody, predictQuery } from '#core/schemas/serving.ts';

/** What travels as bytes, not as a procedure. */
export interface Address {
  method: 'get' | 'put' | 'post';
  /** As OpenAPI writes it: `/api/projects/{projectId}/…`. */
  path: string;
  words: string;
  /** What a member must be allowed to do; null: whoever asks. */
  action: Action | null;
  query?: z.ZodObject;
  /** What may be sent, by media type; null: any bytes. */
  body?: Record<string, z.ZodType | null>;
  /** What comes back, by media type; null: bytes. */
  answer: Record<string, z.ZodType | null>;
}

const bytes = (type: string) => ({ [type]: null });
const classAnswer = z
  .object({ classId: z.uuid(), name: z.string(), probability: z.number() })
  .meta({ id: 'ClassAnswer' });
const prediction = z
  .object({
    model: z
      .object({
        roundId: z.uuid(),
        run: z.int(),
        round: z.string(),
        title: z.string(),
        sha256: z.string(),
        promoted: z.boolean(),
      })
      .meta({ id: 'PredictingModel' }),
    /** In the order of what was asked; `error` where one of several could not be read. */
    results: z.array(
      z
        .object({
          class: z.string().optional(),
          probability: z.number().optional(),
          classes: z.array(classAnswer).optional(),
          embedding: z.array(z.number()).optional(),
          error: z.object({ code: z.string(), message: z.string() }).meta({ id: 'PictureError' }).optional(),
        })
        .meta({ id: 'PictureAnswer' }),
    ),
  })
  .meta({ id: 'Prediction' });

export const ADDRESSES: readonly Address[] = [
  {
    method: 'put',
    path: '/api/projects/{projectId}/imports/{importId}/file',
    words:
      'a file of an import: a zip of images, with label files or class folders where `folderLabels=1`; one image; a ' +
      'parcel of small images (`kind=images`: four bytes that say how long the list behind them is, most significant ' +
      'first; the list as JSON, `[{name, bytes, className?, split?, tags?, answers?}, …]`; then their bytes, one ' +
      'after the other); or a label file alone (CSV, JSON, COCO, Label Studio, CVAT, addresses). With `dryRun=1` a ' +
      'zip is told as a proposal and nothing is stored',
    action: 'image:import',
    query: importFile,
    body: bytes('application/octet-stream'),
    answer: { 'application/json': z.unknown() },
  },
  {
    method: 'put',
    path: '/api/projects/{projectId}/backbones',
    words:
      'pre-trained weights: ONNX, TensorFlow Lite, or a zip of a TensorFlow.js layers model; `scale` names the ' +
      'pixels that it was trained on',
    action: 'run:start',
    query: importBackbone,
    body: bytes('application/octet-stream'),
    answer: { 'application/json': z.unknown() },
  },
  {
    method: 'get',
    path: '/media/projects/{projectId}/images/{imageId}',
    words: 'an image',
    action: 'image:read',
    answer: bytes('image/webp'),
  },
  {
    method: 'get',
    path: '/media/projects/{projectId}/thumbnails/{imageId}',
    words: 'its thumbnail',
    action: 'image:read',
    answer: bytes('image/webp'),
  },
  {
    method: 'get',
    path: '/media/projects/{projectId}/asked/{askedId}',
    words: 'a picture that was asked and is kept',
    action: 'model:ask',
    answer: bytes('image/webp'),
  },
  {
    method: 'get',
    path: '/api/projects/{projectId}/exports/labels',
    words: 'labels in one of the formats, as one file or a zip with the images',
    action: 'export:create',
    query: labelsDownload,
    answer: bytes('application/octet-stream'),
  },
  {
    method: 'get',
    path: '/api/projects/{projectId}/exports/{exportId}/file',
    words: 'a finished model export; `Repr-Digest` holds its SHA-256',
    action: 'export:read',
    answer: bytes('application/zip'),
  },
  {
    method: 'get',
    path: '/api/projects/{projectId}/runs/{runId}/tensorboard',
    words: 'curves and figures of a run as event files for TensorBoard, a folder a round',
    action: 'export:read',
    answer: bytes('application/zip'),
  },
  {
    method: 'get',
    path: '/api/projects/{projectId}/runs/mlflow',
    words: 'runs with settings, figures, curves and notes as a folder for MLflow; all that are not archived, or some',
    action: 'export:read',
    query: mlflowDownload,
    answer: bytes('application/zip'),
  },
  {
    method: 'post',
    path: '/api/projects/{projectId}/predict',
    words: 'what a model says of images (below)',
    action: 'model:ask',
    query: predictQuery,
    body: { 'application/octet-stream': null, 'multipart/form-data': null, 'application/json': predictBody },
    answer: { 'application/json': prediction },
  },
  {
    method: 'post',
    path: '/api/projects/{projectId}/sources/{sourceId}/sync/{token}',
    words: 'asks for a sync of a source, by the token in the address that `source.hook` made; six times a minute',
    action: null,
    answer: { 'application/json': z.object({ asked: z.literal(true) }) },
  },
  {
    method: 'get',
    path: '/api/openapi.json',
    words: 'this API, as an OpenAPI 3.1 document',
    action: null,
    answer: { 'application/json': z.unknown() },
  },
  {
    method: 'get',
    path: '/api/health',
    words: '`{"ok": true}` while the database answers',
    action: null,
    answer: { 'application/json': z.unknown() },
  },
  {
    method: 'get',
    path: '/metrics',
    words: 'Prometheus metrics, for scrapers on the same machine',
    action: null,
    answer: bytes('text/plain'),
  },
];
