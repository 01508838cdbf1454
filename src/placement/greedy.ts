import type { Whole } from './dive.ts';
import type { Instance } from './instance.ts';
import { domainOf, survivorsNeeded } from './master.ts';

/**
 * A placement without a solver, for when that fails: each group, the largest first, is split evenly over the parts
 * that may be lost and over zones, on demand where it may, and fills room that is left before it opens the node
 * that is cheapest per replica. It knows no vendor shares and no egress; the verification after it says what broke.
 */
export function greedy(instance: Instance): Whole {
  const state = new Greedy(instance);
  const order = instance.groups
    .map((group, g) => ({ g, size: group.requests.cpu * group.replicas }))
    .toSorted((a, b) => b.size - a.size || a.g - b.g);
  for (const { g } of order) {
    for (const { locations, replicas } of quotas(instance, g)) state.place(g, locations, replicas);
  }
  state.minimums();
  return state.result();
}

interface Quota {
  /** locations it may use, the cheapest per replica first */
  readonly locations: readonly number[];
  readonly replicas: number;
}

function quotas(instance: Instance, g: number): Quota[] {
  const group = instance.groups[g];
  if (!group) return [];
  const priced = pricedLocations(instance, g);
  const onDemand = priced.filter((p) => instance.locations[p.l]?.purchase !== 'spot');
  const usable = onDemand.length > 0 ? onDemand : priced;
  const { survive } = group;
  const domains = new Map<string, typeof usable>();
  for (const p of usable) {
    const at = instance.locations[p.l];
    if (!at) continue;
    const key = survive ? domainOf(at, survive.loss) : '';
    domains.set(key, [...(domains.get(key) ?? []), p]);
  }
  const each =
    survive && domains.size > 1
      ? Math.max(
          Math.ceil(group.replicas / domains.size),
          Math.ceil(survivorsNeeded(survive.share, group.replicas) / (domains.size - 1)),
        )
      : group.replicas;
  return [...domains.values()].flatMap((members) => zoneQuotas(instance, g, members, each));
}

/** Even over the zones of the domain's cheapest region where the group asks for it, else all of it to the cheapest first. */
function zoneQuotas(
  instance: Instance,
  g: number,
  members: readonly { readonly l: number; readonly perReplica: number }[],
  replicas: number,
): Quota[] {
  const group = instance.groups[g];
  const first = instance.locations[members[0]?.l ?? -1];
  if (!group?.zoneSkew || !first) return [{ locations: members.map((m) => m.l), replicas }];
  const zones = new Map<string, number[]>();
  for (const { l } of members) {
    const at = instance.locations[l];
    if (!at || (group.zoneSkew.within === 'region' && (at.provider !== first.provider || at.region !== first.region)))
      continue;
    const zone = `${at.provider}/${at.region}/${at.zone}`;
    zones.set(zone, [...(zones.get(zone) ?? []), l]);
  }
  let left = replicas;
  return [...zones.values()].map((locations, i) => {
    const part = Math.ceil(left / (zones.size - i));
    left -= part;
    return { locations, replicas: part };
  });
}

function pricedLocations(instance: Instance, g: number): { l: number; perReplica: number }[] {
  const best = new Map<number, number>();
  instance.candidates.forEach((c, o) => {
    const fits = instance.fits[g * instance.candidates.length + o] ?? 0;
    if (fits === 0 || c.atMost === 0) return;
    const l = instance.locationOf[o] ?? 0;
    best.set(l, Math.min(best.get(l) ?? Infinity, c.usdPerHour / fits));
  });
  return [...best]
    .map(([l, perReplica]) => ({ l, perReplica }))
    .toSorted((a, b) => a.perReplica - b.perReplica || a.l - b.l);
}

class Greedy {
  private readonly instance: Instance;
  private readonly nodes: { candidate: number; filling: Int32Array; free: Float64Array }[] = [];
  private readonly counts: Int32Array;
  private readonly missing: Float64Array;

