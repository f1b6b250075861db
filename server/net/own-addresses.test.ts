import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { listAddresses, listOwnHosts, mainAddress } from './own-addresses.ts';

const at = (address: string, internal = false) => ({ address, internal }) as NetworkInterfaceInfo;
const machine = {
  hostname: 'labbox',
  interfaces: {
    lo: [at('127.0.0.1', true), at('::1', true)],
    eth0: [at('192.168.1.5'), at('fd00::5'), at('fe80::1')],
    wlan0: [at('10.0.0.7')],
    down: undefined,
  },
};

describe('OPS-12 the addresses that colleagues can open', () => {
  it('are all of the machine that the server answers on, and its name', () => {
    expect(listOwnHosts('0.0.0.0', machine)).toEqual(['192.168.1.5', '10.0.0.7', 'labbox']);
    expect(listOwnHosts('::', machine)).toEqual(['192.168.1.5', '10.0.0.7', 'fd00::5', 'labbox']);
    expect(listOwnHosts('10.0.0.7', machine)).toEqual(['10.0.0.7']);
    expect(listOwnHosts('0.0.0.0', { ...machine, hostname: 'localhost' })).toEqual(['192.168.1.5', '10.0.0.7']);
    for (const host of ['127.0.0.1', 'localhost', '::1']) expect(listOwnHosts(host, machine)).toEqual([]);
  });

  it('are written as browsers write them, those that the operator named first', () => {
    const place = { HOST: '::', PORT: 3000, PUPIL_URL: ['https://pupil.example'], isHttps: false };
    expect(listAddresses(place, machine)).toEqual([
      'https://pupil.example',
      'http://192.168.1.5:3000',
      'http://10.0.0.7:3000',
      'http://[fd00::5]:3000',
      'http://labbox:3000',
    ]);
    expect(mainAddress(place)).toBe('https://pupil.example');
    expect(mainAddress({ ...place, PUPIL_URL: [] })).toBe('http://localhost:3000');
    expect(mainAddress({ HOST: '10.0.0.7', PORT: 443, PUPIL_URL: [], isHttps: true })).toBe('https://10.0.0.7');
  });
});
