import { z } from 'zod';
import type { Cloud } from '../../src/fleet/fleet.ts';
import type { ObservedPool, PoolList } from '../../src/ports.ts';
import { instant, later, seconds } from '../../src/units.ts';
import type { Azure } from './connection.ts';
import { parsedOf } from './json.ts';

/** Pools of a region and their machines, as they were last believed. */
const schema = z.object({
  schemaVersion: z.literal(1),
  /** region → pool → machines */
  regions: z.record(z.string(), z.record(z.string(), z.number())),
  /** since when listings have looked wrong against it, ms since 1970 */
  doubtedSince: z.number().optional(),
});
type Believed = z.infer<typeof schema>;

/** What has stood for so long is how it is. */
const BELIEVED_AFTER = seconds(3600);

/**
 * Why a listing may not be the truth: pools or machines that are all gone at once look like an outage of the listing.
 * While it is doubted it is held against the last one that was believed, for an hour at most.
 */
export async function doubtsOf(
  { subscription, parts: { shelf, clock } }: Azure,
  { regions }: Cloud,
  pools: readonly ObservedPool[],
  passedOver: PoolList['passedOver'],
): Promise<readonly string[]> {
  const key = `azure/${subscription}/-/pools`;
  const kept = schema.safeParse(parsedOf((await shelf.get(key))?.text ?? ''));
  const before = kept.success ? kept.data : undefined;
  const now = clock.now();
  const doubts = before
    ? regions.flatMap(({ name }) => contradictions(name, before.regions[name] ?? {}, pools, passedOver))
    : [];
  const since = before?.doubtedSince ?? now;
  if (before && doubts.length > 0 && now < later(instant(since), BELIEVED_AFTER)) {
    await shelf.put(key, JSON.stringify({ ...before, doubtedSince: since }));
    return doubts;
  }
  const seen: Believed['regions'] = {};
  for (const { region, name, live } of pools) (seen[region] ??= {})[name] = live?.instances.length ?? 0;
  const text = JSON.stringify({ schemaVersion: 1, regions: seen } satisfies Believed);
  if (!before || JSON.stringify(before) !== text) await shelf.put(key, text);
  return [];
}

function contradictions(
  region: string,
  before: Readonly<Record<string, number>>,
  pools: readonly ObservedPool[],
  passedOver: PoolList['passedOver'],
): string[] {
  const here = pools.filter((pool) => pool.region === region);
  const known = Object.keys(before).length;
  const others = passedOver.filter(({ place }) => place.split(' ')[0] === region).length;
  if (known > 0 && here.length + others === 0) {
    return [`azure ${region}: no pool is listed where the last listing had ${known}`];
  }
  return here.flatMap(({ name, target, live }) => {
    const ran = before[name] ?? 0;
    return ran > 0 && target > 0 && live?.instances.length === 0
      ? [`azure ${region}: ${name} lists no machine where the last listing had ${ran}, though ${target} are asked for`]
      : [];
  });
}
