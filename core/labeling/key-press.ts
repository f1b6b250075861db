/** What is read of a key event; those of the browser are ones. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  getModifierState?(modifier: 'AltGraph'): boolean;
}

/** Keys that decide no class: what they do is the page's. */
export const CONTROL_KEYS = [
  'Undo',
  'Redo',
  'Space',
  'Enter',
  'Escape',
  '/',
  '.',
  ',',
  '\\',
  '+',
  '-',
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
] as const;
export type ControlKey = (typeof CONTROL_KEYS)[number];

/** Signs of the keys that hold no letter, as the US keyboard has them; for keyboards that write other letters there. */
const SIGN_AT: Readonly<Record<string, string>> = {
  Comma: ',',
  Period: '.',
  Slash: '/',
  Backslash: '\\',
  Minus: '-',
  Equal: '+',
  NumpadAdd: '+',
  NumpadSubtract: '-',
};
/** Keys whose place says their name, where an input method has swallowed it. */
const NAMED_AT = new Set(['Space', 'Enter', 'Backspace', 'Escape', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']);
/** What a browser says of a key that an input method took. */
const SWALLOWED = new Set(['Process', 'Unidentified']);
/** Greek and Hebrew write a sign where others have their Q and W. */
const SIGN_FOR_LETTER: Readonly<Record<string, string>> = { KeyQ: ';/', KeyW: "'" };

/** East Asian full-width signs stand for the ones everybody has. */
const toHalfWidth = (key: string): string =>
  /^[\uff01-\uff5e]$/.test(key) ? String.fromCharCode(key.charCodeAt(0) - 0xfee0) : key === '\u3000' ? ' ' : key;

/**
 * The key that a person means, whatever keyboard is on: a Latin letter (lower case), a digit or a sign by what it
 * writes; by its place where it writes another script (Hangul, Cyrillic, Greek), where an input method swallowed it,
 * and in the row of digits, which France and Czechia reach by Shift only. Accented letters of Latin scripts are none of
 * ours. Null where nothing can be said.
 *
 * @example
 *   readKey({ key: 'ㅂ', code: 'KeyQ', … }) // 'q'
 *   readKey({ key: '&', code: 'Digit1', … }) // '1'
 */
export function readKey(press: KeyPress): string | null {
  const key = toHalfWidth(press.key);
  if (/^[0-9a-z]$/i.test(key)) return key.toLowerCase();
  const digit = /^Digit([0-9])$/.exec(press.code)?.[1];
  if (digit !== undefined && !press.shiftKey && !isAltGraph(press)) return digit;
  if (key === ' ') return 'Space';
  const letter = /^Key([A-Z])$/.exec(press.code)?.[1]?.toLowerCase();
  if (/^[!-~]$/.test(key)) {
    if (letter !== undefined && SIGN_FOR_LETTER[press.code]?.includes(key)) return letter;
    return key === '=' ? '+' : key;
  }
  if (!SWALLOWED.has(key) && (/^[\u0020-\u007e]{2,}$/.test(key) || /\p{Script=Latin}/u.test(key))) return named(key);
  if (letter !== undefined) return letter;
  if (press.code === 'Slash' && press.shiftKey) return '?';
  return readPlace(press.code);
}

const named = (key: string): string | null => (key === 'Dead' || key.length === 1 ? null : key);

function readPlace(code: string): string | null {
  if (code === 'NumpadEnter') return 'Enter';
  if (NAMED_AT.has(code)) return code;
  return SIGN_AT[code] ?? /^Numpad([0-9])$/.exec(code)?.[1] ?? null;
}

const isAltGraph = (press: KeyPress): boolean => press.getModifierState?.('AltGraph') === true;

/**
 * The key with its modifiers, as hotkeys are written: `Mod+Shift+z`, `Shift+Backspace`, `?`. Mod is the command key on
 * Apple's machines and Control elsewhere. Shift is named only where it is no part of writing the key; whatever holds
 * another modifier belongs to the system and is null.
 */
export function readHotkey(press: KeyPress, apple: boolean): string | null {
  const key = readKey(press);
  if (key === null) return null;
  // AltGr writes signs, and Windows calls it Control and Alt.
  if (isAltGraph(press)) return /^[!-/:-@[-`{-~]$/.test(key) ? key : null;
  if (press.altKey || (apple ? press.ctrlKey : press.metaKey)) return null;
  const mod = apple ? press.metaKey : press.ctrlKey;
  const shift = press.shiftKey && (mod || key.length > 1);
  return `${mod ? 'Mod+' : ''}${shift ? 'Shift+' : ''}${key}`;
}

const COMMANDS: Readonly<Record<string, ControlKey>> = {
  Backspace: 'Undo',
  'Mod+z': 'Undo',
  'Shift+Backspace': 'Redo',
  'Mod+Shift+z': 'Redo',
};

/** What a key does beside deciding a class; null where it does nothing. */
export function readControl(press: KeyPress, apple: boolean): ControlKey | null {
  const hotkey = readHotkey(press, apple);
  if (hotkey === null) return null;
  if (hotkey === 'Mod+y' && !apple) return 'Redo';
  return COMMANDS[hotkey] ?? CONTROL_KEYS.find((key) => key === hotkey) ?? null;
}

/** The plain letter or digit of a press, which may be the key of a class; null for all else. */
export function readClassKey(press: KeyPress, apple: boolean): string | null {
  const hotkey = readHotkey(press, apple);
  return hotkey !== null && /^[0-9a-z]$/.test(hotkey) ? hotkey : null;
}

const CAPS: Readonly<Record<string, readonly [apple: string, others: string]>> = {
  Mod: ['⌘', 'Ctrl'],
  Shift: ['⇧', 'Shift'],
  Backspace: ['⌫', 'Backspace'],
  Enter: ['↵', 'Enter'],
  Escape: ['esc', 'Esc'],
  ArrowLeft: ['←', '←'],
  ArrowRight: ['→', '→'],
  ArrowUp: ['↑', '↑'],
  ArrowDown: ['↓', '↓'],
};

/** What stands on the key caps of a hotkey: `Mod+k` is ⌘ and K on Apple's keyboards, Ctrl and K on others. */
export function capsOf(hotkey: string, apple: boolean): string[] {
  const names = hotkey === '+' ? ['+'] : hotkey.split('+');
  return names.map((name) => CAPS[name]?.[apple ? 0 : 1] ?? (name.length === 1 ? name.toUpperCase() : name));
}

/** The same in one line: ⌘K, Ctrl+K. */
export const writeHotkey = (hotkey: string, apple: boolean): string => capsOf(hotkey, apple).join(apple ? '' : '+');
