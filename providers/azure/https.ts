import { Agent, request, type RequestOptions } from 'node:https';
import { request as requestPlain } from 'node:http';
import { createSecureContext, type SecureContext } from 'node:tls';
import { proxyFor, tunnel } from './proxy.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** sent as JSON */
  readonly body?: unknown;
  /** certificates to trust beside the system's own, PEM */
  readonly ca?: string | undefined;
  /** where a proxy may be named; absent = none is used */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** parsed JSON; undefined where the body is empty */
  readonly body: unknown;
}

/** What a request that got an answer was refused with; {@link failureOf} reads it like the SDK's own errors. */
export class HttpRefusal extends Error {
  readonly answer: HttpAnswer;

  constructor(answer: HttpAnswer) {
    super(`HTTP ${answer.status}`);
    this.name = 'HttpRefusal';
    this.answer = answer;
  }
}

/**
 * One request for JSON over HTTPS, for the few calls that no SDK here has: prices, Resource Graph, what an operation
 * has come to. `fetch` can't be told to trust one more certificate, so it is Node's own client. Redirects are not
 * followed, and an answer that is cut off or larger than any page of these APIs is an error.
 *
 * @throws HttpRefusal with the answer when the status is 400 or more; the socket's error when there is none
 */
export function sendJson({ method, url, headers = {}, body, ca, env = {} }: HttpRequest): Promise<HttpAnswer> {
  const target = new URL(url);
  const plain = target.protocol === 'http:';
  const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const call = (plain ? requestPlain : request)(target, {
      method,
      headers: {
        accept: 'application/json',
        ...(payload && { 'content-type': 'application/json', 'content-length': String(payload.length) }),
        ...headers,
      },
      timeout: SILENCE_MS,
      ...(!plain && wayTo(target, ca, env)),
    });
    call.on('timeout', () => call.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })));
    call.on('error', reject);
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > LARGEST_BODY)
          call.destroy(Object.assign(new Error('the answer is too large'), { code: 'EMSGSIZE' }));
      });
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const status = response.statusCode ?? 0;
        try {
          const answer = { status, headers: headersOf(response.headers), body: parsed(text, status) };
          if (status >= 400) reject(new HttpRefusal(answer));
          else resolve(answer);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
    call.end(payload);
  });
}

interface Trust {
  readonly secureContext: SecureContext;
  readonly agent: Agent;
}
/** by certificates; empty = the usual ones */
const trusts = new Map<string, Trust>();

/** Reading a hundred and fifty certificates takes longer than a request: once for all of them. */
function trustIn(ca: string | undefined): Trust {
  const known = trusts.get(ca ?? '');
  if (known) return known;
  const secureContext = createSecureContext(ca === undefined ? {} : { ca });
  const trust = { secureContext, agent: new Agent({ keepAlive: true, secureContext }) };
  trusts.set(ca ?? '', trust);
  return trust;
}

function wayTo(target: URL, ca: string | undefined, env: NonNullable<HttpRequest['env']>): RequestOptions {
  const { secureContext, agent } = trustIn(ca);
  const proxy = proxyFor(target, env);
  return proxy ? { createConnection: tunnel(proxy, target, secureContext) } : { agent };
}

/** Azure's own SDKs wait as long for a socket that says nothing. */
const SILENCE_MS = 60_000;
/** A page of 1,000 prices is about 1 MB. */
const LARGEST_BODY = 64 * 1024 * 1024;

function parsed(text: string, status: number): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    if (status >= 400) return { error: { message: text.slice(0, 200) } };
    throw Object.assign(new Error('the answer is not JSON, or breaks off'), { code: 'PARSE_ERROR' });
  }
}

function headersOf(raw: Readonly<Record<string, string | readonly string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(raw).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), typeof value === 'string' ? value : value.join(', ')]],
    ),
  );
}
