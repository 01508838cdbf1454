import { placeOf, type Offering } from '../catalog/offering.ts';
import { add, nothing } from '../manifest/amounts.ts';
import type { Cluster, Home } from './cluster.ts';
import type { Company } from './company.ts';
import type { ClusterNode } from './nodes.ts';
import { without, type Offer } from './offers.ts';
import type { ClusterPod } from './pods.ts';
import type { Room } from './room.ts';
import { keysOf, matchesNode } from './selectors.ts';
import { diskSlots, DISKS } from './slots.ts';
import { tolerates, type Taint } from './taints.ts';
import type { Unit } from './units.ts';

/** A node that pods can be put on: a new one of an offer and a colour, or one that stays for the pods it must keep. */
export interface Host {
  readonly id: string;
  /** in the first of the zones */
  readonly offering: Offering;
  readonly room: Room;
  readonly label: (key: string) => string | undefined;
  readonly taints: readonly Taint[];
  readonly atHome: boolean;
  readonly colour: number;
  readonly usdPerHour: number;
  /** zones it may be in, at the same price */
  readonly zones: readonly string[];
  /** those, or where it is taken for one zone alone, those that it could have been taken for */
  readonly anyZone: readonly string[];
  /** itself in one zone alone */
  readonly inZone: (zone: string) => Host;
  readonly stays?: { readonly node: ClusterNode; readonly pods: ReadonlySet<ClusterPod> };
}

export function newHosts(offers: readonly Offer[], colours: number): readonly Host[] {
  return offers.flatMap((offer, i) =>
    Array.from({ length: colours }, (_, colour) => newHost(offer, `new ${i}.${colour}`, colour)),
  );
}

function newHost(offer: Offer, id: string, colour: number): Host {
  const inZones = new Map<string, Host>();
  const inZone = (zone: string): Host => {
    const known = inZones.get(zone) ?? {
      ...newHost(offer.inZone(zone), `${id} ${zone}`, colour),
      zones: [zone],
      inZone,
    };
    inZones.set(zone, known);
    return known;
  };
  return { ...offer, id, colour, usdPerHour: offer.offering.price.usdPerHour, anyZone: offer.zones, inZone };
}

/**
 * Nodes that stay and have room left. Those that are closed, not ready, or run the control plane take nothing more.
 *
 * @param kept pods that do not move
 */
export function stayingHosts(
  cluster: Cluster,
  home: Home,
  staying: ReadonlySet<ClusterNode>,
  kept: ReadonlyMap<ClusterPod, string>,
): readonly Host[] {
  return home.nodes.flatMap((node): Host[] => {
    const offering = cluster.priced.get(node);
    if (!offering || !staying.has(node) || !node.allocatable) return [];
    if (node.cordoned || !node.ready || node.controlPlane) return [];
    const fixed = (cluster.podsOn.get(node) ?? []).filter((pod) => pod.role !== 'workload' || kept.has(pod));
    const amounts = nothing();
    let disks = 0;
    for (const pod of fixed) {
      add(amounts, pod.requests);
      disks += cluster.volumesOf(pod).disks + (pod.ownsDisk ? 1 : 0);
    }
    amounts.others.set(DISKS, disks);
    const others = new Map(node.allocatable.others);
    others.set(DISKS, diskSlots(offering.provider, offering.type, offering.vcpu, true));
    const all: Room = {
      amounts: { ...node.allocatable, others },
      pods: node.mostPods ?? offering.allocatable.pods ?? 110,
    };
    const host: Host = {
      id: `stays ${node.name}`,
      offering,
      room: without(all, { amounts, pods: fixed.length }),
      label: (key) => node.labels.get(key),
      taints: node.taints.filter((t) => t.effect === 'NoSchedule' || t.effect === 'NoExecute'),
      atHome: true,
      colour: 0,
      usdPerHour: offering.price.usdPerHour,
      zones: [offering.zone],
      anyZone: [offering.zone],
      inZone: () => host,
      stays: { node, pods: new Set(fixed) },
    };
    return [host];
  });
}

/** Whether pods of a unit may be on a host, and in which of its zones, apart from whether they fit. */
export interface Permissions {
  /** in some zone, zones among pods left aside */
  readonly anywhere: (unit: Unit, host: Host) => boolean;
  readonly in: (unit: Unit, host: Host, zone: string) => boolean;
}

/** Hosts that read the same to every unit get the same answer, worked out once. */
export function permissionsOf(
  units: readonly Unit[],
  company: Company,
  colours: ReadonlyMap<Unit, number>,
): Permissions {
  const keys = [...new Set(units.flatMap((unit) => unit.demand.rules.flatMap(keysOf)))];
  const readingOf = numbered((host: Host) => {
    const { purchase, arch, gpu, zone, provider, region } = host.offering;
    return JSON.stringify([
      [host.stays?.node.name, host.colour, host.atHome, provider, region, zone],
      [purchase, arch, gpu?.name],
      keys.map((key) => host.label(key)),
      host.taints,
    ]);
  });
  const askingOf = numbered((unit: Unit) => {
    const whole = unit.partOf ?? unit;
    const shuns = company.shuns.has(whole) ? whole.pods[0]?.key : '';
    const { demand, spotAtMost, within } = unit;
    return JSON.stringify([demand.id, spotAtMost > 0, within, colours.get(whole), shuns]);
  });
  const answers = new Map<number, boolean>();
  const allowed = (unit: Unit, host: Host): boolean => {
    const key = askingOf(unit) * 2 ** 24 + readingOf(host);
    const whole = unit.partOf ?? unit;
    const known = answers.get(key) ?? may(unit, host, colours.get(whole), company.shuns.get(whole));
    answers.set(key, known);
    return known;
  };
  return {
    anywhere: (unit, host) => host.zones.some((zone) => allowed(unit, host.inZone(zone))),
    in: (unit, host, zone) => host.zones.includes(zone) && allowed(unit, host.inZone(zone)),
  };
}

/** Numbers things so that those which read alike have one number. */
function numbered<T extends object>(read: (thing: T) => string): (thing: T) => number {
  const known = new Map<T, number>();
  const numbers = new Map<string, number>();
  return (thing) => {
    const before = known.get(thing);
    if (before !== undefined) return before;
    const reading = read(thing);
    const number = numbers.get(reading) ?? numbers.size;
    numbers.set(reading, number);
    known.set(thing, number);
    return number;
  };
}

function may(unit: Unit, host: Host, colour: number | undefined, shuns: ReadonlySet<ClusterPod> | undefined): boolean {
  const { demand, within } = unit;
  const { offering } = host;
  if (colour !== undefined && colour !== host.colour) return false;
  if (within && (within.zone !== offering.zone || within.place !== placeOf(offering))) return false;
  if (offering.purchase === 'spot' && unit.spotAtMost === 0) return false;
  if (!host.atHome && demand.inRegion) return false;
  if (demand.zone !== undefined && (!host.atHome || demand.zone !== offering.zone)) return false;
  if (!demand.arches.includes(offering.arch)) return false;
  if (demand.gpus.length > 0 && !(offering.gpu && demand.gpus.includes(offering.gpu.name))) return false;
  for (const pod of shuns ?? []) if (host.stays?.pods.has(pod) === true) return false;
  return demand.rules.every((rule) => matchesNode(rule, host.label)) && tolerates(demand.tolerations, host.taints);
}
