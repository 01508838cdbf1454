import type { LinearSolver } from '../ports.ts';
import { grouped } from './cluster.ts';
import type { Company } from './company.ts';
import { filling, type Open } from './fill.ts';
import { groupsOf, requestsOf, type PodGroup } from './groups.ts';
import type { Host, Permissions } from './hosts.ts';
import { spreadOverZones } from './rezone.ts';
import { seated, type OpenSeat, type Seat, type Standing } from './seats.ts';
import { squeezedIn } from './squeeze.ts';
import type { Unit } from './units.ts';
import { isZonal } from './zones.ts';

export interface Packing {
  /** nodes that stay are in it only where something is put on them */
  readonly seats: readonly Seat[];
  /** $/h of the new nodes */
  readonly usdPerHour: number;
  /** no packing of the same units on the same hosts costs less */
  readonly lowerBoundUsdPerHour: number;
  /** units that fit on no host */
  readonly roomless: readonly Unit[];
  /** hosts that were worth offering, zone by zone */
  readonly hosts: number;
}

/**
 * Packs units onto hosts. Units that share no host are packed apart, which changes nothing about the best and makes
 * each problem small: their costs and bounds add up.
 */
export function packed(
  units: readonly Unit[],
  hosts: readonly Host[],
  company: Company,
  may: Permissions,
  solver: LinearSolver,
): Packing {
  const fits = fitting(units);
  const open = hosts.map((host) => ({
    host,
    units: units.filter((unit) => fits(unit, host) && may.anywhere(unit, host)),
  }));
  const seats: Seat[] = [];
  const roomless: Unit[] = [];
  let usdPerHour = 0;
  let lowerBoundUsdPerHour = 0;
  for (const part of partsOf(units, open)) {
    const answer = part.hosts.length === 0 ? undefined : packPart(part, { company, may, solver });
    if (!answer) roomless.push(...part.units);
    else {
      seats.push(...answer.seats);
      roomless.push(...answer.roomless);
      usdPerHour += answer.usdPerHour;
      lowerBoundUsdPerHour += answer.lowerBoundUsdPerHour;
    }
  }
  return { ...NOTHING, seats, usdPerHour, lowerBoundUsdPerHour, roomless };
}

interface Part {
  readonly units: readonly Unit[];
  readonly hosts: readonly { readonly host: Host; readonly units: readonly Unit[] }[];
}

/** Units that are linked by hosts open to both, with those hosts. */
function partsOf(units: readonly Unit[], open: Part['hosts']): readonly Part[] {
  const parent = new Map(units.map((unit) => [unit, unit]));
  const rootOf = (unit: Unit): Unit => {
    let here = unit;
    for (let up = parent.get(here); up !== undefined && up !== here; up = parent.get(here)) here = up;
    parent.set(unit, here);
    return here;
  };
  for (const { units: here } of open) {
    const [first] = here;
    if (first) for (const other of here) parent.set(rootOf(other), rootOf(first));
  }
  const hosts = grouped(
    open.filter(({ units: here }) => here.length > 0),
    ({ units: [first] }) => (first ? rootOf(first) : undefined),
  );
  return [...grouped(units, rootOf)].map(([root, members]) => ({ units: members, hosts: hosts.get(root) ?? [] }));
}

/** Units spread over zones × hosts zone by zone: beyond this the exact problem takes longer than it is worth. */
const LARGEST_EXACT = 1200;

/**
 * Packs a part twice where it pays. First with zones left aside: that is a relaxation, so its bound holds for the part
 * itself, and it is small. Its nodes are then given zones and its pods seats; pods that their zones leave standing get
 * nodes of their own. A part that is small enough is also stated exactly, and the cheaper of both is taken.
 */
function packPart(part: Part, task: Task): Packing {
  const hosts = part.hosts.map(({ host }) => host);
  const relaxed = relaxedPacking(part, task);
  const spread = part.units.filter((unit) => unit.zoneSkew !== undefined).length;
  const small = Math.max(1, spread) * relaxed.hosts <= LARGEST_EXACT;
  if (!small || !part.units.some((unit) => isZonal(unit, hosts, task.may))) return relaxed;
  const exact = exactPacking(part.units, hosts, true, task);
  const better = relaxed.roomless.length > 0 || exact.usdPerHour < relaxed.usdPerHour;
  return {
    ...(exact.roomless.length === 0 && better ? exact : relaxed),
    lowerBoundUsdPerHour: Math.max(relaxed.lowerBoundUsdPerHour, exact.lowerBoundUsdPerHour),
  };
}

interface Task {
  readonly company: Company;
  readonly may: Permissions;
  readonly solver: LinearSolver;
}

function relaxedPacking(part: Part, task: Task): Packing {
  const openTo = new Map<Unit, string[]>(part.units.map((unit) => [unit, []]));
  for (const { host, units } of part.hosts) for (const unit of units) openTo.get(unit)?.push(host.id);
  const groups = groupsOf(part.units, task.company, (unit) => openTo.get(unit)?.join() ?? '', false);
  return packedGroups(
    groups,
    part.hosts,
    part.hosts.map(({ host }) => host),
    task,
  );
}

