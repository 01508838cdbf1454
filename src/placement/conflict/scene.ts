import { EVERY_DIMENSION, type Location, type Options } from './options.ts';
import { type Places, placesOf } from './places.ts';
import type { Terms } from './rules.ts';

/**
 * The part of a problem in which its rules can clash: the groups that take part, and the offerings whose number can
 * run out. All else is left out of the linear programs, which is what keeps them small.
 */
export interface Scene {
  readonly options: Options;
  /** groups that take part, by index */
  readonly groups: readonly number[];
  /** whether an offering's number can run out, by offering */
  readonly scarce: Uint8Array;
  /** no number runs out, whatever the rules say */
  readonly endless: boolean;
  /** groups for which nodes are bought, where prices count: more than take part when some are looked at by themselves */
  readonly buyers: readonly number[];
  /** whether the vendors' shares of the $/h take part */
  readonly priced: boolean;
  /** groups that are told apart by provider and purchase only, because no other rule of theirs can bind */
  readonly coarse: ReadonlySet<number>;
  /** what the problem states, by which zones are counted when rules are set aside */
  readonly given: Terms;
  readonly places: (g: number) => Places;
  /** which offerings stand together in a linear program, from fine to coarse: at [o] the number of their cell */
  readonly cellKeys: readonly Int32Array[];
}

/** Locations × groups up to which everything is told apart at once. */
const FINE_UP_TO = 3000;

/**
 * @param among groups that may take part
 * @param opened groups that take part in any case, and whose `allow` may be set aside
 */
export function sceneOf(
  options: Options,
  terms: Terms,
  among: readonly number[],
  priced: boolean,
  opened: ReadonlySet<number> = new Set(),
): Scene {
  // where prices count, a group that could do without what is scarce may still be dearer elsewhere
  const stays = priced ? new Set(among) : opened;
  const { groups, scarce } = contended(options, terms, among, opened, stays);
  if (!priced) return staged(options, terms, groups, scarce, false, new Set());
  const even = isSmall(options, among) ? [] : among.filter((g) => standsEvenly(options, terms, g, scarce));
  return staged(options, terms, among, scarce, true, new Set(even));
}

/** Whether a scene of these groups is quickly judged. */
export const isSmall = (options: Options, groups: readonly number[]): boolean =>
  groups.length * options.fine.locations.length <= FINE_UP_TO;

/** The scene by provider and purchase alone: what clashes in it does clash, and it is much sooner judged. */
export function coarsened(scene: Scene): Scene {
  const { options, given, groups, scarce, priced } = scene;
  const coarse = staged(options, given, groups, scarce, priced, new Set(groups));
  return { ...coarse, buyers: scene.buyers, cellKeys: [options.coarse.of] };
}

/** The scene of some of its groups, any of whose `allow` may be set aside. A scene without limits stays so. */
export function narrowed(scene: Scene, groups: ReadonlySet<number>): Scene {
  const { options, given, priced, endless } = scene;
  return endless ? scene : { ...sceneOf(options, given, [...groups], priced, groups), buyers: scene.buyers };
}

/** One group with every node that it could want: what is left are its own rules. */
export function alone(options: Options, terms: Terms, group: number): Scene {
  return {
    ...staged(options, terms, [group], new Uint8Array(options.offerings.length), false, new Set()),
    endless: true,
  };
}

function staged(
  options: Options,
  given: Terms,
  groups: readonly number[],
  scarce: Uint8Array,
  priced: boolean,
  coarse: ReadonlySet<number>,
): Scene {
  const known = new Map<number, Places>();
  const places = (g: number): Places => {
    const found =
      known.get(g) ??
      placesOf(
        options,
        g,
        coarse.has(g) ? options.coarse : options.fine,
        // one that stands evenly among others that don't has no use for what is scarce
        coarse.has(g) && coarse.size < groups.length ? undefined : scarce,
      );
    known.set(g, found);
    return found;
  };
  const { cellKeys } = options;
  return { options, groups, scarce, endless: false, buyers: groups, priced, coarse, given, places, cellKeys };
}

/**
 * A number that no placement could reach can't run out, and a group that such offerings can hold with all its rules
 * competes with no one. Without that group less is wanted of the others, so both are looked for in turn.
 */
