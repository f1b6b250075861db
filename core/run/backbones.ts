/** Pre-trained weights that a run may start from. */

export const PIXEL_SCALES = ['symmetric', 'unit', 'imagenet', 'raw'] as const;
/** What pixels a backbone was trained on: [−1, 1], [0, 1], centred by ImageNet's means, or 0 to 255 as they are. */
export type PixelScaleName = (typeof PIXEL_SCALES)[number];

/** The backbone that comes with the product, in an optional package; offered on first start. */
export const BUILT_IN_BACKBONE = {
  name: 'MobileNetV2 (Open Images)',
  scale: 'symmetric',
  licence: 'Apache-2.0',
  origin:
    'Google, MediaPipe Objectron: the body of an SSD MobileNetV2 detector trained on Open Images V4 ' +
    '(npm package @mediapipe/objectron 0.4.1675468480)',
  /** Side of the images that it was trained on, px. */
  side: 300,
  /** Numbers of its embedding. */
  width: 640,
} as const;

/** What a backbone came as; `layers` and `graph` are TensorFlow.js models. */
export const BACKBONE_KINDS = ['built-in', 'tflite', 'onnx', 'layers', 'graph', 'round'] as const;
export type BackboneKind = (typeof BACKBONE_KINDS)[number];

export interface PublicBackbone {
  name: string;
  /** Of its model file, or of its model.json with the weights beside it. */
  url: string;
  scale: PixelScaleName;
  /** What it learned from and how large it is, for a first impression. */
  what: string;
  licence: string;
  /**
   * Of the file at the address. Null: nobody has checked one yet; what comes is then taken as an upload is, and its
   * hash is recorded in the backbone's origin and in the activity, so that two fetches can be told apart.
   */
  sha256: string | null;
}

const mobileNet = (width: string): string =>
  `https://storage.googleapis.com/tfjs-models/tfjs/mobilenet_v1_${width}_224/model.json`;
/**
 * The newest revision: to pin one, its hash must be known with it, and neither is known here. The server names both on
 * its way to the file: what comes is checked by that hash, and both are kept with the backbone's origin.
 */
const hub = (repository: string, file: string): string =>
  `https://huggingface.co/${repository}/resolve/main/onnx/${file}`;

/**
 * Public models, by name: convolutional nets, which become graphs that are tuned and exported as any other. Vision
 * transformers, as DINOv2, are none. Nothing is fetched until somebody asks for one.
 */
export const PUBLIC_BACKBONES: readonly PublicBackbone[] = [
  {
    name: 'MobileNetV4 conv small',
    url: hub('onnx-community/mobilenetv4_conv_small.e2400_r224_in1k', 'model.onnx'),
    scale: 'imagenet',
    what: 'ImageNet, 15 MB: quick, and stronger than MobileNet v1',
    licence: 'Apache-2.0',
    sha256: null,
  },
  {
    name: 'MobileNet v1 0.25',
    url: mobileNet('0.25'),
    scale: 'symmetric',
    what: 'ImageNet, 0.2M parameters: quick on a CPU',
    licence: 'Apache-2.0',
    sha256: null,
  },
  {
    name: 'MobileNet v1 0.50',
    url: mobileNet('0.50'),
    scale: 'symmetric',
    what: 'ImageNet, 0.8M parameters',
    licence: 'Apache-2.0',
    sha256: null,
  },
  {
    name: 'MobileNet v1 1.0',
    url: mobileNet('1.0'),
    scale: 'symmetric',
    what: 'ImageNet, 3.2M parameters',
    licence: 'Apache-2.0',
    sha256: null,
  },
];
