import { usdPerGb, type UsdPerGb } from '../units.ts';
import type { EgressFacts, EgressSource, Rate } from './egress-facts.ts';

/**
 * What moving a GB (10^9 bytes) costs. Places are `provider/region`; `to` may be `internet` too.
 *
 * Cloud to cloud, and cloud to an own cluster, is the source's internet price; what comes in is free everywhere. A
 * pair that no table names falls back to the source's internet price, which is dearer than any route inside a cloud.
 */
export interface EgressTable {
  /** the oldest stated date among its sources, `2026-09-20` */
  readonly asOf: string;
  /** first volume tier that is paid; 0 within one place. undefined = nothing known: the caller refuses to plan on it */
  usdPerGb(from: string, to: string): UsdPerGb | undefined;
  /** between two zones of one place, both directions' charges together */
  interZoneUsdPerGb(place: string): UsdPerGb | undefined;
  /** the same two with their source, for people */
  routePrice(from: string, to: string): EgressPrice | undefined;
  interZonePrice(place: string): EgressPrice | undefined;
  /** marginal tiers of a month's traffic to the internet, ascending, without the free allowance of the account */
  internetTiers(place: string): readonly EgressTier[];
}

export interface EgressPrice {
  readonly usdPerGb: UsdPerGb;
  readonly source: string;
  /** `2026-09-20`; undefined: the source states no date */
  readonly asOf: string | undefined;
  /**
   * `listed`: read in a published list. `unverified`: a common published figure that nobody checked against the
   * vendor's page. `fallback`: the pair is in no list, so the dearest price that can apply. `stated`: the fleet file.
   */
  readonly basis: 'listed' | 'unverified' | 'fallback' | 'stated';
}

/** Holds from `fromGbPerMonth` up to the next tier's start. */
export interface EgressTier extends EgressPrice {
  readonly fromGbPerMonth: number;
}

/** What the fleet states of an own cluster. */
export interface OwnEgress {
  /** `kubernetes/own-fra` */
  readonly place: string;
  readonly usdPerGb: UsdPerGb;
  /** the fleet file */
  readonly source: string;
}

export function egressTable(facts: EgressFacts, own: readonly OwnEgress[] = []): EgressTable {
  const ownByPlace = new Map(own.map((cluster) => [cluster.place, cluster]));
  const routePrice = (from: string, to: string): EgressPrice | undefined => {
    const cluster = ownByPlace.get(from);
    const known = cluster !== undefined || isKnown(facts, from);
    if (from === to) return known ? WITHIN : undefined;
    if (cluster) return { usdPerGb: cluster.usdPerGb, source: cluster.source, asOf: undefined, basis: 'stated' };
    if (to === 'internet' || providerOf(to) !== providerOf(from)) return tiersOf(facts, from)[0];
    const route = routeOf(facts, from, to);
    return route ? priceOf(route) : fallback(tiersOf(facts, from)[0]);
  };
  const interZonePrice = (place: string): EgressPrice | undefined => {
    if (ownByPlace.has(place)) return OWN_ZONES;
    const rate = facts.zones.get(place) ?? facts.zones.get(`${providerOf(place)}/*`);
    return rate && isKnown(facts, place) ? priceOf(rate) : undefined;
  };
  return {
    asOf: facts.sources.flatMap((source) => source.asOf ?? []).toSorted()[0] ?? 'date not stated',
    routePrice,
    interZonePrice,
    usdPerGb: (from, to) => routePrice(from, to)?.usdPerGb,
    interZoneUsdPerGb: (place) => interZonePrice(place)?.usdPerGb,
    internetTiers: (place) => {
      const cluster = ownByPlace.get(place);
      if (!cluster) return tiersOf(facts, place);
      const { usdPerGb: rate, source } = cluster;
      return [{ fromGbPerMonth: 0, usdPerGb: rate, source, asOf: undefined, basis: 'stated' }];
    },
  };
}

/** Traffic inside a place; crossing its zones is priced apart. */
const WITHIN: EgressPrice = {
  usdPerGb: usdPerGb(0),
  source: 'nothing leaves the place',
  asOf: undefined,
  basis: 'listed',
};

/** Racks of one cluster talk over the owner's own switches. */
const OWN_ZONES: EgressPrice = {
  usdPerGb: usdPerGb(0),
  source: "the cluster's own network",
  asOf: undefined,
  basis: 'stated',
};

const providerOf = (place: string): string => place.slice(0, Math.max(0, place.indexOf('/')));

/** Whether the tables know the provider at all; of a region they do not name they still know the dearest price. */
function isKnown(facts: EgressFacts, place: string): boolean {
  return tiersOf(facts, place).length > 0;
}

/** Region to region, region to anywhere, area to area, area to anywhere: the closest that is listed. */
function routeOf(facts: EgressFacts, from: string, to: string): Rate | undefined {
  const any = `${providerOf(to)}/*`;
  const [fromArea, toArea] = [facts.areas.get(from), facts.areas.get(to)];
  return (
    facts.routes.get(`${from} ${to}`) ??
    facts.routes.get(`${from} ${any}`) ??
    facts.routes.get(`${fromArea} ${toArea}`) ??
    facts.routes.get(`${fromArea} ${any}`)
  );
}

/** Of the region, else of its area, else the dearest of the provider's. */
function tiersOf(facts: EgressFacts, place: string): readonly EgressTier[] {
  const tiered = facts.internet.get(place) ?? facts.internet.get(facts.areas.get(place) ?? '');
  if (!tiered) return dearest(facts, providerOf(place));
  const { name, asOf, basis } = tiered.source;
  return tiered.tiers.map((tier) => ({
    fromGbPerMonth: tier.fromGbPerMonth,
    usdPerGb: usdPerGb(tier.usdPerGb),
    source: name,
    asOf,
    basis,
  }));
}

function dearest(facts: EgressFacts, provider: string): readonly EgressTier[] {
  let most: { readonly usdPerGb: number; readonly source: EgressSource } | undefined;
  for (const [key, { source, tiers }] of facts.internet) {
    const first = tiers[0];
    if (providerOf(key) === provider && first && first.usdPerGb > (most?.usdPerGb ?? -1)) {
      most = { usdPerGb: first.usdPerGb, source };
    }
  }
  if (!most) return [];
  const source = `the dearest internet price of ${provider}: ${most.source.name}`;
  return [{ fromGbPerMonth: 0, usdPerGb: usdPerGb(most.usdPerGb), source, asOf: most.source.asOf, basis: 'fallback' }];
}

const priceOf = ({ usdPerGb: rate, source }: Rate): EgressPrice => ({
  usdPerGb: usdPerGb(rate),
  source: source.name,
  asOf: source.asOf,
  basis: source.basis,
});

function fallback(price: EgressPrice | undefined): EgressPrice | undefined {
  return price && { ...price, basis: 'fallback', source: `no route is listed, so its internet price: ${price.source}` };
}
