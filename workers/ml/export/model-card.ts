import type { CardRound, ModelCardData, ExportFile, ExportInput, Figure } from './types.ts';

/** Said rather than left out: a reader must see that nobody stated it. */
const NOT_STATED = 'not stated';

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
const range = ([low, high]: [number, number]): string => `${percent(low)} to ${percent(high)}`;

/** One table cell: nothing that people typed may break the table or become markup. */
const cell = (text: string): string =>
  text.replaceAll(/[\\`*_{}[\]<>()#+!|~-]/gu, String.raw`\$&`).replaceAll(/\s+/gu, ' ');

/** What travels beside the model: README.md for people, model-card.json for programs, classes.txt for both. */
export function writeModelCard(input: ExportInput, files: readonly (ExportFile & { sha256: string })[]): ExportFile[] {
  const { card, graph, classNames } = input;
  const contract = {
    input: {
      shape: ['n', graph.input.size, graph.input.size, graph.input.channels],
      dtype: 'float32',
      range: [0, 255],
      colour: graph.input.channels === 1 ? 'grayscale' : 'RGB',
      resize:
        'The whole image is scaled to the square, without cropping; the aspect ratio is not kept. Preprocessing is ' +
        'inside the model.',
    },
    output: { shape: ['n', classNames.length], dtype: 'float32', meaning: 'calibrated probabilities in class order' },
  };
  const json = {
    format: 'pupil-model-card',
    version: 1,
    ...card,
    licence: card.licence ?? NOT_STATED,
    intendedUse: card.intendedUse ?? NOT_STATED,
    model: graph.name,
    classes: classNames,
    temperature: input.temperature,
    modelFormat: input.format,
    quantisation: input.quantisation,
    ...contract,
    files: files.map(({ path, bytes, sha256 }) => ({ path, bytes: bytes.length, sha256 })),
  };
  const encoder = new TextEncoder();
  return [
    { path: 'README.md', bytes: encoder.encode(markdown(input, files, contract)) },
    { path: 'model-card.json', bytes: encoder.encode(`${JSON.stringify(json, null, 2)}\n`) },
    {
      path: 'classes.txt',
      bytes: encoder.encode(classNames.map((name) => `${name.replaceAll(/[\r\n]+/gu, ' ')}\n`).join('')),
    },
  ];
}

function markdown(
  { card, graph, classNames, temperature, quantisation, format }: ExportInput,
  files: readonly (ExportFile & { sha256: string })[],
  contract: { input: { resize: string; colour: string } },
): string {
  const { size, channels } = graph.input;
  return (
    `# ${cell(card.project)}: ${cell(graph.name)}

Image classifier with ${classNames.length} classes, trained by run ${cell(card.run)}, round ${card.round} ` +
    `(${cell(card.role)}), ${card.createdAt.slice(0, 10)}.${
      card.description === ''
        ? ''
        : `

${cell(card.description)}`
    }

## Use

${USE[format]}

- Input: float32 \`[n, ${size}, ${size}, ${channels}]\`, ${contract.input.colour}, 0 to 255. ${contract.input.resize}
- Output: float32 \`[n, ${classNames.length}]\`, probabilities in the order of classes.txt, calibrated with ` +
    `temperature ${temperature.toFixed(3)} (already inside).
- Weights: ${quantisation === 'none' ? 'float32' : `${quantisation} for kernels, float32 for the rest`}.

## Figures

${table(
  ['What', 'Value', '95% interval', 'Images'],
  card.figures.map((figure: Figure) => [
    cell(figure.name),
    percent(figure.value),
    range(figure.interval),
    String(figure.count),
  ]),
)}

Test answers were read once, after the run had ended. Validation and test hold human answers only.

## Data

${table(
  ['Set', 'Images'],
  [
    ['labeled by people', String(card.data.labeled)],
    ['pseudo-labels of the teacher', String(card.data.pseudo)],
    ['validation', String(card.data.validation)],
    ['test', String(card.data.test)],
  ],
)}

Classes: ${classNames.map(cell).join(', ')}

## Rounds

${table(
  ['Round', 'Role', 'Model', 'Labeled', 'Pseudo', 'Validation accuracy', 'Verdict'],
  card.rounds.map((round: CardRound) => [
    String(round.index),
    cell(round.role),
    cell(round.model),
    String(round.labeled),
    String(round.pseudo),
    round.valAccuracy === null
      ? 'not measured'
      : `${percent(round.valAccuracy)}${round.valInterval === null ? '' : ` (${range(round.valInterval)})`}`,
    cell(round.verdict ?? '–'),
  ]),
)}

## Intended use and licence

- Intended use: ${cell(card.intendedUse ?? NOT_STATED)}
- Licence: ${cell(card.licence ?? NOT_STATED)}
${(card.backbones ?? []).map(startsFrom).join('')}` +
    `- Limits: it knows these classes only and answers with one of them for any picture; figures hold for pictures ` +
    `like those it was tested on.

## Hashes (SHA-256)

${table(['What', 'Hash'], hashRows([...Object.entries(card.hashes), ...files.map((f) => [f.path, f.sha256])]))}
`
  );
}

const startsFrom = ({ name, licence, origin }: NonNullable<ModelCardData['backbones']>[number]): string =>
  `- Starts from: ${cell(name)}, licence ${cell(licence ?? NOT_STATED)}${origin === null ? '' : `. ${cell(origin)}`}\n`;

const hashRows = (rows: readonly (readonly string[])[]): string[][] =>
  rows.map(([name = '', hash = '']) => [cell(name), `\`${hash}\``]);

const USE: Record<ExportInput['format'], string> = {
  'tfjs-layers':
    "```js\nconst model = await tf.loadLayersModel('model.json');\nconst probabilities = model.predict(pixels);\n```",
  'tfjs-graph':
    "```js\nconst model = await tf.loadGraphModel('model.json');\nconst probabilities = model.predict(pixels);\n```",
  onnx:
    "```python\nsession = onnxruntime.InferenceSession('model.onnx')\n(probabilities,) = session.run(" +
    "['probabilities'], {'pixels': pixels})\n```",
  'saved-model':
    "```python\nmodel = tf.saved_model.load('.')\nprobabilities = " +
    "model.signatures['serving_default'](pixels=pixels)['probabilities']\n```",
  page:
    'Open index.html in a browser and drop an image, or use the webcam. It works without a network; nothing ' +
    'leaves the computer.',
};

function table(head: string[], rows: string[][]): string {
  if (rows.length === 0) return 'None measured.';
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
