import { offeringId } from '../../src/catalog/offering.ts';
import { answered, failed, type Answer, type Failure } from '../../src/failure.ts';
import { boundsOf, outOfBounds } from '../../src/fleet/bounds.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { PoolRef, Receipt, SizeOrder } from '../../src/ports.ts';
import type { Calls } from './calls.ts';
import { partOf, textOf, type Fields } from './fields.ts';
import type { Group } from './groups.ts';
import { regionOf, requestIdOf } from './names.ts';
import { nodePoolOf, type NodePool } from './node-pools.ts';
import { stateOf } from './operations.ts';
import { MOST_IN_A_ZONE, versionOf } from './pools.ts';
import { distinct, readGroup, receiptOf } from './progress.ts';
import type { Stored, StoredOperation } from './token.ts';

/**
 * Sets a pool's size: read, compare, then send.
 *
 * Google takes no condition on a resize. Whoever changes the pool between the reading and the sending, some tens of
 * milliseconds, is overwritten; the size is absolute, so that it ends at one of the two and never at a sum.
 */
export async function setSize(fleet: Pick<Fleet, 'pools'>, order: SizeOrder, calls: Calls): Promise<Answer<Receipt>> {
  const found = await readPool(order.pool, calls);
  if (!found.ok) return found;
  const { project, zone, group, nodePool } = found.value;
  const version = versionOf(group, nodePool);
  // a size that stands already may be this order's own work, its answer lost
  if (order.expectedVersion !== undefined && order.expectedVersion !== version && group.target !== order.size) {
    return failed(changed(order, version));
  }
  const outside = outOfBounds(order.pool, group.target, order.size, boundsOf(fleet, order.pool, OF_A_ZONE));
  if (outside !== undefined) return failed(notWithin(outside));
  const sent =
    nodePool === undefined
      ? await calls.one(
          'compute.instanceGroupManagers.resize',
          { project, region: regionOf(zone) },
          {
            project,
            zone,
            instanceGroupManager: group.name,
            size: order.size,
            requestId: requestIdOf(order.opId, 'resize'),
          },
        )
      : await calls.one(
          'container.nodePools.setSize',
          { project, region: regionOf(zone) },
          { name: nodePool.id, nodeCount: order.size },
        );
  if (!sent.ok) return sent;
  const stored: Stored = {
    kind: 'resize',
    opId: order.opId,
    project,
    zone,
    group: group.name,
    pool: order.pool.id,
    offering: offeringId(order.pool),
    asked: order.size,
    before: group.steady,
    operations: operationIn(sent.value, nodePool),
  };
  return answered(begun(stored, sent.value, Math.min(order.size, group.steady)));
}

/** Google keeps no bounds for a group that has no autoscaler. */
export const OF_A_ZONE = { min: 0, max: MOST_IN_A_ZONE };

export const notWithin = (message: string): Failure => ({
  kind: { is: 'invalid' },
  api: 'compute.instanceGroupManagers.resize',
  code: 'OutOfBounds',
  message,
});

export interface Found {
  readonly project: string;
  /** where its machines are */
  readonly zone: string;
  readonly group: Group;
  readonly nodePool?: NodePool;
}

/** A pool as it is now, by the id that a listing gave. */
export async function readPool(pool: PoolRef, calls: Calls): Promise<Answer<Found>> {
  const project = partOf(pool.id, 'projects');
  const cluster = partOf(pool.id, 'clusters');
  if (project === undefined) return failed(noSuchId(pool));
  if (cluster === undefined) {
    const name = partOf(pool.id, 'instanceGroupManagers');
    const zone = partOf(pool.id, 'zones');
    if (name === undefined || zone === undefined) return failed(noSuchId(pool));
    const group = await readGroup(project, zone, name, calls);
    return group.ok ? answered({ project, zone, group: group.value }) : group;
  }
  const api = 'container.nodePools.get';
  const read = await calls.one(api, { project, region: pool.region }, { name: pool.id });
  if (!read.ok) return read;
  const nodePool = nodePoolOf(read.value, pool.id.slice(0, pool.id.indexOf('/nodePools/')));
  const [zone, name] = nodePool?.groups[0]?.split('/') ?? [];
  if (!nodePool || zone === undefined || name === undefined) {
    const message = `${pool.name} has no instance group yet`;
    return failed({ kind: { is: 'conflict' }, api, code: 'NoGroup', message });
  }
  const group = await readGroup(project, zone, name, calls);
  return group.ok ? answered({ project, zone, group: group.value, nodePool }) : group;
}

/** The operation that an accepted request began. */
export function operationIn(answer: Fields, nodePool: Pick<NodePool, 'id'> | undefined): readonly StoredOperation[] {
  const name = textOf(answer['name']);
  if (name === undefined) return [];
  if (!nodePool) return [{ at: 'zone', name }];
  const home = nodePool.id.slice(0, nodePool.id.indexOf('/clusters/'));
  return [{ at: 'container', name: `${home}/operations/${name}` }];
}

/** A receipt for what has just been accepted; it may have failed in the same breath. */
export function begun(stored: Stored, answer: Fields, fulfilled: number): Receipt {
  const now = stateOf(answer, 'compute.operation');
  if (now.state === 'failed') {
    const errors = distinct(stored.offering, now.failures);
    return { ...receiptOf(stored), state: 'failed', accepted: 0, fulfilled, errors };
  }
  return { ...receiptOf(stored), state: 'running', accepted: stored.asked, fulfilled, errors: [] };
}

const changed = ({ pool, expectedVersion }: SizeOrder, version: string): Failure => ({
  kind: { is: 'conflict' },
  api: 'compute.instanceGroupManagers.get',
  code: 'VersionChanged',
  message: `${pool.name} was read as ${expectedVersion} and is ${version} now`,
});

const noSuchId = (pool: PoolRef): Failure => ({
  kind: { is: 'invalid' },
  api: 'compute.instanceGroupManagers.get',
  code: 'BadPoolId',
  message: `${pool.id.slice(0, 120)} is not the id of a pool at Google`,
});
