import { offeringId, type Offering } from '../catalog/offering.ts';
import { offeringsOf } from '../catalog/offerings.ts';
import type { InstanceType } from '../catalog/snapshot.ts';
import { matchesAny } from '../fleet/glob.ts';
import { add, copyOf, raise, type Amounts } from '../manifest/amounts.ts';
import { grouped, type Cluster, type Home } from './cluster.ts';
import { measuredOverhead, runsOn, type Daemon, type Overhead } from './daemons.ts';
import { frontOf } from './front.ts';
import { labelOn, taintsOn, type Kinds, type NodeKind } from './kinds.ts';
import { derivedLabel, isDerived, ZONE_KEYS } from './labels.ts';
import type { Place, PriceLists } from './prices.ts';
import { roomOn, type Room, type RoomSense } from './room.ts';
import { keysOf } from './selectors.ts';
import { suitable, type Wanted } from './suitable.ts';
import type { Taint } from './taints.ts';

/** A node that could be had: an offering, as a node of a kind, with what is left on it for pods that move. */
export interface Offer {
  /** in the first of the zones */
  readonly offering: Offering;
  readonly kind: NodeKind;
  readonly room: Room;
  readonly label: (key: string) => string | undefined;
  readonly taints: readonly Taint[];
  readonly atHome: boolean;
  /** zones in which it is the same at the same price */
  readonly zones: readonly string[];
  readonly inZone: (zone: string) => Offer;
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

/**
 * Every offering worth looking at, as a node of every kind it can be, that has room left for pods. An offering stands
 * for all zones of its region in which it is sold at one price.
 *
 * Of offerings that all pods must take for alike, only those survive that are cheaper or larger than another; abroad,
 * regions are alike too.
 *
 * @param keys label keys that any pod looks at
 */
export function offersIn(
  around: Surroundings,
  lists: PriceLists,
  places: readonly Place[],
  wanted: Wanted,
  keys: readonly string[],
): readonly Offer[] {
  const { home, daemons, kinds } = around;
  // a zone tells nodes apart only for pods, which are asked zone by zone, unless a DaemonSet looks at it
  const daemonKeys = daemons.flatMap((d) => keysOf(d.nodeRule));
  const byZone = daemonKeys.some((key) => ZONE_KEYS.includes(key));
  const looked = [...new Set([...keys, ...daemonKeys])].filter((key) => isDerived(key) && !ZONE_KEYS.includes(key));
  // a type that not every kind may be made of stands for no other
  const tied = new Set(kinds.kinds.flatMap((kind) => (kind.bound ? [...kind.types] : [])));
  const fitsAny = (o: Offering): boolean => fitsAnyKind(o, lists, wanted);
  const classOf = ({ offering: o, zones }: Zoned): string =>
    [
      [o.provider, o.purchase, o.arch, o.gpu?.name, tied.has(o.type) || !fitsAny(o) ? o.type : ''],
      [isHome(home, o) ? zones.join(' ') : ''],
      looked.map((key) => derivedLabel(key, o)),
    ].join('|');
  const rooms = roomsBy(around);
  const zoned = places.flatMap((place) =>
    isHome(home, place)
      ? listedAtHome(lists, place, wanted, rooms, byZone)
      : listedAbroad(lists, home, place, wanted, rooms),
  );
  const asNodes = nodesFrom(around, fitsAny);
  return [...grouped(zoned, classOf).values()].flatMap((same) =>
    frontOf(
      same,
      (z) => z.offering.price.usdPerHour,
      (z) => z.room,
    ).flatMap(asNodes),
  );
}

/** An offering with the zones it stands for. */
interface Zoned {
  readonly offering: Offering;
  readonly zones: readonly string[];
  readonly room: Room;
}

const isHome = (home: Home, place: { readonly provider: string; readonly region: string }): boolean =>
  place.provider === home.provider && place.region === home.region;

const namedIn = (wanted: Wanted, type: string): boolean => wanted.only.length === 0 || matchesAny(wanted.only, type);

/** Room is the same in every region: worked out once a type. */
function roomsBy({ sense, home }: Surroundings): (offering: Offering) => Room {
  const known = new Map<string, Room>();
  return (offering) => {
    const key = `${isHome(home, offering)} ${offering.provider} ${offering.type}`;
    const room = known.get(key) ?? roomOn(offering, sense, isHome(home, offering));
    known.set(key, room);
    return room;
  };
}

function listedAtHome(
  lists: PriceLists,
  { provider, region, zones }: Place,
  wanted: Wanted,
  roomOf: (offering: Offering) => Room,
  byZone: boolean,
): Zoned[] {
  const list = lists.get(provider);
  if (!list) return [];
  const wants = (type: InstanceType): boolean =>
    namedIn(wanted, type.name) && (wanted.used.has(type.name) || suitable(provider, type, wanted));
  const offerings = offeringsOf(list, { region, zones, wants }).filter((o) => o.available || o.zone === '');
  const keyOf = (o: Offering): string => `${o.type} ${o.purchase} ${o.price.usdPerHour} ${byZone ? o.zone : ''}`;
  return [...grouped(offerings, keyOf).values()].flatMap((same) =>
    same.slice(0, 1).map((offering) => ({ offering, zones: same.map((o) => o.zone), room: roomOf(offering) })),
  );
}

/** Zones enough to spread over: a region abroad has as many as home, or three. */
const ENOUGH_ZONES = 3;

/** Abroad only what every zone of a region sells is worth moving for, and only regions with zones enough. */
function listedAbroad(
  lists: PriceLists,
  home: Home,
  { provider, region, zones }: Place,
  wanted: Wanted,
  roomOf: (offering: Offering) => Room,
): Zoned[] {
  const list = lists.get(provider);
  const sold = list?.regions.get(region)?.zones;
  if (!list || !sold || zones.length < Math.min(ENOUGH_ZONES, home.zones.length)) return [];
  const wants = (type: InstanceType): boolean =>
    namedIn(wanted, type.name) &&
    suitable(provider, type, wanted) &&
    zones.every((zone) => sold.get(list.indexOf.get(type.name) ?? -1)?.includes(zone) ?? true);
  return offeringsOf(list, { region, zones: zones.slice(0, 1), wants }).map((offering) => ({
    offering,
    zones,
    room: roomOf(offering),
  }));
}

function fitsAnyKind(offering: Offering, lists: PriceLists, wanted: Wanted): boolean {
  const list = lists.get(offering.provider);
  const type = list?.types[list.indexOf.get(offering.type) ?? -1];
  return type !== undefined && suitable(offering.provider, type, wanted);
}

function nodesFrom(around: Surroundings, fitsAny: (offering: Offering) => boolean): (zoned: Zoned) => readonly Offer[] {
  const { home, kinds, sense } = around;
  const overhead = overheads(around);
  const asNode = (zoned: Zoned, offering: Offering, kind: NodeKind): Offer => {
    const atHome = isHome(home, offering);
    const label = (key: string): string | undefined => labelOn(kind, offering, home.provider, key);
    const taints = taintsOn(kind, offering, home.provider, kinds);
    const room = without(roomOn(offering, sense, atHome), overhead(kind, label, taints, atHome));
    const { zones } = zoned;
    const inZone = (zone: string): Offer => asNode(zoned, standingIn(offering, zone), kind);
    return { offering, kind, room, label, taints, atHome, zones, inZone };
  };
  return (zoned) =>
    kinds.kinds.flatMap((kind): Offer[] => {
      const { offering } = zoned;
      const seen = isHome(home, offering) && kind.types.has(offering.type);
      if (!seen && (kind.bound || !fitsAny(offering))) return [];
      if (offering.gpu !== undefined && !kind.gpu) return [];
      const offer = asNode(zoned, offering, kind);
      const { room } = offer;
      return room.pods > 0 && room.amounts.cpu > 0 && room.amounts.memory > 0 ? [offer] : [];
    });
}

const standingIn = (offering: Offering, zone: string): Offering => ({
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
