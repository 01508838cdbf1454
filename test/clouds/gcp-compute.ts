import type { SimPool, SimRegion, SimZone } from '../../providers/simulated/world-types.ts';
import type { Instant } from '../../src/units.ts';
import {
  groupAs,
  instanceAs,
  madeFrom,
  managedOf,
  operationAs,
  regionAs,
  TEMPLATE_TAG,
  templateAs,
  templateFor,
  templateNameOf,
  type ComputeOptions,
} from './gcp-resources.ts';
import { groupName, groupsAt, HOME, Refused, rfc, tagsFor, zoneLink, type Operation, type State } from './gcp-state.ts';

/** A request that was let through: what its path, query and body say. */
export interface Request {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** lists are as of then, or empty; absent = as it is */
  readonly asOf?: Instant;
  readonly empty: boolean;
}

/** `aggregated` and `list` are cut into pages by the server; `one` is answered as it is. */
export type Handler =
  | { readonly kind: 'aggregated'; readonly key: string; items(r: Request): readonly Placed[] }
  | { readonly kind: 'list'; readonly key: string; items(r: Request): readonly object[] }
  | { readonly kind: 'one'; answer(r: Request): object };

export interface Placed {
  readonly place: string;
  readonly item: object;
}

const one = (answer: (r: Request) => object): Handler => ({ kind: 'one', answer });
const aggregated = (key: string, items: (r: Request) => readonly Placed[]): Handler => ({
  kind: 'aggregated',
  key,
  items,
});

