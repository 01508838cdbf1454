import { answered, failed, type Answer, type Failure } from '../../src/failure.ts';
import type { OfferingError, Receipt } from '../../src/ports.ts';
import { statusOf } from './begin.ts';
import type { Azure } from './connection.ts';
import { failureOfOperation } from './failures.ts';
import { groupOf, poolIdOf, sameId, type PoolId } from './ids.ts';
import { machinesIn } from './instances.ts';
import { membersOf } from './json.ts';
import { OP_TAG, tagOf } from './tags.ts';
import { tokenOf, type Token } from './token.ts';

/** The receipt of an order that has just been accepted: nothing has been looked at yet. */
export const accepted = (token: Token): Receipt => ({
  state: 'running',
  token: tokenOf(token),
  asked: token.asked,
  accepted: token.asked,
  fulfilled: 0,
  errors: [],
  ...(token.kind !== 'delete' && { pool: token.pool }),
});

/**
 * How far an order is: from the operation, as long as Azure keeps it, and from the pool and its machines. An
 * operation that is over is not the same as nodes that run, so the machines are counted either way.
 */
export async function readReceipt(azure: Azure, token: Token): Promise<Answer<Receipt>> {
  const id = poolIdOf(token.pool);
  if (!id) return failed(badToken);
  const ended = await readOperation(azure, token);
  if (!ended.ok) return ended;
  const now = await poolNow(azure, id, token);
  if (!now.ok) return now;
  const { state, failure } = ended.value;
  const fulfilled = fulfilledOf(token, now.value);
  const errors: OfferingError[] = failure ? [{ offering: token.offering, failure }] : [];
  // somebody else has set another size since: this order will not be fulfilled any more, and that is not its failure
  const superseded = token.kind !== 'delete' && now.value.opId !== undefined && now.value.opId !== token.opId;
  const complete = fulfilled >= token.asked;
  return answered({
    state: state === 'failed' ? 'failed' : state === 'done' && (complete || superseded) ? 'done' : 'running',
    token: tokenOf(token),
    asked: token.asked,
    accepted: state === 'failed' ? Math.min(token.asked, now.value.all.length) : token.asked,
    fulfilled,
    errors,
    ...(now.value.version !== undefined && { version: now.value.version }),
    ...(token.kind !== 'delete' && now.value.exists && { pool: token.pool }),
  });
}

interface Ended {
  readonly state: 'running' | 'done' | 'failed';
  readonly failure?: Failure;
}

/** Azure forgets operations after a while: then only the pool can tell. */
async function readOperation(azure: Azure, token: Token): Promise<Answer<Ended>> {
  if (token.operation === undefined) return answered({ state: 'done' });
  const api = 'operations.get';
  const read = await azure.arm({ api, region: token.region }, 'GET', token.operation);
  if (!read.ok) return read.failure.kind.is === 'notFound' ? answered({ state: 'done' }) : read;
  const state = statusOf(read.value);
  if (state !== 'failed') return answered({ state });
  const error = membersOf(read.value.body).error;
  return answered({ state, failure: failureOfOperation(api, error, read.value.headers['x-ms-request-id']) });
}

interface PoolNow {
  readonly exists: boolean;
  readonly version?: string;
  readonly opId?: string;
  /** ends of the machines' ids */
  readonly all: readonly string[];
  readonly running: number;
  readonly target: number;
}

const GONE: PoolNow = { exists: false, all: [], running: 0, target: 0 };

function poolNow(azure: Azure, id: PoolId, token: Token): Promise<Answer<PoolNow>> {
  return id.kind === 'scale-set' ? scaleSetNow(azure, id, token) : agentPoolNow(azure, id, token);
}

async function scaleSetNow(
  azure: Azure,
  { group, name }: Extract<PoolId, { kind: 'scale-set' }>,
  { region }: Token,
): Promise<Answer<PoolNow>> {
  const set = await azure.ask({ api: 'virtualMachineScaleSets.get', region }, () =>
    azure.compute.virtualMachineScaleSets.get(group, name),
  );
  if (!set.ok) return set.failure.kind.is === 'notFound' ? answered(GONE) : set;
  const machines = await machinesIn(azure, { group, name, region });
  if (!machines.ok) return machines;
  return answered(
    nowOf(set.value.etag, set.value.sku?.capacity, set.value.tags, {
      all: machines.value.map((machine) => machine.id),
      running: machines.value.filter(({ state }) => state === 'running').length,
    }),
  );
}

/** AKS names a pool's machines but not how they are: that stands in the scale set behind it. */
async function agentPoolNow(
  azure: Azure,
  { group, cluster, name }: Extract<PoolId, { kind: 'agent-pool' }>,
  { region }: Token,
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
  return answered(
    nowOf(pool.value.eTag, pool.value.count, pool.value.tags, {
      all: ids,
      running: machines.value.filter(({ state }) => state === 'running').length,
    }),
  );
}

function scaleSetBehind(machineIds: readonly string[]): { group: string; name: string } | undefined {
  for (const id of machineIds) {
    const group = groupOf(id);
    const name = /\/virtualMachineScaleSets\/([^/]+)\//i.exec(id)?.[1];
    if (group !== undefined && name !== undefined) return { group, name };
  }
  return undefined;
}

function nowOf(
  version: string | undefined,
  target: number | undefined,
  tags: Readonly<Record<string, string>> | undefined,
  machines: Pick<PoolNow, 'all' | 'running'>,
): PoolNow {
  const opId = tagOf(tags, OP_TAG);
  return {
    exists: true,
    target: target ?? 0,
    ...machines,
    ...(version !== undefined && { version }),
    ...(opId !== undefined && { opId }),
  };
}

/** Of a shrink, all that was asked for runs already; it is over when nothing more than that is left. */
function fulfilledOf(token: Token, now: PoolNow): number {
  if (token.kind === 'delete') {
    return (token.instances ?? []).filter((gone) => !now.all.some((id) => isInstance(id, gone))).length;
  }
  return Math.min(token.asked, now.running);
}

const isInstance = (resource: string, instance: string): boolean =>
  sameId(resource, instance) || resource.toLowerCase().endsWith(`/${instance.toLowerCase()}`);

export const badToken: Failure = {
  kind: { is: 'invalid' },
  api: '',
  code: 'BadToken',
  message: 'the token is not one of an Azure order',
};
