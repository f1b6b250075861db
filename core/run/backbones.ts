/** Pre-trained weights that a run may start from. */

export const PIXEL_SCALES = ['symmetric', 'unit', 'imagenet'] as const;
/** What pixels a backbone was trained on: [−1, 1], [0, 1], or centred by ImageNet's means. */
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

export interface PublicBackbone {
  name: string;
  /** Of its model.json; weights lie beside it. */
  url: string;
  scale: PixelScaleName;
  /** Parameters of the body, for a first impression. */
  what: string;
}

const mobileNet = (width: string): string =>
  `https://storage.googleapis.com/tfjs-models/tfjs/mobilenet_v1_${width}_224/model.json`;

/** Public TensorFlow.js layers models, by name. Nothing is fetched until somebody asks for one. */
export const PUBLIC_BACKBONES: readonly PublicBackbone[] = [
  {
    name: 'MobileNet v1 0.25',
    url: mobileNet('0.25'),
    scale: 'symmetric',
    what: 'ImageNet, 0.2M parameters: quick on a CPU',
  },
  { name: 'MobileNet v1 0.50', url: mobileNet('0.50'), scale: 'symmetric', what: 'ImageNet, 0.8M parameters' },
  {
    name: 'MobileNet v1 1.0',
    url: mobileNet('1.0'),
    scale: 'symmetric',
    what: 'ImageNet, 3.2M parameters: the surest',
  },
];
