// Sentences of errors without a key: nobody reads them in their own language.
import { parseAst } from 'rolldown/parseAst';

const isText = (node) =>
  (node.type === 'Literal' && typeof node.value === 'string') ||
  node.type === 'TemplateLiteral' ||
  node.type === 'BinaryExpression' ||
  (node.type === 'ConditionalExpression' && (isText(node.consequent) || isText(node.alternate)));

/**
 * @param {string} source of a .ts file
 * @returns {{ line: number, text: string, allowed: boolean }[]} each sentence that an error is given as it stands;
 *   `allowed` where it says itself that it is `plain`, which a file may be on the list for
 */
export function findPlain(source) {
  const found = [];
  const tell = (node, allowed) =>
    found.push({
      line: source.slice(0, node.start).split('\n').length,
      text: source.slice(node.start, node.end).replace(/\s+/g, ' ').slice(0, 80),
      allowed,
    });
  const walk = (node) => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (node === null || typeof node !== 'object') return;
    const why = node.type === 'NewExpression' && node.callee.name === 'AppError' ? node.arguments[1] : null;
    if (why && isText(why)) tell(why, false);
    if (node.type === 'Property' && node.key.name === 'plain' && isText(node.value)) tell(node.value, true);
    Object.values(node).forEach(walk);
  };
  walk(parseAst(source, { lang: 'ts', sourceType: 'module' }).body);
  return found;
}
