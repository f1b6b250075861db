import { LABEL_FORMATS } from '#core/export/export.ts';
import type { ExportFormat } from '#core/export/export.ts';
import type { ModelExportName } from '#core/export/model-export.ts';

export type LabelChoice = ExportFormat;

export const LABEL_CHOICES: readonly { value: ExportFormat; label: string; about: string }[] = [
  { value: 'csv', label: 'CSV', about: 'A row a label, with provenance. Opens in any spreadsheet.' },
  { value: 'json', label: 'JSON', about: 'Everything we know, and what Pupil itself reads again.' },
  {
    value: 'imagefolder',
    label: 'ImageFolder (zip)',
    about: 'Images in class folders, as PyTorch and Keras load them.',
  },
  {
    value: 'yolo',
    label: 'YOLO classification (zip)',
    about: 'train, val and test with class folders, for Ultralytics.',
  },
  { value: 'coco', label: 'COCO (zip)', about: 'Images with a COCO annotations file.' },
  { value: 'label-studio', label: 'Label Studio JSON', about: 'Tasks with choices, to be imported there.' },
  { value: 'huggingface', label: 'Hugging Face imagefolder (zip)', about: 'Loads with load_dataset("imagefolder").' },
];

/** What a format cannot hold, and so does not bring back when it is imported; null: nothing is lost. */
export function lacksOf(format: ExportFormat): string | null {
  const { imagePath, listsClasses } = LABEL_FORMATS[format];
  const lacks = [
    ...(imagePath === null ? ['the images themselves'] : []),
    ...(listsClasses ? [] : ['the order of classes', 'classes without an image']),
  ];
  return lacks.length === 0 ? null : `It does not hold ${new Intl.ListFormat('en').format(lacks)}.`;
}

export const MODEL_CHOICES: readonly { value: ModelExportName; label: string; about: string }[] = [
  { value: 'tfjs-layers', label: 'TensorFlow.js layers', about: 'For the browser and Node, with tf.loadLayersModel.' },
  { value: 'tfjs-graph', label: 'TensorFlow.js graph', about: 'Frozen graph, faster to start.' },
  { value: 'onnx', label: 'ONNX', about: 'Opset 17, for onnxruntime in any language.' },
  { value: 'tfjs-layers-float16', label: 'TensorFlow.js layers, float16', about: 'Half the size.' },
  {
    value: 'tfjs-layers-uint8',
    label: 'TensorFlow.js layers, uint8',
    about: 'A quarter of the size; its measured accuracy is in the model card.',
  },
  { value: 'onnx-float16', label: 'ONNX, float16', about: 'Half the size.' },
  {
    value: 'onnx-uint8',
    label: 'ONNX, uint8',
    about: 'A quarter of the size; its measured accuracy is in the model card.',
  },
  {
    value: 'saved-model',
    label: 'TensorFlow SavedModel',
    about: 'A frozen graph with the signature serving_default, for TensorFlow and TensorFlow Serving.',
  },
  {
    value: 'page',
    label: 'Offline page',
    about: 'A web page that classifies a dropped picture or the webcam, without any server.',
  },
];
