import { placeOf } from '../catalog/offering.ts';
import type { Company } from './company.ts';
import { dealt } from './deal.ts';
import type { Filled } from './fill.ts';
import { capOf, type PodGroup } from './groups.ts';
import type { Host, Permissions } from './hosts.ts';
import type { ClusterPod } from './pods.ts';
import { roomOf, takeFrom, type Slack } from './slack.ts';
import type { Unit } from './units.ts';
import { isZonal, sharesOf, zoned, type Share } from './zones.ts';

/** One node of a proposal, in its zone, with the very pods on it. */
export interface Seat {
  readonly host: Host;
  readonly pods: readonly ClusterPod[];
}

/** A node while pods are being put on it. */
export interface OpenSeat {
  /** in its zone */
  readonly host: Host;
  readonly sitting: { readonly unit: Unit; readonly pod: ClusterPod }[];
  readonly slack: Slack;
}

/** Pods of a unit that found no slot; with the zone they must be in where it matters. */
export interface Standing {
  readonly unit: Unit;
  readonly pods: readonly ClusterPod[];
  readonly place: string;
  readonly zone?: string;
}

/**
 * Gives pods the nodes of a filling. Every node gets its zone, and every unit the slots of its group in the zones it
 * must be in, or would best be in; within a zone its pods go to different nodes as far as they can.
 *
 * @param hosts all that were offered
 */
export function seated(
  filled: readonly Filled[],
  groups: readonly PodGroup[],
  hosts: readonly Host[],
  company: Company,
  may: Permissions,
): { readonly seats: readonly OpenSeat[]; readonly standing: readonly Standing[] } {
  const nodesOf = new Map<PodGroup, { readonly node: number; readonly host: Host; readonly slots: number }[]>();
  filled.forEach(({ host, replicas }, node) => {
    for (const [group, slots] of replicas) {
      const list = nodesOf.get(group) ?? [];
      nodesOf.set(group, list);
      list.push({ node, host, slots });
    }
  });
  const zonal = new Map<Unit, boolean>();
  const shares = new Map<PodGroup, readonly Share[]>();
  for (const [group, nodes] of nodesOf) {
    for (const unit of group.units) zonal.set(unit, isZonal(unit, hosts, may));
    shares.set(
      group,
      sharesOf(group, nodes, hosts, (unit) => zonal.get(unit) ?? false, may),
    );
  }
  const zones = zoned(filled, shares);
  const seats = zones.map(({ host, zone }): OpenSeat => {
    const there = host.inZone(zone);
    return { host: there, sitting: [], slack: roomOf(there.room) };
  });
  const standing: Standing[] = [];
  for (const group of groups) {
    const nodes = nodesOf.get(group) ?? [];
    standing.push(...seatGroup(group, nodes, shares.get(group) ?? [], seats, zonal, company));
  }
  return { seats, standing };
}

function seatGroup(
  group: PodGroup,
  nodes: readonly { readonly node: number; readonly slots: number }[],
  shares: readonly Share[],
  seats: readonly OpenSeat[],
  zonal: ReadonlyMap<Unit, boolean>,
  company: Company,
): Standing[] {
  const left = new Map(group.units.map((unit) => [unit, [...unit.pods]]));
  const free = new Map(nodes.map(({ node, slots }) => [node, slots]));
  const sit = (own: readonly { readonly unit: Unit; readonly pods: number }[], at: readonly number[]): number[] => {
    const placed = own.map(() => 0);
    const onNode = (j: number, u: number): number => {
      const unit = own[u]?.unit;
      return unit ? (seats[at[j] ?? -1]?.sitting.filter((s) => s.unit === unit).length ?? 0) : 0;
    };
    const before = at.map((_, j) => own.map((__, u) => onNode(j, u)));
    const deal = dealt(
      at.map((node) => free.get(node) ?? 0),
      own.map((share) => share.pods),
      (j, u) => (own[u] ? capOf(own[u].unit, company) : 0) - (before[j]?.[u] ?? 0),
    );
    deal.forEach((row, j) => {
      const seat = seats[at[j] ?? -1];
      row.forEach((n, u) => {
        const unit = own[u]?.unit;
        if (!seat || !unit || n === 0) return;
        for (const pod of left.get(unit)?.splice(0, n) ?? []) {
          seat.sitting.push({ unit, pod });
          takeFrom(seat.slack, unit, 1);
        }
        free.set(at[j] ?? -1, (free.get(at[j] ?? -1) ?? 0) - n);
        placed[u] = (placed[u] ?? 0) + n;
      });
    });
    return placed;
  };

  const standing: Standing[] = [];
  const keys = [...new Set(shares.map((s) => `${s.place} ${s.zone}`))];
  for (const key of keys) {
    const own = shares.filter((s) => `${s.place} ${s.zone}` === key);
    const at = nodes.map(({ node }) => node).filter((node) => inZone(seats[node], key));
    const placed = sit(own, at);
    own.forEach(({ unit, pods, place, zone }, u) => {
      const missing = pods - (placed[u] ?? 0);
      if (missing === 0 || zonal.get(unit) !== true) return;
      standing.push({ unit, pods: left.get(unit)?.splice(0, missing) ?? [], place, zone });
    });
  }
  // whoever is not tied to a zone takes what is free anywhere
  const rest = group.units
    .filter((unit) => zonal.get(unit) !== true)
    .map((unit) => ({ unit, pods: left.get(unit)?.length ?? 0 }));
  sit(
    rest,
    nodes.map(({ node }) => node),
  );
  for (const [unit, pods] of left) if (pods.length > 0) standing.push({ unit, pods, place: '' });
  return standing;
}

function inZone(seat: OpenSeat | undefined, key: string): boolean {
  return seat !== undefined && `${placeOf(seat.host.offering)} ${seat.host.offering.zone}` === key;
}
