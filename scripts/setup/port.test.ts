import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { requirePort } from './port.mjs';

test('OPS-6 a port in use is named together with another one to try; a free port is left free', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await expect(requirePort(port, '127.0.0.1')).rejects.toThrow(
    `Port ${port} is in use. Stop what uses it, or choose another: npm start -- --port ${port + 1}`,
  );
  await new Promise((resolve) => server.close(resolve));
  await requirePort(port, '127.0.0.1');
  await requirePort(port, '127.0.0.1');
});

test('OPS-6 an address that is not ours is named', async () => {
  await expect(requirePort(3000, '203.0.113.1')).rejects.toThrow(
    /Cannot listen on 203\.0\.113\.1:3000 \(EADDRNOTAVAIL\)/,
  );
});
