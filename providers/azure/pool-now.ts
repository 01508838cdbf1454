import { answered, type Answer, type Failure } from '../../src/failure.ts';
import type { Azure } from './connection.ts';
import { failureOfOperation } from './failures.ts';
import { groupOf, type AgentPoolId, type PoolId, type ScaleSetId } from './ids.ts';
import { machinesIn } from './instances.ts';
import { OP_TAG, tagOf, type Tags } from './tags.ts';

/** A pool as an order finds it later. */
export interface PoolNow {
  readonly exists: boolean;
  readonly version?: string;
  /** of the latest order that Godwit wrote on it */
  readonly opId?: string;
  /** nodes it asks for */
  readonly target: number;
  /** ids, or ends of ids, of its machines */
  readonly all: readonly string[];
  readonly running: number;
  /** nothing is under way any more */
  readonly settled: boolean;
  /** Why its last change failed, as far as the pool itself tells. */
  readonly why: () => Promise<Answer<Failure | undefined>>;
}

const untold = (): Promise<Answer<undefined>> => Promise.resolve(answered(undefined));
const GONE: PoolNow = { exists: false, target: 0, all: [], running: 0, settled: true, why: untold };

export function poolNow(azure: Azure, id: PoolId, region: string): Promise<Answer<PoolNow>> {
  return id.kind === 'scale-set' ? scaleSetNow(azure, id, region) : agentPoolNow(azure, id, region);
}

async function scaleSetNow(azure: Azure, { group, name }: ScaleSetId, region: string): Promise<Answer<PoolNow>> {
  const { virtualMachineScaleSets: sets } = azure.compute;
  const set = await azure.ask({ api: 'virtualMachineScaleSets.get', region }, () => sets.get(group, name));
  if (!set.ok) return set.failure.kind.is === 'notFound' ? answered(GONE) : set;
  const machines = await machinesIn(azure, { group, name, region });
  if (!machines.ok) return machines;
  return answered({
    ...written(set.value.etag, set.value.tags),
    target: set.value.sku?.capacity ?? 0,
    all: machines.value.map((machine) => machine.id),
    running: machines.value.filter(({ state }) => state === 'running').length,
    settled: isSettled(set.value.provisioningState),
    why: async () => {
      const api = 'virtualMachineScaleSets.getInstanceView';
      const view = await azure.ask({ api, region }, () => sets.getInstanceView(group, name));
      if (!view.ok) return view;
      const failed = (view.value.statuses ?? []).find(({ code }) => code?.startsWith(FAILED));
      if (!failed) return answered(undefined);
      const error = { code: failed.code?.slice(FAILED.length), message: failed.message ?? failed.displayStatus };
      return answered(failureOfOperation(api, error));
    },
  });
}

/** `ProvisioningState/failed/ZonalAllocationFailed`: learn.microsoft.com/azure/virtual-machines/states-billing */
const FAILED = 'ProvisioningState/failed/';

/** AKS names a pool's machines but not how they are: that stands in the scale set behind it. */
async function agentPoolNow(
  azure: Azure,
  { group, cluster, name }: AgentPoolId,
  region: string,
): Promise<Answer<PoolNow>> {
  const pool = await azure.ask({ api: 'agentPools.get', region }, () => azure.aks.agentPools.get(group, cluster, name));
  if (!pool.ok) return pool.failure.kind.is === 'notFound' ? answered(GONE) : pool;
  const named = await azure.askAll({ api: 'agentPools.machines.list', region }, () =>
    azure.aks.machines.list(group, cluster, name),
  );
  if (!named.ok) return named;
  const ids = named.value.flatMap((machine) => machine.properties?.resourceId ?? []);
  const set = scaleSetBehind(ids);
  const machines = set ? await machinesIn(azure, { ...set, region }) : answered([]);
  if (!machines.ok) return machines;
  const error = pool.value.status?.provisioningError;
  return answered({
    ...written(pool.value.eTag, pool.value.tags),
    target: pool.value.count ?? 0,
    all: ids,
    running: machines.value.filter(({ state }) => state === 'running').length,
    settled: isSettled(pool.value.provisioningState),
    why: () => Promise.resolve(answered(error && failureOfOperation('agentPools.get', error))),
  });
}

const isSettled = (provisioning: string | undefined): boolean =>
  ['succeeded', 'failed', 'canceled'].includes((provisioning ?? '').toLowerCase());

function scaleSetBehind(machineIds: readonly string[]): { group: string; name: string } | undefined {
  for (const id of machineIds) {
    const group = groupOf(id);
    const name = /\/virtualMachineScaleSets\/([^/]+)\//i.exec(id)?.[1];
    if (group !== undefined && name !== undefined) return { group, name };
  }
  return undefined;
}

function written(version: string | undefined, tags: Tags | undefined): Pick<PoolNow, 'exists' | 'version' | 'opId'> {
  const opId = tagOf(tags, OP_TAG);
  return { exists: true, ...(version !== undefined && { version }), ...(opId !== undefined && { opId }) };
}
