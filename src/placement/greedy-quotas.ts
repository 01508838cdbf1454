import type { Instance, Location } from './instance.ts';
import { domainOf, survivorsNeeded } from './master.ts';
import type { Group } from './problem.ts';
import { locationsOf } from './standing.ts';

/** What the locations are like for one group; entries by location of the instance. */
export interface Supply {
  /** $ an hour that a replica costs there */
  readonly price: ArrayLike<number>;
  /** most replicas that find room there */
  readonly room: ArrayLike<number>;
  /** provider → most replicas of the group there, so that its share of the bill is kept; absent: any number */
  readonly providerRoom?: ReadonlyMap<string, number>;
}

/** Replicas of a group in each location, and how many of it find no place. */
export interface Quotas {
  readonly at: Float64Array;
  readonly missing: number;
}

/**
 * Whole replicas of one group in each location that keep all of its own rules (spot, spread over zones, survival of a
 * loss), cheaply and by counting alone. Where not all of them can have a place, as many as can, with the rules read on
 * those.
 */
export function quotasOf(instance: Instance, g: number, supply: Supply): Quotas {
  const group = instance.groups[g];
  const nothing = new Float64Array(instance.locations.length);
  if (!group || group.replicas <= 0) return { at: nothing, missing: 0 };
  const zones = zonesOf(instance, g);
  const whole = spreadOf(instance, group, group.replicas, zones, supply);
  if (whole) return { at: whole, missing: 0 };
  // the most that can be placed: what holds for n replicas nearly always holds for fewer
  let [low, high] = [0, group.replicas];
  let best: Float64Array = nothing;
  while (high - low > 1) {
    const n = (low + high) >> 1;
    const some = spreadOf(instance, group, n, zones, supply);
    if (!some) high = n;
    else {
      low = n;
      best = some;
    }
  }
  return { at: best, missing: group.replicas - low };
}

/** A zone with its locations by how nodes are bought. Where no rule tells them apart, all is as on demand. */
interface Zone {
  readonly at: Location;
  onDemand?: number;
  spot?: number;
}

function zonesOf(instance: Instance, g: number): readonly Zone[] {
  const zones = new Map<string, Zone>();
  for (const l of locationsOf(instance, g)) {
    const at = instance.locations[l];
    if (!at) continue;
    const key = `${at.provider}/${at.region}/${at.zone}`;
    const zone = zones.get(key) ?? { at };
    zones.set(key, zone);
    zone[at.purchase === 'spot' ? 'spot' : 'onDemand'] = l;
  }
  return [...zones.values()];
}

/** So many replicas over zones, then over what is on demand and on spot in each. */
function spreadOf(
  instance: Instance,
  group: Group,
  replicas: number,
  zones: readonly Zone[],
  supply: Supply,
): Float64Array | undefined {
  const ceiling = group.spotAtMost === undefined || group.spotAtMost >= 1 ? Infinity : group.spotAtMost;
  const spotMost = ceiling === Infinity ? Infinity : Math.floor(ceiling * replicas + 1e-9);
  const offers = zones.map((zone) => offerOf(zone, Math.min(1, ceiling), spotMost, supply));
  const plan = planOf(group, replicas, offers, supply);
  if (!plan) return undefined;
  const at = new Float64Array(instance.locations.length);
  return split(zones, plan, spotMost, supply, at) ? at : undefined;
}

/** A zone as the spread over zones sees it. */
interface Offer {
  readonly at: Location;
  readonly price: number;
  readonly room: number;
}

function offerOf({ at, onDemand, spot }: Zone, ceiling: number, spotMost: number, supply: Supply): Offer {
  const [steady, fleeting] = [priceAt(supply, onDemand), priceAt(supply, spot)];
  return {
    at,
    price: steady === Infinity ? fleeting : ceiling * Math.min(steady, fleeting) + (1 - ceiling) * steady,
    room: roomAt(supply, onDemand) + Math.min(spotMost, roomAt(supply, spot)),
  };
}

