import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Fault, SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { fakeCluster, MARK, RESOURCES, type ClusterSetup, type FakeCluster } from './kubernetes-cluster.ts';
import type { Json } from './kubernetes-cluster-api.ts';
import { kubernetesSpec } from './kubernetes-spec.ts';
import { keyOf, merged, metaOf, selected, type Change } from './kubernetes-store.ts';

export interface FakeKubernetesOptions {
  /** absent = one cluster with Cluster API v1beta1 for each own region of the world, its context named like it */
  readonly clusters?: readonly ClusterSetup[];
  /** what the identity may not: `patch nodes` */
  readonly denied?: readonly string[];
  /** most objects in a page; what is asked for where that is fewer */
  readonly pageSize?: number;
  /** seconds by which the servers' clocks are ahead */
  readonly clockAheadS?: number;
}

export interface FakeKubernetes {
  readonly url: string;
  /** a kubeconfig with a context for each cluster */
  readonly kubeconfig: string;
  readonly seen: ReadonlySet<string>;
  readonly requests: readonly {
    readonly api: string;
    readonly cluster: string;
    readonly path: string;
    readonly body: unknown;
  }[];
  /** what the vendor's description says against requests, and requests that nobody answers */
  readonly complaints: readonly string[];
  readonly contexts: readonly string[];
  cluster(context: string): FakeCluster;
  /** Lets every cluster catch up with the world, so that watches tell of it. */
  refresh(): void;
  /** Breaks every open watch: by its socket, or closing it in order as a server does when its time is over. */
  endWatches(how: 'reset' | 'orderly'): void;
  bookmark(): void;
  watches(): number;
  close(): Promise<void>;
}

const TOKEN = 'test-token';

