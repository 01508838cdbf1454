import { z } from 'zod';
import { isForgotten } from '../../src/calls/believed.ts';
import type { Cloud, Fleet } from '../../src/fleet/fleet.ts';
import type { ObservedPool, PoolList } from '../../src/ports.ts';
import type { Azure } from './connection.ts';
import { parsedOf } from './json.ts';

/** Pools of a region and their machines, as they were last believed. */
const schema = z.object({
  schemaVersion: z.literal(1),
  /** region → pool → machines */
  regions: z.record(z.string(), z.record(z.string(), z.number())),
});
type Believed = z.infer<typeof schema>;

/**
 * Why a listing may not be the truth: pools or machines that are all gone at once look like an outage of the listing.
 * It is held against the last one that was believed until pools show again, or a person says that they are gone
 * ({@link isForgotten}); however long it stands, it is never believed by itself.
 */
export async function doubtsOf(
  { subscription, parts: { shelf } }: Azure,
  fleet: Pick<Fleet, 'name'>,
  { regions }: Cloud,
  pools: readonly ObservedPool[],
  passedOver: PoolList['passedOver'],
): Promise<readonly string[]> {
  // another fleet of the same subscription has pools of its own
  const key = `azure/${subscription}/-/pools/${fleet.name}`;
  const kept = await shelf.get(key);
  const before = schema.safeParse(parsedOf(kept?.text ?? ''));
  const doubts: string[] = [];
  let asKept = before.success;
  for (const { name } of regions) {
    const known = before.success ? before.data.regions[name] : undefined;
    if (!kept || !known) continue;
    if (await isForgotten(shelf, 'azure', name, kept.at)) asKept = false;
    else doubts.push(...contradictions(name, known, pools, passedOver));
  }
  if (doubts.length > 0) return doubts;
  const seen: Believed['regions'] = {};
  for (const { region, name, live } of pools) (seen[region] ??= {})[name] = live?.instances.length ?? 0;
  const text = JSON.stringify({ schemaVersion: 1, regions: seen } satisfies Believed);
  // what a person's word has put aside is noted anew, so that it counts again
  if (!asKept || kept?.text !== text) await shelf.put(key, text);
  return [];
}

/** Spot pools without machines are no doubt: all of them may have been taken back, and a doubt has no end. */
function contradictions(
  region: string,
  before: Readonly<Record<string, number>>,
  pools: readonly ObservedPool[],
  passedOver: PoolList['passedOver'],
): string[] {
  const here = pools.filter((pool) => pool.region === region);
  const known = Object.values(before).filter((ran) => ran > 0).length;
  const others = passedOver.filter(({ place }) => place.split(' ')[0] === region).length;
  if (known > 0 && here.length + others === 0) {
    return [`azure ${region}: no pool is listed where the last listing had ${known}`];
  }
  return here.flatMap(({ name, target, purchase, live }) => {
    const ran = before[name] ?? 0;
    return ran > 0 && target > 0 && purchase === 'on-demand' && live?.instances.length === 0
      ? [`azure ${region}: ${name} lists no machine where the last listing had ${ran}, though ${target} are asked for`]
      : [];
  });
}
