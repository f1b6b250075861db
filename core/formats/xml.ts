import { AppError } from '../errors.ts';

export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  depth: number;
  /** 1-based line of the tag. */
  line: number;
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const TAG = /<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/uy;
/** What is skipped whole: how it opens and how it ends. */
const SKIPPED = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;
const ATTRIBUTE = /([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/gu;

/**
 * Elements of an XML text in document order, with attributes; text content is not kept. Safe on hostile input: a
 * document type is refused, so no entity can be defined, expanded or fetched; only the five predefined ones and
 * character references are read; one pass, no recursion.
 *
 * @throws AppError BAD_INPUT on a document type or on tags that do not nest.
 */
export function* readXml(text: string): Generator<XmlElement> {
  const open: string[] = [];
  let line = 1;
  let counted = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at)) {
    for (let i = text.indexOf('\n', counted); i !== -1 && i < at; i = text.indexOf('\n', counted)) {
      line += 1;
      counted = i + 1;
    }
    const skipped = SKIPPED.find(([opening]) => text.startsWith(opening, at));
    if (skipped !== undefined) {
      const end = text.indexOf(skipped[1], at + skipped[0].length);
      if (end === -1) throw broken(`"${skipped[0]}" on line ${line} is never closed`);
      at = end + skipped[1].length;
      continue;
    }
    if (text.startsWith('<!', at)) throw broken('it has a document type, which is not accepted; remove it');
    TAG.lastIndex = at;
    const match = TAG.exec(text);
    if (match === null) throw broken(`the tag on line ${line} cannot be read`);
    at = TAG.lastIndex;
    const [, closing, name = '', attributes = '', selfClosing] = match;
    if (closing === '/') {
      if (open.pop() !== name) throw broken(`</${name}> on line ${line} closes nothing`);
      continue;
    }
    const depth = open.length;
    if (selfClosing !== '/') open.push(name);
    yield { name, attributes: readAttributes(attributes), depth, line };
  }
  if (open.length > 0) throw broken(`it ends before </${open.at(-1)}>; it may be cut short`);
}

const broken = (why: string): AppError => new AppError('BAD_INPUT', `This XML file was not imported: ${why}.`);

function readAttributes(text: string): Record<string, string> {
  const result: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [, name, double, single] of text.matchAll(ATTRIBUTE)) {
    if (name !== undefined) result[name] = decodeEntities(double ?? single ?? '');
  }
  return result;
}

const decodeEntities = (text: string): string =>
  text.replaceAll(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/giu,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? whole) : whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
