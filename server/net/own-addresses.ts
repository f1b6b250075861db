import { hostname, networkInterfaces } from 'node:os';
import type { NetworkInterfaceInfo } from 'node:os';
import { isIPv6 } from 'node:net';

/** This machine in its networks; given by tests. */
export interface Machine {
  interfaces: Record<string, NetworkInterfaceInfo[] | undefined>;
  hostname: string;
}

const thisMachine = (): Machine => ({ interfaces: networkInterfaces(), hostname: hostname() });

const isAny = (host: string): boolean => host === '0.0.0.0' || host === '::';
const isLoopback = (host: string): boolean => /^(localhost|127\..*|::1)$/.test(host);

/**
 * Hosts by which colleagues reach a server that listens on `host`: each address that it answers on, then the machine's
 * name, which their network may know or not. None where it listens for this machine only.
 */
export function listOwnHosts(host: string, machine: Machine = thisMachine()): string[] {
  if (isLoopback(host)) return [];
  if (!isAny(host)) return [host];
  const found = Object.values(machine.interfaces)
    .flatMap((list) => list ?? [])
    // A browser cannot open a link-local IPv6 address: it would have to name the interface.
    .filter(({ internal, address }) => !internal && !/^fe80:/i.test(address))
    .map(({ address }) => address);
  const answering = host === '::' ? found : found.filter((address) => !isIPv6(address));
  const sorted = [...new Set(answering)].sort((a, b) => Number(isIPv6(a)) - Number(isIPv6(b)));
  return isLoopback(machine.hostname) ? sorted : [...sorted, machine.hostname];
}

/** `http://[fd00::5]:3000`; the port that the scheme has anyway is left out, as browsers do. */
export const originOfHost = (scheme: 'http' | 'https', host: string, port: number): string =>
  new URL(`${scheme}://${isIPv6(host) ? `[${host}]` : host}:${port}`).origin;

/** What the server's settings say of where it is reached. */
export interface Place {
  HOST: string;
  PORT: number;
  PUPIL_URL: readonly string[];
  isHttps: boolean;
}

export const placeOf = (env: Omit<Place, 'isHttps'> & { PUPIL_HTTPS: '0' | '1' }): Place => ({
  HOST: env.HOST,
  PORT: env.PORT,
  PUPIL_URL: env.PUPIL_URL,
  isHttps: env.PUPIL_HTTPS === '1',
});

/** Where colleagues open Pupil: what the operator named, then whatever reaches this machine. */
export function listAddresses(place: Place, machine?: Machine): string[] {
  const scheme = place.isHttps ? 'https' : 'http';
  const own = listOwnHosts(place.HOST, machine).map((host) => originOfHost(scheme, host, place.PORT));
  return [...new Set([...place.PUPIL_URL, ...own])];
}

/** The address that the console shows first: the named one, else one that opens on this machine. */
export function mainAddress({ HOST, PORT, PUPIL_URL, isHttps }: Place): string {
  const host = isAny(HOST) ? 'localhost' : HOST;
  return PUPIL_URL[0] ?? originOfHost(isHttps ? 'https' : 'http', host, PORT);
}
