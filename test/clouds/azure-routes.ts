import type { SimInstance, SimPool, SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { instant } from '../../src/units.ts';
import { filtered, priceRows } from './azure-prices.ts';
import {
  agentPool,
  etagOf,
  innerTags,
  machine,
  managedCluster,
  nodeGroupOf,
  operationBody,
  scaleSet,
  setMachine,
  setNameOf,
  usageNameOf,
  type Json,
  type Place,
} from './azure-shapes.ts';

/** A request as it has reached the fake. */
export interface Incoming {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** of the route's path */
  readonly path: readonly string[];
}

export interface Outgoing {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the fake is made of. `asOf`, `empty`: what a listing may see of the world. */
export interface Ground {
  readonly world: SimulatedWorld;
  readonly place: Place;
  readonly root: string;
  readonly pageSize: number;
  /** answers of the tenant's listings */
  readonly reservations: readonly Json[];
  readonly savingsPlans: readonly Json[];
  readonly restrictions: (type: string, region: string) => readonly Json[];
  /** how the caller's rights are listed */
  readonly actions: readonly string[];
  readonly resourceGraph: boolean;
}

export interface View {
  readonly ageS: number;
  readonly empty: boolean;
}

export interface Route {
  /** as the adapter names the call in `CallAbout.api` */
  readonly api: string;
  readonly method: string;
  readonly path: RegExp;
  /** the action that Azure's roles know it by */
  readonly action: string;
  run(ground: Ground, request: Incoming, view: View): Outgoing;
}

const SUB = '/subscriptions/[^/]+';
const GROUP = `${SUB}/resourceGroups/([^/]+)`;
const SETS = '/providers/Microsoft\\.Compute/virtualMachineScaleSets';
const CLUSTERS = '/providers/Microsoft\\.ContainerService/managedClusters';
const at = (pattern: string): RegExp => new RegExp(`^${pattern}$`, 'i');

const C = 'Microsoft.Compute/virtualMachineScaleSets';
const K = 'Microsoft.ContainerService/managedClusters';

export const ROUTES: readonly Route[] = [
  {
    api: 'virtualMachineScaleSets.listAll',
    method: 'GET',
    path: at(`${SUB}${SETS}`),
    action: `${C}/read`,
    run: listSets,
  },
  {
    api: 'virtualMachineScaleSets.get',
    method: 'GET',
    path: at(`${GROUP}${SETS}/([^/]+)`),
    action: `${C}/read`,
    run: getSet,
  },
  {
    api: 'virtualMachineScaleSets.update',
    method: 'PATCH',
    path: at(`${GROUP}${SETS}/([^/]+)`),
    action: `${C}/write`,
    run: updateSet,
  },
  {
    api: 'virtualMachineScaleSets.createOrUpdate',
    method: 'PUT',
    path: at(`${GROUP}${SETS}/([^/]+)`),
    action: `${C}/write`,
    run: putSet,
  },
  {
    api: 'virtualMachineScaleSets.deleteInstances',
    method: 'POST',
    path: at(`${GROUP}${SETS}/([^/]+)/delete`),
    action: `${C}/delete/action`,
    run: deleteFromSet,
  },
  {
    api: 'virtualMachineScaleSetVMs.list',
    method: 'GET',
    path: at(`${GROUP}${SETS}/([^/]+)/virtualMachines`),
    action: `${C}/virtualMachines/read`,
    run: listMachines,
  },
  { api: 'managedClusters.list', method: 'GET', path: at(`${SUB}${CLUSTERS}`), action: `${K}/read`, run: listClusters },
  {
    api: 'agentPools.get',
    method: 'GET',
    path: at(`${GROUP}${CLUSTERS}/([^/]+)/agentPools/([^/]+)`),
    action: `${K}/agentPools/read`,
    run: getAgentPool,
  },
  {
    api: 'agentPools.createOrUpdate',
    method: 'PUT',
    path: at(`${GROUP}${CLUSTERS}/([^/]+)/agentPools/([^/]+)`),
    action: `${K}/agentPools/write`,
    run: putAgentPool,
  },
  {
    api: 'agentPools.deleteMachines',
    method: 'POST',
    path: at(`${GROUP}${CLUSTERS}/([^/]+)/agentPools/([^/]+)/deleteMachines`),
    action: `${K}/agentPools/deleteMachines/action`,
    run: deleteMachines,
  },
  {
    api: 'agentPools.machines.list',
    method: 'GET',
    path: at(`${GROUP}${CLUSTERS}/([^/]+)/agentPools/([^/]+)/machines`),
    action: `${K}/agentPools/machines/read`,
    run: listPoolMachines,
  },
  {
    api: 'resourceSkus.list',
    method: 'GET',
    path: at(`${SUB}/providers/Microsoft\\.Compute/skus`),
    action: 'Microsoft.Compute/skus/read',
    run: listSkus,
  },
  {
    api: 'usage.list',
    method: 'GET',
    path: at(`${SUB}/providers/Microsoft\\.Compute/locations/([^/]+)/usages`),
    action: 'Microsoft.Compute/locations/usages/read',
    run: listUsages,
  },
  {
    api: 'operations.get',
    method: 'GET',
    path: at(`${SUB}/providers/Microsoft\\.(?:Compute|ContainerService)/locations/([^/]+)/operations/([^/]+)`),
    action: 'Microsoft.Compute/locations/operations/read',
    run: getOperation,
  },
  {
    api: 'resources.query',
    method: 'POST',
    path: at('/providers/Microsoft\\.ResourceGraph/resources'),
    action: 'Microsoft.ResourceGraph/resources/read',
    run: queryResources,
  },
  {
    api: 'permissions.list',
    method: 'GET',
    path: at(`${SUB}/providers/Microsoft\\.Authorization/permissions`),
    action: 'Microsoft.Authorization/permissions/read',
    run: ({ actions }) => ok({ value: [{ actions, notActions: [] }] }),
  },
  {
    api: 'reservations.list',
    method: 'GET',
    path: at('/providers/Microsoft\\.Capacity/reservations'),
    action: 'Microsoft.Capacity/reservations/read',
    run: (g, r) => page(g, r, g.reservations),
  },
  {
    api: 'savingsPlans.list',
    method: 'GET',
    path: at('/providers/Microsoft\\.BillingBenefits/savingsPlans'),
    action: 'Microsoft.BillingBenefits/savingsPlans/read',
    run: (g, r) => page(g, r, g.savingsPlans),
  },
  { api: 'retailPrices.list', method: 'GET', path: at('/api/retail/prices'), action: '', run: listPrices },
];

const ok = (body: unknown, headers: Readonly<Record<string, string>> = {}): Outgoing => ({
  status: 200,
  body,
  headers,
});
export const refusal = (status: number, code: string, message: string): Outgoing => ({
  status,
  body: { error: { code, message } },
});
const notFound = (what: string): Outgoing => refusal(404, 'ResourceNotFound', `The Resource '${what}' was not found.`);

/** A page of a listing, and a link to the next that carries where it begins. */
function page({ root, pageSize }: Ground, { url }: Incoming, items: readonly unknown[]): Outgoing {
  const from = Number(url.searchParams.get('$skiptoken') ?? 0);
  const next = new URL(`${url.pathname}${url.search}`, root);
  next.searchParams.set('$skiptoken', String(from + pageSize));
  return ok({
    value: items.slice(from, from + pageSize),
    ...(items.length > from + pageSize && { nextLink: next.href }),
  });
}

function poolsSeen({ world }: Ground, { ageS, empty }: View): readonly SimPool[] {
  if (empty) return [];
  return ageS === 0 ? world.pools.list('azure') : world.pools.listAt(instant(world.now() - ageS * 1000), 'azure');
}

const living = (pool: SimPool): readonly SimInstance[] => pool.instances.filter(({ state }) => state !== 'ended');

function poolBySet(ground: Ground, [group = '', name = '']: readonly string[], view?: View): SimPool | undefined {
  const { place } = ground;
  return poolsSeen(ground, view ?? NOW).find((pool) => {
    const cluster = place.clusterOf(pool);
    const inner = cluster === undefined ? place.group : nodeGroupOf(place.group, cluster, pool.region);
    return inner.toLowerCase() === group.toLowerCase() && setNameOf(pool, cluster).toLowerCase() === name.toLowerCase();
  });
}
const NOW: View = { ageS: 0, empty: false };

function listSets(ground: Ground, request: Incoming, view: View): Outgoing {
  return page(
    ground,
    request,
    poolsSeen(ground, view).map((pool) => scaleSet(ground.place, pool)),
  );
}

function getSet(ground: Ground, { path }: Incoming, view: View): Outgoing {
  const pool = poolBySet(ground, path, view);
  return pool ? ok(scaleSet(ground.place, pool), { etag: etagOf(pool) }) : notFound(path[1] ?? '');
}

/** The operation's URL, as Compute and AKS answer it beside the resource. */
function started({ root, place }: Ground, region: string, operation: string, provider: string): Record<string, string> {
  const path = `/subscriptions/${place.subscription}/providers/${provider}/locations/${region}/operations/${operation}`;
  return { 'azure-asyncoperation': `${root}${path}?api-version=2026-03-01`, 'retry-after': '10' };
}

const stale = (): Outgoing =>
  refusal(412, 'PreconditionFailed', 'Etag provided in if-match header does not match etag of resource.');

function updateSet(ground: Ground, { path, headers, body }: Incoming): Outgoing {
  const pool = poolBySet(ground, path);
  if (!pool) return notFound(path[1] ?? '');
  if (headers['if-match'] !== undefined && headers['if-match'] !== etagOf(pool)) return stale();
  const { sku, tags } = body as { sku?: { capacity?: number }; tags?: Record<string, string> };
  return resized(ground, pool, sku?.capacity, tags, 'Microsoft.Compute', (now) => scaleSet(ground.place, now));
}

/** Writes tags and size, in one version of the pool as far as the world has it. */
function resized(
  ground: Ground,
  pool: SimPool,
  size: number | undefined,
  tags: Record<string, string> | undefined,
  provider: string,
  shape: (pool: SimPool) => Json,
): Outgoing {
  const { world } = ground;
  const by = { by: tags?.['godwit.io_op'] === undefined ? 'somebody' : 'godwit' };
  if (tags) world.pools.tag(pool.id, innerTags(tags), by);
  if (size === undefined || size === pool.target) return ok(shape(world.pools.get(pool.id) ?? pool));
  const changed = world.pools.resize(pool.id, size, by);
  if (!changed.ok)
    return refusal(400, 'InvalidParameter', `The value of parameter capacity is invalid: ${changed.why}.`);
  return ok(shape(changed.pool), started(ground, pool.region, changed.operation.id, provider));
}

interface SetBody {
  readonly location: string;
  readonly zones?: readonly string[];
  readonly sku: { readonly name: string; readonly capacity: number };
  readonly tags?: Record<string, string>;
  readonly properties: Json & { readonly virtualMachineProfile?: { readonly priority?: string } };
}

function putSet(ground: Ground, { path, headers, body }: Incoming): Outgoing {
  const { world, place } = ground;
  if (poolBySet(ground, path)) {
    return headers['if-none-match'] === '*'
      ? stale()
      : refusal(400, 'BadRequest', 'the fake knows no PUT over what exists');
  }
  const { location, zones, sku, tags = {}, properties } = body as SetBody;
  const spec = {
    provider: 'azure' as const,
    region: location,
    zone: zones?.[0] ?? '',
    name: path[1] ?? '',
    type: sku.name,
    purchase: properties.virtualMachineProfile?.priority === 'Spot' ? ('spot' as const) : ('on-demand' as const),
    target: sku.capacity,
    min: 0,
    max: 1000,
    tags: innerTags(tags),
  };
  const pool = world.pools.open(spec, { by: 'godwit' });
  place.models.set(pool.id, properties);
  return {
    ...ok(scaleSet(place, pool), started(ground, pool.region, pool.operation?.id ?? '', 'Microsoft.Compute')),
    status: 201,
  };
}

function deleteFromSet(ground: Ground, { path, body }: Incoming): Outgoing {
  const { world, place } = ground;
  const pool = poolBySet(ground, path);
  if (!pool) return notFound(path[1] ?? '');
  const named = (body as { instanceIds?: readonly string[] }).instanceIds ?? [];
  const byNumber = new Map(living(pool).map((i) => [String(place.numberOf(pool, i)), i.id]));
  const unknown = named.find((number) => !byNumber.has(number));
  if (unknown !== undefined) {
    const message = `The provided instanceId ${unknown} is not an active Virtual Machine Scale Set VM instanceId.`;
    return refusal(400, 'InvalidParameter', message);
  }
  const changed = world.pools.remove(
    pool.id,
    named.flatMap((number) => byNumber.get(number) ?? []),
    { by: 'godwit' },
  );
  if (!changed.ok) return refusal(400, 'InvalidParameter', changed.why);
  return { status: 202, headers: started(ground, pool.region, changed.operation.id, 'Microsoft.Compute') };
}

function listMachines(ground: Ground, request: Incoming, view: View): Outgoing {
  const pool = poolBySet(ground, request.path, { ...view, empty: false });
  if (!pool) return notFound(request.path[1] ?? '');
  return page(ground, request, view.empty ? [] : living(pool).map((i) => setMachine(ground.place, pool, i)));
}

function listClusters(ground: Ground, request: Incoming, view: View): Outgoing {
  const pools = poolsSeen(ground, view).filter((pool) => ground.place.clusterOf(pool) !== undefined);
  const names = [...new Set(pools.map((pool) => `${ground.place.clusterOf(pool)} ${pool.region}`))];
  const clusters = names.map((key) => {
    const [cluster = '', region = ''] = key.split(' ');
    const own = pools.filter((pool) => ground.place.clusterOf(pool) === cluster && pool.region === region);
    return managedCluster(ground.place, cluster, region, own);
  });
  // so that a fleet of two clusters is a listing of two pages
  return page({ ...ground, pageSize: 1 }, request, clusters);
}

function poolOfCluster(ground: Ground, [, cluster, name]: readonly string[], view = NOW): SimPool | undefined {
  return poolsSeen(ground, view).find((pool) => pool.name === name && ground.place.clusterOf(pool) === cluster);
}

function getAgentPool(ground: Ground, { path }: Incoming, view: View): Outgoing {
  const pool = poolOfCluster(ground, path, view);
  return pool ? ok(agentPool(ground.place, pool, path[1] ?? '')) : notFound(path[2] ?? '');
}

interface AgentPoolBody {
  readonly properties: {
    readonly count: number;
    readonly vmSize: string;
    readonly availabilityZones?: readonly string[];
    readonly scaleSetPriority?: string;
    readonly tags?: Record<string, string>;
  };
}

function putAgentPool(ground: Ground, { path, headers, body }: Incoming): Outgoing {
  const { world, place } = ground;
  const [, cluster = '', name = ''] = path;
  const { properties } = body as AgentPoolBody;
  const pool = poolOfCluster(ground, path);
  const shape = (now: SimPool): Json => agentPool(place, now, cluster);
  if (pool) {
    if (headers['if-none-match'] === '*') return stale();
    if (headers['if-match'] !== undefined && headers['if-match'] !== `v${pool.version}`) return stale();
    return resized(ground, pool, properties.count, properties.tags, 'Microsoft.ContainerService', shape);
  }
  if (!/^[a-z][a-z0-9]{0,11}$/.test(name))
    return refusal(400, 'InvalidParameter', `agent pool name ${name} is not valid`);
  const neighbour = world.pools.list('azure').find((p) => place.clusterOf(p) === cluster);
  if (!neighbour) return notFound(cluster);
  const opened = world.pools.open(
    {
      provider: 'azure',
      region: neighbour.region,
      zone: properties.availabilityZones?.[0] ?? '',
      name,
      type: properties.vmSize,
      purchase: properties.scaleSetPriority === 'Spot' ? 'spot' : 'on-demand',
      target: properties.count,
      min: 0,
      max: 1000,
      tags: { ...innerTags(properties.tags ?? {}), cluster },
    },
    { by: 'godwit' },
  );
  const answer = ok(
    shape(opened),
    started(ground, opened.region, opened.operation?.id ?? '', 'Microsoft.ContainerService'),
  );
  return { ...answer, status: 201 };
}

function deleteMachines(ground: Ground, { path, body }: Incoming): Outgoing {
  const { world, place } = ground;
  const pool = poolOfCluster(ground, path);
  if (!pool) return notFound(path[2] ?? '');
  const names = (body as { machineNames?: readonly string[] }).machineNames ?? [];
  const shapes = living(pool).map((i) => ({ id: i.id, name: machine(place, pool, path[1] ?? '', i).name }));
  const ids = names.map((name) => shapes.find((shape) => shape.name === name)?.id);
  if (ids.includes(undefined)) return refusal(400, 'MachineNotFound', 'a machine was not found in the agent pool');
  const changed = world.pools.remove(
    pool.id,
    ids.flatMap((id) => id ?? []),
    { by: 'godwit' },
  );
  if (!changed.ok) return refusal(400, 'InvalidParameter', changed.why);
  const headers = started(ground, pool.region, changed.operation.id, 'Microsoft.ContainerService');
  return { status: 202, headers };
}

function listPoolMachines(ground: Ground, request: Incoming, view: View): Outgoing {
  const pool = poolOfCluster(ground, request.path, { ...view, empty: false });
  if (!pool) return notFound(request.path[2] ?? '');
  const all = living(pool).filter(({ state }) => state !== 'pending');
  return page(ground, request, view.empty ? [] : all.map((i) => machine(ground.place, pool, request.path[1] ?? '', i)));
}

function listSkus(ground: Ground, request: Incoming): Outgoing {
  const region = /^location eq '([a-z0-9]+)'$/.exec(request.url.searchParams.get('$filter') ?? '')?.[1];
  const known = ground.world.regions.find((r) => r.provider === 'azure' && r.name === region);
  if (!known) return refusal(400, 'InvalidParameter', 'the filter names no location');
  const skus = known.types.map(({ name, family, vcpu, memory, arch, spot }) => ({
    resourceType: 'virtualMachines',
    name,
    tier: 'Standard',
    size: name.replace(/^Standard_/, ''),
    family: usageNameOf(family),
    locations: [known.name],
    locationInfo: [
      { location: known.name, zones: known.zones.filter((z) => z.sells(name)).map((z) => z.name), zoneDetails: [] },
    ],
    capabilities: [
      { name: 'vCPUs', value: String(vcpu) },
      { name: 'MemoryGB', value: String(memory / 1024) },
      { name: 'CpuArchitectureType', value: arch === 'arm64' ? 'Arm64' : 'x64' },
      { name: 'LowPriorityCapable', value: spot ? 'True' : 'False' },
    ],
    restrictions: ground.restrictions(name, known.name),
  }));
  const disk = {
    resourceType: 'disks',
    name: 'Premium_LRS',
    tier: 'Premium',
    size: 'P10',
    locations: [known.name],
    capabilities: [],
    restrictions: [],
  };
  return page(ground, request, [disk, ...skus]);
}

function listUsages(ground: Ground, request: Incoming): Outgoing {
  const [region = ''] = request.path;
  const usages = ground.world.quota('azure', region).map(({ name, limit, used }) => ({
    unit: 'Count',
    limit,
    currentValue: used,
    name: { value: usageNameOf(name), localizedValue: usageNameOf(name) },
  }));
  return page(ground, request, usages);
}

function getOperation({ world }: Ground, { path }: Incoming): Outgoing {
  const [region = '', id = ''] = path;
  const operation = world.operation(id);
  return operation ? ok(operationBody(world, operation, region)) : refusal(404, 'NotFound', `no operation ${id}`);
}

/** Resource Graph, as far as the adapter's one question: machines of scale sets in some groups. */
function queryResources(ground: Ground, { body }: Incoming, view: View): Outgoing {
  if (!ground.resourceGraph) return refusal(403, 'AuthorizationFailed', 'not allowed');
  const { query = '', options = {} } = body as { query?: string; options?: { $top?: number; $skipToken?: string } };
  const asked =
    /^computeresources \| where type =~ '([^']+)' \| where resourceGroup in~ \(([^)]*(?:\([^)]*\))?[^)]*)\) \| project (.+) \| order by id asc$/.exec(
      query,
    );
  if (asked?.[1]?.toLowerCase() !== 'microsoft.compute/virtualmachinescalesets/virtualmachines') {
    return refusal(400, 'BadRequest', 'Please provide below info when asking for support: ParserFailure');
  }
  const groups = (asked[2] ?? '').split(',').map((group) => group.trim().replaceAll("'", '').toLowerCase());
  const rows = poolsSeen(ground, view)
    .flatMap((pool) => living(pool).map((instance) => setMachine(ground.place, pool, instance)))
    .filter(({ id }) => groups.includes((/\/resourceGroups\/([^/]+)/i.exec(String(id))?.[1] ?? '').toLowerCase()))
    .map(({ id, properties }) => {
      const p = properties as {
        provisioningState: string;
        timeCreated: string;
        osProfile: { computerName: string };
        instanceView: { statuses: { code: string }[] };
      };
      const power = p.instanceView.statuses[1]?.code ?? '';
      return { id, state: p.provisioningState, power, created: p.timeCreated, computer: p.osProfile.computerName };
    })
    .toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
  const from = Number(options.$skipToken ?? 0);
  const size = Math.min(options.$top ?? 100, ground.pageSize * 10);
  const more = rows.length > from + size;
  return ok({
    totalRecords: rows.length,
    count: Math.min(size, rows.length - from),
    data: rows.slice(from, from + size),
    facets: [],
    resultTruncated: more ? 'true' : 'false',
    ...(more && { $skipToken: String(from + size) }),
  });
}

function listPrices(ground: Ground, { url }: Incoming, view: View): Outgoing {
  if (url.searchParams.get('meterRegion') !== "'primary'") return refusal(400, 'BadRequest', 'meterRegion');
  const rows = filtered(view.empty ? [] : priceRows(ground.world), url.searchParams.get('$filter') ?? '');
  if (!rows) return refusal(400, 'BadRequest', 'Invalid OData parameters supplied');
  const from = Number(url.searchParams.get('$skip') ?? 0);
  const size = ground.pageSize * 10;
  const next = new URL(`${url.pathname}${url.search}`, ground.root);
  next.searchParams.set('$skip', String(from + size));
  return ok({
    BillingCurrency: 'USD',
    CustomerEntityId: 'Default',
    CustomerEntityType: 'Retail',
    Items: rows.slice(from, from + size),
    NextPageLink: rows.length > from + size ? next.href : null,
    Count: rows.slice(from, from + size).length,
  });
}
