import type { Market } from '../../src/baselines/market.ts';
import type { Load } from '../../src/baselines/runs.ts';
import { Spread } from '../../src/baselines/spread.ts';

/** The strategies again, pod by pod and node by node, with none of the code that takes equal pods together. */

interface Node {
  readonly used: number[];
  readonly filling: Map<number, number>;
  pods: number;
}

export interface NaiveClaim extends Node {
  options: ReadonlySet<number>;
}

export interface NaiveNode extends Node {
  readonly offering: number;
}

const EPSILON = 1e-9;

function node(market: Market): Node {
  return { used: Array.from({ length: market.resources }, () => 0), filling: new Map(), pods: 0 };
}

export const nodeOf = (market: Market, offering: number): NaiveNode => ({ ...node(market), offering });

export function add(market: Market, to: Node, g: number): void {
  for (let r = 0; r < market.resources; r++)
    to.used[r] = (to.used[r] ?? 0) + (market.need[g * market.resources + r] ?? 0);
  to.filling.set(g, (to.filling.get(g) ?? 0) + 1);
  to.pods += 1;
}

function fits(market: Market, on: Node, offering: number, g: number): boolean {
  if ((on.filling.get(g) ?? 0) >= (market.perNode[g] ?? Infinity)) return false;
  for (let r = 0; r < market.resources; r++) {
    const need = market.need[g * market.resources + r] ?? 0;
    if ((on.used[r] ?? 0) + need > (market.capacity[offering * market.resources + r] ?? 0) + EPSILON) return false;
  }
  return true;
}

const allows = (market: Market, g: number, o: number): boolean => market.sets.has(market.allowed[g] ?? 0, o);

/** Zones of a group with how many of its pods each has; the order of zones is that of {@link Spread}. */
class Zones {
  readonly zones: readonly number[];
  readonly counts = new Map<number, number>();
  private readonly most: number;
  private readonly scope: (zone: number) => string;

  constructor(market: Market, g: number) {
    this.zones = [...new Spread(market, g).zones];
    this.most = market.groups[g]?.zoneSkew?.most ?? Infinity;
    const region = market.groups[g]?.zoneSkew?.within === 'region';
    this.scope = (zone) => (region ? (market.zones[zone]?.region ?? '') : '');
  }

  open(zone: number): boolean {
    const scope = this.zones.filter((z) => this.scope(z) === this.scope(zone));
    const least = Math.min(...scope.map((z) => this.counts.get(z) ?? 0));
    return this.zones.includes(zone) && (this.counts.get(zone) ?? 0) + 1 - least <= this.most;
  }

  /** the least filled open zone of each scope, in the scopes' order; with `ties`, all that are filled as little */
  picks(among: ReadonlySet<number>, ties: boolean): number[] {
    const scopes = [...new Set(this.zones.map((z) => this.scope(z)))];
    return scopes.flatMap((scope) => {
      const here = this.zones.filter((z) => this.scope(z) === scope && among.has(z) && this.open(z));
      if (here.length === 0) return [];
      const least = Math.min(...here.map((z) => this.counts.get(z) ?? 0));
      return here.filter((z) => (this.counts.get(z) ?? 0) === least).slice(0, ties ? undefined : 1);
    });
  }

  add(zone: number): void {
    this.counts.set(zone, (this.counts.get(zone) ?? 0) + 1);
  }
}

