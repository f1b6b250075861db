import { describe, expect, it } from 'vitest';
import { readEnv } from '../env.ts';
import { isLoopbackName, isTrustworthy, makeOriginRule } from './origin.ts';
import type { Asked } from './origin.ts';

const ask = (
  headers: Record<string, string>,
  { encrypted = false, from = '192.168.1.9' }: { encrypted?: boolean; from?: string } = {},
): Asked => ({ headers, socket: { remoteAddress: from, encrypted } as unknown as Asked['socket'] });

const plain = makeOriginRule({ urls: [], proxies: [] });

describe('ACCESS-18 the one rule of origin', () => {
  it.each([
    ['192.168.1.5:3000', 'http://192.168.1.5:3000'],
    ['labbox:3000', 'http://labbox:3000'],
    ['LabBox.local:3000', 'http://labbox.local:3000'],
    ['[fd00::5]:3000', 'http://[fd00::5]:3000'],
    ['labbox:80', 'http://labbox'],
    ['labbox', 'http://labbox'],
  ])('by the address %s is %s', (host, origin) => {
    expect(plain.originOf(ask({ host }))).toBe(origin);
    expect(plain.isOurs(ask({ host, origin }))).toBe(true);
    expect(plain.isOurs(ask({ host, origin: origin.replace('http:', 'https:') }))).toBe(false);
    expect(plain.isOurs(ask({ host, origin: `${origin}1` }))).toBe(false);
  });

  it('counts the scheme: https is not http of the same name', () => {
    const encrypted = ask({ host: 'labbox:3000', origin: 'https://labbox:3000' }, { encrypted: true });
    expect(plain.originOf(encrypted)).toBe('https://labbox:3000');
    expect(plain.isOurs(encrypted)).toBe(true);
    expect(plain.isOurs(ask({ host: 'labbox:3000', origin: 'http://labbox:3000' }, { encrypted: true }))).toBe(false);
  });

  it.each(['null', '', 'https://evil.example', 'http://labbox:3000/', 'http://labbox:3000@evil.example', 'file://'])(
    'refuses the origin %j',
    (origin) => expect(plain.isOurs(ask({ host: 'labbox:3000', origin }))).toBe(false),
  );

  it.each(['', 'a b', 'labbox:3000/x', 'user@labbox', "labbox'; script-src *", 'labbox:99999'])(
    'knows no address of the Host %j',
    (host) => {
      expect(plain.originOf(ask({ host }))).toBeNull();
      expect(plain.isOurs(ask({ host, origin: `http://${host}` }))).toBe(false);
    },
  );

  it('passes what has no Origin: a program with its token', () => expect(plain.isOurs(ask({ host: 'x' }))).toBe(true));

  it('believes X-Forwarded-Proto and X-Forwarded-Host of the proxies that were named only', () => {
    const rule = makeOriginRule({ urls: [], proxies: ['127.0.0.1', 'fd00::/8'] });
    const headers = {
      host: '127.0.0.1:3000',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'pupil.example, inner',
      origin: 'https://pupil.example',
    };
    for (const from of ['127.0.0.1', '::ffff:127.0.0.1', 'fd00::7']) {
      expect(rule.originOf(ask(headers, { from }))).toBe('https://pupil.example');
      expect(rule.isOurs(ask(headers, { from }))).toBe(true);
    }
    for (const from of ['192.168.1.9', '::1', '']) {
      expect(rule.originOf(ask(headers, { from }))).toBe('http://127.0.0.1:3000');
      expect(rule.isOurs(ask(headers, { from }))).toBe(false);
    }
    const hostOnly = { host: 'pupil.example', 'x-forwarded-proto': 'https' };
    expect(rule.originOf(ask(hostOnly, { from: '127.0.0.1' }))).toBe('https://pupil.example');
  });

  it('takes the addresses that --url names, whatever Host a proxy writes, and their scheme', () => {
    const rule = makeOriginRule({ urls: ['https://pupil.example', 'http://other:8080/'], proxies: [] });
    expect(rule.named).toEqual(['https://pupil.example', 'http://other:8080']);
    for (const origin of rule.named) expect(rule.isOurs(ask({ host: '127.0.0.1:3000', origin }))).toBe(true);
    expect(rule.isOurs(ask({ host: '127.0.0.1:3000', origin: 'http://pupil.example' }))).toBe(false);
    for (const host of ['pupil.example', 'pupil.example:443'])
      expect(rule.originOf(ask({ host }))).toBe('https://pupil.example');
    expect(rule.originOf(ask({ host: 'pupil.example:3000' }))).toBe('http://pupil.example:3000');
    // The address in the local network goes on beside it.
    expect(rule.isOurs(ask({ host: '192.168.1.5:3000', origin: 'http://192.168.1.5:3000' }))).toBe(true);
  });

  it('ACCESS-19 knows which names only this machine is reached by', () => {
    for (const host of ['localhost', 'localhost:3000', 'a.localhost', '127.0.0.1:3000', '127.1.2.3', '[::1]:3000'])
      expect(isLoopbackName(host), host).toBe(true);
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '192.168.1.5',
      '',
      undefined,
    ])
      expect(isLoopbackName(host), host).toBe(false);
    expect(isTrustworthy('https://labbox')).toBe(true);
    expect(isTrustworthy('http://127.0.0.1:3000')).toBe(true);
    expect(isTrustworthy('http://labbox')).toBe(false);
    expect(isTrustworthy(null)).toBe(false);
  });

  it('reads several addresses from one setting', () => {
    const read = (list?: string) =>
      readEnv({ NODE_ENV: 'test', DATABASE_URL: 'postgres://x', PUPIL_SECRET: 'x'.repeat(32), PUPIL_URL: list })
        .PUPIL_URL;
    expect(read()).toEqual([]);
    expect(read(' https://Pupil.example/ ,http://10.0.0.1:3000')).toEqual([
      'https://pupil.example',
      'http://10.0.0.1:3000',
    ]);
    for (const list of ['pupil.example', 'ftp://pupil.example', 'https://a https://b'])
      expect(() => read(list), list).toThrow(/http:\/\/ or https:\/\//);
  });
});
