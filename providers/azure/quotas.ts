import type { LiveRegion } from '../../src/catalog/live.ts';
import { answered, type Answer } from '../../src/failure.ts';
import type { ObservedPool } from '../../src/ports.ts';
import type { Azure } from './connection.ts';
import type { Size } from './skus.ts';

/** vCPUs allowed and in use, by the quota's name in lower case: `cores`, `lowprioritycores`, `standarddsv5family`. */
export type Usages = ReadonlyMap<string, { readonly limit: number; readonly used: number }>;

export async function usagesIn(azure: Azure, region: string): Promise<Answer<Usages>> {
  const listed = await azure.askAll({ api: 'usage.list', region }, () => azure.compute.usage.list(region));
  if (!listed.ok) return listed;
  return answered(
    new Map(
      listed.value.flatMap(({ name, limit, currentValue }) =>
        name?.value === undefined || !Number.isFinite(limit) || !Number.isFinite(currentValue)
          ? []
          : [[name.value.toLowerCase(), { limit, used: currentValue }] as const],
      ),
    ),
  );
}

/** All spot of a region shares one quota; on demand has the region's and its family's. */
const REGIONAL = 'cores';
const SPOT = 'lowprioritycores';

/**
 * Most nodes of an offering in all, those that run among them: what the quotas leave beside what others use. The
 * fleet's own pools count with the nodes they ask for, which Azure has taken off its quota already.
 */
export function atMostBy(
  usages: Usages,
  sizes: readonly Size[],
  pools: readonly ObservedPool[],
): NonNullable<LiveRegion['atMost']> {
  const byName = new Map(sizes.map((size) => [size.name, size]));
  const quotasOf = (type: string, purchase: string): string[] => {
    const family = byName.get(type)?.quota.toLowerCase() ?? '';
    return (purchase === 'spot' ? [SPOT] : [REGIONAL, family]).filter((name) => usages.has(name));
  };
  const ours = new Map<string, number>();
  for (const { type, purchase, target } of pools) {
    const vcpu = (byName.get(type)?.vcpu ?? 0) * target;
    for (const name of quotasOf(type, purchase)) ours.set(name, (ours.get(name) ?? 0) + vcpu);
  }
  return ({ type, vcpu, purchase }) => {
    const most = quotasOf(type, purchase).map((name) => {
      const { limit, used } = usages.get(name) ?? { limit: 0, used: 0 };
      const others = Math.max(0, used - (ours.get(name) ?? 0));
      return Math.floor(Math.max(0, limit - others) / vcpu);
    });
    return most.length === 0 ? undefined : Math.min(...most);
  };
}
