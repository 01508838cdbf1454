import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fault, SimPool, SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { loopbackCertificate } from './azure-certificate.ts';
import { refusal, type Ground, type Incoming, type Outgoing, type Route, type View } from './azure-ground.ts';
import { ROUTES } from './azure-routes.ts';
import { quotaError, type Json } from './azure-shapes.ts';
import { azureValidator, type AzureValidator } from './azure-validator.ts';

export interface FakeAzureOptions {
  readonly subscription?: string;
  readonly group?: string;
  /** cluster of a pool; a pool without one is a scale set by itself */
  readonly clusterOf?: (pool: SimPool) => string | undefined;
  /** items in a page of Resource Manager; prices and Resource Graph have ten times as many */
  readonly pageSize?: number;
  /** instances that Azure has taken back, with the eviction policy Deallocate */
  readonly deallocated?: ReadonlySet<string>;
  readonly reservations?: readonly Json[];
  readonly savingsPlans?: readonly Json[];
  /** a size's restrictions as Resource SKUs lists them */
  readonly restrictions?: (type: string, region: string) => readonly Json[];
  readonly actions?: readonly string[];
  /** false: nobody here may ask Resource Graph */
  readonly resourceGraph?: boolean;
  /** false: etags only in each set's own answer */
  readonly listsEtags?: boolean;
}