const roomAt = ({ room }: Supply, l: number | undefined): number => (l === undefined ? 0 : (room[l] ?? 0));
const priceAt = (supply: Supply, l: number | undefined): number =>
  l === undefined || roomAt(supply, l) === 0 ? Infinity : (supply.price[l] ?? 0);

/** Replicas in each zone; the cheapest of the spreads tried that keep the rules. */
function planOf(
  group: Group,
  replicas: number,
  offers: readonly Offer[],
  supply: Supply,
): readonly number[] | undefined {
  const skew = group.zoneSkew;
  if (!skew) return levelled(group, replicas, offers, supply, Infinity);
  if (skew.within === 'all') return levelled(group, replicas, offers, supply, skew.most);
  // even within each region used: the cheapest region, the two cheapest …
  const regions = new Map<string, Offer[]>();
  for (const o of offers) {
    const key = `${o.at.provider}/${o.at.region}`;
    regions.set(key, [...(regions.get(key) ?? []), o]);
  }
  const mean = (of: readonly Offer[]): number => of.reduce((sum, o) => sum + o.price, 0) / of.length;
  const order = [...regions.values()].toSorted((a, b) => mean(a) - mean(b));
  const plans = order.map((_, i) => {
    const used = new Set(order.slice(0, i + 1).flat());
    const open = offers.map((o) => (used.has(o) ? o : { ...o, room: 0 }));
    return levelled(group, replicas, open, supply, skew.most, (o) => used.has(offers[o] as Offer));
  });
  return cheapest(plans, offers);
}

/** Every zone that is used has `level` replicas and at most `skew` more; the lowest level at which the rules hold. */
function levelled(
  group: Group,
  replicas: number,
  offers: readonly Offer[],
  supply: Supply,
  skew: number,
  used: (zone: number) => boolean = () => true,
): readonly number[] | undefined {
  if (skew === Infinity)
    return filled(
      group,
      replicas,
      offers,
      offers.map(() => 0),
      offers.map((o) => o.room),
      supply,
    );
  const open = offers.filter((_, z) => used(z));
  const highest = Math.min(Infinity, ...open.map((o) => o.room));
  if (!Number.isFinite(highest) && open.length === 0) return undefined;
  const at = (level: number): readonly number[] | undefined =>
    filled(
      group,
      replicas,
      offers,
      offers.map((_, z) => (used(z) ? level : 0)),
      offers.map((o, z) => (used(z) ? Math.min(o.room, level + skew) : 0)),
      supply,
    );
  let low = Math.max(0, Math.ceil(replicas / open.length) - skew);
  let high = Math.min(highest, 2 * replicas + 1);
  low = Math.min(low, high);
  const plan = at(low);
  if (plan) return plan;
  let best = at(high);
  if (!best) return undefined;
  while (high - low > 1) {
    const level = (low + high) >> 1;
    const some = at(level);
    if (some) [high, best] = [level, some];
    else low = level;
  }
  return best;
}

/** Between `least` and `most` in each zone, the cheapest zones first, no part of the world with more than may be lost. */
function filled(
  group: Group,
  replicas: number,
  offers: readonly Offer[],
  least: readonly number[],
  most: readonly number[],
  supply: Supply,
): readonly number[] | undefined {
  const { survive, absorb } = group;
  const without = (total: number, cap: number): readonly number[] | undefined =>
    poured(offers, least, most, total, (at) => (survive ? domainOf(at, survive.loss) : ''), cap, supply);
  if (!survive) return without(replicas, Infinity);
  const kept = survivorsNeeded(survive.share, replicas);
  if (kept === 0) return without(replicas, Infinity);
  const domains = new Set(offers.flatMap((o, z) => ((most[z] ?? 0) > 0 ? [domainOf(o.at, survive.loss)] : []))).size;
  const caps = new Set([replicas - kept]);
  for (let d = 2; d <= domains; d++) {
    caps.add(Math.ceil(kept / (d - 1)));
    caps.add(Math.ceil(Math.max(replicas / d, kept / (d - 1))));
  }
  const largest = least.reduce((sum, n) => sum + n, 0);
  // what a level puts into each domain anyhow
  caps.add(Math.max(0, largest - kept));
  const plans = [...caps].map((cap) => {
    const total = Math.max(replicas, kept + cap);
    return without(total, absorb === undefined ? cap : Math.min(cap, Math.floor((total * absorb) / (1 + absorb))));
  });
  return cheapest(plans, offers);
}

