import type { ProviderName } from '../../src/catalog/offering.ts';
import { answered, failed, type Answer } from '../../src/failure.ts';
import { boundsOf, outOfBounds } from '../../src/fleet/bounds.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { lineOf, good } from '../../src/trouble.ts';
import type { Finding, Interruption, LiveProvider, PoolRef, ProviderParts, Receipt } from '../../src/ports.ts';
import { listPools, regionsOf, signature } from './listing.ts';
import { listOfferings } from './offers.ts';
import { openPool } from './open.ts';
import { readToken, receiptOf, tokenOf } from './receipts.ts';
import { asking, Refusal } from './requests.ts';
import type { Change, Changed, SimInstance, SimNotice, SimPool, SimulatedWorld } from './world-types.ts';

/**
 * A cloud that is simulated: the product runs on it as it runs on a real one, in tests and in simulations. It meets
 * the faults of the world's script at its own calls, which are named as the port names them: `setSize`, `listPools` …
 */
export function simulatedProvider(world: SimulatedWorld, name: ProviderName, parts: ProviderParts): LiveProvider {
  const ask = asking(world, name, parts.caller);
  const own = { ...parts, world, name, ask };

  /** Sends an order about one pool. */
  const order = (
    api: 'setSize' | 'deleteInstances',
    { pool, opId }: { readonly pool: { readonly id: string; readonly region: string }; readonly opId: string },
    make: (by: Change) => Changed,
  ): Promise<Answer<Receipt>> =>
    ask({ api, region: pool.region, class: 'write' }, () => {
      const changed = make({ by: signature(opId), token: `${opId} ${pool.id}` });
      if (!changed.ok) throw refusalOf(changed.why, api, pool.id);
      const { operation } = changed;
      const token = tokenOf({ v: 1, cloud: name, pool: pool.id, opId, operation: operation.id });
      return receiptOf(changed.pool, operation, token, api);
    });

  /** A refusal by what the fleet file declares; undefined = none. */
  const within = (
    fleet: Fleet,
    ref: PoolRef,
    sizeFrom: (pool: SimPool) => number,
  ): (Changed & { ok: false }) | undefined => {
    const pool = world.pools.get(ref.id);
    const why = pool && outOfBounds(ref, pool.target, sizeFrom(pool), boundsOf(fleet, ref, pool));
    return why === undefined ? undefined : { ok: false, why: 'outOfBounds' };
  };

  return {
    name,
    listOfferings: (fleet) => listOfferings(fleet, own),
    listPools: (fleet) => listPools(fleet, own),
    listCommitments: async (fleet) => good(fleet.commitments.filter((c) => c.provider === name)),
    setSize: (fleet, { pool, size, expectedVersion, opId }) =>
      order(
        'setSize',
        { pool, opId },
        (by) =>
          within(fleet, pool, () => size) ??
          world.pools.resize(pool.id, size, {
            ...by,
            ...(expectedVersion !== undefined && { expectedVersion: Number(expectedVersion) }),
          }),
      ),
    deleteInstances: (fleet, { pool, instances, opId }) =>
      order('deleteInstances', { pool, opId }, (by) => {
        const stays = ({ id, state }: SimInstance): boolean => state !== 'ending' && instances.includes(id);
        const left = ({ target, instances: all }: SimPool): number => Math.max(0, target - all.filter(stays).length);
        return within(fleet, pool, left) ?? world.pools.remove(pool.id, instances, by);
      }),
    openPool: (fleet, wanted) => openPool(fleet, wanted, own),
    readOperation: (_fleet, token) => {
      const api = 'readOperation';
      const stored = readToken(token, name);
      if (!stored) {
        const message = `this is no token of an operation at ${name}`;
        return Promise.resolve(failed({ kind: { is: 'invalid' }, api, code: 'UnknownToken', message }));
      }
      const region = stored.pool.split('/')[1] ?? '';
      return ask({ api, region, class: 'read' }, () => {
        const pool = world.pools.get(stored.pool);
        const operation = world.operation(stored.operation);
        if (!pool || !operation) throw refusalOf('notFound', api, stored.pool);
        return receiptOf(pool, operation, token, api);
      });
    },
    listInterruptions: () =>
      ask({ api: 'listInterruptions', region: '', class: 'queue' }, () =>
        world.notices(name).flatMap((notice) => interruptionOf(world, notice)),
      ),
    settleInterruptions: async (_fleet, receipts) => {
      for (const receipt of receipts) {
        const settled = await ask({ api: 'settleInterruptions', region: '', class: 'queue' }, () =>
          world.settle(receipt),
        );
        if (!settled.ok) return settled;
      }
      return answered(undefined);
    },
    examine: (fleet) => examine(fleet, own),
  };
}

function refusalOf(why: (Changed & { ok: false })['why'], api: string, pool: string): Refusal {
  switch (why) {
    case 'notFound':
      return new Refusal({ is: 'notFound' }, api, 'NotFound', `there is no pool ${pool}`, 404);
    case 'conflict':
      return new Refusal({ is: 'conflict' }, api, 'Conflict', `${pool} has been changed since it was read`, 412);
    case 'outOfBounds':
      return new Refusal({ is: 'invalid' }, api, 'OutOfBounds', `the size is not within the bounds of ${pool}`, 400);
    default:
      return why satisfies never;
  }
}

function interruptionOf(world: SimulatedWorld, { receipt, instance, kind, at, endsAt }: SimNotice): Interruption[] {
  const machine = world.instance(instance);
  if (!machine) return [];
  const { provider, region, zone } = machine;
  // a risk is told without a date
  return [{ provider, region, zone, instance, kind, at, receipt, ...(kind === 'reclaim' && { endsAt }) }];
}

type Own = Parameters<typeof listPools>[1] & Parameters<typeof listOfferings>[1];

async function examine(fleet: Fleet, own: Own): Promise<readonly Finding[]> {
  const where = regionsOf(fleet, own.name)
    .map((region) => region.name)
    .join(', ');
  const pools = await listPools(fleet, own);
  const offerings = await listOfferings(fleet, own);
  const finding = (
    about: Finding['about'],
    what: string,
    read: typeof pools | typeof offerings,
    ok: string,
  ): Finding =>
    read.ok
      ? { about, what: `${what} in ${where}`, state: 'ok', detail: ok }
      : {
          about,
          what: `${what} in ${where}`,
          state: 'failed',
          detail: read.troubles.map(lineOf).join('; '),
          remedy: read.troubles[0]?.remedy ?? 'try again',
        };
  return [
    finding('pools', 'listPools', pools, pools.ok ? `${pools.value.pools.length} pools of the fleet` : ''),
    finding('prices', 'listOfferings', offerings, offerings.ok ? `${offerings.value.length} offerings` : ''),
  ];
}
