import { ByteBuffer } from 'flatbuffers';
import { LIMITS, type Refuse } from '../limits.ts';

/**
 * Tables of a flatbuffer from somebody else: each offset is checked against the file before it is followed, which the
 * package's own reader does not do. Fields are numbered as in the schema, from 0. https://flatbuffers.dev/internals/
 */
export class Table {
  private readonly file: ByteBuffer;
  private readonly at: number;
  private readonly refuse: Refuse;

  private constructor(file: ByteBuffer, at: number, refuse: Refuse) {
    this.file = file;
    this.at = at;
    this.refuse = refuse;
    this.within(at, 4);
    const vtable = at - file.readInt32(at);
    this.within(vtable, 4);
    this.within(vtable, file.readUint16(vtable));
  }

  /** The root table of a file whose identifier, at byte 4, is `identifier`. */
  static root(bytes: Uint8Array, identifier: string, refuse: Refuse): Table {
    const file = new ByteBuffer(bytes);
    if (bytes.length < 8 || !file.__has_identifier(identifier))
      return refuse(`it does not begin like a ${identifier} file`);
    return new Table(file, file.readUint32(0), refuse);
  }

  uint8(field: number, absent = 0): number {
    return this.scalar(field, 1, absent, (at) => this.file.readUint8(at));
  }

  int32(field: number, absent = 0): number {
    return this.scalar(field, 4, absent, (at) => this.file.readInt32(at));
  }

  uint32(field: number, absent = 0): number {
    return this.scalar(field, 4, absent, (at) => this.file.readUint32(at));
  }

  /** Bit pattern of a 64-bit number as a float64; only to tell zero from anything else. */
  isZero64(field: number): boolean {
    return this.scalar(field, 8, 0, (at) => this.file.readUint32(at) || this.file.readUint32(at + 4)) === 0;
  }

  text(field: number): string {
    const { start, length } = this.vector(field, 1, LIMITS.name);
    return Buffer.from(this.file.bytes().buffer, this.file.bytes().byteOffset + start, length).toString('utf8');
  }

  int32s(field: number): number[] {
    const { start, length } = this.vector(field, 4, LIMITS.entries);
    return Array.from({ length }, (_, i) => this.file.readInt32(start + 4 * i));
  }

  /** A view into the file; empty when the field is absent. */
  bytes(field: number): Uint8Array {
    const { start, length } = this.vector(field, 1, LIMITS.bytes);
    return this.file.bytes().subarray(start, start + length);
  }

  table(field: number): Table | null {
    const offset = this.offset(field);
    if (offset === 0) return null;
    this.within(this.at + offset, 4);
    return new Table(this.file, this.file.__indirect(this.at + offset), this.refuse);
  }

  tables(field: number, most: number): Table[] {
    const { start, length } = this.vector(field, 4, most);
    return Array.from({ length }, (_, i) => new Table(this.file, this.file.__indirect(start + 4 * i), this.refuse));
  }

  private scalar(field: number, width: number, absent: number, read: (at: number) => number): number {
    const offset = this.offset(field);
    if (offset === 0) return absent;
    this.within(this.at + offset, width);
    return read(this.at + offset);
  }

  private vector(field: number, width: number, most: number): { start: number; length: number } {
    const offset = this.offset(field);
    if (offset === 0) return { start: 0, length: 0 };
    this.within(this.at + offset, 4);
    const at = this.file.__indirect(this.at + offset);
    this.within(at, 4);
    const length = this.file.readUint32(at);
    if (length > most) return this.refuse(`a list in it has ${length} entries, more than ${most}`);
    this.within(at + 4, length * width);
    return { start: at + 4, length };
  }

  /** From the table to the field's value; 0 when it is absent. */
  private offset(field: number): number {
    return this.file.__offset(this.at, 4 + 2 * field);
  }

  private within(at: number, length: number): void {
    if (at < 0 || at + length > this.file.capacity())
      this.refuse('it is cut short, or a place that it names lies outside of it');
  }
}
