import { describe, expect, it } from 'vitest';
import { decodeNames, decodeText } from './decode-text.ts';

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part)));

/** 고양이 and 강아지 in CP949, 猫 and 犬 in Shift-JIS, 花猫 and 小狗 in GBK: what Excel and Explorer write there. */
const CAT = [0xb0, 0xed, 0xbe, 0xe7, 0xc0, 0xcc];
const DOG = [0xb0, 0xad, 0xbe, 0xc6, 0xc1, 0xf6];
const NEKO = [0x94, 0x4c];
const INU = [0x8c, 0xa2];
const HUAMAO = [0xbb, 0xa8, 0xc3, 0xa8];
const XIAOGOU = [0xd0, 0xa1, 0xb9, 0xb7];

describe('the encoding of a text', () => {
  it('FORMAT-37 is told by its bytes: UTF-8, UTF-16, CP949, Shift-JIS, GBK, Windows-1252', () => {
    const table = (first: number[], second: number[]) =>
      bytes('file,class\r\na.png,', first, '\r\nb.png,', second, '\r\n');
    const read = (first: number[], second: number[]) => decodeText(table(first, second));
    expect(read(CAT, DOG)).toEqual({ text: 'file,class\r\na.png,고양이\r\nb.png,강아지\r\n', encoding: 'euc-kr' });
    expect(read(NEKO, INU)).toEqual({ text: 'file,class\r\na.png,猫\r\nb.png,犬\r\n', encoding: 'shift_jis' });
    expect(read(HUAMAO, XIAOGOU)).toEqual({ text: 'file,class\r\na.png,花猫\r\nb.png,小狗\r\n', encoding: 'gb18030' });
    expect(decodeText(bytes('a.png,caf', [0xe9], '\n'))).toEqual({ text: 'a.png,café\n', encoding: 'windows-1252' });
    const text = 'file,class\na.png,고양이\n';
    expect(decodeText(new TextEncoder().encode(text))).toEqual({ text, encoding: 'utf-8' });
    const utf16 = Buffer.from(text, 'utf16le');
    expect(decodeText(utf16)).toEqual({ text, encoding: 'utf-16le' });
    expect(decodeText(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])).text).toBe(text);
    expect(decodeText(Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()])).text).toBe(text);
  });

  it('FORMAT-37 bytes that are no text are refused', () => {
    expect(() => decodeText(Uint8Array.from({ length: 64 }, (_, i) => (i * 37) % 256))).toThrow(/no text/);
  });

  it('FORMAT-37 names of a zip are read alike', () => {
    const folder = (name: number[], file: string) => bytes(name, `/${file}`);
    expect(decodeNames([folder(CAT, '1.png'), folder(DOG, '2.png'), bytes('readme.txt')])).toEqual({
      names: ['고양이/1.png', '강아지/2.png', 'readme.txt'],
      encoding: 'euc-kr',
    });
  });
});
