import { z } from 'zod';
import type { Interruption } from '../../src/ports.ts';
import type { Azure } from './connection.ts';
import { poolIdOf } from './ids.ts';
import { parsedOf } from './json.ts';
import type { Listed } from './pools.ts';

/**
 * Machines that will not serve again by themselves: spot machines that Azure took back and left deallocated, and
 * machines that could not be set up.
 *
 * Azure tells that it is about to take a machine back (30 s before, as Scheduled Events) only inside that machine.
 * AKS turns it into a condition and a taint of the node, which the Kubernetes adapter reads; a machine evicted with
 * the policy Delete is simply gone, and shows as a pool that has fewer machines than it asks for.
 */
export async function interruptionsIn(azure: Azure, lost: Listed['lost']): Promise<readonly Interruption[]> {
  const own = lost.filter(
    ({ pool }) => poolIdOf(pool.id)?.subscription.toLowerCase() === azure.subscription.toLowerCase(),
  );
  const told = own.map(({ pool, machine }): Interruption => ({
    provider: 'azure',
    region: pool.region,
    zone: pool.zone,
    instance: machine.id,
    kind: pool.purchase === 'spot' && machine.lost?.startsWith('dealloc') === true ? 'reclaim' : 'failed',
    at: azure.parts.clock.now(),
    receipt: `${azure.subscription}/${pool.region}/${machine.id}/${machine.lost ?? ''}`,
  }));
  const settled = new Set(await stillSettled(azure, new Set(told.map(({ receipt }) => receipt))));
  return told.filter(({ receipt }) => !settled.has(receipt));
}

/** The state of a machine is not a message that could be taken off a queue: what is settled is remembered here. */
export async function settle(azure: Azure, receipts: readonly string[]): Promise<void> {
  const own = receipts.filter((receipt) => receipt.startsWith(`${azure.subscription}/`));
  if (own.length === 0) return;
  const all = [...new Set([...(await settledIn(azure)), ...own])].slice(-MOST_KEPT);
  await put(azure, all);
}

/** A machine that serves again, or is gone, may be lost once more under the same id: that is another loss. */
async function stillSettled(azure: Azure, lost: ReadonlySet<string>): Promise<readonly string[]> {
  const settled = await settledIn(azure);
  const still = settled.filter((receipt) => lost.has(receipt));
  if (still.length < settled.length) await put(azure, still);
  return still;
}

const put = (azure: Azure, receipts: readonly string[]): Promise<void> =>
  azure.parts.shelf.put(keyOf(azure), JSON.stringify({ schemaVersion: 1, receipts }));

/** More machines than any subscription loses before they are gone from their sets. */
const MOST_KEPT = 10_000;

const schema = z.object({ schemaVersion: z.literal(1), receipts: z.array(z.string()) });
const keyOf = ({ subscription }: Azure): string => `azure/${subscription}/-/settled`;

async function settledIn(azure: Azure): Promise<readonly string[]> {
  const kept = await azure.parts.shelf.get(keyOf(azure));
  const read = kept && schema.safeParse(parsedOf(kept.text));
  return read?.success ? read.data.receipts : [];
}
