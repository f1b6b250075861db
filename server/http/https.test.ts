import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { request as requestPlain } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepCertificate, readCertificate } from '../net/certificate.ts';
import { createOnePort } from './one-port.ts';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'pupil-tls-'))));
afterAll(() => rm(folder, { recursive: true }));

const HOSTS = ['localhost', '127.0.0.1', '::1', 'labbox', '192.168.1.5', 'fd00::5'];

const ask = (send: typeof request, options: RequestOptions & { ca?: string }): Promise<IncomingMessage> =>
  new Promise((done, failed) => void send(options, done).on('error', failed).end());

describe('OPS-13 https with a certificate of its own', () => {
  it('is for every name and address of the machine, is kept, and only its owner reads the key', async () => {
    const made = await keepCertificate(folder, HOSTS);
    const parsed = new X509Certificate(made.cert);
    for (const host of ['localhost', 'labbox']) expect(parsed.checkHost(host), host).toBe(host);
    for (const host of ['127.0.0.1', '::1', '192.168.1.5', 'fd00::5']) expect(parsed.checkIP(host), host).toBe(host);
    expect(parsed.checkHost('evil.example')).toBeUndefined();
    expect(parsed.ca).toBe(false);
    expect(await keepCertificate(folder, HOSTS)).toEqual(made);
    expect((await stat(join(folder, 'tls/key.pem'))).mode & 0o777).toBe(0o600);
  });

  it('is made anew when an address joins, keeps those of before, and when it is damaged', async () => {
    const first = await keepCertificate(folder, HOSTS);
    const second = await keepCertificate(folder, ['localhost', '10.0.0.7']);
    expect(second.cert).not.toBe(first.cert);
    for (const host of ['10.0.0.7', '192.168.1.5']) expect(new X509Certificate(second.cert).checkIP(host)).toBe(host);
    expect(await keepCertificate(folder, HOSTS)).toEqual(second);
    await writeFile(join(folder, 'tls/cert.pem'), 'not a certificate');
    expect(new X509Certificate((await keepCertificate(folder, HOSTS)).cert).checkHost('labbox')).toBe('labbox');
  });

  it('of the operator is refused with the file that is wrong', async () => {
    await keepCertificate(folder, HOSTS);
    const files = { cert: join(folder, 'tls/cert.pem'), key: join(folder, 'tls/key.pem') };
    expect((await readCertificate(files)).cert).toContain('BEGIN CERTIFICATE');
    await expect(readCertificate({ ...files, cert: '/nowhere.pem' })).rejects.toThrow(/--cert, \/nowhere.pem, cannot/);
    await expect(readCertificate({ cert: files.key, key: files.key })).rejects.toThrow(/no certificate and key in PEM/);
    const other = await mkdtemp(join(folder, 'other-'));
    await keepCertificate(other, ['other']);
    await expect(readCertificate({ ...files, key: join(other, 'tls/key.pem') })).rejects.toThrow(/does not belong/);
  });

  it('answers on one port, sends plain http to https, and takes a renewed certificate while it runs', async () => {
    const made = await keepCertificate(folder, HOSTS);
    const server = createOnePort(made, (req, res) => res.end(`${req.method} ${req.url}`));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const at = { host: '127.0.0.1', port, path: '/label?x=1', agent: false as const };
    expect(await text(await ask(request, { ...at, ca: made.cert }))).toBe('GET /label?x=1');
    const sent = await ask(requestPlain, { ...at, headers: { host: 'labbox:3000' } });
    expect([sent.statusCode, sent.headers.location]).toEqual([307, 'https://labbox:3000/label?x=1']);
    expect((await ask(requestPlain, { ...at, headers: { host: 'a b' } })).statusCode).toBe(400);
    const renewed = await keepCertificate(folder, ['10.1.1.1']);
    server.setSecureContext(renewed);
    expect(await text(await ask(request, { ...at, ca: renewed.cert }))).toBe('GET /label?x=1');
    await expect(ask(request, { ...at, ca: made.cert })).rejects.toThrow();
    // A connection that is cut before it has said anything harms nobody.
    connect(port, '127.0.0.1').destroy();
    expect(await text(await ask(request, { ...at, ca: renewed.cert }))).toBe('GET /label?x=1');
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
});
