import { describe, expect, it } from 'vitest';
import { capsOf, readClassKey, readControl, readHotkey, readKey, writeHotkey } from './key-press.ts';
import type { KeyPress } from './key-press.ts';

const press = (key: string, code: string, held = ''): KeyPress => ({
  key,
  code,
  shiftKey: held.includes('shift'),
  ctrlKey: held.includes('ctrl') || held.includes('altgr'),
  metaKey: held.includes('meta'),
  altKey: held.includes('alt'),
  getModifierState: (modifier) => modifier === 'AltGraph' && held.includes('altgr'),
});

describe('the key that is meant', () => {
  it.each([
    ['US letter', 'q', 'KeyQ', '', 'q'],
    ['caps lock', 'Q', 'KeyQ', '', 'q'],
    ['AZERTY, the letter that is written', 'a', 'KeyQ', '', 'a'],
    ['Dvorak, the letter that is written', "'", 'KeyZ', '', "'"],
    ['Dvorak comma on a letter key', ',', 'KeyW', '', ','],
    ['Hangul', 'ㅂ', 'KeyQ', '', 'q'],
    ['Hangul with Shift', 'ㅃ', 'KeyQ', 'shift', 'q'],
    ['Hangul on Windows', 'Process', 'KeyQ', '', 'q'],
    ['Cyrillic', 'й', 'KeyQ', '', 'q'],
    ['Greek', 'ς', 'KeyW', '', 'w'],
    ['Greek, a sign on Q', ';', 'KeyQ', '', 'q'],
    ['Hebrew, a sign on Q', '/', 'KeyQ', '', 'q'],
    ['Hebrew, a sign on W', "'", 'KeyW', '', 'w'],
    ['Arabic, two letters at once', 'لا', 'KeyB', '', 'b'],
    ['full-width letter', 'ａ', 'KeyA', '', 'a'],
    ['full-width digit', '１', 'Digit1', '', '1'],
    ['AZERTY unshifted 1', '&', 'Digit1', '', '1'],
    ['AZERTY unshifted 2', 'é', 'Digit2', '', '2'],
    ['AZERTY unshifted 6', '-', 'Digit6', '', '6'],
    ['AZERTY shifted 1', '1', 'Digit1', 'shift', '1'],
    ['Czech unshifted 1', '+', 'Digit1', '', '1'],
    ['Czech unshifted 2', 'ě', 'Digit2', '', '2'],
    ['Arabic digit', '١', 'Digit1', '', '1'],
    ['a dead key in the row of digits', 'Dead', 'Digit7', '', '7'],
    ['digit under an input method', 'Process', 'Digit3', '', '3'],
    ['number pad', '4', 'Numpad4', '', '4'],
    ['number pad under an input method', 'Process', 'Numpad4', '', '4'],
    ['US Shift+7', '&', 'Digit7', 'shift', '&'],
    ['German slash', '/', 'Digit7', 'shift', '/'],
    ['Russian letter on the comma', 'б', 'Comma', '', ','],
    ['Russian period', '.', 'Slash', '', '.'],
    ['slash under an input method', 'Process', 'Slash', '', '/'],
    ['question mark under an input method', 'Process', 'Slash', 'shift', '?'],
    ['full-width question mark', '？', 'Slash', 'shift', '?'],
    ['equal sign zooms in like plus', '=', 'Equal', '', '+'],
    ['space', ' ', 'Space', '', 'Space'],
    ['full-width space', '\u3000', 'Space', '', 'Space'],
    ['space under an input method', 'Process', 'Space', '', 'Space'],
    ['Enter under an input method', 'Process', 'Enter', '', 'Enter'],
    ['a named key', 'ArrowLeft', 'ArrowLeft', '', 'ArrowLeft'],
  ])('KEY-1 %s: %s at %s %s is %s', (_what, key, code, held, expected) => {
    expect(readKey(press(key, code, held))).toBe(expected);
  });

  it.each([
    ['an accented Latin letter', 'è', 'BracketLeft', ''],
    ['the superscript two of France', '²', 'Backquote', ''],
    ['German ß', 'ß', 'Minus', ''],
    ['Turkish dotless ı', 'ı', 'KeyI', ''],
    ['a dead accent', 'Dead', 'Equal', ''],
    ['a phone that names no key', 'Unidentified', '', ''],
  ])('KEY-1 %s is none', (_what, key, code, held) => {
    expect(readKey(press(key, code, held))).toBeNull();
  });
});

describe('hotkeys with modifiers', () => {
  it.each([
    ['ctrl', 'z', 'KeyZ', false, 'Undo'],
    ['ctrl shift', 'Z', 'KeyZ', false, 'Redo'],
    ['ctrl', 'ㅋ', 'KeyZ', false, 'Undo'],
    ['ctrl shift', 'Я', 'KeyZ', false, 'Redo'],
    ['ctrl', 'z', 'KeyW', false, 'Undo'],
    ['ctrl', 'y', 'KeyY', false, 'Redo'],
    ['meta', 'ㅋ', 'KeyZ', true, 'Undo'],
    ['meta', 'y', 'KeyY', true, null],
    ['ctrl', 'z', 'KeyZ', true, null],
    ['meta', 'z', 'KeyZ', false, null],
    ['', 'Backspace', 'Backspace', false, 'Undo'],
    ['shift', 'Backspace', 'Backspace', false, 'Redo'],
    ['shift', ' ', 'Space', false, null],
    ['altgr', '\\', 'Minus', false, '\\'],
    ['alt', 'ArrowLeft', 'ArrowLeft', false, null],
    ['', 'z', 'KeyZ', false, null],
  ] as const)('KEY-1 %s %s at %s (Apple: %s) does %s', (held, key, code, apple, expected) => {
    expect(readControl(press(key, code, held), apple)).toBe(expected);
  });

  it('KEY-1 a class is never chosen by a chord, and Shift is part of writing', () => {
    expect(readClassKey(press('Q', 'KeyQ', 'shift'), false)).toBe('q');
    expect(readClassKey(press('q', 'KeyQ', 'ctrl'), false)).toBeNull();
    expect(readClassKey(press('q', 'KeyQ', 'alt'), false)).toBeNull();
    expect(readClassKey(press('@', 'KeyQ', 'altgr'), false)).toBeNull();
    expect(readClassKey(press('Enter', 'Enter'), false)).toBeNull();
    expect(readHotkey(press('K', 'KeyK', 'ctrl shift'), false)).toBe('Mod+Shift+k');
    expect(readHotkey(press('ㅏ', 'KeyK', 'meta'), true)).toBe('Mod+k');
  });

  it('KEY-1 key caps follow the machine', () => {
    expect(writeHotkey('Mod+k', true)).toBe('⌘K');
    expect(writeHotkey('Mod+k', false)).toBe('Ctrl+K');
    expect(capsOf('Shift+Backspace', false)).toEqual(['Shift', 'Backspace']);
    expect(capsOf('+', false)).toEqual(['+']);
    expect(capsOf('ArrowLeft', true)).toEqual(['←']);
  });
});