function poured(
  offers: readonly Offer[],
  least: readonly number[],
  most: readonly number[],
  total: number,
  domain: (at: Location) => string,
  cap: number,
  { providerRoom }: Supply,
): readonly number[] | undefined {
  const inDomain = new Map<string, number>();
  const atProvider = new Map<string, number>();
  const out = offers.map(() => 0);
  let left = total;
  const put = (z: number, n: number): void => {
    const at = offers[z]?.at;
    if (!at || n <= 0) return;
    out[z] = (out[z] ?? 0) + n;
    left -= n;
    inDomain.set(domain(at), (inDomain.get(domain(at)) ?? 0) + n);
    atProvider.set(at.provider, (atProvider.get(at.provider) ?? 0) + n);
  };
  const spare = ({ at }: Offer): number =>
    Math.min(
      cap - (inDomain.get(domain(at)) ?? 0),
      (providerRoom?.get(at.provider) ?? Infinity) - (atProvider.get(at.provider) ?? 0),
    );
  for (const [z, n] of least.entries()) {
    if (n > (most[z] ?? 0)) return undefined;
    put(z, n);
  }
  for (const n of inDomain.values()) if (n > cap) return undefined;
  const order = [...offers.keys()].toSorted((a, b) => (offers[a]?.price ?? 0) - (offers[b]?.price ?? 0) || a - b);
  for (const z of order) {
    if (left <= 0) break;
    const offer = offers[z] as Offer;
    put(z, Math.min(left, (most[z] ?? 0) - (out[z] ?? 0), spare(offer)));
  }
  return left <= 0 ? out : undefined;
}

function cheapest(
  plans: readonly (readonly number[] | undefined)[],
  offers: readonly Offer[],
): readonly number[] | undefined {
  const cost = (plan: readonly number[]): number =>
    plan.reduce((sum, n, z) => (n > 0 ? sum + n * (offers[z]?.price ?? 0) : sum), 0);
  return plans.reduce((best, plan) => (plan && (!best || cost(plan) < cost(best)) ? plan : best), undefined);
}

/** What must be on spot is, and after it what saves most. False where more must be than may be. */
function split(
  zones: readonly Zone[],
  plan: readonly number[],
  spotMost: number,
  supply: Supply,
  at: Float64Array,
): boolean {
  let spotLeft = spotMost;
  const saving: { readonly from: number; readonly to: number; readonly usd: number }[] = [];
  for (const [z, { onDemand, spot }] of zones.entries()) {
    const n = plan[z] ?? 0;
    const steady = Math.min(n, roomAt(supply, onDemand));
    if (onDemand !== undefined) at[onDemand] = steady;
    if (n > steady && (spot === undefined || n - steady > roomAt(supply, spot))) return false;
    if (spot !== undefined) at[spot] = n - steady;
    spotLeft -= n - steady;
    if (spotLeft < 0) return false;
    if (onDemand === undefined || spot === undefined || steady === 0) continue;
    const usd = priceAt(supply, onDemand) - priceAt(supply, spot);
    if (usd > 0) saving.push({ from: onDemand, to: spot, usd });
  }
  for (const { from, to } of saving.toSorted((a, b) => b.usd - a.usd)) {
    const n = Math.min(spotLeft, at[from] ?? 0, roomAt(supply, to) - (at[to] ?? 0));
    at[from] = (at[from] ?? 0) - n;
    at[to] = (at[to] ?? 0) + n;
    spotLeft -= n;
  }
  return true;
}
