import { AppError } from '../errors.ts';
import { say } from '../text/said.ts';

/** Encodings that people's files come in beside UTF-8, by the name that the Encoding Standard gives them. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'euc-kr' | 'shift_jis' | 'gb18030' | 'windows-1252';

/** What people call them. */
export const ENCODING_NAMES: Record<TextEncoding, string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'euc-kr': 'Korean (CP949)',
  shift_jis: 'Japanese (Shift-JIS)',
  gb18030: 'Chinese (GBK)',
  'windows-1252': 'Western (Windows-1252)',
};

export interface DecodedText {
  text: string;
  encoding: TextEncoding;
}

/** Bytes that a guess looks at; the whole text must decode all the same. */
const LOOKED_AT = 256 * 1024;

/**
 * Text of a file in whatever encoding it was saved: a byte-order mark, else UTF-8 where the bytes are that, else UTF-16
 * where every other byte is zero, else the East Asian encoding whose letters it shows, else Windows-1252.
 *
 * @throws AppError BAD_INPUT when it is no text
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return read('utf-16le', bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return read('utf-16be', bytes);
  const encoding = detectEncoding(bytes);
  if (encoding === null) {
    throw new AppError('BAD_INPUT', say('file.noText'));
  }
  return read(encoding, bytes);
}

/** The encoding of bytes without a mark; null when they are no text. */
export function detectEncoding(bytes: Uint8Array): TextEncoding | null {
  if (decodes('utf-8', bytes)) return 'utf-8';
  const head = bytes.subarray(0, LOOKED_AT);
  const zeros = [0, 1].map((start) => share(head, start));
  if (zeros.some((part) => part > 0)) {
    if ((zeros[1] ?? 0) > 0.3 && (zeros[0] ?? 0) < 0.1) return 'utf-16le';
    if ((zeros[0] ?? 0) > 0.3 && (zeros[1] ?? 0) < 0.1) return 'utf-16be';
    return null;
  }
  const { pairs, japanese, korean, chinese } = countPairs(head);
  if (japanese > pairs / 2 && decodes('shift_jis', bytes)) return 'shift_jis';
  if (korean > pairs * 0.85 && decodes('euc-kr', bytes)) return 'euc-kr';
  if (chinese > pairs * 0.7 && decodes('gb18030', bytes)) return 'gb18030';
  return 'windows-1252';
}

/**
 * Which pairs of bytes a text is made of. The 2,350 syllables of KS X 1001 have a first byte of B0 to C8 and a second
 * one from A1 on; ideographs of GB 2312 spread over B0 to F7, some two in five above C8; Shift-JIS writes kana and
 * common kanji with a first byte of 81 to 9F, which the others hardly use.
 */
function countPairs(bytes: Uint8Array): { pairs: number; japanese: number; korean: number; chinese: number } {
  const counts = { pairs: 0, japanese: 0, korean: 0, chinese: 0 };
  for (let i = 0; i < bytes.length; i += 1) {
    const first = bytes[i] ?? 0;
    if (first < 0x81) continue;
    const second = bytes[i + 1] ?? 0;
    i += 1;
    counts.pairs += 1;
    if (first <= 0x9f) counts.japanese += 1;
    if (first >= 0xb0 && first <= 0xf7 && second >= 0xa1) counts.chinese += 1;
    if (first >= 0xb0 && first <= 0xc8 && second >= 0xa1) counts.korean += 1;
  }
  return counts;
}

/**
 * Names inside a zip that does not say their encoding, decoded alike: the bytes of all of them tell it better than
 * those of one.
 */
export function decodeNames(names: readonly Uint8Array[]): { names: string[]; encoding: TextEncoding } {
  const encoding = detectEncoding(joinLines(names)) ?? 'windows-1252';
  const decoder = new TextDecoder(encoding);
  return { names: names.map((name) => decoder.decode(name)), encoding };
}

function joinLines(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length + 1, 0)).fill(0x0a);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length + 1;
  }
  return all;
}

const read = (encoding: TextEncoding, bytes: Uint8Array): DecodedText => ({
  text: new TextDecoder(encoding).decode(bytes),
  encoding,
});

function decodes(encoding: TextEncoding, bytes: Uint8Array): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Share of zero bytes at every other place. */
function share(bytes: Uint8Array, start: number): number {
  let zeros = 0;
  for (let i = start; i < bytes.length; i += 2) if (bytes[i] === 0) zeros += 1;
  return zeros / Math.max(1, Math.ceil((bytes.length - start) / 2));
}