export function computeHandlers(state: State, options: ComputeOptions): Readonly<Record<string, Handler>> {
  const { world, project } = state;
  const regions = (): readonly SimRegion[] => world.regions.filter(({ provider }) => provider === 'gcp');
  const inZone = (item: object, zone: string): Placed => ({ place: `zones/${zone}`, item });
  const found = ({ path }: Request): SimPool => {
    const pool = state.group(path['zone'] ?? '', path['instanceGroupManager'] ?? '');
    if (pool) return pool;
    throw new Refused(
      404,
      'notFound',
      `The resource 'projects/${project}/zones/${path['zone']}/instanceGroupManagers/${path['instanceGroupManager']}' was not found`,
    );
  };
  const opRead = (r: Request): object => {
    const operation = state.operations.get(r.path['operation'] ?? '');
    if (operation && operation.zone === r.path['zone']) return operationAs(state, operation, options);
    throw new Refused(
      404,
      'notFound',
      `The resource 'projects/${project}/operations/${r.path['operation']}' was not found`,
    );
  };
  /** The same request id is the same request: its first operation is answered again. */
  const once = (requestId: string | null, run: () => Operation): object => {
    const first = requestId === null ? undefined : state.byRequestId.get(requestId);
    return operationAs(state, first ?? run(), options);
  };

  return {
    'compute.instanceGroupManagers.aggregatedList': aggregated('instanceGroupManagers', ({ asOf }) => [
      ...groupsAt(world, asOf).map((pool) => inZone(groupAs(state, pool, options), pool.zone)),
      ...options.regional.map((item) => ({ place: `regions/${regions()[0]?.name}`, item })),
    ]),
    'compute.instanceGroupManagers.get': one((r) => groupAs(state, found(r), options)),
    'compute.instanceGroupManagers.listManagedInstances': {
      kind: 'list',
      key: 'managedInstances',
      items: (r) => managedOf(state, found(r)),
    },
    'compute.instanceGroupManagers.resize': one((r) => {
      const pool = found(r);
      const requestId = r.query.get('requestId');
      const size = Number(r.query.get('size'));
      // a zonal group has no more: cloud.google.com/compute/docs/instance-groups
      if (size < 0 || size > 1000) throw new Refused(400, 'invalid', `Invalid value for field 'size': '${size}'.`);
      return once(requestId, () => {
        checked(world.pools.resize(pool.id, size, { by: 'godwit', ...(requestId !== null && { token: requestId }) }));
        return begin(state, 'compute.instanceGroupManagers.resize', pool, requestId);
      });
    }),
    'compute.instanceGroupManagers.deleteInstances': one((r) => {
      const pool = found(r);
      const requestId = r.query.get('requestId');
      const links = Array.isArray(r.body['instances']) ? r.body['instances'].map(String) : [];
      if (links.length > 1000)
        throw new Refused(400, 'invalid', 'At most 1000 instances can be deleted in one request.');
      const names = links.map((link) => {
        const parts = /zones\/([^/]+)\/instances\/([^/]+)$/.exec(link);
        if (parts?.[1] !== pool.zone)
          throw new Refused(400, 'invalid', `Invalid value for field 'instances': '${link}'.`);
        return parts[2] ?? '';
      });
      const members = new Set(pool.instances.map(({ id }) => id));
      const there = names.filter((name) => members.has(name));
      if (there.length < names.length && r.body['skipInstancesOnValidationError'] !== true) {
        throw new Refused(400, 'invalid', 'Some instances are not members of the group.');
      }
      return once(requestId, () => {
        checked(world.pools.remove(pool.id, there, { by: 'godwit', ...(requestId !== null && { token: requestId }) }));
        return begin(state, 'compute.instanceGroupManagers.deleteInstances', pool, requestId);
      });
    }),
    'compute.instanceGroupManagers.insert': one((r) => insertGroup(state, r, options, once)),
    'compute.instanceTemplates.aggregatedList': aggregated('instanceTemplates', () => [
      ...groupsAt(world)
        .filter((pool) => !madeFrom(state, pool))
        .map((pool) => ({ place: 'global', item: templateAs(state, templateFor(pool)) })),
      ...[...state.templates.values()].map(({ what }) => ({ place: 'global', item: templateAs(state, what) })),
    ]),
    'compute.instanceTemplates.get': one((r) => {
      const name = r.path['instanceTemplate'] ?? '';
      const made = state.templates.get(name)?.what;
      const pool = groupsAt(world).find((p) => templateNameOf(state, p) === name);
      if (made) return templateAs(state, made);
      if (pool) return templateAs(state, templateFor(pool));
      throw new Refused(
        404,
        'notFound',
        `The resource 'projects/${project}/global/instanceTemplates/${name}' was not found`,
      );
    }),
    'compute.instanceTemplates.insert': one((r) => {
      const name = String(r.body['name']);
      const requestId = r.query.get('requestId');
      const known = requestId !== null && state.byRequestId.has(requestId);
      if (!known && state.templates.has(name)) {
        throw new Refused(
          409,
          'alreadyExists',
          `The resource 'projects/${project}/global/instanceTemplates/${name}' already exists`,
        );
      }
      return once(requestId, () => {
        const properties = Object(r.body['properties']) as Record<string, unknown>;
        state.templates.set(name, { at: world.now(), what: { name, properties } });
        return state.begin({
          type: 'compute.instanceTemplates.insert',
          target: `${HOME}/projects/${project}/global/instanceTemplates/${name}`,
          ...(requestId !== null && { requestId }),
        });
      });
    }),
    'compute.instances.aggregatedList': aggregated('instances', ({ asOf }) =>
      groupsAt(world, asOf).flatMap((pool) =>
        pool.instances.map((machine) => inZone(instanceAs(state, pool, machine, options), pool.zone)),
      ),
    ),
    'compute.autoscalers.aggregatedList': aggregated('autoscalers', () =>
      options.autoscalers.map((item) => inZone(item, regions()[0]?.zones[0]?.name ?? '')),
    ),
    'compute.machineTypes.aggregatedList': aggregated('machineTypes', () =>
      regions().flatMap(({ zones, types }) => zones.flatMap((zone) => machineTypesIn(state, zone, types))),
    ),
    'compute.machineTypes.list': {
      kind: 'list',
      key: 'items',
      items: ({ path }) =>
        regions().flatMap(({ zones, types }) =>
          zones
            .filter(({ name }) => name === path['zone'])
            .flatMap((zone) => machineTypesIn(state, zone, types).map(({ item }) => item)),
        ),
    },
    'compute.regions.list': {
      kind: 'list',
      key: 'items',
      items: () => regions().map((region) => regionAs(state, region)),
    },
    'compute.regionCommitments.aggregatedList': aggregated('commitments', () =>
      options.commitments.map((item) => ({ place: `regions/${regions()[0]?.name}`, item })),
    ),
    'compute.zoneOperations.get': one(opRead),
    'compute.globalOperations.get': one(opRead),
    'compute.globalOperations.aggregatedList': aggregated('operations', () => [
      ...[...state.operations.values()].map((operation) => ({
        place: operation.zone === undefined ? 'global' : `zones/${operation.zone}`,
        item: operationAs(state, operation, options),
      })),
      ...groupsAt(world)
        .filter(({ changedBy }) => changedBy !== 'godwit' && changedBy !== 'setup')
        .map((pool) =>
          inZone(
            {
              name: `operation-${pool.name}-${pool.version}`,
              operationType: 'compute.instanceGroupManagers.resize',
              status: 'DONE',
              user: `${pool.changedBy}@example.com`,
              insertTime: rfc(pool.changedAt),
              zone: zoneLink(project, pool.zone),
              targetLink: `${zoneLink(project, pool.zone)}/instanceGroupManagers/${groupName(pool)}`,
            },
            pool.zone,
          ),
        ),
      ...world.notices('gcp').flatMap((notice) => {
        const machine = world.instance(notice.instance);
        if (!machine || notice.kind !== 'reclaim') return [];
        const item = {
          name: `systemevent-${notice.receipt.replaceAll('/', '-')}`,
          operationType: 'compute.instances.preempted',
          status: 'DONE',
          user: 'system',
          zone: zoneLink(project, machine.zone),
          targetLink: `${zoneLink(project, machine.zone)}/instances/${machine.id}`,
          insertTime: rfc(notice.at),
          statusMessage: 'Instance was preempted.',
        };
        return [inZone(item, machine.zone)];
      }),
    ]),
  };
}

