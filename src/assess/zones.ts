import { placeOf } from '../catalog/offering.ts';
import { grouped } from './cluster.ts';
import type { Filled } from './fill.ts';
import type { PodGroup } from './groups.ts';
import type { Host, Permissions } from './hosts.ts';
import type { Unit } from './units.ts';

/** Some pods of a unit that are to be in one zone. */
export interface Share {
  readonly unit: Unit;
  readonly pods: number;
  /** `provider/region` */
  readonly place: string;
  readonly zone: string;
}

/** Whether it matters in which zone each pod of a unit is; if not, even spreading is a wish and no more. */
export function isZonal(unit: Unit, hosts: readonly Host[], may: Permissions): boolean {
  if (unit.zoneSkew !== undefined || unit.demand.zone !== undefined || unit.within !== undefined) return true;
  return hosts.some((host) => may.anywhere(unit, host) && !host.zones.every((zone) => may.in(unit, host, zone)));
}

/** The nodes of one place that carry a group, as its pods are shared out over the zones there. */
interface At {
  readonly place: string;
  /** every host there, whether it carries the group or not: zones without a node count for those who must be spread */
  readonly hosts: readonly Host[];
  readonly zones: readonly string[];
  /** slots left in all */
  left: number;
  /** zone → slots, where the filling has settled how many there are in each */
  readonly most: ReadonlyMap<string, number> | undefined;
  readonly taken: Map<string, number>;
}

/**
 * Shares the pods of a group's units out over the places and zones of its nodes: each unit as evenly over the zones it
 * may be in as their slots allow. Units whose zones are few choose first. Every pod gets a share, also where slots are
 * short: it will stand, and be given a node of its own there.
 *
 * @param hosts all that were offered
 */
export function sharesOf(
  group: PodGroup,
  nodes: readonly { readonly host: Host; readonly slots: number }[],
  hosts: readonly Host[],
  zonal: (unit: Unit) => boolean,
  may: Permissions,
): readonly Share[] {
  const places = [...grouped(nodes, ({ host }) => placeOf(host.offering))].map(([place, own]) =>
    placeAt(place, own, hosts, group.zoneSkew !== undefined),
  );
  const openTo = (unit: Unit, at: At): readonly string[] =>
    at.zones.filter((zone) => at.hosts.some((host) => may.in(unit, host, zone)));
  const rank = (unit: Unit): number => (!zonal(unit) ? 2 : unit.zoneSkew === undefined ? 0 : 1);
  return group.units
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap((unit) => {
      const shares: Share[] = [];
      let left = unit.pods.length;
      for (const at of places) {
        const open = openTo(unit, at);
        const n = open.length === 0 ? 0 : Math.min(left, at.left);
        left -= n;
        shares.push(...poured(unit, n, open, at));
      }
      const last = places.find((at) => openTo(unit, at).length > 0);
      if (left > 0 && last) shares.push(...poured(unit, left, openTo(unit, last), { ...last, most: undefined }));
      return shares;
    });
}

function placeAt(
  place: string,
  nodes: readonly { readonly host: Host; readonly slots: number }[],
  hosts: readonly Host[],
  settled: boolean,
): At {
  const there = hosts.filter((host) => placeOf(host.offering) === place);
  const most = new Map<string, number>();
  for (const { host, slots } of nodes) {
    for (const zone of host.zones) most.set(zone, (most.get(zone) ?? 0) + slots);
  }
  return {
    place,
    hosts: there,
    zones: [...new Set(there.flatMap((host) => host.zones))].toSorted(),
    left: nodes.reduce((n, { slots }) => n + slots, 0),
    most: settled ? most : undefined,
    taken: new Map(),
  };
}

/** Pod by pod into the zone that holds fewest of the unit and has slots left; among those, fewest of the group. */
function poured(unit: Unit, n: number, open: readonly string[], here: At): readonly Share[] {
  const counts = new Map(open.map((zone) => [zone, 0]));
  const taken = (zone: string): number => here.taken.get(zone) ?? 0;
  for (let i = 0; i < n; i++) {
    let best: string | undefined;
    for (const zone of open) {
      if (here.most && taken(zone) >= (here.most.get(zone) ?? 0)) continue;
      const better =
        best === undefined ? -1 : (counts.get(zone) ?? 0) - (counts.get(best) ?? 0) || taken(zone) - taken(best);
      if (better < 0) best = zone;
    }
    const zone = best ?? open[0];
    if (zone === undefined) break;
    counts.set(zone, (counts.get(zone) ?? 0) + 1);
    here.taken.set(zone, taken(zone) + 1);
    here.left--;
  }
  return [...counts].flatMap(([zone, pods]) => (pods > 0 ? [{ unit, pods, place: here.place, zone }] : []));
}

/**
 * Gives every node one of the zones it may be in, so that shares find slots in their zones: the largest nodes first, each where it
 * serves most of what is still wanting.
 */
export function zoned(
  filled: readonly Filled[],
  shares: ReadonlyMap<PodGroup, readonly Share[]>,
): readonly (Filled & { readonly zone: string })[] {
  const wanting = new Map<string, number>();
  const free = new Map<PodGroup, number>();
  const slots = new Map<PodGroup, number>();
  for (const { replicas } of filled) for (const [g, n] of replicas) slots.set(g, (slots.get(g) ?? 0) + n);
  for (const [group, own] of shares) {
    let shared = 0;
    for (const { place, zone, pods } of own) {
      const key = `${group.name} ${place} ${zone}`;
      wanting.set(key, (wanting.get(key) ?? 0) + pods);
      shared += pods;
    }
    free.set(group, (slots.get(group) ?? 0) - shared);
  }
  const weightOf = (group: PodGroup): number => group.requests.cpu / 1000 + group.requests.memory / 4096 + 0.01;
  const nodesIn = new Map<string, number>();
  const order = filled
    .map((node, i) => ({ node, i, size: [...node.replicas].reduce((n, [g, k]) => n + k * weightOf(g), 0) }))
    .toSorted((a, b) => b.size - a.size || a.i - b.i);
  const zones = new Map<number, string>();
  for (const { node, i } of order) {
    const place = placeOf(node.host.offering);
    const worth = (zone: string): number => {
      let sum = 0;
      for (const [group, k] of node.replicas) {
        const want = wanting.get(`${group.name} ${place} ${zone}`) ?? 0;
        const over = Math.max(0, k - want - Math.max(0, free.get(group) ?? 0));
        sum += weightOf(group) * (Math.min(k, want) - over);
      }
      return sum;
    };
    const [best] = node.host.zones
      .map((zone) => ({ zone, worth: worth(zone), nodes: nodesIn.get(`${place} ${zone}`) ?? 0 }))
      .toSorted((a, b) => b.worth - a.worth || a.nodes - b.nodes);
    const zone = best?.zone ?? '';
    zones.set(i, zone);
    nodesIn.set(`${place} ${zone}`, (nodesIn.get(`${place} ${zone}`) ?? 0) + 1);
    for (const [group, k] of node.replicas) {
      const key = `${group.name} ${place} ${zone}`;
      const want = wanting.get(key) ?? 0;
      wanting.set(key, Math.max(0, want - k));
      free.set(group, (free.get(group) ?? 0) - Math.max(0, k - want));
    }
  }
  return filled.map((node, i) => ({ ...node, zone: zones.get(i) ?? '' }));
}
