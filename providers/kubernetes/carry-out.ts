import { answered, failed, type Answer, type Failure } from '../../src/failure.ts';
import { apiName } from './api.ts';
import { deploymentsOf, readDeployment, type MachineDeployment } from './machine-deployments.ts';
import { readPool } from './receipts.ts';
import { OPERATION_ANNOTATION, recordText, type OperationRecord } from './record.ts';
import type { PoolPlace } from './sites.ts';

export interface Intent {
  readonly kind: 'size' | 'delete';
  readonly opId: string;
  /** what it leads to from the pool as it is */
  sizeFrom(pool: MachineDeployment): number;
  readonly expectedVersion?: string;
  /** why it may not be done to this pool at all */
  readonly refuse?: (pool: MachineDeployment) => Failure | undefined;
  /** done between the intention and the size, and again by every further attempt */
  readonly first?: () => Promise<Answer<void>>;
}

/**
 * Changes a pool's size, once whatever happens: the intention is written onto the pool, then the size through its
 * `scale` subresource, each only if the pool is still as it was read. An attempt that finds its own intention goes on
 * from it, so that a deletion's size is counted once, however many answers were lost.
 *
 * The controllers write their status onto the same object; a 409 by them alone is read again and no conflict. Settings
 * that somebody else has changed meanwhile are one: the generation tells.
 */
export async function carryOut(place: PoolPlace, intent: Intent): Promise<Answer<MachineDeployment>> {
  let race: Race | undefined;
  for (let round = 1; ; round += 1) {
    const read = await readPool(place);
    if (!read.ok) return read;
    // a no to a write on the very version that stands there is no race: something else refuses it
    if (race && (race.version === read.value.resourceVersion || round > ROUNDS)) return failed(race.failure);
    const noted = await withIntention(place, read.value, intent);
    if (!noted.ok) {
      if (!isRace(noted.failure)) return noted;
      race = { version: read.value.resourceVersion, failure: noted.failure };
      continue;
    }
    const { pool, record } = noted.value;
    if (pool.replicas === record.size) return answered(pool);
    if (pool.generation !== record.generation)
      return failed(conflict(pool, 'Overtaken', 'was changed by somebody else'));
    const ready = (await intent.first?.()) ?? answered(undefined);
    if (!ready.ok) return ready;
    const scaled = await scaleTo(place, pool, record.size);
    if (scaled.ok) return answered({ ...pool, replicas: record.size, generation: pool.generation + 1 });
    if (!isRace(scaled.failure)) return scaled;
    race = { version: pool.resourceVersion, failure: scaled.failure };
  }
}

/** Status is written a few times a second at the most while machines come up. */
const ROUNDS = 5;

interface Race {
  /** that the refused write went out from */
  readonly version: string;
  readonly failure: Failure;
}

/** Another write came between reading and writing; not a budget, a name taken, or a check of our own. */
const isRace = ({ status, code }: Failure): boolean => status === 409 && code === 'Conflict';

interface Noted {
  readonly pool: MachineDeployment;
  readonly record: OperationRecord;
}

async function withIntention(
  { site, version, namespace, name }: PoolPlace,
  pool: MachineDeployment,
  intent: Intent,
): Promise<Answer<Noted>> {
  const { opId, kind } = intent;
  const before = pool.record;
  // a size that was ordered under the same id but is another is another order
  if (before?.opId === opId && before.kind === kind && (kind === 'delete' || before.size === intent.sizeFrom(pool))) {
    return answered({ pool, record: before });
  }
  if (intent.expectedVersion !== undefined && intent.expectedVersion !== String(pool.generation)) {
    return failed(conflict(pool, 'Changed', `is at version ${pool.generation}, not ${intent.expectedVersion}`));
  }
  const refused = intent.refuse?.(pool);
  if (refused) return failed(refused);
  if (pool.locked !== undefined) return failed(conflict(pool, 'Locked', `cannot be resized: ${pool.locked}`));
  const record: OperationRecord = { opId, kind, size: intent.sizeFrom(pool), generation: pool.generation };
  if (record.size === pool.replicas) return answered({ pool, record });
  const annotations = { [OPERATION_ANNOTATION]: recordText(record) };
  const metadata = { resourceVersion: pool.resourceVersion, annotations };
  const resource = deploymentsOf(version);
  const written = await site.api.patch(resource, { namespace, name }, 'merge', { metadata });
  if (!written.ok) return written;
  const after = readDeployment(written.value);
  if (after) return answered({ pool: after, record });
  const message = `${namespace}/${name} came back as something that cannot be read`;
  return failed({ kind: { is: 'unknown' }, api: apiName('patch', resource), code: 'Unreadable', message });
}

function scaleTo(place: PoolPlace, pool: MachineDeployment, replicas: number): Promise<Answer<unknown>> {
  const { namespace, name, resourceVersion } = pool;
  const body = {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace, resourceVersion },
    spec: { replicas },
  };
  return place.site.api.update(deploymentsOf(place.version), { namespace, name, sub: 'scale' }, body);
}

export function conflict({ name }: Pick<MachineDeployment, 'name'>, code: string, what: string): Failure {
  const api = 'update machinedeployments.cluster.x-k8s.io/scale';
  return { kind: { is: 'conflict' }, api, code, message: `${name} ${what}` };
}