export interface FakeAzure {
  readonly url: string;
  /** PEM of the server's certificate, to be trusted */
  readonly ca: string;
  /** names of the calls that have come */
  readonly seen: ReadonlySet<string>;
  readonly requests: readonly {
    readonly api: string;
    readonly method: string;
    readonly path: string;
    readonly status: number;
  }[];
  /** bodies of the requests that had one, as they were sent */
  readonly bodies: readonly { readonly api: string; readonly body: unknown }[];
  /** what does not follow Azure's descriptions, on either side */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/**
 * Azure on a socket, over the simulated world: Resource Manager, Entra ID's token endpoint and the retail price list
 * behind one HTTPS server. Requests and answers are held against the vendor's descriptions as far as these reach.
 */
export async function fakeAzure(world: SimulatedWorld, options: FakeAzureOptions = {}): Promise<FakeAzure> {
  const { key, cert } = loopbackCertificate();
  const validator = await azureValidator();
  if (!validator)
    process.stderr.write('shared/data/specs is not at hand: bodies are not held against Azure’s descriptions\n');
  const seen = new Set<string>();
  const requests: FakeAzure['requests'][number][] = [];
  const complaints: string[] = [];
  const bodies: FakeAzure['bodies'][number][] = [];
  let root = '';
  const ground = (): Ground => ({ ...groundOf(world, options, numbers), root });
  const numbers = new Map<string, Map<string, number>>();
  const models = new Map<string, Json>();

  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await incoming(message, root);
    if (identity(request, response, root)) return;
    const route = ROUTES.find((r) => r.method === request.method && r.path.test(request.url.pathname));
    if (!route) {
      complaints.push(`no such route: ${request.method} ${request.url.pathname}`);
      send(response, refusal(404, 'InvalidResourceType', 'the fake has no such route'));
      return;
    }
    const matched = {
      ...request,
      path: (route.path.exec(request.url.pathname) ?? []).slice(1).map((p) => decodeURIComponent(p ?? '')),
    };
    seen.add(route.api);
    if (request.body !== undefined) bodies.push({ api: route.api, body: request.body });
    const here = { ...ground(), place: { ...ground().place, models } };
    const out = await outgoing(here, route, matched, validator, complaints);
    requests.push({
      api: route.api,
      method: request.method,
      path: `${request.url.pathname}${request.url.search}`,
      status: out.answer.status,
    });
    response.setHeader('date', new Date(world.now()).toUTCString());
    deliver(response, out);
  };
  const server = createServer({ key, cert }, (message, response) => {
    answer(message, response).catch((error: unknown) => {
      complaints.push(`the fake failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      response.destroy();
    });
  });
  const port = await listening(server);
  root = `https://127.0.0.1:${port}`;
  return {
    url: root,
    ca: cert,
    seen,
    requests,
    bodies,
    complaints,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function groundOf(
  world: SimulatedWorld,
  options: FakeAzureOptions,
  numbers: Map<string, Map<string, number>>,
): Omit<Ground, 'root'> {
  return {
    world,
    pageSize: options.pageSize ?? 100,
    reservations: options.reservations ?? [],
    savingsPlans: options.savingsPlans ?? [],
    restrictions: options.restrictions ?? (() => []),
    actions: options.actions ?? ['*'],
    resourceGraph: options.resourceGraph ?? true,
    listsEtags: options.listsEtags ?? true,
    place: {
      subscription: options.subscription ?? '6f9e1c1a-52d3-4d0e-9a55-0c1f4f3b7a10',
      group: options.group ?? 'im-fleet',
      clusterOf: (pool) => options.clusterOf?.(pool),
      models: new Map(),
      deallocated: options.deallocated ?? new Set(),
      numberOf: (pool, { id }) => {
        const own = numbers.get(pool.id) ?? new Map<string, number>();
        numbers.set(pool.id, own);
        const number = own.get(id) ?? own.size;
        own.set(id, number);
        return number;
      },
    },
  };
}

interface Out {
  readonly answer: Outgoing;
  /** the connection breaks before the answer, or in its middle */
  readonly breaks?: 'before' | 'middle';
}

/** What becomes of a request: a fault of the world's script, or its route; held against the descriptions either way. */
async function outgoing(
  ground: Ground,
  route: Route,
  request: Incoming & { readonly path: readonly string[] },
  validator: AzureValidator | undefined,
  complaints: string[],
): Promise<Out> {
  const exchange = {
    method: request.method,
    url: `${request.url.pathname}${request.url.search}`,
    headers: request.headers,
    body: request.body,
  };
  complaints.push(...manners(route, request));
  const wrong = (await validator?.request(exchange)) ?? [];
  complaints.push(...wrong);
  if (wrong[0] !== undefined) return { answer: refusal(400, 'InvalidParameter', wrong[0]) };
  const fault = ground.world.faults.next('azure', route.api);
  const view: View = { ageS: fault?.is === 'stale' ? fault.byS : 0, empty: fault?.is === 'empty' };
  const refused = fault && refusalFor(fault, ground, route, request);
  if (refused) return refused;
  const answer = route.run(ground, request, view);
  if (validator && answer.status < 400)
    complaints.push(...(await validator.response(exchange, answer.status, answer.body)));
  if (fault?.is === 'lostAnswer') return { answer, breaks: 'before' };
  return fault?.is === 'cutPage' ? { answer, breaks: 'middle' } : { answer };
}

/** What no description says and every request of Resource Manager needs. */
function manners({ api }: Route, { url, headers }: Incoming): string[] {
  const open = api === 'retailPrices.list';
  const problems: string[] = [];
  if (url.searchParams.get('api-version') === null) problems.push('no api-version');
  if (open === (headers.authorization !== undefined))
    problems.push(open ? 'a token went to the price list' : 'no token');
  if (!open && headers.authorization !== `Bearer ${TOKEN}`) problems.push('another token than was given out');
  return problems.map((problem) => `${api}: ${problem}`);
}

function refusalFor(fault: Fault, { world }: Ground, route: Route, { path, url, body }: Incoming): Out | undefined {
  switch (fault.is) {
    case 'throttle': {
      const after = fault.retryAfterS === undefined ? {} : { 'retry-after': String(fault.retryAfterS) };
      const headers = {
        ...after,
        'x-ms-ratelimit-remaining-resource': 'Microsoft.Compute/HighCostGetVMScaleSet3Min;0',
      };
      const answer = refusal(
        429,
        'OperationNotAllowed',
        'The server rejected the request because too many requests have been received for this subscription.',
      );
      return { answer: { ...answer, headers } };
    }
    case 'unauthorized':
      return {
        answer: refusal(
          403,
          'AuthorizationFailed',
          `The client 'x' with object id 'y' does not have authorization to perform action '${route.action}' over scope '${url.pathname}' or the scope is invalid.`,
        ),
      };
    case 'serverError':
      return { answer: refusal(fault.status, 'InternalServerError', 'An internal error occurred.') };
    case 'reset':
      return { answer: { status: 0 }, breaks: 'before' };
    case 'capacity':
      return {
        answer: refusal(409, 'SkuNotAvailable', 'The requested VM size is currently not available in location.'),
      };
    case 'quota': {
      const region = regionIn(world, path, body);
      return { answer: { status: 409, body: { error: quotaError(world, region, 'on-demand', 8) } } };
    }
    case 'conflict':
      return { answer: refusal(412, 'PreconditionFailed', 'Etag provided in if-match header does not match.') };
    case 'stale':
    case 'empty':
    case 'lostAnswer':
    case 'cutPage':
      return undefined;
    default:
      return fault satisfies never;
  }
}

function regionIn(world: SimulatedWorld, path: readonly string[], body: unknown): string {
  const named = (body as { location?: string } | undefined)?.location;
  return (
    named ?? world.pools.list('azure').find(({ name }) => path.includes(name))?.region ?? world.regions[0]?.name ?? ''
  );
}

const TOKEN = 'token-of-the-test-server';

/** Entra ID, as far as a client secret's token needs it. */
function identity({ method, url, body }: Incoming, response: ServerResponse, root: string): boolean {
  const [, tenant = '', ...rest] = url.pathname.split('/');
  const what = rest.join('/');
  if (method === 'GET' && what === 'v2.0/.well-known/openid-configuration') {
    const authority = `${root}/${tenant}`;
    send(response, {
      status: 200,
      body: {
        issuer: `${authority}/v2.0`,
        token_endpoint: `${authority}/oauth2/v2.0/token`,
        authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
        jwks_uri: `${authority}/discovery/v2.0/keys`,
      },
    });
    return true;
  }
  if (method !== 'POST' || what !== 'oauth2/v2.0/token') return false;
  const form = new URLSearchParams(String(body));
  const good = form.get('grant_type') === 'client_credentials' && form.get('client_secret') === 'test-secret';
  send(
    response,
    good
      ? { status: 200, body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: TOKEN } }
      : {
          status: 401,
          body: { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret provided.' },
        },
  );
  return true;
}

async function incoming(message: IncomingMessage, root: string): Promise<Incoming> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
  const json = (headers['content-type'] ?? '').includes('json');
  return {
    method: message.method ?? '',
    url: new URL(message.url ?? '/', root),
    headers,
    body: text === '' ? undefined : json ? (JSON.parse(text) as unknown) : text,
    path: [],
  };
}

function send(response: ServerResponse, { status, body, headers = {} }: Outgoing): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'x-ms-request-id': 'request-1',
    ...headers,
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function deliver(response: ServerResponse, { answer, breaks }: Out): void {
  if (breaks === 'before') {
    response.destroy();
    return;
  }
  if (breaks === undefined) {
    send(response, answer);
    return;
  }
  const text = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
  });
  response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
}
