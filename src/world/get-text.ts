import { bad, good, type Checked } from '../trouble.ts';
import type { Seconds } from '../units.ts';

export interface Target {
  readonly url: URL;
  /** the URL as people may see it */
  readonly shown: string;
  /** bearer token */
  readonly token?: string;
}

/** Reading gives up at these: a server that hangs, or never ends its answer, must not hold up a cycle. */
export interface Bounds {
  /** for the whole answer, not from one byte to the next */
  readonly timeout: Seconds;
  /** of the answer after decompression */
  readonly bytesAtMost: number;
}

/**
 * One GET. A status other than 200 is a trouble with the status and, where the server said why in Prometheus' JSON,
 * its words. A redirect is refused, since it would take the token or the query to a place that nobody named.
 * Nothing is tried twice here: the next cycle asks again.
 */
export async function getText(
  target: Target,
  parameters: Readonly<Record<string, string>>,
  bounds: Bounds,
): Promise<Checked<string>> {
  const url = new URL(target.url);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(bounds.timeout * 1000),
      headers: {
        accept: 'application/json',
        ...(target.token !== undefined && { authorization: `Bearer ${target.token}` }),
      },
    });
    const text = await textAtMost(response, bounds.bytesAtMost);
    if (response.status === 200 && text !== undefined) return good(text);
    return bad({ file: target.shown, ...refusal(response, text, bounds) });
  } catch (error) {
    return bad({ file: target.shown, ...failure(error, bounds) });
  }
}

async function textAtMost(response: Response, bytesAtMost: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // reading in a loop that is left early cancels the stream, and with it the connection
  for await (const chunk of response.body ?? []) {
    const part = chunk as Uint8Array;
    bytes += part.length;
    if (bytes > bytesAtMost) return undefined;
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}

interface Wording {
  readonly problem: string;
  readonly remedy: string;
}

function refusal(response: Response, text: string | undefined, bounds: Bounds): Wording {
  const { status } = response;
  if (status >= 300 && status < 400) {
    return { problem: `redirects (HTTP ${status})`, remedy: 'name the address it leads to as prometheus.url' };
  }
  if (text === undefined) {
    const problem = `answered with more than ${bounds.bytesAtMost / 2 ** 20} MiB`;
    return { problem, remedy: 'write a query that gives one series, such as sum(…)' };
  }
  const said = errorIn(text);
  const problem = `answered HTTP ${status}${said === undefined ? '' : `: ${said}`}`;
  if (status === 401 || status === 403) return { problem, remedy: 'check the token that prometheus.tokenEnv names' };
  if (status === 400 || status === 422) return { problem, remedy: 'correct the query' };
  if (status === 404) return { problem, remedy: 'check prometheus.url: it ends before /api/v1' };
  return { problem, remedy: 'check the server; the next cycle asks again' };
}

/** What Prometheus says in the JSON of an error; the bodies of other servers are not shown. */
function errorIn(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
    return typeof error === 'string' ? error.slice(0, 200).replaceAll(/\p{C}/gu, ' ') : undefined;
  } catch {
    return undefined;
  }
}

function failure(error: unknown, bounds: Bounds): Wording {
  if (error instanceof Error && error.name === 'TimeoutError') {
    const remedy = 'check the server, or lengthen prometheus.timeout';
    return { problem: `did not answer in full within ${bounds.timeout} s`, remedy };
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const known = CODES[code];
  if (known !== undefined) return { problem: known, remedy: 'check the address and the network' };
  const reason = code || (cause instanceof Error ? cause.name : 'unknown');
  return { problem: `could not be read (${reason})`, remedy: 'check the address and the network' };
}

const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections',
  ECONNRESET: 'broke off the connection',
  UND_ERR_SOCKET: 'broke off the connection',
  ENOTFOUND: 'has a host name that does not resolve',
  EAI_AGAIN: 'has a host name that could not be resolved just now',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ETIMEDOUT: 'cannot be reached',
  UND_ERR_CONNECT_TIMEOUT: 'cannot be reached',
  CERT_HAS_EXPIRED: 'has a certificate that has expired',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a certificate that is not trusted; set NODE_EXTRA_CA_CERTS to its authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a certificate that is not trusted; set NODE_EXTRA_CA_CERTS to its authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate that is not trusted; set NODE_EXTRA_CA_CERTS to its authority',
};
