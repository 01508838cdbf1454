import { offeringId, placeOf, type Offering } from '../catalog/offering.ts';
import type { Fleet, PoolTemplate } from '../fleet/fleet.ts';
import { matchesAny } from '../fleet/glob.ts';
import type { ObservedPool } from '../ports.ts';

/** An offering that a pool or a template can bring, and how many nodes of it a placement may ask for. */
interface Reachable {
  readonly offering: Offering;
  /** absent = not known to be limited */
  readonly atMost?: number;
  /** nodes that must stay; absent = none */
  readonly atLeast?: number;
}

interface Unreachable {
  readonly kind: 'no-pool' | 'sold-out';
  /** words without a subject: `no pool has it and …` */
  readonly reason: string;
}

export interface Reach {
  /** in the order of the offerings */
  readonly reachable: readonly Reachable[];
  /** offering id → why no placement may ask for it */
  readonly unreachable: ReadonlyMap<string, Unreachable>;
}

export type Openings = Pick<Fleet, 'clouds' | 'templates'>;

/**
 * Which offerings a placement may choose, given the pools there are and the templates new ones may be opened from.
 *
 * What runs is never cut short by a limit: a sold-out offering may keep the nodes it has, and so may a pool that is
 * larger than its maximum, because a limit on what can be had says nothing against what is there already.
 *
 * @param doubtful providers whose listing may not be the whole truth: what runs there stays, and is counted on
 */
export function reachable(
  fleet: Openings,
  pools: readonly ObservedPool[],
  offerings: readonly Offering[],
  doubtful: ReadonlySet<string> = NONE,
): Reach {
  const poolsOf = poolsByOffering(pools);
  const zones = zonesByPlace(fleet);
  const within: Reachable[] = [];
  const unreachable = new Map<string, Unreachable>();
  for (const offering of offerings) {
    const own = poolsOf.get(offering.id) ?? [];
    const misses = fleet.templates.map((template) => missOf(zones, template, offering));
    const openable = misses.includes(undefined);
    const limits = limitsOf(offering, own, openable, doubtful.has(offering.provider));
    if (limits.atMost === undefined || limits.atMost > 0) within.push({ offering, ...limits });
    else unreachable.set(offering.id, whyNot(offering, own, openable ? undefined : near(offering, misses, fleet)));
  }
  return { reachable: within, unreachable };
}

const NONE: ReadonlySet<string> = new Set();

/** Answers the templates that may open a pool of an offering, in the order of the fleet file. */
export function templateFinder(fleet: Openings): (offering: Offering) => readonly PoolTemplate[] {
  const zones = zonesByPlace(fleet);
  return (offering) => fleet.templates.filter((template) => missOf(zones, template, offering) === undefined);
}

/** Pools by the id of the one offering that each of them runs, in the order given. */
export function poolsByOffering(pools: readonly ObservedPool[]): ReadonlyMap<string, readonly ObservedPool[]> {
  const byOffering = new Map<string, ObservedPool[]>();
  for (const pool of pools) {
    const id = offeringId(pool);
    const known = byOffering.get(id);
    if (known) known.push(pool);
    else byOffering.set(id, [pool]);
  }
  return byOffering;
}

function limitsOf(
  offering: Offering,
  own: readonly ObservedPool[],
  openable: boolean,
  held: boolean,
): Omit<Reachable, 'offering'> {
  const running = sum(own.map((pool) => pool.target));
  const room = openable ? Infinity : sum(own.map((pool) => Math.max(pool.max, pool.target)));
  const stock = offering.available ? (offering.atMost ?? Infinity) : 0;
  const atMost = Math.min(room, Math.max(stock, running));
  const atLeast = held ? running : Math.min(atMost, sum(own.map((pool) => pool.min)));
  return { ...(atMost < Infinity && { atMost }), ...(atLeast > 0 && { atLeast }) };
}

/** @param missing why no template may open a pool of it; undefined when one may */
function whyNot(offering: Offering, own: readonly ObservedPool[], missing: string | undefined): Unreachable {
  if (own.length === 0 && missing !== undefined) return { kind: 'no-pool', reason: missing };
  if (!offering.available) return { kind: 'sold-out', reason: offering.unavailableReason ?? 'not to be had now' };
  if (offering.atMost === 0) return { kind: 'sold-out', reason: 'its quota or stock is 0 nodes' };
  const names = own.map((pool) => pool.name).join(', ');
  return { kind: 'no-pool', reason: `${names} may grow to 0 nodes and no template may open another pool` };
}

/** The template that comes nearest says best what to change. */
function near(offering: Offering, misses: readonly (Miss | undefined)[], { templates }: Openings): string {
  let best = -1;
  misses.forEach((miss, i) => {
    if (miss && miss.depth > (misses[best]?.depth ?? 0)) best = i;
  });
  const start = 'no pool has it and no template may open one';
  const template = templates[best];
  return template ? `${start}: ${template.name} ${misses[best]?.reason}` : `${start} at ${offering.provider}`;
}

interface Miss {
  /** how far the template gets with the offering; 0 = another cloud */
  readonly depth: number;
  /** words that follow the template's name */
  readonly reason: string;
}

function missOf(zones: ReadonlyMap<string, readonly string[]>, t: PoolTemplate, o: Offering): Miss | undefined {
  if (t.provider !== o.provider) return { depth: 0, reason: `is for ${t.provider}` };
  if (!zones.get(placeOf(o))?.includes(o.zone)) {
    return { depth: 1, reason: `opens in the zones of the fleet, and ${o.zone} in ${o.region} is none of them` };
  }
  if (t.regions && !matchesAny(t.regions, o.region)) {
    return { depth: 2, reason: `is for ${t.regions.join(', ')}, not ${o.region}` };
  }
  if (!matchesAny(t.types, o.type)) return { depth: 3, reason: `has types ${t.types.join(', ')}, not ${o.type}` };
  if (!t.purchase.includes(o.purchase)) {
    return { depth: 4, reason: `buys ${t.purchase.join(', ')}, not ${o.purchase}` };
  }
  return undefined;
}

const zonesByPlace = (fleet: Openings): ReadonlyMap<string, readonly string[]> =>
  new Map(fleet.clouds.flatMap((c) => c.regions.map((r) => [placeOf({ ...r, region: r.name }), r.zones] as const)));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
