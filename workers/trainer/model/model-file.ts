export { decodeModelFile, encodeModelFile, isModelFile, type ModelFile } from '#ml/models/model-file.ts';
