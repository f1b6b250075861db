import { SaxesParser } from 'saxes';
import { AppError } from '../errors.ts';
import { say } from '../text/said.ts';
import type { SaidValue } from '../text/said.ts';

export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  depth: number;
  /** 1-based line of the tag. */
  line: number;
}

/** Characters that are read before the elements among them are handed on. */
const PIECE = 1 << 16;
/** Far beyond what a label file nests. */
const MOST_DEPTH = 64;

/**
 * Elements of an XML text in document order, with attributes; text content is not kept. Safe on hostile input: a
 * document type is refused, so no entity can be defined, expanded or fetched; one pass, no recursion.
 *
 * @throws AppError BAD_INPUT on a document type, on tags that do not nest, on what is not well-formed.
 */
export function* readXml(text: string): Generator<XmlElement> {
  const parser = new SaxesParser({ xmlns: false });
  let found: XmlElement[] = [];
  let depth = 0;
  let line = 1;
  parser.on('doctype', () => {
    throw broken(say('file.xmlDoctype'));
  });
  parser.on('opentagstart', () => {
    line = parser.line;
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (depth === MOST_DEPTH) throw broken(say('file.xmlDeep', { most: MOST_DEPTH, line: String(line) }));
    found.push({ name, attributes, depth, line });
    depth += 1;
  });
  parser.on('closetag', () => {
    depth -= 1;
  });
  parser.on('error', ({ message }) => {
    // The parser says place and reason: "3:7: unexpected close tag."
    const [, at, what] = /^(?:.*?:)?(\d+):\d+: (.*?)\.?$/su.exec(message) ?? [];
    throw broken(at === undefined ? message : say('file.xmlLine', { line: at, what: what ?? '' }));
  });
  for (let at = 0; at < text.length; at += PIECE) {
    parser.write(text.slice(at, at + PIECE));
    yield* found;
    found = [];
  }
  parser.close();
}

const broken = (why: SaidValue): AppError => new AppError('BAD_INPUT', say('file.xml', { why }));
