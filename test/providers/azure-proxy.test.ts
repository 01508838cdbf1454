import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../providers/azure/proxy.ts';
import { azureSubject } from './azure-subject.ts';

const AZURE = new URL('https://management.azure.com/x');

describe('the proxy that the environment names', () => {
  it.each<[Parameters<typeof proxyFor>[1], string | undefined, string]>([
    [{}, undefined, 'none'],
    [{ HTTPS_PROXY: 'http://proxy:3128' }, 'http://proxy:3128/', 'the usual one'],
    [{ https_proxy: 'proxy:3128' }, 'http://proxy:3128/', 'without a scheme'],
    [{ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'localhost, .azure.com' }, undefined, 'spared by its domain'],
    [{ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'azure.co' }, 'http://proxy:3128/', 'another domain is spared'],
    [{ HTTPS_PROXY: 'http://proxy:3128', no_proxy: '*' }, undefined, 'all are spared'],
  ])('%j: %s (%s)', (env, expected) => {
    expect(proxyFor(AZURE, env)?.href).toBe(expected);
  });

  it('is asked for a tunnel, in which the certificate is still that of Azure', async () => {
    const asked: string[] = [];
    const sockets = new Set<Socket>();
    const proxy = createServer().on('connect', (request, client: Socket) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const there = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        there.pipe(client).pipe(there);
      });
      for (const socket of [there, client]) sockets.add(socket.on('error', () => undefined));
    });
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
    const { port } = proxy.address() as AddressInfo;
    const subject = await azureSubject({}, { HTTPS_PROXY: `http://me:s%20cret@127.0.0.1:${port}` });
    try {
      const listed = await (await subject.open()).listPools(subject.fleet);
      expect(listed.ok && listed.value.pools.map((p) => p.ready)).toEqual([3, 2, 4, 2, 0]);
      expect(subject.fake.seen).toContain('resources.query');
      expect(asked).toEqual([`${subject.fake.url.replace('https://', '')} Basic ${btoa('me:s cret')}`]);
    } finally {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await subject.close();
    }
  });
});
