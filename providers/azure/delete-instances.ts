import { answered, failed, type Answer, type Failure } from '../../src/failure.ts';
import { boundsOf, outOfBounds } from '../../src/fleet/bounds.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { DeleteOrder, Receipt } from '../../src/ports.ts';
import { begin, type Begun } from './begin.ts';
import type { Azure } from './connection.ts';
import { ownNameOf, poolIdOf, type AgentPoolId, type ScaleSetId } from './ids.ts';
import { machinesIn } from './instances.ts';
import { noteSize } from './notes.ts';
import { accepted } from './receipts.ts';
import { notAPool, notWithin, readPool } from './set-size.ts';
import { OP_TAG, SIZE_TAG, tagged, tagOf } from './tags.ts';
import { offeringOf, type Token } from './token.ts';

/**
 * Ends the instances named. Azure makes the pool smaller by as many as it ends, so nothing is sent twice unseen: the
 * machines are looked up first, and what is gone or going already is left out.
 *
 * A scale set is first marked with the order and the size it will have, so that the smaller size is not taken for
 * somebody else's doing. AKS is busy for minutes with a change of tags and refuses deletions meanwhile, so there the
 * size is noted on the shelf: where that is lost, the pool counts as changed by another until Godwit's next order.
 */
export async function deleteInstances(azure: Azure, fleet: FleetBounds, order: DeleteOrder): Promise<Answer<Receipt>> {
  const id = poolIdOf(order.pool.id);
  if (!id) return failed(notAPool(order.pool.id));
  if (order.instances.length === 0) return answered(accepted(tokenFor(order)));
  const sent =
    id.kind === 'scale-set'
      ? await fromScaleSet(azure, fleet, id, order)
      : await fromAgentPool(azure, fleet, id, order);
  return sent.ok ? answered(accepted(tokenFor(order, sent.value.operation))) : sent;
}

type FleetBounds = Pick<Fleet, 'pools'>;

async function fromScaleSet(
  azure: Azure,
  fleet: FleetBounds,
  id: ScaleSetId,
  order: DeleteOrder,
): Promise<Answer<Begun>> {
  const { region } = order.pool;
  const there = await machinesIn(azure, { ...id, region });
  if (!there.ok) return there;
  const named = new Set(order.instances.map((instance) => instance.toLowerCase()));
  const left = there.value.filter(({ id: own, state, lost }) => {
    return named.has(own.toLowerCase()) && (state !== 'ending' || lost !== undefined);
  });
  if (left.length === 0) return answered({});
  const marked = await mark(azure, fleet, id, order, left.length);
  if (!marked.ok) return marked;
  const instanceIds = left.map(({ id: own }) => ownNameOf(own));
  // relative, so it is sent once; the next attempt at the order looks again at what is left
  return begin(azure, { api: 'virtualMachineScaleSets.deleteInstances', region, attempts: 1 }, (options) =>
    azure.compute.virtualMachineScaleSets.deleteInstances(id.group, id.name, { instanceIds }, options),
  );
}

/** Only the tags change: the size that is written is the one that was read. */
async function mark(
  azure: Azure,
  fleet: FleetBounds,
  id: ScaleSetId,
  order: DeleteOrder,
  fewer: number,
  again = true,
): Promise<Answer<Begun>> {
  const read = await readPool(azure, id, order.pool.region);
  if (!read.ok) return read;
  const { size = 0, tags, send } = read.value;
  const outside = tooFew(fleet, order, read.value, fewer);
  if (outside) return failed(outside);
  const smaller = String(Math.max(0, size - fewer));
  if (tagOf(tags, OP_TAG) === order.opId && tagOf(tags, SIZE_TAG) === smaller) return answered({});
  const sent = await send(size, tagged(tags, { [OP_TAG]: order.opId, [SIZE_TAG]: smaller }));
  // another version: somebody else's, or this request's own, whose answer was lost
  return again && !sent.ok && sent.failure.kind.is === 'conflict' ? mark(azure, fleet, id, order, fewer, false) : sent;
}

async function fromAgentPool(
  azure: Azure,
  fleet: FleetBounds,
  id: AgentPoolId,
  order: DeleteOrder,
): Promise<Answer<Begun>> {
  const { region } = order.pool;
  const { group, cluster, name } = id;
  const machines = await azure.askAll({ api: 'agentPools.machines.list', region }, () =>
    azure.aks.machines.list(group, cluster, name),
  );
  if (!machines.ok) return machines;
  const ends = order.instances.map((instance) => `/${instance.toLowerCase()}`);
  const machineNames = machines.value.flatMap((machine) => {
    const resource = (machine.properties?.resourceId ?? '').toLowerCase();
    return machine.name !== undefined && ends.some((end) => resource.endsWith(end)) ? [machine.name] : [];
  });
  if (machineNames.length === 0) return answered({});
  const before = await readPool(azure, id, region);
  if (!before.ok) return before;
  const outside = tooFew(fleet, order, before.value, machineNames.length);
  if (outside) return failed(outside);
  const size = Math.max(0, (before.value.size ?? 0) - machineNames.length);
  await noteSize(azure, order.pool.id, { opId: order.opId, size });
  const begun = await begin(azure, { api: 'agentPools.deleteMachines', region, attempts: 1 }, (options) =>
    azure.aks.agentPools.deleteMachines(group, cluster, name, { machineNames }, options),
  );
  return begun.ok || !alreadyGoing(begun.failure) ? begun : answered({});
}

function tooFew(
  fleet: FleetBounds,
  { pool }: DeleteOrder,
  { size = 0, min, max }: { readonly size: number | undefined; readonly min: number; readonly max: number },
  fewer: number,
): Failure | undefined {
  const outside = outOfBounds(pool, size, Math.max(0, size - fewer), boundsOf(fleet, pool, { min, max }));
  return outside === undefined ? undefined : notWithin(outside);
}

/** A machine that is on its way out already. */
const alreadyGoing = ({ code }: Failure): boolean => code === 'MachineNotFound' || code === 'MachinesNotFound';

function tokenFor({ pool, opId, instances }: DeleteOrder, operation?: string): Token {
  return {
    v: 1,
    cloud: 'azure',
    kind: 'delete',
    pool: pool.id,
    region: pool.region,
    opId,
    offering: offeringOf(pool),
    asked: instances.length,
    instances: [...instances],
    ...(operation !== undefined && { operation }),
  };
}
