import { freshnessOf } from '../../catalog/freshness.ts';
import { count, counted, duration, named } from '../../figures.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { Clock, Finding, PoolList, Provider } from '../../ports.ts';
import { lineOf, type Checked } from '../../trouble.ts';

/** What a first cycle would meet with a provider: its pools as it would see them, its prices and how old they are. */
export async function listingFindings(provider: Provider, fleet: Fleet, clock: Clock): Promise<readonly Finding[]> {
  const pools = await provider.listPools(fleet);
  const offerings = await provider.listOfferings(fleet);
  return [...poolFindings(pools, fleet, provider.name), ...priceFindings(offerings, fleet, clock)];
}

function poolFindings(
  pools: Checked<PoolList>,
  { findPoolsByTag: tag }: Fleet,
  provider: Provider['name'],
): readonly Finding[] {
  const what = tag ? `pools with ${tag.key}=${tag.value}` : 'declared pools';
  if (!pools.ok) return failures('pools', what, pools.troubles);
  const { pools: found, passedOver, doubts } = pools.value;
  const nodes = found.reduce((sum, pool) => sum + pool.ready, 0);
  const none = found.length === 0;
  const remedy = tag
    ? `tag the fleet’s pools ${tag.key}=${tag.value}`
    : 'name the tag of the fleet’s pools under pools.findByTag, or declare them';
  return [
    {
      about: 'pools',
      what,
      state: none ? 'missing' : 'ok',
      detail: none ? 'none found' : `${counted(found.length, 'pool')} with ${counted(nodes, 'ready node')}`,
      ...(none && { remedy }),
    },
    ...passedOver.map(({ name, place, reason }): Finding => ({
      about: 'pools',
      what: `${place}/${name}`,
      state: 'unknown',
      detail: `left alone: ${reason}`,
      remedy: 'split it into pools of one zone and one type, or take the tag off',
    })),
    ...doubts.map((detail): Finding => ({
      about: 'pools',
      what,
      state: 'failed',
      detail,
      remedy: `until this is cleared up nothing there shrinks; what is gone for good: godwit believe ${provider}/<region>`,
    })),
  ];
}

function priceFindings(
  offerings: Awaited<ReturnType<Provider['listOfferings']>>,
  { policies }: Fleet,
  clock: Clock,
): readonly Finding[] {
  if (!offerings.ok) return failures('prices', 'offerings', offerings.troubles);
  const most = policies.freshness.pricesAtMost;
  const shut = offerings.value.filter((offering) => !offering.available);
  const reasons = [...new Set(shut.map((offering) => offering.unavailableReason ?? 'not to be had'))];
  return [
    ...freshnessOf(offerings.value, clock.now()).map(({ source, basis, ageS, offerings: n }): Finding => {
      const old = ageS > most;
      const detail = `${counted(n, 'price')}, ${basis}, up to ${duration(ageS)} old`;
      if (!old) return { about: 'prices', what: source, state: 'ok', detail };
      const over = `${detail}: over the ${duration(most)} of freshness.pricesAtMost`;
      const remedy = 'let Godwit read prices, or allow older ones: such a plan is held';
      return { about: 'prices', what: source, state: 'failed', detail: over, remedy };
    }),
    ...(shut.length === 0
      ? []
      : [
          {
            about: 'quota',
            what: 'offerings not to be had',
            state: 'ok',
            detail: `${count(shut.length)} of ${counted(offerings.value.length, 'offering')}: ${named(reasons)}`,
          } as const,
        ]),
  ];
}

const failures = (
  about: Finding['about'],
  what: string,
  troubles: Extract<Checked<unknown>, { ok: false }>['troubles'],
): readonly Finding[] =>
  troubles.map((trouble) => ({ about, what, state: 'failed', detail: lineOf(trouble), remedy: trouble.remedy }));