/** API servers over the simulated world, each under its own path of one address, as behind a gateway. */
export async function fakeKubernetes(
  world: SimulatedWorld,
  options: FakeKubernetesOptions = {},
): Promise<FakeKubernetes> {
  const spec = kubernetesSpec();
  const setups =
    options.clusters ??
    world.regions
      .filter((r) => r.provider === 'kubernetes')
      .map((r): ClusterSetup => ({ context: r.name, provider: r.provider, region: r.name, clusterApi: 'v1beta1' }));
  const clusters = new Map(setups.map((setup) => [setup.context, fakeCluster(world, setup)]));
  const seen = new Set<string>();
  const complaints: string[] = [];
  const requests: { api: string; cluster: string; path: string; body: unknown }[] = [];
  const watches = new Set<Watch>();
  const sockets = new Set<Socket>();
  const snapshots = new Map<string, { readonly items: readonly Json[]; readonly version: number }>();
  const checked = new Set<string>();

  const check = (object: Json): void => {
    // each kind's shape is the same for all of it: once for every set of members is enough
    const mark = JSON.stringify(shapeOf(object));
    if (checked.has(mark)) return;
    checked.add(mark);
    complaints.push(...spec.object(object).map((words) => `kept: ${words}`));
  };
  for (const cluster of clusters.values()) {
    cluster.objects.onChange((_, { object }) => check(object));
    cluster.refresh();
  }

  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      complaints.push(`the fake failed: ${String(error)}`);
      response.destroy();
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://fake');
    const [, , context = ''] = url.pathname.split('/');
    const cluster = clusters.get(decodeURIComponent(context));
    const path = url.pathname.replace(/^\/clusters\/[^/]+/, '');
    const raw = Buffer.concat(chunks).toString('utf8');
    const body: unknown = raw === '' ? undefined : JSON.parse(raw);
    const method = request.method ?? 'GET';
    const route = routeOf(method, path, url.searchParams);
    const zip = (request.headers['accept-encoding'] ?? '').includes('gzip');
    const date = new Date(world.now() + (options.clockAheadS ?? 0) * 1000).toUTCString();
    const reply = (code: number, value: unknown, headers: Record<string, string> = {}): void => {
      const text = JSON.stringify(value);
      // as the API server does: only what is long
      const long = zip && text.length > 128 * 1024;
      response.writeHead(code, {
        'content-type': 'application/json',
        'audit-id': `audit-${requests.length}`,
        date,
        ...(long && { 'content-encoding': 'gzip' }),
        ...headers,
      });
      response.end(long ? gzipSync(text) : text);
    };
    if (!cluster || !route) {
      complaints.push(`nobody answers ${method} ${url.pathname}`);
      return reply(404, status(404, 'NotFound', 'the server could not find the requested resource'));
    }
    const { api } = route;
    seen.add(api);
    requests.push({ api, cluster: context, path: path + url.search, body });
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      return reply(401, status(401, 'Unauthorized', 'Unauthorized'));
    }
    const contentType = request.headers['content-type'] ?? '';
    complaints.push(...spec.request({ method, path, query: url.searchParams, contentType, body }));
    const fault = world.faults.next('kubernetes', api);
    const refused = fault && refusalOf(fault, api);
    if (fault?.is === 'reset') return void response.destroy();
    if (refused) return reply(refused.code, refused, refused.wait === undefined ? {} : { 'retry-after': refused.wait });
    if (options.denied?.includes(api)) return reply(403, forbidden(api));
    cluster.refresh();
    if (route.watch) return watch(cluster, route, url.searchParams, response, date);
    const outcome = handle(cluster, route, url.searchParams, body, fault);
    if (fault?.is === 'lostAnswer') return void response.destroy();
    if (fault?.is === 'cutPage') {
      const text = JSON.stringify(outcome.value);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(text.length) });
      response.write(text.slice(0, text.length / 2));
      return void setImmediate(() => response.destroy());
    }
    // what a server says of its version is no object and has no kind
    if (outcome.code < 300 && route.resource !== 'version') check(outcome.value as Json);
    reply(outcome.code, outcome.value, outcome.headers);
  }

  function watch(
    cluster: FakeCluster,
    route: Route,
    query: URLSearchParams,
    response: ServerResponse,
    date: string,
  ): void {
    const from = Number(query.get('resourceVersion'));
    response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked', date });
    response.flushHeaders();
    // what changes after the last word is for the next watch
    const write = (event: object): void => {
      if (!response.writableEnded) response.write(`${JSON.stringify(event)}\n`);
    };
    if (cluster.objects.isForgotten(from)) {
      // in the stream, as the watch cache does it, not as the answer's own status
      write({ type: 'ERROR', object: status(410, 'Expired', `too old resource version: ${from}`) });
      return void response.end();
    }
    const tell = ({ type, object }: Change): void => write({ type, object });
    for (const change of cluster.objects.since(route.resource, from)) tell(change);
    const stop = cluster.objects.onChange((resource, change) => {
      if (resource === route.resource) tell(change);
    });
    const [apiVersion, kind] = KINDS[route.resource] ?? ['v1', 'Unknown'];
    const open: Watch = {
      response,
      bookmark: () =>
        write({
          type: 'BOOKMARK',
          object: { apiVersion, kind, metadata: { resourceVersion: String(cluster.objects.version()) } },
        }),
    };
    watches.add(open);
    response.on('close', () => {
      stop();
      watches.delete(open);
    });
  }

  function handle(
    cluster: FakeCluster,
    route: Route,
    query: URLSearchParams,
    body: unknown,
    fault: Fault | undefined,
  ): Outcome {
    if (route.resource === 'version') return ok({ ...VERSION });
    if (route.resource === 'group') {
      const served = cluster.setup.clusterApi;
      return served === undefined ? gone('the server could not find the requested resource') : ok(groupOf(served));
    }
    if (route.resource.startsWith('authorization.k8s.io/')) return reviewed(body, options.denied ?? []);
    if (route.group === 'cluster.x-k8s.io' && route.version !== cluster.setup.clusterApi) {
      return gone('the server could not find the requested resource');
    }
    if (route.verb === 'list') return listed(cluster, route, query, fault);
    if (route.verb === 'create' && route.sub === undefined) return created(cluster, route, query, body);
    const key = `${route.namespace ?? ''}/${route.name ?? ''}`;
    const object = cluster.objects.get(route.resource, key);
    if (!object) return gone(`${route.resource} "${route.name ?? ''}" not found`);
    if (route.sub === 'eviction') return evicted(cluster, object, body);
    if (route.sub === 'scale') return scaled(cluster, route, object, query, body);
    if (route.verb === 'get') return ok(object);
    return written(cluster, route, object, query, body);
  }

  function listed(cluster: FakeCluster, route: Route, query: URLSearchParams, fault: Fault | undefined): Outcome {
    const token = query.get('continue');
    const known = token === null ? undefined : snapshots.get(token);
    if (token !== null && (!known || cluster.objects.isForgotten(known.version))) {
      return { code: 410, value: status(410, 'Expired', 'The provided continue parameter is too old') };
    }
    const version = known?.version ?? cluster.objects.version();
    const all = fault?.is === 'stale' ? cluster.deploymentsAt(fault.byS) : cluster.objects.list(route.resource);
    const chosen =
      known?.items ??
      (fault?.is === 'empty' ? [] : all.filter((object) => selected(query.get('labelSelector'), object)));
    const most = Math.min(
      Number(query.get('limit') ?? Infinity),
      query.has('limit') ? (options.pageSize ?? Infinity) : Infinity,
    );
    const items = chosen.slice(0, most);
    const rest = chosen.slice(most);
    const next = rest.length > 0 ? `page-${snapshots.size + 1}` : undefined;
    if (next !== undefined) snapshots.set(next, { items: rest, version });
    const [apiVersion, kind] = KINDS[route.resource] ?? ['v1', 'Unknown'];
    return ok({
      apiVersion: route.group === 'cluster.x-k8s.io' ? `${route.group}/${route.version}` : apiVersion,
      kind: `${kind}List`,
      metadata: {
        resourceVersion: String(version),
        ...(next !== undefined && { continue: next, remainingItemCount: rest.length }),
      },
      items,
    });
  }

  function created(cluster: FakeCluster, route: Route, query: URLSearchParams, body: unknown): Outcome {
    const object = body as Json;
    const key = `${route.namespace ?? ''}/${metaOf(object).name}`;
    if (cluster.objects.get(route.resource, key)) {
      const words = `${route.resource} "${metaOf(object).name}" already exists`;
      return { code: 409, value: status(409, 'AlreadyExists', words) };
    }
    if (route.resource === RESOURCES.deployments) {
      const wrong = cluster.open(body, query.get('fieldManager') ?? 'unknown');
      if (wrong !== undefined) return { code: 422, value: status(422, 'Invalid', wrong) };
      cluster.refresh();
      return { code: 201, value: cluster.objects.get(route.resource, key) };
    }
    const placed = { ...object, metadata: { ...metaOf(object), namespace: route.namespace } };
    return { code: 201, value: cluster.objects.put(route.resource, placed) };
  }

  function written(cluster: FakeCluster, route: Route, object: Json, query: URLSearchParams, body: unknown): Outcome {
    const asked = metaOf(body as Json)?.resourceVersion;
    if (asked !== undefined && asked !== metaOf(object).resourceVersion) return clash(route.name ?? '');
    const after = (route.verb === 'patch' ? merged(object, body) : body) as Json;
    const { annotations = {} } = after.metadata as { annotations?: Record<string, string> };
    const wrong = spec.object(after);
    if (wrong.length > 0) return { code: 422, value: status(422, 'Invalid', wrong.join('; ')) };
    if (route.resource === RESOURCES.nodes) {
      cluster.cordon(route.name ?? '', (after.spec as { unschedulable?: boolean }).unschedulable === true);
    } else if (route.resource === RESOURCES.deployments) {
      cluster.written('pool', route.name ?? '').annotations = { ...annotations };
      const { replicas = 0 } = after.spec as { replicas?: number };
      const no = cluster.resize(route.name ?? '', replicas, query.get('fieldManager') ?? 'unknown');
      if (no !== undefined) return { code: 422, value: status(422, 'Invalid', no) };
    } else if (route.resource === RESOURCES.machines) {
      const note = cluster.written('machine', route.name ?? '');
      note.annotations = MARK in annotations ? { [MARK]: annotations[MARK] ?? '' } : {};
    } else return ok(cluster.objects.put(route.resource, after));
    cluster.refresh();
    return ok(cluster.objects.get(route.resource, keyOf(object)));
  }

  function scaled(cluster: FakeCluster, route: Route, object: Json, query: URLSearchParams, body: unknown): Outcome {
    if (route.verb === 'update') {
      const { metadata, spec: want } = body as { metadata: { resourceVersion?: string }; spec?: { replicas?: number } };
      const asked = metadata.resourceVersion;
      if (asked !== undefined && asked !== metaOf(object).resourceVersion) return clash(route.name ?? '');
      const replicas = want?.replicas ?? 0;
      if (route.resource === RESOURCES.deployments) {
        const no = cluster.resize(route.name ?? '', replicas, query.get('fieldManager') ?? 'unknown');
        if (no !== undefined) return { code: 422, value: status(422, 'Invalid', no) };
        cluster.refresh();
      } else cluster.objects.put(route.resource, { ...object, spec: { ...(object.spec as Json), replicas } });
    }
    const now = cluster.objects.get(route.resource, keyOf(object)) ?? object;
    const { name, namespace, resourceVersion } = metaOf(now);
    const replicas = (now.spec as { replicas?: number }).replicas;
    return ok({
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name, namespace, resourceVersion },
      spec: { ...(replicas !== 0 && { replicas }) },
      status: { replicas: (now.status as { replicas?: number } | undefined)?.replicas ?? 0 },
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    kubeconfig: kubeconfigOf(url, [...clusters.keys()]),
    seen,
    requests,
    complaints,
    contexts: [...clusters.keys()],
    cluster(context) {
      const cluster = clusters.get(context);
      if (!cluster) throw new Error(`no cluster ${context}`);
      return cluster;
    },
    refresh: () => clusters.forEach((cluster) => cluster.refresh()),
    endWatches(how) {
      for (const { response } of watches) {
        if (how === 'orderly') response.end();
        else response.socket?.resetAndDestroy();
      }
    },
    bookmark: () => watches.forEach((open) => open.bookmark()),
    watches: () => watches.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Watch {
  readonly response: ServerResponse;
  bookmark(): void;
}

interface Outcome {
  readonly code: number;
  readonly value: unknown;
  readonly headers?: Record<string, string>;
}

interface Route {
  readonly api: string;
  readonly verb: string;
  readonly watch: boolean;
  readonly group: string;
  readonly version: string;
  /** `group/plural` */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly sub?: string;
}

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' };
const KINDS: Readonly<Record<string, readonly [apiVersion: string, kind: string]>> = {
  '/nodes': ['v1', 'Node'],
  '/pods': ['v1', 'Pod'],
  '/events': ['v1', 'Event'],
  'policy/poddisruptionbudgets': ['policy/v1', 'PodDisruptionBudget'],
  'apps/deployments': ['apps/v1', 'Deployment'],
  'apps/statefulsets': ['apps/v1', 'StatefulSet'],
  'coordination.k8s.io/leases': ['coordination.k8s.io/v1', 'Lease'],
  'cluster.x-k8s.io/machinedeployments': ['cluster.x-k8s.io/v1beta1', 'MachineDeployment'],
  'cluster.x-k8s.io/machines': ['cluster.x-k8s.io/v1beta1', 'Machine'],
  'authorization.k8s.io/selfsubjectaccessreviews': ['authorization.k8s.io/v1', 'SelfSubjectAccessReview'],
};

function routeOf(method: string, path: string, query: URLSearchParams): Route | undefined {
  const fixed = { version: '/version', group: '/apis/cluster.x-k8s.io' };
  for (const [resource, at] of Object.entries(fixed)) {
    if (path === at && method === 'GET') {
      return { api: `get ${at}`, verb: 'get', watch: false, group: '', version: '', resource };
    }
  }
  const found =
    /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+)(?:\/([^/]+))?)?$/.exec(path);
  if (!found) return undefined;
  const [, group = '', version = '', namespace, plural = '', name, sub] = found;
  const resource = `${group}/${plural}`;
  if (!(resource in KINDS)) return undefined;
  const watch = query.get('watch') === 'true';
  const verb = VERBS[method] ?? (name !== undefined ? 'get' : watch ? 'watch' : 'list');
  const full = `${plural}${group === '' ? '' : `.${group}`}${sub === undefined ? '' : `/${sub}`}`;
  return {
    api: `${verb} ${full}`,
    verb,
    watch,
    group,
    version,
    resource,
    ...(namespace !== undefined && { namespace: decodeURIComponent(namespace) }),
    ...(name !== undefined && { name: decodeURIComponent(name) }),
    ...(sub !== undefined && { sub }),
  };
}

