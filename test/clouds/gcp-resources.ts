import type { SimInstance, SimPool, SimRegion, Shortage } from '../../providers/simulated/world-types.ts';
import type { Instant } from '../../src/units.ts';
import {
  groupName,
  HOME,
  labelsOf,
  PROJECT_NUMBER,
  rfc,
  zoneLink,
  type Operation,
  type State,
  type Template,
} from './gcp-state.ts';

export interface ComputeOptions {
  /** seconds that a template takes to be there */
  readonly templateReadyS: number;
  readonly autoscalers: readonly object[];
  readonly commitments: readonly object[];
  readonly regional: readonly object[];
  /** groups whose machines have no labels yet */
  readonly unlabelled: readonly string[];
  /** machine → when its maintenance begins */
  readonly maintenance: ReadonlyMap<string, Instant>;
  /** group → link of the autoscaler bound to it */
  readonly autoscaledGroups: Readonly<Record<string, string>>;
}

/** Changes take Google a moment; what is refused is refused in an operation that is done. */
export function operationAs(state: State, operation: Operation, { templateReadyS }: ComputeOptions): object {
  const takesS = operation.type === 'compute.instanceTemplates.insert' ? templateReadyS : 1;
  const done = operation.error !== undefined || state.world.now() >= operation.startedAt + takesS * 1000;
  return {
    name: operation.name,
    operationType: operation.type,
    status: done ? 'DONE' : 'RUNNING',
    progress: done ? 100 : 0,
    user: 'godwit@example.iam.gserviceaccount.com',
    insertTime: rfc(operation.startedAt),
    targetLink: operation.target,
    ...(operation.zone !== undefined && { zone: zoneLink(state.project, operation.zone) }),
    ...(operation.requestId !== undefined && { clientOperationId: operation.requestId }),
    ...(operation.error && {
      error: { errors: [operation.error] },
      httpErrorStatusCode: 503,
      httpErrorMessage: 'SERVICE UNAVAILABLE',
    }),
  };
}

export const madeFrom = (state: State, pool: SimPool): Template | undefined =>
  state.templates.get(pool.tags[TEMPLATE_TAG] ?? '')?.what;
/** Remembers in the world which template a group was made from. */
export const TEMPLATE_TAG = 'made-from-template';

export const templateNameOf = (state: State, pool: SimPool): string =>
  madeFrom(state, pool)?.name ?? `template-of-${groupName(pool)}`;

export function templateFor(pool: SimPool): Template {
  const spot = pool.purchase === 'spot';
  return {
    name: `template-of-${groupName(pool)}`,
    properties: {
      machineType: pool.type,
      labels: labelsOf(pool),
      disks: [
        {
          boot: true,
          autoDelete: true,
          initializeParams: { sourceImage: 'projects/cos-cloud/global/images/family/cos-stable' },
        },
      ],
      networkInterfaces: [{ network: 'global/networks/default' }],
      scheduling: spot
        ? {
            provisioningModel: 'SPOT',
            preemptible: true,
            automaticRestart: false,
            onHostMaintenance: 'TERMINATE',
            instanceTerminationAction: 'STOP',
          }
        : { provisioningModel: 'STANDARD', preemptible: false, automaticRestart: true, onHostMaintenance: 'MIGRATE' },
    },
  };
}

export const templateAs = ({ project }: State, { name, properties }: Template): object => ({
  name,
  selfLink: `${HOME}/projects/${project}/global/instanceTemplates/${name}`,
  properties,
});

export function groupAs(state: State, pool: SimPool, { autoscaledGroups }: ComputeOptions): object {
  const { project } = state;
  const ending = pool.instances.filter(({ state: s }) => s === 'ending').length;
  const none = pool.instances.filter(({ state: s }) => s === 'running').length;
  const name = groupName(pool);
  return {
    name,
    zone: zoneLink(project, pool.zone),
    selfLink: `${zoneLink(project, pool.zone)}/instanceGroupManagers/${name}`,
    instanceGroup: `${zoneLink(project, pool.zone)}/instanceGroups/${name}`,
    instanceTemplate: `${HOME}/projects/${project}/global/instanceTemplates/${templateNameOf(state, pool)}`,
    versions: [
      { instanceTemplate: `${HOME}/projects/${project}/global/instanceTemplates/${templateNameOf(state, pool)}` },
    ],
    baseInstanceName: pool.name,
    targetSize: pool.target,
    fingerprint: Buffer.from(`v${pool.version}`).toString('base64'),
    currentActions: { none, deleting: ending, creating: Math.max(0, pool.target - none) },
    updatePolicy: { type: 'OPPORTUNISTIC', minimalAction: 'REPLACE' },
    status: {
      isStable: pool.operation?.state !== 'running',
      ...(autoscaledGroups[name] !== undefined && { autoscaler: autoscaledGroups[name] }),
    },
  };
}

