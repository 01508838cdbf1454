import { answered, failed, type Answer, type Failure } from '../../src/failure.ts';
import { boundsOf, outOfBounds } from '../../src/fleet/bounds.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { DeleteOrder, PoolRef, Receipt, SizeOrder } from '../../src/ports.ts';
import { carryOut, conflict } from './carry-out.ts';
import { DELETE_ANNOTATION, machinesOf, type Machine, type MachineDeployment } from './machine-deployments.ts';
import { isNamed, isOf, machinesAt } from './pools.ts';
import { progress, readPool, ticketOf } from './receipts.ts';
import { placeOfPool, type PoolPlace, type Sites } from './sites.ts';

export async function setSize(all: Sites, fleet: Fleet, order: SizeOrder): Promise<Answer<Receipt>> {
  const { pool, opId, size, expectedVersion } = order;
  if (!Number.isSafeInteger(size) || size < 0) return failed(refusal(`a pool has 0 machines or more, got ${size}`));
  const place = await placeOfPool(all, fleet, pool.region, pool.id);
  if (!place.ok) return place;
  const done = await carryOut(place.value, {
    kind: 'size',
    opId,
    sizeFrom: () => size,
    refuse: (now) => outside(fleet, place.value, pool, now, size),
    ...(expectedVersion !== undefined && { expectedVersion }),
  });
  if (!done.ok) return done;
  const machines = await machinesAt(place.value.site, place.value.version, [done.value]);
  // the size is set all the same; how far it is can be asked again
  const known = machines.ok ? machines.value.filter((machine) => isOf(done.value, machine)) : [];
  return answered(progress(ticketOf('size', pool, opId, size), done.value, known));
}

/**
 * Marks the machines, then makes the pool smaller by as many: its set takes the marked ones first, whatever its own
 * policy prefers. Machines that are gone already, or going, are not counted again.
 */
export async function deleteInstances(all: Sites, fleet: Fleet, order: DeleteOrder): Promise<Answer<Receipt>> {
  const { pool, opId } = order;
  const place = await placeOfPool(all, fleet, pool.region, pool.id);
  if (!place.ok) return place;
  const { site, version } = place.value;
  const now = await readPool(place.value);
  if (!now.ok) return now;
  if (now.value.rollingOut) {
    return failed(
      conflict(now.value, 'RollingOut', 'is replacing its machines: which of them go is not ours to say yet'),
    );
  }
  const listed = await machinesAt(site, version, [now.value]);
  if (!listed.ok) return listed;
  const names = new Set(order.instances);
  const own = listed.value.filter((machine) => isOf(now.value, machine));
  const named = own.filter((machine) => isNamed(machine, names));
  const going = named.filter((machine) => machine.state !== 'ending');
  const ticket = { ...ticketOf('delete', pool, opId, 0), machines: [...names] };
  const ours = now.value.record?.opId === opId && now.value.record.kind === 'delete';
  if (going.length === 0 && !ours)
    return answered(progress({ ...ticket, size: now.value.replicas ?? 0 }, now.value, own));
  const lessOf = ({ replicas = 0 }: MachineDeployment): number => Math.max(0, replicas - going.length);
  const done = await carryOut(place.value, {
    kind: 'delete',
    opId,
    sizeFrom: lessOf,
    refuse: (read) => (going.length === 0 ? undefined : outside(fleet, place.value, pool, read, lessOf(read))),
    first: () => mark(place.value, going, opId),
  });
  if (!done.ok) {
    // a mark that is left behind would choose the machines of somebody else's next change of size
    if (done.failure.kind.is === 'conflict') await mark(place.value, going, null);
    return done;
  }
  return answered(progress({ ...ticket, size: done.value.replicas ?? 0 }, done.value, own));
}

function outside(
  fleet: Fleet,
  { site }: PoolPlace,
  pool: PoolRef,
  { replicas = 0, min = 0, max }: MachineDeployment,
  size: number,
): Failure | undefined {
  const machines = site.region.own?.nodeTypes.find(({ name }) => name === pool.type)?.atMostPerZone;
  const why = outOfBounds(pool, replicas, size, boundsOf(fleet, pool, { min, max: max ?? machines ?? Infinity }));
  return why === undefined ? undefined : refusal(why);
}

/** @param value null takes the mark away */
async function mark(place: PoolPlace, machines: readonly Machine[], value: string | null): Promise<Answer<void>> {
  const resource = machinesOf(place.version);
  const body = { metadata: { annotations: { [DELETE_ANNOTATION]: value } } };
  const done = await Promise.all(
    machines.map(({ namespace, name }) => place.site.api.patch(resource, { namespace, name }, 'merge', body)),
  );
  const missed = done.find((answer) => !answer.ok && answer.failure.kind.is !== 'notFound');
  return missed && !missed.ok ? missed : answered(undefined);
}

export const refusal = (message: string): Failure => ({
  kind: { is: 'invalid' },
  api: 'order',
  code: 'Invalid',
  message,
});
