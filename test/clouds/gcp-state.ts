import type { PoolSpec, SimPool, SimulatedWorld } from '../../providers/simulated/world-types.ts';
import type { Instant } from '../../src/units.ts';

export const HOME = 'https://www.googleapis.com/compute/v1';
export const PROJECT_NUMBER = '482910473625';

/** What Google keeps beside the world's machines: templates, operations, what each request id has done. */
export interface State {
  readonly world: SimulatedWorld;
  readonly project: string;
  readonly templates: Map<string, Made<Template>>;
  readonly operations: Map<string, Operation>;
  readonly byRequestId: Map<string, Operation>;
  begin(what: Omit<Operation, 'name' | 'startedAt'>): Operation;
  /** the group of this name in this zone, or nothing */
  group(zone: string, name: string): SimPool | undefined;
}

export interface Made<T> {
  readonly at: Instant;
  readonly what: T;
}

export interface Template {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Operation {
  readonly name: string;
  readonly type: string;
  readonly startedAt: Instant;
  readonly target: string;
  /** absent = global */
  readonly zone?: string;
  readonly container?: string;
  readonly requestId?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** A label as Google takes it: written anew here, from the rules for labels. */
export function spelled(text: string): string {
  let label = '';
  for (const c of text.toLowerCase()) label += /[a-z0-9_-]/.test(c) ? c : '-';
  return label.slice(0, 63);
}

export function stateOf(world: SimulatedWorld, project: string): State {
  const templates = new Map<string, Made<Template>>();
  const operations = new Map<string, Operation>();
  const byRequestId = new Map<string, Operation>();
  return {
    world,
    project,
    templates,
    operations,
    byRequestId,
    begin(what) {
      const operation = { ...what, name: `operation-${operations.size + 1}-fake`, startedAt: world.now() };
      operations.set(operation.name, operation);
      if (what.requestId !== undefined) byRequestId.set(what.requestId, operation);
      return operation;
    },
    group: (zone, name) => groupsAt(world).find((pool) => pool.zone === zone && groupName(pool) === name),
  };
}

export const groupsAt = (world: SimulatedWorld, at?: Instant): readonly SimPool[] =>
  at === undefined ? world.pools.list('gcp') : world.pools.listAt(at, 'gcp');

/** A pool with this tag is a node pool of that cluster. */
export const CLUSTER_TAG = 'goog-k8s-cluster-name';
export const clusterOf = ({ tags }: Pick<SimPool, 'tags'>): string | undefined => tags[CLUSTER_TAG];

/** GKE names the group of a node pool by itself. */
export const groupName = (pool: Pick<SimPool, 'name' | 'tags'>): string =>
  clusterOf(pool) === undefined ? pool.name : `gke-${clusterOf(pool)}-${pool.name}-grp`;

export const labelsOf = ({ tags }: Pick<PoolSpec, 'tags'>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [spelled(key), spelled(value)]));

/** The tags that labels stand for: those the world has used, by their own spelling. */
export function tagsFor(world: SimulatedWorld, labels: Readonly<Record<string, string>>): Record<string, string> {
  const known = new Map(
    groupsAt(world).flatMap(({ tags }) =>
      Object.entries(tags).map(([key, value]) => [spelled(key), [key, value] as const]),
    ),
  );
  return Object.fromEntries(
    Object.entries(labels).map(([key, value]) => {
      const [name, text] = known.get(key) ?? [key, value];
      return [name, spelled(text) === value ? text : value];
    }),
  );
}

export const rfc = (at: Instant): string => new Date(at).toISOString().replace('Z', '+00:00');
export const zoneLink = (project: string, zone: string): string => `${HOME}/projects/${project}/zones/${zone}`;

/** Google refuses a request. */
export class Refused extends Error {
  readonly status: number;
  readonly reason: string;
  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}
