import { decodeNames, ENCODING_NAMES } from '#core/formats/decode-text.ts';

/** One file of a zip, by its name, and how to read it. */
export interface ZippedFile {
  name: string;
  size: number;
  read: () => Promise<Blob>;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
/** The end of a zip and the longest comment after it. */
const TAIL = 22 + 0xffff;
/** Larger tables of contents are left to the server. */
const TABLE_MOST = 64 * 2 ** 20;
/** The bit by which an entry says that its name is UTF-8. */
const UTF8_NAME = 0x800;

/**
 * The files of a zip from its table of contents alone, so that what is in it can be shown before it is sent. Null for
 * one that only the server can read: damaged, of more than 4 GiB, or encrypted.
 */
export async function listZip(zip: Blob): Promise<{ files: ZippedFile[]; nameEncoding: string | null } | null> {
  const tail = new DataView(await zip.slice(Math.max(0, zip.size - TAIL)).arrayBuffer());
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== END) end -= 1;
  if (end < 0) return null;
  const count = tail.getUint16(end + 10, true);
  const size = tail.getUint32(end + 12, true);
  const start = tail.getUint32(end + 16, true);
  if (count === 0xffff || start === 0xffffffff || size > TABLE_MOST) return null;
  const bytes = await zip.slice(start, start + size).arrayBuffer();
  const table = new DataView(bytes);
  const entries: { raw: Uint8Array; isUtf8: boolean; method: number; packed: number; size: number; at: number }[] = [];
  for (let at = 0; entries.length < count;) {
    if (at + 46 > bytes.byteLength || table.getUint32(at, true) !== ENTRY) return null;
    const nameLength = table.getUint16(at + 28, true);
    const flags = table.getUint16(at + 8, true);
    entries.push({
      raw: new Uint8Array(bytes, at + 46, Math.min(nameLength, bytes.byteLength - at - 46)),
      isUtf8: (flags & UTF8_NAME) !== 0,
      method: table.getUint16(at + 10, true),
      packed: table.getUint32(at + 20, true),
      size: table.getUint32(at + 24, true),
      at: table.getUint32(at + 42, true),
    });
    at += 46 + nameLength + table.getUint16(at + 30, true) + table.getUint16(at + 32, true);
  }
  const unsaid = decodeNames(entries.filter(({ isUtf8 }) => !isUtf8).map(({ raw }) => raw));
  const names = unsaid.names.values();
  const utf8 = new TextDecoder();
  const files = entries.map(({ raw, isUtf8, method, packed, size: unpacked, at }) => ({
    name: (isUtf8 ? utf8.decode(raw) : (names.next().value ?? '')).normalize('NFC').replaceAll('\\', '/'),
    size: unpacked,
    read: () => readEntry(zip, { method, packed, at }),
  }));
  return {
    files: files.filter(({ name }) => !name.endsWith('/')),
    nameEncoding: unsaid.encoding === 'utf-8' ? null : ENCODING_NAMES[unsaid.encoding],
  };
}

async function readEntry(zip: Blob, { method, packed, at }: { method: number; packed: number; at: number }) {
  const head = new DataView(await zip.slice(at, at + 30).arrayBuffer());
  const start = at + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const body = zip.slice(start, start + packed);
  if (method === 0) return body;
  if (method !== 8) throw new Error(`Packed in a way (${method}) that is not read here.`);
  return new Response(body.stream().pipeThrough(new DecompressionStream('deflate-raw'))).blob();
}
