import { placeOf } from '../catalog/offering.ts';
import type { Company } from './company.ts';
import { capOf, type PodGroup } from './groups.ts';
import type { Host } from './hosts.ts';
import type { ClusterPod } from './pods.ts';
import type { FilledHost } from './solve.ts';

/** One node of the proposal with the very pods on it. */
export interface Seat {
  readonly host: Host;
  readonly pods: readonly ClusterPod[];
}

/**
 * Gives every pod a node of the packing. Within a group, pods of one workload go to different nodes as far as they can;
 * nodes that may be in any of several zones are dealt out so that workloads are spread over zones too.
 */
export function seated(filled: readonly FilledHost[], company: Company): readonly Seat[] {
  const podsOn: ClusterPod[][] = filled.map(() => []);
  const nodesOf = new Map<PodGroup, { node: number; slots: number }[]>();
  filled.forEach(({ replicas }, node) => {
    for (const [group, slots] of replicas) {
      const list = nodesOf.get(group);
      if (list) list.push({ node, slots });
      else nodesOf.set(group, [{ node, slots }]);
    }
  });
  for (const [group, nodes] of nodesOf) {
    trim(group, nodes, filled);
    const shares = dealt(
      nodes.map((n) => n.slots),
      group.units.map((unit) => ({ pods: unit.pods.length, cap: capOf(unit, company) })),
    );
    group.units.forEach((unit, u) => {
      let next = 0;
      nodes.forEach(({ node }, j) => {
        const n = shares[j]?.[u] ?? 0;
        podsOn[node]?.push(...unit.pods.slice(next, next + n));
        next += n;
      });
    });
  }
  return zoned(filled, podsOn);
}

/**
 * A placement may cover a group with more replicas than it has. The surplus goes where it leaves what remains even: from
 * the zone that holds most, and there from the node that holds most.
 */
function trim(
  group: PodGroup,
  nodes: readonly { readonly node: number; slots: number }[],
  filled: readonly FilledHost[],
): void {
  const zoneOf = (node: number): string => {
    const offering = filled[node]?.host.offering;
    return group.zoneSkew === undefined || !offering ? '' : `${placeOf(offering)} ${offering.zone}`;
  };
  const inZone = new Map<string, number>();
  let surplus = -group.replicas;
  for (const { node, slots } of nodes) {
    inZone.set(zoneOf(node), (inZone.get(zoneOf(node)) ?? 0) + slots);
    surplus += slots;
  }
  for (; surplus > 0; surplus--) {
    const [fullest] = nodes
      .filter(({ slots }) => slots > 0)
      .toSorted((a, b) => (inZone.get(zoneOf(b.node)) ?? 0) - (inZone.get(zoneOf(a.node)) ?? 0) || b.slots - a.slots);
    if (!fullest) return;
    fullest.slots--;
    inZone.set(zoneOf(fullest.node), (inZone.get(zoneOf(fullest.node)) ?? 0) - 1);
  }
}

/**
 * Shares the slots of nodes out among units: first in proportion, the unit with most left first, then along chains of
 * exchanges while a unit is left over. A sharing that keeps every cap is found whenever there is one.
 *
 * @returns pods of unit u on node j at [j][u]
 */
export function dealt(
  slots: readonly number[],
  units: readonly { readonly pods: number; readonly cap: number }[],
): readonly (readonly number[])[] {
  const left = units.map((unit) => unit.pods);
  const on = slots.map(() => units.map(() => 0));
  const free = [...slots];
  const order = slots.map((_, j) => j).toSorted((a, b) => (slots[b] ?? 0) - (slots[a] ?? 0) || a - b);
  for (const j of order) {
    const row = on[j] ?? [];
    while ((free[j] ?? 0) > 0) {
      let most = -1;
      units.forEach((unit, u) => {
        if ((left[u] ?? 0) <= 0 || (row[u] ?? 0) >= unit.cap) return;
        if (most < 0 || (left[u] ?? 0) / unit.pods > (left[most] ?? 0) / (units[most]?.pods ?? 1)) most = u;
      });
      if (most < 0) break;
      move(row, left, most);
      free[j] = (free[j] ?? 0) - 1;
    }
  }
  for (let u = 0; u < units.length; u++) while ((left[u] ?? 0) > 0 && exchange(on, free, left, units, u)) continue;
  return on;
}

function move(row: number[], left: number[], u: number): void {
  row[u] = (row[u] ?? 0) + 1;
  left[u] = (left[u] ?? 0) - 1;
}

/** Breadth-first search for a chain u → node → unit → node … that ends at a node with a free slot. */
function exchange(
  on: number[][],
  free: number[],
  left: number[],
  units: readonly { readonly cap: number }[],
  start: number,
): boolean {
  const cameToNode = new Map<number, number>();
  const cameToUnit = new Map<number, number>();
  const queue = [start];
  for (let u = queue.shift(); u !== undefined; u = queue.shift()) {
    const unit = u;
    for (let j = 0; j < on.length; j++) {
      if (cameToNode.has(j) || (on[j]?.[unit] ?? 0) >= (units[unit]?.cap ?? 0)) continue;
      cameToNode.set(j, unit);
      if ((free[j] ?? 0) > 0) {
        free[j] = (free[j] ?? 0) - 1;
        left[start] = (left[start] ?? 0) - 1;
        return shift(on, cameToNode, cameToUnit, j, start);
      }
      on[j]?.forEach((n, v) => {
        if (n === 0 || v === start || cameToUnit.has(v)) return;
        cameToUnit.set(v, j);
        queue.push(v);
      });
    }
  }
  return false;
}

function shift(
  on: number[][],
  cameToNode: ReadonlyMap<number, number>,
  cameToUnit: ReadonlyMap<number, number>,
  end: number,
  start: number,
): true {
  let node = end;
  for (;;) {
    const unit = cameToNode.get(node) ?? start;
    const row = on[node];
    if (row) row[unit] = (row[unit] ?? 0) + 1;
    if (unit === start) return true;
    node = cameToUnit.get(unit) ?? end;
    const from = on[node];
    if (from) from[unit] = (from[unit] ?? 0) - 1;
  }
}

function zoned(filled: readonly FilledHost[], podsOn: readonly (readonly ClusterPod[])[]): readonly Seat[] {
  const count = new Map<string, number>();
  const nodes = new Map<string, number>();
  const take = (host: Host, pods: readonly ClusterPod[]): Seat => {
    const { zone, region } = host.offering;
    nodes.set(`${region} ${zone}`, (nodes.get(`${region} ${zone}`) ?? 0) + 1);
    for (const { workload } of pods) count.set(`${zone} ${workload}`, (count.get(`${zone} ${workload}`) ?? 0) + 1);
    return { host, pods };
  };
  const load = ({ offering: { zone } }: Host, pods: readonly ClusterPod[]): number =>
    pods.reduce((sum, { workload }) => sum + (count.get(`${zone} ${workload}`) ?? 0), 0);
  const held = ({ offering: { region, zone } }: Host): number => nodes.get(`${region} ${zone}`) ?? 0;

  const seats = new Map<number, Seat>();
  filled.forEach(({ host, twins }, i) => {
    if (twins.length === 1) seats.set(i, take(host, podsOn[i] ?? []));
  });
  filled.forEach(({ host, twins }, i) => {
    if (twins.length === 1) return;
    const pods = podsOn[i] ?? [];
    const [best] = twins.toSorted((a, b) => load(a, pods) - load(b, pods) || held(a) - held(b));
    seats.set(i, take(best ?? host, pods));
  });
  return filled.flatMap((_, i) => seats.get(i) ?? []);
}