/**
 * Zone by zone, every rule stated.
 *
 * @param merged false: every unit is a group of its own, so that nothing can be left standing once it is filled
 */
function exactPacking(units: readonly Unit[], hosts: readonly Host[], merged: boolean, task: Task): Packing {
  const fits = fitting(units);
  const open = hosts.flatMap((host) =>
    host.zones.map((zone) => {
      const own = units.filter((unit) => fits(unit, host) && task.may.in(unit, host, zone));
      return { host: host.inZone(zone), units: own };
    }),
  );
  const openTo = new Map<Unit, string[]>(units.map((unit) => [unit, []]));
  for (const { host, units: own } of open) for (const unit of own) openTo.get(unit)?.push(host.id);
  const roomless = units.filter((unit) => (openTo.get(unit)?.length ?? 0) === 0);
  if (roomless.length > 0) return { ...NOTHING, roomless };
  const keyOf = (unit: Unit): string => (merged ? (openTo.get(unit)?.join() ?? '') : `${units.indexOf(unit)}`);
  return packedGroups(groupsOf(units, task.company, keyOf, true), open, merged ? hosts : [], task);
}

/** @param hosts those that may be bought for pods that are left standing; none = whoever stands has no room */
function packedGroups(groups: readonly PodGroup[], open: Part['hosts'], hosts: readonly Host[], task: Task): Packing {
  const { company, may, solver } = task;
  const groupOf = new Map(groups.flatMap((group) => group.units.map((unit) => [unit, group] as const)));
  const groupsOn = open.map(({ host, units }): Open => [
    host,
    [...new Set(units.flatMap((u) => groupOf.get(u) ?? []))],
  ]);
  const answer = filling(groups, groupsOn, solver);

  const all = open.map(({ host }) => host);
  const zonal = remembered((unit: Unit) => isZonal(unit, all, may));
  const { seats, standing } = seated(answer.filled, groups, all, company, may);
  const still = squeezedIn(seats, standing, company, may, zonal);
  const fresh = hosts.filter((host) => !host.stays);
  const extra = moreNodes(standingUnits(still, seats), fresh, task);
  const used = spreadOverZones(
    seats.filter((seat) => seat.sitting.length > 0),
    may,
  );
  return {
    seats: [...used.map(({ host, sitting }) => ({ host, pods: sitting.map(({ pod }) => pod) })), ...extra.seats],
    usdPerHour: used.reduce((sum, { host }) => sum + (host.stays ? 0 : host.usdPerHour), extra.usdPerHour),
    lowerBoundUsdPerHour: answer.lowerBoundUsdPerHour,
    roomless: extra.roomless.map((unit) => unit.partOf ?? unit),
    hosts: answer.zones,
  };
}

const NOTHING: Packing = { seats: [], usdPerHour: 0, lowerBoundUsdPerHour: 0, roomless: [], hosts: 0 };

function moreNodes(units: readonly Unit[], hosts: readonly Host[], task: Task): Packing {
  if (units.length === 0) return NOTHING;
  return hosts.length === 0 ? { ...NOTHING, roomless: units } : exactPacking(units, hosts, false, task);
}

/** Pods that are still standing, as units that are given new nodes in the zones where they must be. */
function standingUnits(standing: readonly Standing[], seats: readonly OpenSeat[]): readonly Unit[] {
  const spotLeft = new Map(standing.map(({ unit }) => [unit, unit.spotAtMost]));
  for (const { host, sitting } of seats) {
    if (host.offering.purchase !== 'spot') continue;
    for (const { unit } of sitting) {
      const left = spotLeft.get(unit);
      if (left !== undefined) spotLeft.set(unit, left - 1);
    }
  }
  return standing.map(({ unit, pods, place, zone }) => {
    if (pods.length === unit.pods.length && zone === undefined) return unit;
    const spotAtMost = Math.max(0, Math.min(pods.length, spotLeft.get(unit) ?? 0));
    spotLeft.set(unit, (spotLeft.get(unit) ?? 0) - spotAtMost);
    const { zoneSkew: _, ...rest } = unit;
    return {
      ...rest,
      pods,
      partOf: unit.partOf ?? unit,
      spotAtMost,
      ...(zone !== undefined && { within: { place, zone } }),
    };
  });
}

function remembered<K, V>(of: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = of(key);
    known.set(key, value);
    return value;
  };
}

/** Whether one pod of a unit fits on an empty host. */
function fitting(units: readonly Unit[]): (unit: Unit, host: Host) => boolean {
  const requests = new Map(units.map((unit) => [unit, requestsOf(unit)]));
  return (unit, { room }) => {
    const { cpu, memory, storage, devices } = requests.get(unit) ?? requestsOf(unit);
    if (room.pods < 1 || cpu > room.amounts.cpu || memory > room.amounts.memory) return false;
    if ((storage ?? 0) > room.amounts.storage) return false;
    return Object.entries(devices ?? {}).every(([name, count]) => count <= (room.amounts.others.get(name) ?? 0));
  };
}