  constructor(instance: Instance) {
    this.instance = instance;
    this.counts = new Int32Array(instance.candidates.length);
    this.missing = new Float64Array(instance.groups.length);
  }

  place(g: number, locations: readonly number[], replicas: number): void {
    let left = replicas;
    const here = new Set(locations);
    for (const node of this.nodes) {
      if (left === 0) return;
      if (!here.has(this.instance.locationOf[node.candidate] ?? -1)) continue;
      while (left > 0 && this.put(node, g)) left--;
    }
    for (const l of locations) {
      while (left > 0) {
        const node = this.open(g, l, left);
        if (!node) break;
        while (left > 0 && this.put(node, g)) left--;
      }
    }
    this.missing[g] = (this.missing[g] ?? 0) + left;
  }

  /** Empty nodes up to the stated minimums. */
  minimums(): void {
    this.instance.candidates.forEach((c, o) => {
      while ((this.counts[o] ?? 0) < (c.atLeast ?? 0)) this.add(o);
    });
  }

  result(): Whole {
    return {
      nodes: this.nodes.map((n) => ({ pattern: { candidate: n.candidate, filling: n.filling }, count: 1 })),
      missing: this.missing,
    };
  }

  private open(g: number, l: number, wanted: number): (typeof this.nodes)[number] | undefined {
    const { candidates, fits, locationOf } = this.instance;
    let best = -1;
    let bestPrice = Infinity;
    candidates.forEach((c, o) => {
      const most = Math.min(fits[g * candidates.length + o] ?? 0, wanted);
      if (locationOf[o] !== l || most === 0 || (this.counts[o] ?? 0) >= (c.atMost ?? Infinity)) return;
      if (c.usdPerHour / most < bestPrice) {
        bestPrice = c.usdPerHour / most;
        best = o;
      }
    });
    return best < 0 ? undefined : this.add(best);
  }

  private add(o: number): (typeof this.nodes)[number] {
    const { resources, capacity, groups } = this.instance;
    const node = {
      candidate: o,
      filling: new Int32Array(groups.length),
      free: capacity.slice(o * resources, (o + 1) * resources),
    };
    this.counts[o] = (this.counts[o] ?? 0) + 1;
    this.nodes.push(node);
    return node;
  }

  private put(node: (typeof this.nodes)[number], g: number): boolean {
    const { resources, need, fits, candidates } = this.instance;
    if ((node.filling[g] ?? 0) >= (fits[g * candidates.length + node.candidate] ?? 0)) return false;
    for (let r = 0; r < resources; r++) {
      if ((need[g * resources + r] ?? 0) > (node.free[r] ?? 0) * (1 + 1e-9)) return false;
    }
    for (let r = 0; r < resources; r++) node.free[r] = (node.free[r] ?? 0) - (need[g * resources + r] ?? 0);
    node.filling[g] = (node.filling[g] ?? 0) + 1;
    return true;
  }
}

/**
 * A lower bound that needs no solver: all groups' need of one resource at the cheapest price of that resource among
 * the offerings that some group may use; the largest over the resources. `factor` is the smallest share of a list
 * price that is ever billed.
 */
export function plainBound(instance: Instance, nodePrice: Float64Array): number {
  const { groups, candidates, resources, need, capacity } = instance;
  let best = 0;
  for (let r = 0; r < resources; r++) {
    let wanted = 0;
    groups.forEach((group, g) => (wanted += group.replicas * (need[g * resources + r] ?? 0)));
    let cheapest = Infinity;
    candidates.forEach((_, o) => {
      const have = capacity[o * resources + r] ?? 0;
      if (have > 0 && (instance.groupsOn[o]?.length ?? 0) > 0)
        cheapest = Math.min(cheapest, (nodePrice[o] ?? 0) / have);
    });
    if (wanted > 0 && cheapest < Infinity) best = Math.max(best, wanted * cheapest);
  }
  return best;
}