/** Karpenter's provisioning of all pods on nodes that run and on new claims. */
export function naiveProvision(
  market: Market,
  nodes: readonly NaiveNode[],
  available: ReadonlySet<number>,
  pending: readonly number[],
): { readonly claims: readonly NaiveClaim[]; readonly unplaced: readonly number[] } {
  const claims: NaiveClaim[] = [];
  const unplaced = pending.map(() => 0);
  const cpu = (g: number): number => market.need[g * market.resources] ?? 0;
  const memory = (g: number): number => market.need[g * market.resources + 1] ?? 0;
  const queue = pending
    .flatMap((n, g) => Array.from({ length: n }, () => g))
    .toSorted((a, b) => cpu(b) - cpu(a) || memory(b) - memory(a) || a - b);
  const zonesOf = market.groups.map((group, g) => (group.zoneSkew ? new Zones(market, g) : undefined));
  for (const n of nodes)
    for (const [g, k] of n.filling) for (let i = 0; i < k; i++) zonesOf[g]?.add(market.zoneOf[n.offering] ?? -1);

  const onNode = (g: number): boolean => {
    const zones = zonesOf[g];
    for (const n of nodes) {
      const zone = market.zoneOf[n.offering] ?? -1;
      if (!allows(market, g, n.offering) || !fits(market, n, n.offering, g) || (zones && !zones.open(zone))) continue;
      add(market, n, g);
      zones?.add(zone);
      return true;
    }
    return false;
  };
  const onClaim = (claim: NaiveClaim, g: number, first: boolean): boolean => {
    const zones = zonesOf[g];
    const may = [...claim.options].filter((o) => allows(market, g, o));
    const picks = zones?.picks(first ? new Set(zones.zones) : new Set(may.map((o) => market.zoneOf[o] ?? -1)), first);
    // a claim that is in flight is looked at in one zone only, a new one in the least filled of each scope
    for (const zone of picks?.slice(0, first ? undefined : 1) ?? [-1]) {
      const here = may.filter((o) => (zone < 0 || market.zoneOf[o] === zone) && fits(market, claim, o, g));
      if (here.length === 0) continue;
      claim.options = new Set(may.filter((o) => zone < 0 || market.zoneOf[o] === zone));
      add(market, claim, g);
      if (zone >= 0) zones?.add(zone);
      return true;
    }
    return false;
  };

  for (const g of queue) {
    if (onNode(g)) continue;
    // stable, as the port says it takes Go's sort to be
    claims.sort((a, b) => a.pods - b.pods);
    if (claims.some((claim) => onClaim(claim, g, false))) continue;
    const claim: NaiveClaim = { ...node(market), options: available };
    if (onClaim(claim, g, true)) claims.push(claim);
    else unplaced[g] = (unplaced[g] ?? 0) + 1;
  }
  return { claims, unplaced };
}

/** Cluster Autoscaler's estimate, pod by pod. */
export function naiveEstimate(
  market: Market,
  offering: number,
  loads: readonly Load[],
  most: number,
): { readonly nodes: readonly NaiveNode[]; readonly placed: readonly number[] } {
  const cap = (r: number): number => market.capacity[offering * market.resources + r] ?? 0;
  const score = ({ group }: Load): number =>
    (market.need[group * market.resources] ?? 0) / cap(0) + (market.need[group * market.resources + 1] ?? 0) / cap(1);
  const order = loads.map((load, l) => ({ load, l })).toSorted((a, b) => score(b.load) - score(a.load) || a.l - b.l);
  const nodes: NaiveNode[] = [];
  const placed = loads.map(() => 0);
  let last = -1;
  for (const { load, l } of order) {
    for (let pod = 0; pod < load.replicas; pod++) {
      let at = -1;
      for (let j = 1; j <= nodes.length && at < 0; j++) {
        const i = (last + j) % nodes.length;
        if (fits(market, nodes[i] as NaiveNode, offering, load.group)) at = i;
      }
      if (at >= 0) last = at;
      else {
        if (nodes.length >= most) break;
        at = nodes.push(nodeOf(market, offering)) - 1;
        // once no open node has room the rest go to the newest, without the search's position moving
        let more = load.replicas - pod;
        while (more > 0) {
          if (!fits(market, nodes[at] as NaiveNode, offering, load.group)) {
            if (nodes.length >= most) break;
            at = nodes.push(nodeOf(market, offering)) - 1;
          }
          add(market, nodes[at] as NaiveNode, load.group);
          placed[l] = (placed[l] ?? 0) + 1;
          more--;
        }
        break;
      }
      add(market, nodes[at] as NaiveNode, load.group);
      placed[l] = (placed[l] ?? 0) + 1;
    }
  }
  return { nodes, placed };
}

/** First fit of one load on a list of nodes. */
export function naiveFirstFit(market: Market, nodes: readonly NaiveNode[], load: Load): number {
  for (let pod = 0; pod < load.replicas; pod++) {
    const to = nodes.find(
      (n) => market.sets.has(load.offerings, n.offering) && fits(market, n, n.offering, load.group),
    );
    if (!to) return load.replicas - pod;
    add(market, to, load.group);
  }
  return 0;
}

/** What stands on a node, as text. */
export const fillingKey = (filling: ReadonlyMap<number, number>): string =>
  [...filling]
    .filter(([, n]) => n > 0)
    .toSorted(([a], [b]) => a - b)
    .map(([g, n]) => `${g}:${n}`)
    .join(' ');
