import { CATALOGUES } from '#core/text/all-languages.ts';
import { LANGUAGES } from '#core/text/languages.ts';
import type { Language } from '#core/text/languages.ts';
import { makeText } from '#core/text/text.ts';
import type { Text } from '#core/text/text.ts';
import type { CardRound, ExportFile, ExportInput, Figure } from './types.ts';

/** Said rather than left out: a reader must see that nobody stated it. */
const NOT_STATED = 'not stated';

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

/** One table cell: nothing that people typed may break the table or become markup. */
const cell = (text: string): string =>
  text.replaceAll(/[\\`*_{}[\]<>()#+!|~-]/gu, String.raw`\$&`).replaceAll(/\s+/gu, ' ');

/** In English under the name that every tool looks for, in other languages beside it. */
const readmeOf = (language: Language): string => (language === LANGUAGES[0] ? 'README.md' : `README.${language}.md`);

/**
 * What travels beside the model: a README in each language for people, model-card.json for programs, classes.txt for
 * both.
 */
export function writeModelCard(input: ExportInput, files: readonly (ExportFile & { sha256: string })[]): ExportFile[] {
  const { card, graph, classNames } = input;
  const contract = {
    input: {
      shape: ['n', graph.input.size, graph.input.size, graph.input.channels],
      dtype: 'float32',
      range: [0, 255],
      colour: graph.input.channels === 1 ? ('grayscale' as const) : ('RGB' as const),
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
    ...LANGUAGES.map((language) => ({
      path: readmeOf(language),
      bytes: encoder.encode(
        markdown(makeText(language, CATALOGUES[language].cards), input, files, contract.input.colour),
      ),
    })),
    { path: 'model-card.json', bytes: encoder.encode(`${JSON.stringify(json, null, 2)}\n`) },
    {
      path: 'classes.txt',
      bytes: encoder.encode(classNames.map((name) => `${name.replaceAll(/[\r\n]+/gu, ' ')}\n`).join('')),
    },
  ];
}

function markdown(
  { t, told }: Text,
  { card, graph, classNames, temperature, quantisation, format }: ExportInput,
  files: readonly (ExportFile & { sha256: string })[],
  colour: 'RGB' | 'grayscale',
): string {
  const { size, channels } = graph.input;
  const notStated = t('card.notStated');
  /** A word of ours in this language; what is none stands as it is. */
  const word = (part: string, text: string): string => told(`card.${part}.${text}`, {}) ?? cell(text);
  const range = ([low, high]: [number, number]): string => t('card.range', { low: percent(low), high: percent(high) });
  const table = (head: string[], rows: string[][]): string =>
    rows.length === 0 ? t('card.noneMeasured') : lines([head, head.map(() => '---'), ...rows]);
  const startsFrom = (card.backbones ?? []).map(({ name, licence, origin }) => {
    const from = t('card.startsFrom', { name: cell(name), licence: cell(licence ?? notStated) });
    return `- ${from}${origin === null ? '' : `. ${cell(origin)}`}\n`;
  });
  const intro = t('card.intro', {
    count: classNames.length,
    run: cell(card.run),
    round: card.round,
    role: word('role', card.role),
    date: card.createdAt.slice(0, 10),
  });
  const rounds = card.rounds.map((round: CardRound) => [
    String(round.index),
    word('role', round.role),
    cell(round.model),
    String(round.labeled),
    String(round.pseudo),
    round.valAccuracy === null
      ? t('card.notMeasured')
      : `${percent(round.valAccuracy)}${round.valInterval === null ? '' : ` (${range(round.valInterval)})`}`,
    round.verdict === null ? '–' : word('verdict', round.verdict),
  ]);
  const hashes = [
    ...Object.entries(card.hashes).map(([name, hash]) => [word('hashOf', name), hash]),
    ...files.map(({ path, sha256 }) => [cell(path), sha256]),
  ];
  return [
    `# ${cell(card.project)}: ${cell(graph.name)}`,
    card.description === '' ? intro : `${intro}\n\n${cell(card.description)}`,
    `## ${t('card.use')}`,
    format === 'page' ? t('card.usePage') : USE[format],
    [
      t('card.input', { shape: `\`[n, ${size}, ${size}, ${channels}]\``, colour: t(`card.colour.${colour}`) }),
      t('card.output', { shape: `\`[n, ${classNames.length}]\``, temperature: temperature.toFixed(3) }),
      t('card.weights', { weights: quantisation === 'none' ? 'float32' : t('card.rounded', { quantisation }) }),
    ]
      .map((line) => `- ${line}`)
      .join('\n'),
    `## ${t('card.figures')}`,
    table(
      [t('card.what'), t('card.value'), t('card.interval'), t('card.images')],
      card.figures.map((figure: Figure) => [
        word('figure', figure.name),
        percent(figure.value),
        range(figure.interval),
        String(figure.count),
      ]),
    ),
    t('card.once'),
    `## ${t('card.data')}`,
    table(
      [t('card.set'), t('card.images')],
      (['labeled', 'pseudo', 'validation', 'test'] as const).map((set) => [
        t(`card.set.${set}`),
        String(card.data[set]),
      ]),
    ),
    t('card.classes', { classes: classNames.map(cell).join(', ') }),
    `## ${t('card.rounds')}`,
    table(
      [
        t('card.round'),
        t('card.role'),
        t('card.model'),
        t('card.labeled'),
        t('card.pseudo'),
        t('card.accuracy'),
        t('card.verdict'),
      ],
      rounds,
    ),
    `## ${t('card.licence')}`,
    `- ${t('card.intended', { use: cell(card.intendedUse ?? notStated) })}\n` +
      `- ${t('card.licenceIs', { licence: cell(card.licence ?? notStated) })}\n` +
      `${startsFrom.join('')}- ${t('card.limits')}`,
    `## ${t('card.hashes')}`,
    `${table(
      [t('card.what'), t('card.hash')],
      hashes.map(([name = '', hash = '']) => [name, `\`${hash}\``]),
    )}\n`,
  ].join('\n\n');
}

const lines = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const USE: Record<Exclude<ExportInput['format'], 'page'>, string> = {
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
};
