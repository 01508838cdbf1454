import { offeringId } from '../../src/catalog/offering.ts';
import { answered, failed, type Answer } from '../../src/failure.ts';
import { boundsOf, outOfBounds } from '../../src/fleet/bounds.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { DeleteOrder, Receipt } from '../../src/ports.ts';
import type { Calls } from './calls.ts';
import { regionOf, requestIdOf } from './names.ts';
import { membersOf } from './progress.ts';
import { begun, notWithin, OF_A_ZONE, operationIn, readPool, type Found } from './set-size.ts';
import type { Stored, StoredOperation } from './token.ts';

/** Google's own limit for one call. */
const AT_MOST = 1000;

/**
 * Ends the machines named; the group becomes smaller by as many. Those that are gone already are skipped, so that
 * sending it again ends no others. Nodes of GKE go the same way, as its own autoscaler sends them: a node pool has no
 * size apart from its groups'.
 */
export async function deleteInstances(
  fleet: Pick<Fleet, 'pools'>,
  order: DeleteOrder,
  calls: Calls,
): Promise<Answer<Receipt>> {
  const names = [...new Set(order.instances)];
  const odd = names.find((name) => !/^[a-z][a-z0-9-]{0,62}$/.test(name));
  if (odd !== undefined) {
    const message = `${odd.slice(0, 80)} is not the name of an instance`;
    return failed({ kind: { is: 'invalid' }, api: DELETE, code: 'BadInstance', message });
  }
  const found = await readPool(order.pool, calls);
  if (!found.ok) return found;
  const { project, zone, group } = found.value;
  const outside = await tooFew(fleet, order, names, found.value, calls);
  if (!outside.ok) return outside;
  const operations: StoredOperation[] = [];
  const stored = (): Stored => ({
    kind: 'delete',
    opId: order.opId,
    project,
    zone,
    group: group.name,
    pool: order.pool.id,
    offering: offeringId(order.pool),
    asked: names.length,
    before: group.steady,
    operations,
    instances: names,
  });
  let receipt: Receipt | undefined;
  for (let at = 0; at < names.length; at += AT_MOST) {
    const part = names.slice(at, at + AT_MOST);
    const sent = await calls.one(
      DELETE,
      { project, region: regionOf(zone) },
      {
        project,
        zone,
        instanceGroupManager: group.name,
        requestId: requestIdOf(order.opId, `delete ${at}`),
        instanceGroupManagersDeleteInstancesRequestResource: {
          instances: part.map((name) => `zones/${zone}/instances/${name}`),
          skipInstancesOnValidationError: true,
        },
      },
    );
    if (!sent.ok) return sent;
    operations.push(...operationIn(sent.value, undefined));
    receipt = begun(stored(), sent.value, 0);
    if (receipt.state === 'failed') return answered(receipt);
  }
  return answered(receipt ?? { ...begun(stored(), {}, 0), state: 'done' });
}

/** What is gone already makes the group no smaller, so it is looked up where all of them together would be too many. */
async function tooFew(
  fleet: Pick<Fleet, 'pools'>,
  { pool }: DeleteOrder,
  names: readonly string[],
  { project, zone, group }: Found,
  calls: Calls,
): Promise<Answer<void>> {
  const bounds = boundsOf(fleet, pool, OF_A_ZONE);
  const why = (fewer: number): string | undefined =>
    outOfBounds(pool, group.target, Math.max(0, group.target - fewer), bounds);
  if (why(names.length) === undefined) return answered(undefined);
  const members = await membersOf({ project, zone, group: group.name }, calls);
  if (!members.ok) return members;
  const staying = new Set(members.value.flatMap(({ name, state }) => (state === 'leaving' ? [] : [name])));
  const outside = why(names.filter((name) => staying.has(name)).length);
  return outside === undefined ? answered(undefined) : failed(notWithin(outside));
}

const DELETE = 'compute.instanceGroupManagers.deleteInstances';
