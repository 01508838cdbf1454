import { offeringId, placeOf, type Offering } from '../catalog/offering.ts';
import { offeringsOf } from '../catalog/offerings.ts';
import type { InstanceType } from '../catalog/snapshot.ts';
import { matchesAny } from '../fleet/glob.ts';
import { add, copyOf, raise, type Amounts } from './amounts.ts';
import { grouped, type Cluster, type Home } from './cluster.ts';
import { measuredOverhead, runsOn, type Daemon, type Overhead } from './daemons.ts';
import { frontOf } from './front.ts';
import { labelOn, taintsOn, type Kinds, type NodeKind } from './kinds.ts';
import { derivedLabel, isDerived } from './labels.ts';
import type { Place, PriceLists } from './prices.ts';
import { roomOn, type Room, type RoomSense } from './room.ts';
import { keysOf } from './selectors.ts';
import { suitable, type Wanted } from './suitable.ts';
import type { Taint } from './taints.ts';

/** A node that could be had: an offering, as a node of a kind, with what is left on it for pods that move. */
export interface Offer {
  readonly offering: Offering;
  readonly kind: NodeKind;
  readonly room: Room;
  readonly label: (key: string) => string | undefined;
  readonly taints: readonly Taint[];
  readonly atHome: boolean;
  /** whether pods that must be spread over zones may use it: every zone of its region is offered */
  readonly allZones: boolean;
  /** the same in the other zones of its region, where only one stands for all */
  readonly elsewhere: readonly Offer[];
}

export interface Surroundings {
  readonly cluster: Cluster;
  readonly home: Home;
  readonly kinds: Kinds;
  readonly daemons: readonly Daemon[];
  /** static pods that come with any node */
  readonly statics: Overhead;
  readonly sense: RoomSense;
}

/** What the pods that look for a node make of it. */
export interface Seekers {
  /** label keys that any of them looks at */
  readonly keys: readonly string[];
  /** whether any must be spread over zones */
  readonly spread: boolean;
}

/**
 * Every offering worth looking at, as a node of every kind it can be, that has room left for pods.
 *
 * Of offerings that all pods must take for alike, only those survive that are cheaper or larger than another. Abroad,
 * regions are alike too, and one zone stands for all of a region: except for pods that must be spread over zones, which
 * are offered every zone of the cheapest few regions of each cloud.
 */
export function offersIn(
  around: Surroundings,
  lists: PriceLists,
  places: readonly Place[],
  wanted: Wanted,
  seekers: Seekers,
): readonly Offer[] {
  const { home, sense } = around;
  const [here, ...abroad] = places;
  const keys = [...new Set([...seekers.keys, ...around.daemons.flatMap((d) => keysOf(d.nodeRule))])].filter(isDerived);
  // a type that not every kind may be made of stands for no other
  const tied = new Set(around.kinds.kinds.flatMap((kind) => (kind.bound ? [...kind.types] : [])));
  const alone = (o: Offering): boolean => tied.has(o.type) || !fitsAnyKind(o, lists, wanted);
  const alike = (o: Offering): string =>
    [
      [o.provider, o.purchase, o.arch, o.gpu?.name, alone(o) ? o.type : ''],
      keys.map((key) => derivedLabel(key, o)),
    ].join('|');
  const front = (offerings: readonly Offering[], classOf: (o: Offering) => string, atHome: boolean): Offering[] => {
    const rooms = new Map(offerings.map((o) => [o, roomOn(o, sense, atHome)]));
    const roomOf = (o: Offering): Room => rooms.get(o) ?? roomOn(o, sense, atHome);
    return [...grouped(offerings, classOf).values()].flatMap((same) =>
      frontOf(same, (o) => o.price.usdPerHour, roomOf),
    );
  };
  const asNodes = nodesFrom(around, (o) => fitsAnyKind(o, lists, wanted));
  const list = (place: Place): Offering[] => listed(lists, home, place, wanted);

  const found = here
    ? front(list(here), (o) => `${alike(o)} ${o.zone}`, true).flatMap((o) => asNodes(o, true, true, []))
    : [];
  const first = abroad.flatMap((place) => list({ ...place, zones: place.zones.slice(0, 1) }));
  const zonesOf = new Map(abroad.map((place) => [placeOf(place), place.zones]));
  for (const offering of front(first, alike, false)) {
    found.push(...asNodes(offering, false, false, zonesOf.get(placeOf(offering)) ?? []));
  }
  if (seekers.spread) {
    for (const place of cheapest(abroad, first)) {
      for (const o of front(list(place), (c) => `${alike(c)} ${c.zone}`, false))
        found.push(...asNodes(o, false, true, []));
    }
  }
  return found;
}

function listed(lists: PriceLists, home: Home, { provider, region, zones }: Place, wanted: Wanted): Offering[] {
  const list = lists.get(provider);
  if (!list) return [];
  const named = (type: string): boolean => wanted.only.length === 0 || matchesAny(wanted.only, type);
  const atHome = provider === home.provider && region === home.region;
  const wants = (type: InstanceType): boolean =>
    named(type.name) && ((atHome && wanted.used.has(type.name)) || suitable(provider, type, wanted));
  return offeringsOf(list, { region, zones, wants }).filter((o) => o.available || o.zone === '');
}

