import { encodeModelFile } from '../models/model-file.ts';
import type { Backbone } from './compose.ts';

/** The bytes under which a backbone is stored: decodeModelFile of workers/ml reads them; the same gives the same. */
export const encodeBackbone = (backbone: Backbone): Uint8Array => encodeModelFile({ ...backbone, imported: true });
