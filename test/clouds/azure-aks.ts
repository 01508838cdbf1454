import type { SimPool } from '../../providers/simulated/world-types.ts';
import {
  living,
  NOW,
  notFound,
  ok,
  page,
  poolsSeen,
  refusal,
  resized,
  stale,
  started,
  type Ground,
  type Incoming,
  type Outgoing,
  type View,
} from './azure-ground.ts';
import { agentPool, innerTags, machine, managedCluster, type Json } from './azure-shapes.ts';

export function listClusters(ground: Ground, request: Incoming, view: View): Outgoing {
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

export function getAgentPool(ground: Ground, { path }: Incoming, view: View): Outgoing {
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

export function putAgentPool(ground: Ground, { path, headers, body }: Incoming): Outgoing {
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

export function deleteMachines(ground: Ground, { path, body }: Incoming): Outgoing {
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

export function listPoolMachines(ground: Ground, request: Incoming, view: View): Outgoing {
  const pool = poolOfCluster(ground, request.path, { ...view, empty: false });
  if (!pool) return notFound(request.path[2] ?? '');
  const all = living(pool).filter(({ state }) => state !== 'pending');
  return page(ground, request, view.empty ? [] : all.map((i) => machine(ground.place, pool, request.path[1] ?? '', i)));
}
