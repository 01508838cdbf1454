import type { SimPool } from '../../providers/simulated/world-types.ts';
import type { Handler, Request } from './gcp-compute.ts';
import {
  CLUSTER_TAG,
  clusterOf,
  groupName,
  groupsAt,
  labelsOf,
  Refused,
  tagsFor,
  zoneLink,
  type State,
} from './gcp-state.ts';

/** GKE over the same machines: pools that carry a cluster's tag. Its clusters are regional. */
export function containerHandlers(
  state: State,
  { autoscaled }: { readonly autoscaled: ReadonlySet<string> },
): Readonly<Record<string, Handler>> {
  const { world, project } = state;
  const one = (answer: (r: Request) => object): Handler => ({ kind: 'one', answer });
  const pools = (): readonly SimPool[] => groupsAt(world).filter((pool) => clusterOf(pool) !== undefined);
  const operation = (type: string, location: string, target: string): object => {
    const { name } = state.begin({ type, target, container: location });
    return { name, location, operationType: type, status: 'RUNNING', startTime: '' };
  };
  const found = ({ path }: Request): { pool: SimPool; location: string } => {
    const [, location, cluster, name] =
      /locations\/([^/]+)\/clusters\/([^/]+)\/nodePools\/([^/]+)$/.exec(path['name'] ?? '') ?? [];
    const pool = pools().find((p) => clusterOf(p) === cluster && p.name === name && p.region === location);
    if (pool && location !== undefined) return { pool, location };
    throw new Refused(404, 'NOT_FOUND', `Not found: ${path['name']}.`);
  };
  const nodePoolAs = (pool: SimPool): object => ({
    name: pool.name,
    initialNodeCount: 1,
    locations: [pool.zone],
    instanceGroupUrls: [`${zoneLink(project, pool.zone)}/instanceGroupManagers/${groupName(pool)}`],
    status: 'RUNNING',
    etag: `etag-${pool.name}`,
    management: { autoUpgrade: true, autoRepair: true },
    ...(autoscaled.has(pool.name) && { autoscaling: { enabled: true, minNodeCount: 0, maxNodeCount: 10 } }),
    config: {
      machineType: pool.type,
      diskSizeGb: 100,
      spot: pool.purchase === 'spot',
      resourceLabels: Object.fromEntries(Object.entries(labelsOf(pool)).filter(([key]) => key !== CLUSTER_TAG)),
    },
  });

  return {
    'container.clusters.list': one(() => {
      const clusters = new Map<string, SimPool[]>();
      for (const pool of pools()) {
        const key = `${pool.region}/${clusterOf(pool)}`;
        clusters.set(key, [...(clusters.get(key) ?? []), pool]);
      }
      return {
        clusters: [...clusters].map(([key, members]) => ({
          name: key.slice(key.indexOf('/') + 1),
          location: key.slice(0, key.indexOf('/')),
          status: 'RUNNING',
          nodePools: members.map(nodePoolAs),
        })),
      };
    }),
    'container.nodePools.get': one((r) => nodePoolAs(found(r).pool)),
    'container.nodePools.setSize': one((r) => {
      const { pool, location } = found(r);
      const changed = world.pools.resize(pool.id, Number(r.body['nodeCount']), { by: 'godwit' });
      if (!changed.ok) throw new Refused(400, 'INVALID_ARGUMENT', changed.why);
      return operation('SET_NODE_POOL_SIZE', location, pool.name);
    }),
    'container.nodePools.create': one((r) => {
      const parent = r.path['parent'] ?? '';
      const [, location = '', cluster = ''] = /locations\/([^/]+)\/clusters\/([^/]+)$/.exec(parent) ?? [];
      const wanted = Object(r.body['nodePool']) as Record<string, unknown>;
      const config = Object(wanted['config']) as Record<string, unknown>;
      const [zone] = Array.isArray(wanted['locations']) ? wanted['locations'].map(String) : [];
      const name = String(wanted['name']);
      if (pools().some((p) => clusterOf(p) === cluster && p.name === name)) {
        throw new Refused(409, 'ALREADY_EXISTS', `Already exists: ${parent}/nodePools/${name}.`);
      }
      if (zone === undefined) throw new Refused(400, 'INVALID_ARGUMENT', 'the fake needs one location');
      world.pools.open(
        {
          provider: 'gcp',
          region: location,
          zone,
          name,
          type: String(config['machineType']),
          purchase: config['spot'] === true ? 'spot' : 'on-demand',
          target: Number(wanted['initialNodeCount']),
          min: 0,
          max: 1000,
          tags: {
            ...tagsFor(world, Object(config['resourceLabels']) as Record<string, string>),
            [CLUSTER_TAG]: cluster,
          },
        },
        { by: 'godwit' },
      );
      return operation('CREATE_NODE_POOL', location, name);
    }),
    'container.operations.get': one(({ path }) => {
      const name = path['name']?.slice(path['name'].lastIndexOf('/') + 1) ?? '';
      const known = state.operations.get(name);
      if (known?.container === undefined) throw new Refused(404, 'NOT_FOUND', `Not found: ${path['name']}.`);
      const done = world.now() >= known.startedAt + 60_000;
      return {
        name,
        location: known.container,
        operationType: known.type,
        status: done ? 'DONE' : 'RUNNING',
        ...(known.error && { error: { code: 8, message: known.error.message } }),
      };
    }),
  };
}