function machineTypesIn({ project }: State, zone: SimZone, types: SimRegion['types']): readonly Placed[] {
  return types
    .filter(({ name }) => zone.sells(name))
    .map(({ name, vcpu, memory, arch, gpu }) => ({
      place: `zones/${zone.name}`,
      item: {
        name,
        zone: zone.name,
        guestCpus: vcpu,
        memoryMb: Math.round(memory),
        architecture: arch === 'arm64' ? 'ARM64' : 'X86_64',
        isSharedCpu: false,
        selfLink: `${zoneLink(project, zone.name)}/machineTypes/${name}`,
        ...(gpu && {
          accelerators: [{ guestAcceleratorType: `nvidia-${gpu.name}`, guestAcceleratorCount: gpu.count }],
        }),
      },
    }));
}

function checked(changed: { readonly ok: boolean; readonly why?: string }): void {
  if (!changed.ok) throw new Refused(changed.why === 'notFound' ? 404 : 400, 'invalid', `refused: ${changed.why}`);
}

const begin = (state: State, type: string, pool: SimPool, requestId: string | null): Operation =>
  state.begin({
    type,
    zone: pool.zone,
    target: `${zoneLink(state.project, pool.zone)}/instanceGroupManagers/${groupName(pool)}`,
    ...(requestId !== null && { requestId }),
  });

function insertGroup(
  state: State,
  r: Request,
  options: ComputeOptions,
  once: (requestId: string | null, run: () => Operation) => object,
): object {
  const { world, project } = state;
  const zone = r.path['zone'] ?? '';
  const [name, link] = [String(r.body['name']), String(r.body['instanceTemplate'])];
  const requestId = r.query.get('requestId');
  const made = state.templates.get(link.slice(link.lastIndexOf('/') + 1));
  if (!made || world.now() < made.at + options.templateReadyS * 1000) {
    throw new Refused(
      404,
      'notFound',
      `The resource '${link}' was not found: projects/${project}/global/instanceTemplates`,
    );
  }
  const known = requestId !== null && state.byRequestId.has(requestId);
  if (!known && state.group(zone, name)) {
    throw new Refused(
      409,
      'alreadyExists',
      `The resource 'projects/${project}/zones/${zone}/instanceGroupManagers/${name}' already exists`,
    );
  }
  return once(requestId, () => {
    const { properties } = made.what;
    const scheduling = Object(properties['scheduling']) as Record<string, unknown>;
    const labels = Object(properties['labels']) as Record<string, string>;
    try {
      const pool = world.pools.open(
        {
          provider: 'gcp',
          region: zone.slice(0, zone.lastIndexOf('-')),
          zone,
          name,
          type: String(properties['machineType']),
          purchase: scheduling['provisioningModel'] === 'SPOT' ? 'spot' : 'on-demand',
          target: Number(r.body['targetSize']),
          min: 0,
          max: 1000,
          tags: { ...tagsFor(world, labels), [TEMPLATE_TAG]: made.what.name },
        },
        { by: 'godwit', ...(requestId !== null && { token: requestId }) },
      );
      return begin(state, 'compute.instanceGroupManagers.insert', pool, requestId);
    } catch (error) {
      throw new Refused(400, 'invalid', error instanceof Error ? error.message : String(error));
    }
  });
}
