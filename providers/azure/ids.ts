/** Where a resource stands. Azure answers the same id in different cases: what is compared is compared in lower case. */
export interface ScaleSetId {
  readonly kind: 'scale-set';
  readonly subscription: string;
  readonly group: string;
  readonly name: string;
}

export interface AgentPoolId {
  readonly kind: 'agent-pool';
  readonly subscription: string;
  readonly group: string;
  readonly cluster: string;
  readonly name: string;
}

export type PoolId = ScaleSetId | AgentPoolId;

const SCALE_SET =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Compute\/virtualMachineScaleSets\/([^/]+)$/i;
const AGENT_POOL =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.ContainerService\/managedClusters\/([^/]+)\/agentPools\/([^/]+)$/i;

/** undefined: not the id of a pool */
export function poolIdOf(id: string): PoolId | undefined {
  const set = SCALE_SET.exec(id);
  if (set) return { kind: 'scale-set', subscription: set[1] ?? '', group: set[2] ?? '', name: set[3] ?? '' };
  const pool = AGENT_POOL.exec(id);
  if (!pool) return undefined;
  const [, subscription = '', group = '', cluster = '', name = ''] = pool;
  return { kind: 'agent-pool', subscription, group, cluster, name };
}

/** One spelling of it: Azure itself writes `resourcegroups` of clusters and `resourceGroups` of the rest. */
export function resourceIdOf(pool: PoolId): string {
  const root = `/subscriptions/${pool.subscription}/resourceGroups/${pool.group}/providers`;
  return pool.kind === 'scale-set'
    ? `${root}/Microsoft.Compute/virtualMachineScaleSets/${pool.name}`
    : `${root}/Microsoft.ContainerService/managedClusters/${pool.cluster}/agentPools/${pool.name}`;
}

/** Of any resource: `/subscriptions/…/resourceGroups/<this>/…` */
export const groupOf = (id: string): string | undefined => /\/resourceGroups\/([^/]+)/i.exec(id)?.[1];

/**
 * An instance by the end of its node's providerID: `aks-web-1-vmss/virtualMachines/3` of a uniform scale set, whose
 * numbers alone would be the same in every pool; the machine's own name of a flexible one.
 */
export function instanceIdOf(resourceId: string): string | undefined {
  const uniform = /\/virtualMachineScaleSets\/([^/]+\/virtualMachines\/[^/]+)$/i.exec(resourceId);
  if (uniform) return uniform[1];
  return /\/virtualMachines\/([^/]+)$/i.exec(resourceId)?.[1];
}

/** What the scale set itself calls the instance. */
export const ownNameOf = (instance: string): string => instance.slice(instance.lastIndexOf('/') + 1);

export const sameId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
