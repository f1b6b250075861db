/** Nets of our own, trained from scratch. */
export const MODEL_NAMES = ['xs', 's', 'm', 'l', 'resnet8', 'resnet14', 'resnet20', 'resnet38', 'wrn16-2'] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

/** Parameters at 32×32 with ten classes; what "equal or larger student" compares. */
export const MODEL_PARAMETERS: Record<ModelName, number> = {
  xs: 76_000,
  s: 147_000,
  m: 498_000,
  l: 2_000_000,
  resnet8: 78_000,
  resnet14: 175_000,
  resnet20: 272_000,
  resnet38: 561_000,
  'wrn16-2': 692_000,
};

/** How they are called everywhere. */
export const MODEL_WORDS: Record<ModelName, string> = {
  xs: 'XS',
  s: 'S',
  m: 'M',
  l: 'L',
  resnet8: 'ResNet-8',
  resnet14: 'ResNet-14',
  resnet20: 'ResNet-20',
  resnet38: 'ResNet-38',
  'wrn16-2': 'WRN-16-2',
};
