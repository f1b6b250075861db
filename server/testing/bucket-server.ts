import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

const PAGE = 3;
const tagOf = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/**
 * A bucket that speaks as much of S3 as we ask for: lists in small pages, gives, takes and deletes objects, for whoever
 * holds its key.
 */
export async function startBucketServer(options: {
  bucket: string;
  accessKeyId: string | null;
  objects: Map<string, Buffer>;
}) {
  const requests: { path: string; authorization: string | null }[] = [];
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://bucket');
    const authorization = req.headers.authorization ?? null;
    requests.push({ path: url.pathname, authorization });
    const refuse = (status: number, code: string): void =>
      void res
        .writeHead(status, { 'content-type': 'application/xml' })
        .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
    const [, bucket, ...rest] = url.pathname.split('/').map(decodeURIComponent);
    if (bucket !== options.bucket) return refuse(404, 'NoSuchBucket');
    if (options.accessKeyId !== null && !authorization?.includes(`Credential=${options.accessKeyId}/`))
      return refuse(403, 'AccessDenied');
    const key = rest.join('/');
    if (key !== '' && req.method === 'PUT') {
      return void buffer(req).then((bytes) => {
        options.objects.set(key, bytes);
        res.writeHead(200, { etag: '"x"' }).end();
      });
    }
    if (key !== '' && req.method === 'DELETE') {
      options.objects.delete(key);
      return void res.writeHead(204).end();
    }
    if (key !== '') {
      const object = options.objects.get(key);
      if (!object) return refuse(404, 'NoSuchKey');
      return void res
        .writeHead(200, { 'content-length': object.length })
        .end(req.method === 'HEAD' ? undefined : object);
    }
    const all = [...options.objects]
      .filter(([name]) => name.startsWith(url.searchParams.get('prefix') ?? ''))
      .filter(([name]) => name > (url.searchParams.get('start-after') ?? ''))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const start = Number(url.searchParams.get('continuation-token') ?? 0);
    const more = start + PAGE < all.length;
    return void res.writeHead(200, { 'content-type': 'application/xml' }).end(
      `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${
        more ? `<NextContinuationToken>${start + PAGE}</NextContinuationToken>` : ''
      }${all
        .slice(start, start + PAGE)
        .map(
          ([name, bytes]) =>
            `<Contents><Key>${escape(name)}</Key><Size>${bytes.length}</Size><ETag>"${tagOf(bytes)}"</ETag></Contents>`,
        )
        .join('')}</ListBucketResult>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, requests, close: () => void server.close() };
}
