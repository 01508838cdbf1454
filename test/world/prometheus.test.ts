import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { PrometheusSpec, SignalSpec } from '../../src/fleet/fleet.ts';
import { lineOf, type Trouble } from '../../src/trouble.ts';
import { instant, seconds } from '../../src/units.ts';
import { prometheusTraffic, type Env } from '../../src/world/prometheus.ts';

const NOW = instant(Date.UTC(2026, 2, 2, 18, 1, 30));
const TOKEN = 'not-for-anyone-to-read';

let open: Server[] = [];
afterEach(() => {
  for (const server of open) {
    server.closeAllConnections();
    server.close();
  }
  open = [];
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serverThat(answer: Answer): Promise<string> {
  const server = createServer(answer);
  open.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

function read(url: string, options: { spec?: Partial<PrometheusSpec>; env?: Env; step?: number } = {}) {
  const spec = { url, history: seconds(3600), timeout: seconds(5), ...options.spec };
  const source = { kind: 'prometheus', market: 'eu', query: 'sum(im_connections)', scale: 1 } as const;
  const signal: SignalSpec = { name: 'c', unit: 'u', step: seconds(options.step ?? 300), sources: [source] };
  return prometheusTraffic(spec, { now: () => NOW }, options.env ?? {}).read(signal, 'latest');
}

async function troublesOf(answer: ReturnType<typeof read>): Promise<readonly Trouble[]> {
  const checked = await answer;
  expect(checked.ok).toBe(false);
  return checked.ok ? [] : checked.troubles;
}

/** Answers like Prometheus: the value of every step is its number of steps since 1970. */
const counting: Answer = (request, response) => {
  const asked = new URL(request.url ?? '', 'http://x').searchParams;
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(asked.get(name)));
  if (start === undefined || end === undefined || step === undefined) throw new Error('not asked as agreed');
  const values: unknown[] = [];
  for (let t = start; t <= end; t += step) values.push([t, String(t / step)]);
  response.end(matrix(values));
};

const matrix = (values: readonly unknown[]): string =>
  JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values }] } });

describe('asking', () => {
  test('the grid ends with the last whole step, and long ranges are cut under the limit of 11,000 points', async () => {
    const ranges: (readonly [number, number])[] = [];
    const url = await serverThat((request, response) => {
      const asked = new URL(request.url ?? '', 'http://x').searchParams;
      ranges.push([Number(asked.get('start')), Number(asked.get('end'))]);
      counting(request, response);
    });
    const answer = await read(`${url}/prometheus/`, { spec: { history: seconds(14 * 86_400) }, step: 60 });
    if (!answer.ok) throw new Error(JSON.stringify(answer.troubles));
    const end = Date.UTC(2026, 2, 2, 18, 1) / 1000;
    expect(ranges[0]?.[0]).toBe(end - 14 * 86_400);
    expect(ranges.at(-1)?.[1]).toBe(end);
    expect(ranges.every(([from, to]) => (to - from) / 60 + 1 <= 11_000)).toBe(true);
    expect(ranges.slice(1).every(([from], i) => from === (ranges[i]?.[1] ?? 0) + 60)).toBe(true);
    const values = answer.value[0]?.values ?? new Float64Array(0);
    expect(values.length).toBe(14 * 1440 + 1);
    expect([...values].every((v, i) => v === (end - 14 * 86_400) / 60 + i)).toBe(true);
  });

  test('the path of the URL is kept, and the token goes into the header alone', async () => {
    let seen: { url: string | undefined; authorization: string | undefined } | undefined;
    const url = await serverThat((request, response) => {
      seen = { url: request.url, authorization: request.headers.authorization };
      counting(request, response);
    });
    const answer = await read(`${url}/tenant/7`, { spec: { tokenEnv: 'PROM' }, env: { PROM: `${TOKEN}\n` } });
    expect(answer.ok).toBe(true);
    expect(seen?.authorization).toBe(`Bearer ${TOKEN}`);
    expect(seen?.url).toMatch(/^\/tenant\/7\/api\/v1\/query_range\?/);
    expect(seen?.url).not.toContain(TOKEN);
  });

  test('a compressed answer is read', async () => {
    const url = await serverThat((request, response) => {
      const plain: string[] = [];
      const body = { end: (text: string) => plain.push(text) } as unknown as ServerResponse;
      counting(request, body);
      response.setHeader('content-encoding', 'gzip').end(gzipSync(plain.join('')));
    });
    expect((await read(url)).ok).toBe(true);
  });

  test('until counts, not the clock', async () => {
    const url = await serverThat(counting);
    const source = { kind: 'prometheus', market: 'eu', query: 'x', scale: 1 } as const;
    const signal: SignalSpec = { name: 'c', unit: 'u', step: seconds(300), sources: [source] };
    const spec = { url, history: seconds(3600), timeout: seconds(5) };
    const traffic = prometheusTraffic(spec, { now: () => NOW }, {});
    const answer = await traffic.read(signal, instant(Date.UTC(2026, 0, 5, 12, 2)));
    if (!answer.ok) throw new Error(JSON.stringify(answer.troubles));
    expect(answer.value[0]?.start).toBe(Date.UTC(2026, 0, 5, 11));
    expect(answer.value[0]?.values.length).toBe(13);
  });
});