export function instanceAs(
  { project }: State,
  pool: SimPool,
  machine: SimInstance,
  { maintenance, unlabelled }: ComputeOptions,
): object {
  const begins = maintenance.get(machine.id);
  const name = groupName(pool);
  return {
    name: machine.id,
    zone: zoneLink(project, pool.zone),
    status: STATUS[machine.state],
    machineType: `${zoneLink(project, pool.zone)}/machineTypes/${machine.type}`,
    ...(!unlabelled.includes(name) && { labels: labelsOf(pool) }),
    creationTimestamp: rfc(machine.launchedAt),
    ...(begins !== undefined && {
      resourceStatus: {
        upcomingMaintenance: { type: 'SCHEDULED', windowStartTime: rfc(begins), canReschedule: false },
      },
    }),
    metadata: {
      items: [
        { key: 'created-by', value: `projects/${PROJECT_NUMBER}/zones/${pool.zone}/instanceGroupManagers/${name}` },
      ],
    },
  };
}

const STATUS = { pending: 'STAGING', running: 'RUNNING', ending: 'STOPPING', ended: 'TERMINATED' } as const;

/** The machines of a group, and one row for each that it tries to make and cannot. */
export function managedOf(state: State, pool: SimPool): readonly object[] {
  const members = pool.instances.map((machine) => ({
    name: machine.id,
    instance: `${zoneLink(state.project, pool.zone)}/instances/${machine.id}`,
    instanceStatus: STATUS[machine.state],
    currentAction: machine.state === 'ending' ? 'DELETING' : machine.state === 'pending' ? 'CREATING' : 'NONE',
  }));
  const staying = pool.instances.filter(({ state: s }) => s !== 'ending').length;
  const shortages = pool.operation?.shortages ?? [];
  const missing = Array.from({ length: Math.max(0, pool.target - staying) }, (_, i) => {
    const shortage = shortages[0];
    return {
      name: `${pool.name}-none${i}`,
      currentAction: 'CREATING',
      ...(shortage && { lastAttempt: { errors: { errors: [errorAs(shortage)] } } }),
    };
  });
  return [...members, ...missing];
}

const errorAs = ({ why, quota, type, zone }: Shortage): object =>
  why === 'quota'
    ? {
        code: 'QUOTA_EXCEEDED',
        message: `Quota '${quota === 'on-demand' ? 'CPUS' : quota}' exceeded.  Limit: 40.0 in region.`,
      }
    : {
        code: 'ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS',
        message: `The zone '${zone}' does not have enough resources available to fulfill the request: ${type}.`,
      };

export function regionAs({ world }: State, region: SimRegion): object {
  const quotas = world.quota('gcp', region.name);
  const figures = (name: string): object | undefined => {
    const quota = quotas.find((q) => q.name === name);
    return quota && { limit: Number.isFinite(quota.limit) ? quota.limit : 1e9, usage: quota.used };
  };
  const families = [...new Set(region.types.map(({ family }) => family))];
  const row = (metric: string, quota: object | undefined): object[] => (quota ? [{ metric, ...quota }] : []);
  return {
    name: region.name,
    status: 'UP',
    quotas: [
      ...row('CPUS', figures('on-demand')),
      ...row('PREEMPTIBLE_CPUS', figures('spot')),
      ...families
        .filter((family) => family !== 'e2' && family !== 'n1')
        .flatMap((family) => row(`${family.toUpperCase()}_CPUS`, figures(family) ?? figures('on-demand'))),
    ],
  };
}
