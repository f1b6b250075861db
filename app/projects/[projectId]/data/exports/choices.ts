import type { Translate } from '#core/text/text.ts';
import { LABEL_FORMATS } from '#core/export/export.ts';
import type { ExportFormat } from '#core/export/export.ts';
import type { ModelExportName } from '#core/export/model-export.ts';

export type LabelChoice = ExportFormat;

export const LABEL_CHOICES: readonly { value: ExportFormat; label: string }[] = [
  { value: 'csv', label: 'CSV' },
  { value: 'json', label: 'JSON' },
  {
    value: 'imagefolder',
    label: 'ImageFolder (zip)',
  },
  {
    value: 'yolo',
    label: 'YOLO classification (zip)',
  },
  { value: 'coco', label: 'COCO (zip)' },
  { value: 'label-studio', label: 'Label Studio JSON' },
  { value: 'huggingface', label: 'Hugging Face imagefolder (zip)' },
];

/** What a format cannot hold, and so does not bring back when it is imported; null: nothing is lost. */
export function lacksOf(t: Translate, locale: string, format: ExportFormat): string | null {
  const { imagePath, listsClasses } = LABEL_FORMATS[format];
  const lacks = [
    ...(imagePath === null ? [t('exports.lacks.images')] : []),
    ...(listsClasses ? [] : [t('exports.lacks.order'), t('exports.lacks.empty')]),
  ];
  return lacks.length === 0 ? null : t('exports.lacks', { what: new Intl.ListFormat(locale).format(lacks) });
}

export const MODEL_CHOICES: readonly { value: ModelExportName; label?: string }[] = [
  { value: 'tfjs-layers', label: 'TensorFlow.js layers' },
  { value: 'tfjs-graph', label: 'TensorFlow.js graph' },
  { value: 'onnx', label: 'ONNX' },
  { value: 'tfjs-layers-float16', label: 'TensorFlow.js layers, float16' },
  {
    value: 'tfjs-layers-uint8',
    label: 'TensorFlow.js layers, uint8',
  },
  { value: 'onnx-float16', label: 'ONNX, float16' },
  {
    value: 'onnx-uint8',
    label: 'ONNX, uint8',
  },
  {
    value: 'saved-model',
    label: 'TensorFlow SavedModel',
  },
  {
    value: 'page',
  },
];