describe('a server that fails', () => {
  const cases: readonly (readonly [what: string, answer: Answer, words: RegExp])[] = [
    ['hangs', () => undefined, /did not answer in full within 0.3 s/],
    [
      'drips its answer for ever',
      (_, response) => {
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      },
      /did not answer in full within 0.3 s/,
    ],
    ['resets the connection', (request) => request.socket.resetAndDestroy(), /broke off the connection/],
    [
      'breaks off in the middle of its answer',
      (_, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"status":', () => response.destroy());
      },
      /broke off the connection/,
    ],
    ['says 500 in HTML', status(500, '<html><script>alert(1)</script>'), /answered HTTP 500; check the server/],
    ['says 503 with nothing', status(503, ''), /answered HTTP 503/],
    ['says 401', status(401, '{"error":"no"}'), /answered HTTP 401: no; check the token/],
    ['says 403', status(403, ''), /answered HTTP 403; check the token/],
    ['says 404', status(404, 'not here'), /answered HTTP 404; check prometheus.url/],
    [
      'refuses the query',
      status(
        422,
        '{"status":"error","errorType":"execution","error":"query processing would\\nload too many samples"}',
      ),
      /answered HTTP 422: query processing would load too many samples; correct the query/,
    ],
    ['says 204', status(204, ''), /answered HTTP 204/],
    ['answers HTML with 200', status(200, '<html>Sign in</html>'), /was not answered with JSON/],
    ['answers nothing with 200', status(200, ''), /was not answered with JSON/],
    [
      'answers without end',
      (_, response) => {
        const chunk = Buffer.alloc(2 ** 20, ' ');
        const more = (): void => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on('drain', more);
        more();
      },
      /answered with more than 32 MiB; write a query that gives one series/,
    ],
    [
      'answers a small archive of a huge text',
      (_, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(64 * 2 ** 20, ' '))),
      /answered with more than 32 MiB/,
    ],
  ];

  test.each(cases)('%s', async (what, answer, words) => {
    const url = await serverThat(answer);
    // only what is slow by design gets a short time: a loaded machine must not turn the others into time-outs
    const slow = what === 'hangs' || what.startsWith('drips');
    const spec = { tokenEnv: 'PROM', timeout: seconds(slow ? 0.3 : 20) };
    const [trouble] = await troublesOf(read(url, { spec, env: { PROM: TOKEN } }));
    if (!trouble) throw new Error('no trouble');
    expect(trouble.file).toBe(url);
    expect(trouble.at).toBe('sum(im_connections)');
    expect(`${trouble.problem}; ${trouble.remedy}`).toMatch(words);
    expect(lineOf(trouble)).not.toContain(TOKEN);
    expect(lineOf(trouble)).not.toContain('<script>');
  });

  test('a redirect is not followed, and the token does not travel', async () => {
    let reached = false;
    const elsewhere = await serverThat((_, response) => {
      reached = true;
      response.end();
    });
    const url = await serverThat((_, response) => response.writeHead(302, { location: elsewhere }).end());
    const [trouble] = await troublesOf(read(url, { spec: { tokenEnv: 'PROM' }, env: { PROM: TOKEN } }));
    expect(trouble?.problem).toBe('redirects (HTTP 302)');
    expect(reached).toBe(false);
  });

  test('nobody listens', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const [trouble] = await troublesOf(read(`http://127.0.0.1:${port}`));
    expect(trouble?.problem).toBe('refuses connections');
  });

  test('no such host', async () => {
    const [trouble] = await troublesOf(read('http://prometheus.invalid'));
    expect(trouble?.problem).toMatch(/host name that (does not resolve|could not be resolved)/);
  });
});

describe('what is refused before anything is sent', () => {
  test.each([
    ['no URL', 'prometheus:9090', {}, {}, 'not an http or https URL'],
    ['a file', 'file:///etc/passwd', {}, {}, 'not an http or https URL'],
    ['a password in the URL', `http://me:${TOKEN}@127.0.0.1:1`, {}, {}, 'holds a user, a password or parameters'],
    ['a token in the URL', `http://127.0.0.1:1/?token=${TOKEN}`, {}, {}, 'holds a user, a password or parameters'],
    ['no token where one is named', 'http://127.0.0.1:1', { tokenEnv: 'PROM' }, {}, 'the variable PROM is not set'],
    ['an empty token', 'http://127.0.0.1:1', { tokenEnv: 'PROM' }, { PROM: ' \n' }, 'the variable PROM is not set'],
    [
      'a token that would forge a header',
      'http://127.0.0.1:1',
      { tokenEnv: 'PROM' },
      { PROM: `${TOKEN}\r\nx: y` },
      'the variable PROM holds characters that no bearer token has',
    ],
  ])('%s', async (_, url, spec, env, problem) => {
    const troubles = await troublesOf(read(url, { spec, env }));
    expect(troubles.map((t) => t.problem)).toEqual([problem]);
    expect(troubles.map(lineOf).join()).not.toContain(TOKEN);
  });
});

function status(code: number, body: string): Answer {
  return (_, response) => response.writeHead(code, { 'content-type': 'text/html' }).end(body);
}
