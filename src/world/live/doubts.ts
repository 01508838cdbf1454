import { counted, duration, named } from '../../figures.ts';
import type { ObservedPool, PoolList } from '../../ports.ts';

/**
 * Why a listing may not be the whole truth, held against what was seen last, in words for `PoolList.doubts`: as long
 * as there is one, nothing of the provider may shrink.
 *
 * A cloud that suddenly answers nothing where something ran is taken for out of order, not for empty: an account
 * without pools, a region without pools, pools that shall have nodes and have none. An autoscaler that believed an
 * empty list has ended whole clusters (kubernetes/autoscaler 446, 7419). One pool that is gone is no doubt, people
 * delete pools; nor are pools without nodes that shall have none, nor spot pools without nodes: all of them may have been
 * taken back, and a doubt would keep their pools from being made smaller for it.
 *
 * @param before what was last seen without a doubt; absent = nothing, and an empty list is an empty list
 * @param ageS how long ago that was; from {@link CONFIRM_AFTER_S} on the doubt asks for a person's word
 *   (`godwit believe`), because an outage does not last so long. It never goes away by itself.
 */
export function doubtsOf(now: PoolList, before: PoolList | undefined, ageS = 0): readonly string[] {
  const ran = (before?.pools ?? []).filter((pool) => nodesOf(pool) > 0);
  if (ran.length === 0) return [];
  const when = ageS > 0 ? `${duration(ageS)} ago` : 'when last seen';
  const ask = (regions: readonly string[]): string =>
    ageS >= CONFIRM_AFTER_S ? confirm(ran[0]?.provider ?? '', regions) : '';
  const regions = [...new Set(ran.map((pool) => pool.region))].toSorted();
  // a pool that cannot be steered any more is there all the same
  if (now.pools.length + now.passedOver.length === 0) {
    return [`it lists no pool at all, where ${sizeOf(ran)} ran ${when}: taken for an outage${ask(regions)}`];
  }
  const gone = regions.filter((region) => !seenIn(now, region));
  const lasting = ran.filter((pool) => pool.purchase === 'on-demand');
  const bare = [...new Set(lasting.map((pool) => pool.region))]
    .toSorted()
    .filter((region) => withoutNodes(now, region));
  return [
    ...gone.map((region) => {
      const there = ran.filter((pool) => pool.region === region);
      return `it lists no pool in ${region}, where ${sizeOf(there)} ran ${when}: taken for an outage${ask([region])}`;
    }),
    ...bare.map((region) => {
      const there = lasting.filter((pool) => pool.region === region);
      const short = lastingIn(now, region).filter((pool) => pool.target > 0);
      return `it lists no node in ${region} though ${named(short.map((pool) => pool.name))} shall have some, where ${sizeOf(there)} ran ${when}: taken for an outage${ask([region])}`;
    }),
  ];
}

/** The longest regional outages of the large clouds were over within a working day; most within an hour or two. */
export const CONFIRM_AFTER_S = 8 * 3600;

const confirm = (provider: string, regions: readonly string[]): string =>
  `; that is long for one: if they are gone for good, say so with ${regions.map((r) => `godwit believe ${provider}/${r}`).join(', ')}`;

/** Pending ones too: they are listed, so the cloud answers. */
const nodesOf = ({ live, ready }: ObservedPool): number => (live ? live.instances.length : ready);

const sizeOf = (pools: readonly ObservedPool[]): string => {
  const nodes = pools.reduce((sum, pool) => sum + nodesOf(pool), 0);
  return `${counted(pools.length, 'pool')} with ${counted(nodes, 'node')}`;
};

const seenIn = ({ pools, passedOver }: PoolList, region: string): boolean =>
  pools.some((pool) => pool.region === region) || passedOver.some(({ place }) => isAt(place, region));

/**
 * Whether a place in a vendor's words (`aws/us-east-1`, `gcp/us-east4-a`, `westus2 aks-main`) is in a region: `westus2`
 * is not in `westus`.
 */
export const isAt = (place: string, region: string): boolean =>
  place.split(/[ /]/).some((part) => part === region || part.replace(/-[a-z]$/, '') === region);

const lastingIn = ({ pools }: PoolList, region: string): readonly ObservedPool[] =>
  pools.filter((pool) => pool.region === region && pool.purchase === 'on-demand');

function withoutNodes(now: PoolList, region: string): boolean {
  const there = lastingIn(now, region);
  return there.some((pool) => pool.target > 0) && there.every((pool) => nodesOf(pool) === 0);
}
