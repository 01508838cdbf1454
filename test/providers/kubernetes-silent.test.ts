import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openCluster } from '../../providers/kubernetes/index.ts';
import { cloudCaller } from '../../src/calls/caller.ts';
import type { ClusterParts } from '../../src/cluster-port.ts';
import { instant } from '../../src/units.ts';

/** An API server that takes requests and answers those that it is told to; the others hang. */
interface Server {
  readonly parts: ClusterParts;
  readonly asked: string[];
  /** settles when so many connections are open */
  readonly open: (count: number) => Promise<void>;
  close(): Promise<void>;
}

let server: Server | undefined;
afterEach(() => server?.close());

async function serving(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const asked: string[] = [];
  const http = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  const connections = (): Promise<number> =>
    new Promise((resolve, reject) => http.getConnections((error, count) => (error ? reject(error) : resolve(count))));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(join(tmpdir(), 'godwit-silent-'));
  const file = join(folder, 'kubeconfig');
  const { port } = http.address() as AddressInfo;
  const cluster = `{ name: c, cluster: { server: "http://127.0.0.1:${port}", insecure-skip-tls-verify: true } }`;
  await writeFile(
    file,
    `apiVersion: v1\nkind: Config\nclusters: [${cluster}]\nusers: [{ name: u, user: { token: t } }]\n` +
      'contexts: [{ name: x, context: { cluster: c, user: u } }]\n',
  );
  const clock = { now: () => instant(Date.now()) };
  const sleep = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  server = {
    asked,
    parts: { clock, sleep, env: { KUBECONFIG: file }, caller: cloudCaller({ clock, sleep, random: () => 0 }) },
    async open(count) {
      while ((await connections()) !== count) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
  return server;
}

const listing = (kind: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind, metadata: { resourceVersion: '7' }, items: [] });

describe('a server that has stopped to answer', () => {
  it('is given up when the alarm goes off, and no connection to it is left open', async () => {
    const { parts, asked, open } = await serving(() => undefined);
    const alarms: number[] = [];
    const opened = await openCluster(
      {
        ...parts,
        alarm: (ms, ring) => {
          alarms.push(ms);
          void open(3).then(ring);
          return () => undefined;
        },
      },
      'x',
    );
    expect(opened).toMatchObject({ ok: false, failure: { kind: { is: 'transient' }, code: 'DeadlineExceeded' } });
    expect(alarms).toEqual([120_000]);
    await open(0);
    // what was broken off is not asked again
    expect(asked).toHaveLength(3);
  });

  it('is left at once though its watches hang', async () => {
    const { parts, asked, open } = await serving(({ url = '' }, response) => {
      if (url.includes('watch=')) return;
      response.end(listing(url.includes('nodes') ? 'NodeList' : url.includes('pods') ? 'PodList' : 'BudgetList'));
    });
    const opened = await openCluster(parts, 'x');
    if (!opened.ok) throw new Error(opened.failure.message);
    while (asked.length < 6) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(opened.value.snapshot().doubts).toEqual([]);
    await opened.value.close();
    await open(0);
    expect(asked).toHaveLength(6);
  });
});
