import { describe, expect, it } from 'vitest';
import { parcelHead } from '#core/proposal/parcel.ts';
import type { ParcelEntry } from '#core/proposal/parcel.ts';
import { openParcel } from './open-parcel.ts';

const pack = (entries: readonly ParcelEntry[], ...files: readonly string[]): Buffer =>
  Buffer.concat([parcelHead(entries), ...files.map((file) => Buffer.from(file))]);

describe('IMAGE-37 a parcel', () => {
  it('gives each image with what was said of it, in its order', () => {
    const body = pack(
      [
        { name: '고양이/1.png', bytes: 3, className: '고양이', split: 'test', tags: ['night'] },
        { name: 'empty.png', bytes: 0 },
        { name: 'b.png', bytes: 5, className: null, answers: [{ annotator: 'ann', className: 'dog' }] },
      ],
      'one',
      'three',
    );
    expect(openParcel(body).map((file) => ({ ...file, bytes: Buffer.from(file.bytes).toString() }))).toEqual([
      { name: '고양이/1.png', bytes: 'one', className: '고양이', split: 'test', tags: ['night'] },
      { name: 'empty.png', bytes: '', className: null, split: null },
      {
        name: 'b.png',
        bytes: 'three',
        className: null,
        split: null,
        answers: [{ annotator: 'ann', className: 'dog' }],
      },
    ]);
  });

  it('that was cut, has no list or a list of other lengths is refused whole', () => {
    const body = pack([{ name: 'a.png', bytes: 5 }], 'five!');
    const refused = [
      Buffer.alloc(0),
      Buffer.from([0, 0]),
      Buffer.from([0xff, 0xff, 0xff, 0xff, 1]),
      Buffer.from([0, 0, 0, 2, 0x5b, 0x5d]),
      Buffer.from([0, 0, 0, 3, 0x5b, 0x7b, 0x5d]),
      body.subarray(0, 10),
      body.subarray(0, body.length - 1),
      Buffer.concat([body, Buffer.from('more')]),
    ];
    for (const one of refused) expect(() => openParcel(one)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  it('tells which file its list is wrong about', () => {
    const good = { name: 'a.png', bytes: 0 };
    expect(() => openParcel(pack([good, { name: 'b.png', bytes: 0, className: 'x'.repeat(5000) }]))).toThrow(
      /^b\.png: /u,
    );
    expect(() => openParcel(pack([good, { name: '', bytes: 0 }]))).toThrow(/^File 2: /u);
    expect(() => openParcel(pack([{ name: 'a.png', bytes: -1 }]))).toThrow(/^a\.png: /u);
  });
});