function contended(
  options: Options,
  terms: Terms,
  among: readonly number[],
  opened: ReadonlySet<number>,
  stays: ReadonlySet<number>,
): { readonly groups: readonly number[]; readonly scarce: Uint8Array } {
  const { offerings } = options;
  const wide = { ...terms, allow: terms.allow.map((bits, g) => (opened.has(g) ? EVERY_DIMENSION : bits)) };
  const scarce = Uint8Array.from(offerings, (o) => (o.atMost === undefined ? 0 : 1));
  let groups = among;
  for (let before = -1; groups.length !== before;) {
    before = groups.length;
    for (let o = 0; o < offerings.length; o++) {
      if (scarce[o] && (terms.atMost[o] as number) >= wantedNodes(options, wide, groups, o)) scarce[o] = 0;
    }
    groups = groups.filter((g) => stays.has(g) || !standsEvenly(options, terms, g, scarce));
  }
  return { groups, scarce };
}

/** Nodes of an offering beyond which more are of no use to any placement. */
export function wantedNodes(options: Options, terms: Terms, groups: readonly number[], o: number): number {
  const { offerings, fits, blocked } = options;
  let nodes = 0;
  for (const g of groups) {
    const most = Math.min(fits[g * offerings.length + o] as number, terms.perNodeAtMost[g] as number);
    const out = (blocked[g * offerings.length + o] as number) & ~(terms.allow[g] as number);
    if (most > 0 && out === 0) nodes += Math.ceil(usefulReplicas(terms, g) / most);
  }
  return nodes;
}

/**
 * Replicas of a group beyond which more at one place are of no use. Cutting every place down to `replicas` keeps all
 * rules but the storm's; the survivors of that one have to weigh as much as what is lost.
 */
function usefulReplicas(terms: Terms, g: number): number {
  const replicas = terms.replicas[g] as number;
  return Math.ceil(replicas * (1 + 1 / (terms.reconnect[g] as number)));
}

/**
 * Whether the group's own rules hold when it stands in equal and sufficient numbers everywhere that it may be without
 * a limit, off spot nodes: enough to say that nothing can clash about it, and true of most groups.
 */
export function standsEvenly(options: Options, terms: Terms, g: number, scarce: Uint8Array): boolean {
  const { offerings, fine, fits, blocked, onSpot } = options;
  const open = terms.allow[g] as number;
  const spotFree = (terms.spotAtMost[g] as number) >= 1;
  const noSpot = terms.spotAtMost[g] === 0;
  if ((terms.perNodeAtMost[g] as number) < 1) return false;
  const usable = new Uint8Array(fine.locations.length);
  const firm = new Uint8Array(fine.locations.length);
  for (let o = 0; o < offerings.length; o++) {
    const at = g * offerings.length + o;
    if ((fits[at] as number) <= 0 || ((blocked[at] as number) & ~open) !== 0) continue;
    const l = fine.of[o] as number;
    usable[l] = 1;
    if (scarce[o] === 0 && (spotFree || onSpot[o] === 0)) firm[l] = 1;
  }
  const zones = new Set<string>();
  const firmZones = new Map<string, Location>();
  fine.locations.forEach((at, l) => {
    if (firm[l]) firmZones.set(zoneOf(at), at);
    if (usable[l] && !(noSpot && at.purchase === 'spot')) zones.add(zoneOf(at));
  });
  if (firmZones.size === 0) return false;
  const skewed = (terms.zoneSkew[g] as number) < Infinity;
  if (skewed && firmZones.size < zones.size) return false;
  return evenLossHolds(options, terms, g, [...firmZones.values()], skewed);
}

function evenLossHolds(
  options: Options,
  terms: Terms,
  g: number,
  zones: readonly Location[],
  byZone: boolean,
): boolean {
  const loss = options.groups[g]?.survive?.loss ?? 'provider';
  const weights = new Map<string, number>();
  for (const zone of zones) {
    const domain = domainOf(zone, loss);
    weights.set(domain, byZone ? (weights.get(domain) ?? 0) + 1 : 1);
  }
  const all = [...weights.values()].reduce((x, y) => x + y, 0);
  if ((terms.survive[g] as number) > 0 && weights.size < 2) return false;
  const absorb = terms.reconnect[g] as number;
  return absorb === Infinity || [...weights.values()].every((lost) => absorb * (all - lost) >= lost);
}

export const zoneOf = (at: Location): string => `${at.provider}/${at.region}/${at.zone}`;

/** The part of a location that goes with a loss. */
export function domainOf(at: Location, loss: 'provider' | 'region' | 'zone'): string {
  if (loss === 'provider') return at.provider;
  return loss === 'region' ? `${at.provider}/${at.region}` : zoneOf(at);
}
