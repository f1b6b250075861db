/** Every way a model leaves. The key is stored with the export; the quantisation is of large kernels only. */
export const MODEL_EXPORTS = {
  'tfjs-layers': { title: 'TensorFlow.js layers model', format: 'tfjs-layers', quantisation: 'none' },
  'tfjs-layers-float16': {
    title: 'TensorFlow.js layers model, float16',
    format: 'tfjs-layers',
    quantisation: 'float16',
  },
  'tfjs-layers-uint8': { title: 'TensorFlow.js layers model, uint8', format: 'tfjs-layers', quantisation: 'uint8' },
  'tfjs-graph': { title: 'TensorFlow.js graph model', format: 'tfjs-graph', quantisation: 'none' },
  onnx: { title: 'ONNX, opset 17', format: 'onnx', quantisation: 'none' },
  'onnx-float16': { title: 'ONNX, float16', format: 'onnx', quantisation: 'float16' },
  'onnx-uint8': { title: 'ONNX, uint8', format: 'onnx', quantisation: 'uint8' },
  'saved-model': { title: 'TensorFlow SavedModel', format: 'saved-model', quantisation: 'none' },
  page: { title: 'Offline page that classifies pictures', format: 'page', quantisation: 'none' },
} as const;

export type ModelExportName = keyof typeof MODEL_EXPORTS;
export const MODEL_EXPORT_NAMES = Object.keys(MODEL_EXPORTS) as ModelExportName[];

export const isModelExportName = (name: string): name is ModelExportName => Object.hasOwn(MODEL_EXPORTS, name);