function status(code: number, reason: string, message: string, details?: Json): Json & { code: number; wait?: string } {
  return {
    apiVersion: 'v1',
    kind: 'Status',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
    ...(details && { details }),
  };
}

const ok = (value: unknown): Outcome => ({ code: 200, value });
const gone = (message: string): Outcome => ({ code: 404, value: status(404, 'NotFound', message) });
const clash = (name: string): Outcome => ({
  code: 409,
  value: status(409, 'Conflict', `Operation cannot be fulfilled on "${name}": the object has been modified`),
});
const forbidden = (api: string) => status(403, 'Forbidden', `User "system:serviceaccount:godwit" cannot ${api}`);

/** What a fault is on the wire; undefined where it is not a refusal. */
function refusalOf(fault: Fault, api: string): (Json & { code: number; wait?: string }) | undefined {
  if (fault.is === 'throttle') {
    const words = 'the server has received too many requests and has asked us to try again later';
    return { ...status(429, 'TooManyRequests', words), wait: String(fault.retryAfterS ?? 1) };
  }
  switch (fault.is) {
    case 'unauthorized':
      return forbidden(api);
    case 'serverError': {
      const reason = fault.status === 503 ? 'ServiceUnavailable' : 'InternalError';
      return status(fault.status, reason, 'the server is unwell');
    }
    case 'quota':
      return status(403, 'Forbidden', 'machines is forbidden: exceeded quota: machines, requested: count/machines=2');
    case 'conflict':
      return status(409, 'Conflict', 'Operation cannot be fulfilled: the object has been modified');
    case 'capacity':
      throw new Error('an API server takes any size: let the world sell out instead');
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

function evicted(cluster: FakeCluster, pod: Json, body: unknown): Outcome {
  const { deleteOptions } = body as { deleteOptions?: { preconditions?: { uid?: string } } };
  const { uid } = pod.metadata as { uid?: string };
  const asked = deleteOptions?.preconditions?.uid;
  if (asked !== undefined && asked !== uid) {
    const words = `Precondition failed: UID in precondition: ${asked}, UID in object meta: ${uid ?? ''}`;
    return { code: 409, value: status(409, 'Conflict', words) };
  }
  const labels = (pod.metadata as { labels?: Record<string, string> }).labels ?? {};
  const budgets = cluster.objects.list(RESOURCES.budgets).filter((budget) => {
    const { selector } = budget.spec as { selector?: { matchLabels?: Record<string, string> } };
    const wanted = Object.entries(selector?.matchLabels ?? {});
    return metaOf(budget).namespace === metaOf(pod).namespace && wanted.every(([k, v]) => labels[k] === v);
  });
  if (budgets.length > 1) {
    const words = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    return { code: 500, value: status(500, 'InternalError', words) };
  }
  const [budget] = budgets;
  const left = (budget?.status as { disruptionsAllowed?: number } | undefined)?.disruptionsAllowed ?? 0;
  if (budget && left < 1) {
    const message = `The disruption budget ${metaOf(budget).name} needs 3 healthy pods and has 3 currently`;
    const details = { causes: [{ reason: 'DisruptionBudget', message }] };
    const words = "Cannot evict pod as it would violate the pod's disruption budget.";
    return { code: 429, value: status(429, 'TooManyRequests', words, details) };
  }
  if (budget) {
    const after = { ...(budget.status as Json), disruptionsAllowed: left - 1 };
    cluster.objects.put(RESOURCES.budgets, { ...budget, status: after });
  }
  cluster.objects.remove(RESOURCES.pods, keyOf(pod));
  return { code: 201, value: { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Success', code: 201 } };
}

/** What the identity may: all but what was denied to it. */
function reviewed(body: unknown, denied: readonly string[]): Outcome {
  const review = body as {
    spec: { resourceAttributes: { verb: string; group?: string; resource: string; subresource?: string } };
  };
  const { verb, group = '', resource, subresource } = review.spec.resourceAttributes;
  const full = `${resource}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
  const allowed = !denied.includes(`${verb} ${full}`);
  return { code: 201, value: { ...review, status: { allowed, reason: allowed ? 'RBAC: allowed' : '' } } };
}

const VERSION = {
  major: '1',
  minor: '35',
  gitVersion: 'v1.35.0',
  gitCommit: '0',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: 'go1.25',
  compiler: 'gc',
  platform: 'linux/amd64',
};

const groupOf = (version: string): Json => ({
  kind: 'APIGroup',
  apiVersion: 'v1',
  name: 'cluster.x-k8s.io',
  versions: [{ groupVersion: `cluster.x-k8s.io/${version}`, version }],
  preferredVersion: { groupVersion: `cluster.x-k8s.io/${version}`, version },
});

/** The members of an object without its values: lists by their first entry, maps of labels as they are. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf).slice(0, 1);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, key === 'kind' ? member : shapeOf(member)]),
  );
}

const kubeconfigOf = (url: string, contexts: readonly string[]): string =>
  [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    ...contexts.flatMap((name) => [
      `  - name: ${name}`,
      '    cluster:',
      `      server: ${url}/clusters/${name}`,
      '      insecure-skip-tls-verify: true',
    ]),
    'users:',
    '  - name: tester',
    `    user: { token: ${TOKEN} }`,
    'contexts:',
    ...contexts.flatMap((name) => [`  - name: ${name}`, `    context: { cluster: ${name}, user: tester }`]),
    '',
  ].join('\n');
