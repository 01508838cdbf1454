import type { Offering, ProviderName, Purchase } from '../catalog/offering.ts';
import { offeringsOf, whyNone } from '../catalog/offerings.ts';
import { zonesOf, type InstanceType, type ProviderCatalog } from '../catalog/snapshot.ts';
import type { ClusterNode } from './nodes.ts';
import { grouped } from './cluster.ts';
import { continentOf } from './regions.ts';
import { suitable, type Wanted } from './suitable.ts';

/** The price lists at hand, by cloud. */
export type PriceLists = ReadonlyMap<ProviderName, ProviderCatalog>;

/** A node's price, or why it has none and what comes nearest to it. */
export type NodePrice =
  | { readonly ok: true; readonly offering: Offering }
  | { readonly ok: false; readonly reason: string; readonly nearest?: Offering };

/** Prices nodes; one of a type that is not in the list is never guessed at, only the nearest known is named. */
export function pricing(lists: PriceLists): (node: ClusterNode) => NodePrice {
  const known = new Map<string, Offering | undefined>();
  const look = (list: ProviderCatalog, region: string, zone: string, type: string, purchase: Purchase) => {
    const key = [list.provider, region, zone, type, purchase].join('/');
    if (!known.has(key)) {
      const wants = (t: { readonly name: string }): boolean => t.name === type;
      known.set(key, offeringsOf(list, { region, zones: [zone], wants, purchases: [purchase] })[0]);
    }
    return known.get(key);
  };
  return (node) => {
    const { provider, region, type, purchase, zone, notAMachine } = node;
    if (notAMachine !== undefined) return { ok: false, reason: notAMachine };
    if (!provider) return { ok: false, reason: 'no label and no provider id tells its cloud' };
    const list = lists.get(provider);
    if (!list) return { ok: false, reason: `there is no price list of ${provider}` };
    if (type === undefined) return { ok: false, reason: 'it has no instance-type label' };
    if (region === undefined) return { ok: false, reason: 'no label tells its region' };
    const offering = look(list, region, zone, type, purchase);
    if (offering) return { ok: true, offering };
    const reason = whyNone(list, { region, zone, type, purchase }) ?? 'the price list has no price of it';
    const nearest = nearestTo(list, region, node);
    return { ok: false, reason, ...(nearest && { nearest }) };
  };
}

/** The same type in another region, of the continent first; else the type of the region whose size is likest. */
function nearestTo(list: ProviderCatalog, region: string, node: ClusterNode): Offering | undefined {
  const { type, purchase } = node;
  const continent = continentOf(list.provider, region);
  const inContinent = (r: string): number => (continentOf(list.provider, r) === continent ? 0 : 1);
  const others = [...list.regions.keys()].toSorted((a, b) => inContinent(a) - inContinent(b));
  for (const other of list.indexOf.has(type ?? '') ? others : []) {
    const wants = (t: InstanceType): boolean => t.name === type;
    const found = offeringsOf(list, { region: other, zones: [''], wants, purchases: [purchase] })[0];
    if (found) return found;
  }
  const here = list.regions.has(region) ? region : others[0];
  if (here === undefined || !node.allocatable) return undefined;
  const { cpu, memory } = node.allocatable;
  const wants = (t: InstanceType): boolean => t.arch === (node.arch ?? 'amd64') && suitable(list.provider, t, ANYTHING);
  const off = (o: Offering): number =>
    Math.abs(Math.log(o.allocatable.cpu / cpu)) + Math.abs(Math.log(o.allocatable.memory / memory));
  const sized = offeringsOf(list, { region: here, zones: [''], wants, purchases: [purchase] });
  return sized
    .filter((o) => off(o) < 0.3)
    .toSorted((a, b) => off(a) - off(b) || a.price.usdPerHour - b.price.usdPerHour)[0];
}

/** A region with the zones its nodes may be in. */
export interface Place {
  readonly provider: ProviderName;
  readonly region: string;
  readonly zones: readonly string[];
}

/** Where the list names no zones: three is the least that the clouds give a region with zones. */
function usualZones(provider: ProviderName, region: string): readonly string[] {
  if (provider === 'azure') return ['1', '2', '3'];
  return ['a', 'b', 'c'].map((letter) => (provider === 'gcp' ? `${region}-${letter}` : `${region}${letter}`));
}

/** Every region on the continent of `home`, of every cloud with a price list; home itself keeps its zones and is first. */
export function comparablePlaces(lists: PriceLists, home: Place): readonly Place[] {
  const continent = continentOf(home.provider, home.region);
  const places: Place[] = [home];
  if (continent === undefined) return places;
  for (const [provider, list] of lists) {
    for (const [region, prices] of list.regions) {
      if (continentOf(provider, region) !== continent || (provider === home.provider && region === home.region))
        continue;
      const zones = zonesOf(prices);
      places.push({ provider, region, zones: zones.length > 0 ? zones : usualZones(provider, region) });
    }
  }
  return places;
}

/** Of each cloud the place where a core with 4 GiB costs least, on-demand. */
export function cheapestOfEach(lists: PriceLists, places: readonly Place[]): readonly Place[] {
  return [...grouped(places, (place) => place.provider)].flatMap(([provider, own]) => {
    const list = lists.get(provider);
    const [cheapest] = list ? own.toSorted((a, b) => unitPrice(list, a.region) - unitPrice(list, b.region)) : [];
    return cheapest ? [cheapest] : [];
  });
}

function unitPrice(list: ProviderCatalog, region: string): number {
  const prices = list.regions.get(region)?.onDemand;
  let least = Infinity;
  list.types.forEach((type, i) => {
    const price = prices?.[i] ?? Number.NaN;
    if (Number.isNaN(price) || !suitable(list.provider, type, ANYTHING)) return;
    least = Math.min(least, price / Math.min(type.vcpu, type.memory / 4096));
  });
  return least;
}

/** What anyone may be proposed. */
const ANYTHING: Wanted = { used: new Set(), gpus: new Set(), only: [], largest: Infinity };
