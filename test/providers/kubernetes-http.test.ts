import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGzip } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../providers/kubernetes/connect.ts';
import { stream } from '../../providers/kubernetes/http.ts';

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** A server that opens a watch, says one thing and keeps it open. */
async function watched(answer: (response: ServerResponse) => void) {
  server = createServer((_request, response) => answer(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const connection: Connection = {
    context: 'test',
    server: url,
    closed: new AbortController().signal,
    options: async () => ({ headers: {} }),
    close: () => undefined,
  };
  const heard: unknown[] = [];
  const opened = await stream(connection, '/watch', (event) => void heard.push(event));
  while (heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return opened;
}

const EVENT = '{"type":"BOOKMARK","object":{}}\n';

describe('a watch that is left', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['plain', (response) => void response.writeHead(200).write(EVENT)],
    [
      'zipped, as by a proxy',
      (response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        const zip = createGzip();
        zip.pipe(response);
        zip.write(EVENT);
        zip.flush();
      },
    ],
  ])('ends, so that whoever follows goes on: %s', async (_how, answer) => {
    const opened = await watched(answer);
    opened.abort();
    await expect(opened.ended).resolves.toSatisfy(() => true);
  });
});
