import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault, SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { instant } from '../../src/units.ts';
import { skusOf } from './gcp-billing.ts';
import { computeHandlers, type Handler, type Request } from './gcp-compute.ts';
import { containerHandlers } from './gcp-container.ts';
import { filterOf } from './gcp-filter.ts';
import { operationAs, type ComputeOptions } from './gcp-resources.ts';
import { googleSpec, type Matched } from './gcp-spec.ts';
import { Refused, stateOf } from './gcp-state.ts';

export interface FakeGcpOptions extends Partial<ComputeOptions> {
  readonly project?: string;
  /** it speaks https then, with this certificate; tokens come over http, as the SDK takes no CA for them */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** most items on a page, whatever is asked for: servers may always send fewer */
  readonly pageSize?: number;
  /** filters that are not taken */
  readonly refuseFilters?: RegExp;
  /** places that lists over all places leave out */
  readonly unreachable?: readonly string[];
  /** node pools that GKE's autoscaler steers */
  readonly autoscaled?: readonly string[];
}

export interface FakeGcp {
  readonly url: string;
  /** environment of an adapter that is to talk to it */
  readonly env: Readonly<Record<string, string>>;
  readonly seen: ReadonlySet<string>;
  readonly requests: readonly {
    readonly api: string;
    readonly verb: string;
    readonly url: string;
    readonly body: unknown;
  }[];
  /** spec violations and unmatched routes */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/**
 * Compute Engine, GKE and Cloud Billing on one socket, over one simulated world. Routes and fields are those of
 * Google's descriptions: a request with an unknown or mistyped one is refused and complained of, and so is an answer.
 */
export async function fakeGcp(world: SimulatedWorld, options: FakeGcpOptions = {}): Promise<FakeGcp> {
  const { project = 'im-fleet-project', pageSize = 500 } = options;
  const compute: ComputeOptions = {
    templateReadyS: options.templateReadyS ?? 0,
    autoscalers: options.autoscalers ?? [],
    commitments: options.commitments ?? [],
    regional: options.regional ?? [],
    autoscaledGroups: options.autoscaledGroups ?? {},
    maintenance: options.maintenance ?? new Map(),
    unlabelled: options.unlabelled ?? [],
  };
  const state = stateOf(world, project);
  const spec = googleSpec();
  const handlers: Readonly<Record<string, Handler>> = {
    ...computeHandlers(state, compute),
    ...containerHandlers(state, { autoscaled: new Set(options.autoscaled) }),
    'billing.skus.list': { kind: 'list', key: 'skus', items: () => skusOf(world) },
  };
  const seen = new Set<string>();
  const requests: { api: string; verb: string; url: string; body: unknown }[] = [];
  const complaints: string[] = [];

  const handle = (req: IncomingMessage, text: string, res: ServerResponse): void => {
    const url = new URL(req.url ?? '/', 'http://fake');
    if (url.pathname === '/token') return send(res, 200, TOKEN, world);
    const matched = spec.match(req.method ?? '', url.pathname);
    if (!matched) {
      complaints.push(`no route ${req.method} ${url.pathname}`);
      return send(res, 404, errorBody(404, 'notFound', `no route ${url.pathname}`), world);
    }
    const { api } = matched;
    const body: unknown = text === '' ? undefined : parsed(text);
    seen.add(api);
    requests.push({ api, verb: req.method ?? '', url: url.pathname + url.search, body });
    if (req.headers.authorization !== `Bearer ${TOKEN.access_token}`) {
      return send(res, 401, errorBody(401, 'authError', 'Request had invalid authentication credentials.'), world);
    }
    const wrong = [...matched.checkRequest(url.searchParams, body)];
    if (matched.path['project'] !== undefined && matched.path['project'] !== project)
      wrong.push(`${api}: another project`);
    if (wrong.length > 0) {
      complaints.push(...wrong);
      return send(res, 400, errorBody(400, 'badRequest', wrong.join('; ')), world);
    }
    const fault = world.faults.next('gcp', api);
    const refused = fault && refusal(fault, api);
    if (refused) return send(res, refused.status, refused.body, world, refused.headers);
    if (fault?.is === 'reset') return void req.socket.destroy();
    const answer = answered(matched, url.searchParams, body, fault);
    if (fault?.is === 'lostAnswer') return void req.socket.destroy();
    send(res, answer.status, answer.body, world, {}, fault?.is === 'cutPage');
  };

  const answered = (
    matched: Matched,
    query: URLSearchParams,
    body: unknown,
    fault: Fault | undefined,
  ): { status: number; body: object } => {
    const { api, path } = matched;
    const handler = handlers[api];
    if (!handler) {
      complaints.push(`the fake does not know ${api}`);
      return { status: 501, body: errorBody(501, 'notImplemented', api) };
    }
    try {
      const request: Request = {
        path,
        query,
        body: Object(body) as Record<string, unknown>,
        empty: fault?.is === 'empty',
        ...(fault?.is === 'stale' && { asOf: instant(world.now() - Math.round(fault.byS * 1000)) }),
      };
      if (options.refuseFilters?.test(query.get('filter') ?? '') === true) {
        throw new Refused(400, 'invalid', "Invalid value for field 'filter'.");
      }
      const doneWrong = fault?.is === 'capacity' || fault?.is === 'quota' ? fault.is : undefined;
      const answer = doneWrong
        ? refusedOperation(doneWrong, path)
        : paged(handler, request, pageSize, options.unreachable ?? []);
      complaints.push(...matched.checkAnswer(answer));
      return { status: 200, body: answer };
    } catch (error) {
      if (error instanceof Refused)
        return { status: error.status, body: errorBody(error.status, error.reason, error.message) };
      if (error instanceof SyntaxError) return { status: 400, body: errorBody(400, 'invalid', error.message) };
      complaints.push(`${api}: ${error instanceof Error ? error.stack : String(error)}`);
      return { status: 500, body: errorBody(500, 'backendError', String(error)) };
    }
  };

  /** What Google cannot do is told in an answer that went well. */
  const refusedOperation = (why: 'capacity' | 'quota', path: Readonly<Record<string, string>>): object =>
    operationAs(
      state,
      state.begin({
        type: 'refused',
        target: path['instanceGroupManager'] ?? '',
        ...(path['zone'] !== undefined && { zone: path['zone'] }),
        error:
          why === 'capacity'
            ? {
                code: 'ZONE_RESOURCE_POOL_EXHAUSTED',
                message: `The zone '${path['zone']}' does not have enough resources available.`,
              }
            : { code: 'QUOTA_EXCEEDED', message: "Quota 'CPUS' exceeded.  Limit: 24.0 in region." },
      }),
      compute,
    );

  const listener = (req: IncomingMessage, res: ServerResponse): void => {
    let text = '';
    req.setEncoding('utf8');
    req.on('data', (chunk: string) => (text += chunk));
    req.on('end', () => handle(req, text, res));
  };
  const plain = createServer(listener);
  const server = options.tls ? createTlsServer(options.tls, listener) : plain;
  const servers = new Set([plain, server]);
  const tokens = await urlOf(plain, 'http');
  const url = await urlOf(server, options.tls ? 'https' : 'http');
  const folder = mkdtempSync(join(tmpdir(), 'fake-gcp-'));
  const ca = join(folder, 'ca.pem');
  if (options.tls) writeFileSync(ca, options.tls.cert);
  return {
    url,
    env: {
      GODWIT_GCP_ENDPOINT: url,
      GOOGLE_APPLICATION_CREDENTIALS: credentials(folder, tokens),
      ...(options.tls && { GODWIT_CA_FILE: ca }),
    },
    seen,
    requests,
    complaints,
    async close() {
      rmSync(folder, { recursive: true, force: true });
      for (const each of servers) {
        each.closeAllConnections();
        await new Promise((resolve) => each.close(resolve));
      }
    },
  };
}

/** Its address, once it listens. */
async function urlOf(server: Server, protocol: string): Promise<string> {
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const TOKEN = {
  access_token: 'fake-token',
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  token_type: 'Bearer',
  expires_in: 3600,
};

/** Workload identity: the one kind of credentials whose file names the place that tokens come from. */
function credentials(folder: string, url: string): string {
  const subject = join(folder, 'subject');
  const file = join(folder, 'credentials.json');
  writeFileSync(subject, 'a subject token');
  writeFileSync(
    file,
    JSON.stringify({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/cluster',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${url}/token`,
      credential_source: { file: subject },
    }),
  );
  return file;
}

function paged(handler: Handler, request: Request, pageSize: number, lost: readonly string[]): object {
  if (handler.kind === 'one') return handler.answer(request);
  const filter = request.query.get('filter');
  const passes = filter === null || filter === '' ? () => true : filterOf(filter);
  const start = Number(request.query.get('pageToken')?.replace('page-', '') ?? 0);
  const asked = Number(request.query.get('maxResults') ?? request.query.get('pageSize') ?? 500);
  const end = start + Math.min(asked, pageSize);
  if (handler.kind === 'list') {
    const items = request.empty ? [] : handler.items(request).filter(passes);
    return { [handler.key]: items.slice(start, end), ...next(items.length, end) };
  }
  const placed = request.empty
    ? []
    : handler.items(request).filter(({ place, item }) => !lost.includes(place) && passes(item));
  const items: Record<string, Record<string, object[]>> = {};
  for (const { place, item } of placed.slice(start, end)) {
    const scope = (items[place] ??= {});
    (scope[handler.key] ??= []).push(item);
  }
  if (lost.length > 0 && request.query.get('returnPartialSuccess') !== 'true') {
    throw new Refused(503, 'backendError', `${lost.join(', ')} cannot be reached`);
  }
  // a place without anything says so, as Google does it
  const warning = { code: 'NO_RESULTS_ON_PAGE', message: 'There are no results for this scope on this page.' };
  // the list of templates has no list of lost places; there the place itself tells
  const told = handler.key === 'instanceTemplates';
  const dark = { warning: { code: 'UNREACHABLE', message: 'The scope could not be reached.' } };
  return {
    items: {
      ...items,
      'zones/africa-south1-a': { warning },
      ...(told && Object.fromEntries(lost.map((place) => [place, dark]))),
    },
    ...(lost.length > 0 && !told && { unreachables: lost }),
    ...next(placed.length, end),
  };
}

const next = (length: number, end: number): object => (end < length ? { nextPageToken: `page-${end}` } : {});

const errorBody = (code: number, reason: string, message: string): object => ({
  error: { code, message, errors: [{ message, domain: 'global', reason }] },
});

/** Faults that come instead of an answer. */
function refusal(
  fault: Fault,
  api: string,
): { readonly status: number; readonly body: object; readonly headers?: Readonly<Record<string, string>> } | undefined {
  switch (fault.is) {
    case 'throttle':
      return fault.retryAfterS === undefined
        ? { status: 403, body: errorBody(403, 'rateLimitExceeded', 'Rate Limit Exceeded') }
        : {
            status: 429,
            body: errorBody(429, 'RATE_LIMIT_EXCEEDED', 'Quota exceeded for quota metric'),
            headers: { 'retry-after': String(fault.retryAfterS) },
          };
    case 'unauthorized':
      return {
        status: 403,
        body: errorBody(403, 'forbidden', `Required '${api}' permission for 'projects/im-fleet-project'`),
      };
    case 'serverError':
      return { status: fault.status, body: errorBody(fault.status, 'backendError', 'Internal error') };
    case 'conflict':
      return { status: 412, body: errorBody(412, 'conditionNotMet', 'The resource was changed meanwhile.') };
    case 'capacity':
    case 'quota':
    case 'reset':
    case 'lostAnswer':
    case 'cutPage':
    case 'empty':
    case 'stale':
      return undefined;
    default:
      return fault satisfies never;
  }
}

function send(
  res: ServerResponse,
  status: number,
  body: object,
  world: SimulatedWorld,
  headers: Readonly<Record<string, string>> = {},
  cut = false,
): void {
  const text = JSON.stringify(body);
  res.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(text),
    date: new Date(world.now()).toUTCString(),
    ...headers,
  });
  if (!cut) return void res.end(text);
  res.write(text.slice(0, Math.floor(text.length / 2)));
  setImmediate(() => res.socket?.destroy());
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
