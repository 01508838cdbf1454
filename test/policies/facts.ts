import type { GroupFact, PlacedFact, PlanFacts, PoolFact } from '../../src/policy/policy.ts';
import { instant } from '../../src/units.ts';
import { AT } from '../plan/world.ts';

/** Facts of a plan against which no policy has anything to say; a test changes what it is about. */
export const factsWith = (facts: Partial<PlanFacts> = {}): PlanFacts => ({
  at: AT,
  status: 'placed',
  conflict: [],
  placed: [],
  groups: [],
  pools: [],
  usdPerHourAfter: 100,
  usdPerHourBefore: 100,
  starts: 0,
  drains: 0,
  waiting: { starts: 0, startsForLoad: 0, drains: 0, groups: [] },
  unplaced: {},
  uncovered: {},
  signals: [],
  ...facts,
});

/** @param place `provider/region/zone` */
export function placedAt(place: string, fact: Partial<PlacedFact> = {}): PlacedFact {
  const [provider, region, zone] = place.split('/') as [PlacedFact['provider'], string, string];
  const purchase = fact.purchase ?? 'on-demand';
  return {
    offering: `${place}/m7i.xlarge/${purchase}`,
    provider,
    region,
    zone,
    type: 'm7i.xlarge',
    purchase,
    vcpu: 4,
    gpus: 0,
    nodes: 1,
    listUsdPerHour: 0.2,
    priceAsOf: instant(AT - 86_400_000),
    priceSource: 'a price list',
    replicas: {},
    ...fact,
  };
}

export const group = (name: string, needed: number, fact: Partial<GroupFact> = {}): GroupFact => {
  const [service = '', market = ''] = name.split('/');
  return { name, service, market, needed, load: needed * 1000, capacityPerReplica: 1000, zones: [], ...fact };
};

export const pool = (name: string, from: number, to: number, fact: Partial<PoolFact> = {}): PoolFact => ({
  name,
  type: 'm7i.xlarge',
  from,
  to,
  min: 0,
  max: 100,
  priced: true,
  ...fact,
});
