import { Transform } from 'node:stream';

/** Passes bytes on until there are more than `limit`; then the stream ends with what `tooMany` makes. */
export function limitBytes(limit: number, tooMany: () => Error): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      done(seen > limit ? tooMany() : null, chunk);
    },
  });
}