function fitsAnyKind(offering: Offering, lists: PriceLists, wanted: Wanted): boolean {
  const list = lists.get(offering.provider);
  const type = list?.types[list.indexOf.get(offering.type) ?? -1];
  return type !== undefined && suitable(offering.provider, type, wanted);
}

/** Regions of each cloud whose zones are all offered to pods that must be spread over them. */
const REGIONS_TO_SPREAD_IN = 2;

/** By what a core and 4 GiB cost where they cost least, on-demand. */
function cheapest(places: readonly Place[], offerings: readonly Offering[]): readonly Place[] {
  const least = new Map<string, number>();
  for (const o of offerings) {
    if (o.purchase === 'spot' || o.gpu) continue;
    const units = Math.min(o.allocatable.cpu / 1000, o.allocatable.memory / 4096);
    if (units > 0) least.set(placeOf(o), Math.min(least.get(placeOf(o)) ?? Infinity, o.price.usdPerHour / units));
  }
  const priceOf = (place: Place): number => least.get(placeOf(place)) ?? Infinity;
  return [...grouped(places, (place) => place.provider).values()].flatMap((own) =>
    own.toSorted((a, b) => priceOf(a) - priceOf(b)).slice(0, REGIONS_TO_SPREAD_IN),
  );
}

/** @param zones every zone it may stand in, where one stands for all */
type AsNodes = (offering: Offering, atHome: boolean, allZones: boolean, zones: readonly string[]) => readonly Offer[];

function nodesFrom(around: Surroundings, fitsAny: (offering: Offering) => boolean): AsNodes {
  const { home, kinds, sense } = around;
  const overhead = overheads(around);
  const asNode = (offering: Offering, kind: NodeKind, atHome: boolean, allZones: boolean): Offer => {
    const label = (key: string): string | undefined => labelOn(kind, offering, home.provider, key);
    const taints = taintsOn(kind, offering, home.provider, kinds);
    const room = without(roomOn(offering, sense, atHome), overhead(kind, label, taints, atHome));
    return { offering, kind, room, label, taints, atHome, allZones, elsewhere: [] };
  };
  return (offering, atHome, allZones, zones) =>
    kinds.kinds.flatMap((kind): Offer[] => {
      const seen = atHome && kind.types.has(offering.type);
      if (!seen && (kind.bound || !fitsAny(offering))) return [];
      if (offering.gpu !== undefined && !kind.gpu) return [];
      const offer = asNode(offering, kind, atHome, allZones);
      if (offer.room.pods <= 0 || offer.room.amounts.cpu <= 0 || offer.room.amounts.memory <= 0) return [];
      const others = zones.filter((zone) => zone !== offering.zone);
      const elsewhere = others.map((zone) => asNode(inZone(offering, zone), kind, atHome, allZones));
      return [{ ...offer, elsewhere }];
    });
}

const inZone = (offering: Offering, zone: string): Offering => ({
  ...offering,
  zone,
  id: offeringId({ ...offering, zone }),
});

/**
 * What comes with a new node: at home every DaemonSet that would run on it, by its own selectors; on another cloud,
 * where their like is made of other parts, the most that any node of the kind carries today.
 */
function overheads(
  around: Surroundings,
): (kind: NodeKind, label: (key: string) => string | undefined, taints: readonly Taint[], atHome: boolean) => Overhead {
  const memo = new Map<string, Overhead>();
  const { daemons, statics, kinds } = around;
  const keys = [...new Set(daemons.flatMap((d) => keysOf(d.nodeRule)))];
  const seen = seenByKind(around);
  return (kind, label, taints, atHome) => {
    const known = seen.get(kind);
    if (!atHome && known) return known;
    const key = JSON.stringify([keys.map(label), taints]);
    let found = memo.get(key);
    if (!found) {
      const amounts = copyOf(statics.amounts);
      let pods = statics.pods;
      for (const daemon of daemons) {
        const unclear = keysOf(daemon.nodeRule).some((k) => kinds.naming.has(k));
        if (!unclear && !runsOn(daemon, label, taints)) continue;
        add(amounts, daemon.requests);
        pods++;
      }
      found = { amounts, pods };
      memo.set(key, found);
    }
    return found;
  };
}

function seenByKind({ cluster, home, kinds }: Surroundings): ReadonlyMap<NodeKind, Overhead> {
  const seen = new Map<NodeKind, Overhead>();
  for (const node of home.nodes) {
    const kind = kinds.kindOf.get(node);
    if (!kind) continue;
    const here = measuredOverhead(cluster.podsOn.get(node) ?? []);
    const most = seen.get(kind);
    if (most) raise(most.amounts, here.amounts);
    seen.set(kind, { amounts: most?.amounts ?? here.amounts, pods: Math.max(most?.pods ?? 0, here.pods) });
  }
  return seen;
}

export function without(room: Room, taken: Overhead): Room {
  const amounts: Amounts = copyOf(room.amounts);
  amounts.cpu = Math.max(0, amounts.cpu - taken.amounts.cpu);
  amounts.memory = Math.max(0, amounts.memory - taken.amounts.memory);
  amounts.storage = Math.max(0, amounts.storage - taken.amounts.storage);
  for (const [name, value] of taken.amounts.others) {
    const have = amounts.others.get(name);
    if (have !== undefined) amounts.others.set(name, Math.max(0, have - value));
  }
  return { amounts, pods: Math.max(0, room.pods - taken.pods) };
}
