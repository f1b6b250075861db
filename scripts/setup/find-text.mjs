// What people read in a page's source: the text that should stand in the catalogue instead.
import { parseAst } from 'rolldown/parseAst';

/** Attributes that are read or shown; any other may hold words of the machine. */
const SHOWN = new Set(
  (
    'label title alt placeholder hint description note valueText text name noun unit action message ' +
    'summary xTitle yTitle xLabel againstLabel aria-label aria-description aria-roledescription'
  ).split(' '),
);
/** Attributes of these elements whose text is for the machine all the same. */
const OF_MACHINE = new Set(['input.name', 'Input.name', 'meta.name']);
/** Two letters of any script in a row: something to read. */
const READ = /\p{L}{2,}/u;
/** A sentence or a heading in code: a capital and small letters, then a space or an end. Names of keys are none. */
const SENTENCE = /^\p{Lu}\p{Ll}+(?:[.…!?]|[ ,:]\s?\S)|\p{Ll}{2,}[ ,]\p{Ll}{2,}.*[ .]\p{L}|^\p{Lu}\p{Ll}{2,}$/u;
const KEY_NAMES = new Set(
  (
    'Escape Enter Backspace Space Tab Undo Redo Pupil Meta Control Shift Home End Delete Notification' +
    ' Arrow ArrowUp ArrowDown ArrowLeft ArrowRight'
  ).split(' '),
);
/** The same in every language. */
const NAMES = new Set(['Pupil', 'Authorization: Bearer …']);
/** Calls whose texts people never see: programmers do. */
const OF_PROGRAMMERS = new Set(['Error', 'RangeError', 'TypeError']);

/**
 * @param {string} source of a .ts or .tsx file
 * @param {'ts' | 'tsx'} lang which of the two
 * @returns {{ line: number, text: string }[]} each text outside the catalogue
 */
export function findText(source, lang = 'tsx') {
  const found = [];
  const tell = (node, text) => found.push({ line: source.slice(0, node.start).split('\n').length, text: text.trim() });
  const walk = (node, where) => {
    if (Array.isArray(node)) return node.forEach((one) => walk(one, where));
    if (node === null || typeof node !== 'object' || typeof node.type !== 'string') return;
    if (/^(Import|Export(All|Named)).*Declaration$/.test(node.type) && node.source) return;
    if (node.type.startsWith('TS') && !/^TS(As|Satisfies|NonNull)/.test(node.type)) return;
    if (node.type === 'JSXText')
      return READ.test(node.value) && !NAMES.has(node.value.trim()) ? tell(node, node.value) : undefined;
    if (node.type === 'JSXOpeningElement')
      return node.attributes.forEach((one) => walk(one, { ...where, element: node.name.name ?? '' }));
    if (node.type === 'JSXAttribute') {
      const name = node.name.name;
      const isShown = SHOWN.has(name) && !OF_MACHINE.has(`${where.element}.${name}`);
      return walk(node.value, { shown: isShown, machine: !isShown && typeof node.value?.value === 'string' });
    }
    if (node.type === 'NewExpression' && OF_PROGRAMMERS.has(node.callee.name)) return;
    // What is compared is a word of the machine.
    if (node.type === 'BinaryExpression' && /^[!=]==$/.test(node.operator)) return;
    // Counts in English.
    if (node.type === 'CallExpression' && node.callee.name === 'plural')
      return tell(node, source.slice(node.start, node.end));
    if (node.type === 'CallExpression' && /^(t|told|cn)$/.test(node.callee.name ?? '')) return;
    if (node.type === 'Literal' && typeof node.value === 'string' && !where.machine && isText(node.value, where))
      return tell(node, node.value);
    if (node.type === 'TemplateLiteral' && !where.machine) {
      const text = node.quasis.map(({ value }) => value.cooked ?? '').join('…');
      if (isText(text, where)) tell(node, text);
    }
    const inside = /^JSXElement|Function|^CallExpression/.test(node.type) ? {} : where;
    for (const [key, child] of Object.entries(node)) if (key !== 'type') walk(child, inside);
  };
  walk(parseAst(source, { lang, sourceType: 'module' }).body, {});
  return found;
}

function isText(text, { shown = false }) {
  if (KEY_NAMES.has(text) || /^#|^<|^(Label Studio|Hugging Face|TensorFlow)|^[a-z]+:|\.(ts|tsx|js)$/.test(text))
    return false;
  return shown ? READ.test(text) : SENTENCE.test(text) && !isClasses(text);
}

/** Names of styles: words with hyphens, brackets or colons, none with a capital. */
const isClasses = (text) =>
  !/\p{Lu}/u.test(text) && /[a-z0-9]-[a-z0-9[]|\bflex\b|\bgrid\b|\brelative\b|\bh-|\bw-/.test(text);
