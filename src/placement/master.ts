import type { Commitment, Discount } from '../catalog/contract.ts';
import { HOURS_PER_MONTH } from '../units.ts';
import type { Instance } from './instance.ts';
import type { Group, Problem } from './problem.ts';

/**
 * The linear master problem without its pattern columns: the rows that every rule becomes, what a node and what a
 * replica in a location put into each row, and the auxiliary columns.
 *
 * A pattern (a candidate o with a filling n) puts into row i: nodeTerm[o][i] + Σ_g n_g · replicaTerm[g, location][i].
 */
export interface Master {
  readonly rows: readonly Row[];
  readonly nodeTerms: readonly Entry[][];
  /** at [g × locations + l] */
  readonly replicaTerms: readonly Entry[][];
  readonly auxiliary: readonly Auxiliary[];
  /** $/h of one node after flat discounts, before commitments */
  readonly nodeCost: Float64Array;
  /** cost per replica that cannot be placed: dearer than any way to place it */
  readonly missingCost: number;
}

export interface Entry {
  readonly row: number;
  readonly value: number;
}

export interface Row {
  /** what the rule is called in certificates: `group/gateway/eu`, `vendorShareAtMost/aws`, `available/<offering>` */
  readonly name: string;
  readonly lower: number;
  readonly upper: number;
}

export interface Auxiliary {
  readonly kind: 'missing' | 'smallest-zone' | 'credit' | 'load-share' | 'flow' | 'kept';
  /** group index for `missing`, `smallest-zone` and `load-share`, candidate index for `kept` */
  readonly of: number;
  /** $/h for each unit */
  readonly cost: number;
  readonly upper: number;
  readonly entries: readonly Entry[];
}

const FREE = Infinity;

export function masterOf(problem: Problem, instance: Instance, multiplier: Multipliers): Master {
  const { candidates, groups } = instance;
  const build = new Builder(instance);
  const nodeCost = Float64Array.from(candidates, (c) => c.usdPerHour * multiplier(c.provider, c.purchase));
  const missingCost = 50 * Math.max(1, ...nodeCost);

  coverageRows(build, missingCost);
  spotRows(build);
  zoneRows(build);
  lossRows(build, missingCost);
  vendorRows(build, problem.rules.vendorShareAtMost);
  availabilityRows(build);
  commitmentRows(build, problem, multiplier);
  flowRows(
    build,
    problem,
    groups.map((g) => g.name),
  );
  keptRows(build);
  return {
    rows: build.rows,
    nodeTerms: build.nodeTerms,
    replicaTerms: build.replicaTerms,
    auxiliary: build.auxiliary,
    nodeCost,
    missingCost,
  };
}

/** The rows of one group's own rules, by location, without any node: what whole numbers of its replicas must keep. */
export function groupRows(
  instance: Instance,
  g: number,
): { readonly rows: readonly Row[]; readonly terms: readonly Entry[][]; readonly auxiliary: readonly Auxiliary[] } {
  const build = new Builder(instance, g);
  coverageRows(build, 0);
  spotRows(build);
  zoneRows(build);
  lossRows(build, 0);
  const width = instance.locations.length;
  return {
    rows: build.rows,
    terms: build.replicaTerms.slice(g * width, (g + 1) * width),
    auxiliary: build.auxiliary.filter((a) => a.kind === 'smallest-zone'),
  };
}

/** What is paid of a list price: 1 − discount, by provider and purchase. */
export type Multipliers = (provider: string, purchase: string) => number;

/**
 * Discounts as one factor per provider. A flat discount is exact. Of marginal tiers, whose cost curve is concave, the
 * factor is the average at `spendBound` (list $/h, or Infinity for the last tier's rate): the chord under the curve,
 * so that the linear cost never exceeds the true one and the bound stays valid for spends up to it.
 */
export function multipliersOf(discounts: readonly Discount[], spendBound: (provider: string) => number): Multipliers {
  const factors = new Map<string, number>();
  for (const d of discounts) {
    const bound = spendBound(d.provider);
    const last = d.tiers.at(-1)?.discount ?? 0;
    const factor =
      Number.isFinite(bound) && bound > 0
        ? discounted(d, bound) / bound
        : 1 - Math.max(last, ...d.tiers.map((t) => t.discount));
    factors.set(`${d.provider}/on-demand`, factor);
    if (d.on === 'all') factors.set(`${d.provider}/spot`, factor);
  }
  return (provider, purchase) => factors.get(`${provider}/${purchase}`) ?? 1;
}

/** What is billed an hour for `listUsdPerHour` of eligible usage, tier by tier. */
export function discounted(discount: Discount, listUsdPerHour: number): number {
  let billed = 0;
  discount.tiers.forEach((tier, i) => {
    const from = tier.fromUsdPerMonth / HOURS_PER_MONTH;
    const to = (discount.tiers[i + 1]?.fromUsdPerMonth ?? Infinity) / HOURS_PER_MONTH;
    const slice = Math.min(listUsdPerHour, to) - from;
    if (slice > 0) billed += slice * (1 - tier.discount);
  });
  return billed;
}

class Builder {
  readonly rows: Row[] = [];
  readonly nodeTerms: Entry[][];
  readonly replicaTerms: Entry[][];
  readonly auxiliary: Auxiliary[] = [];
  readonly instance: Instance;
  private readonly only: number | undefined;

  /** @param only rows of this group alone */
  constructor(instance: Instance, only?: number) {
    this.instance = instance;
    this.only = only;
    this.nodeTerms = instance.candidates.map(() => []);
    this.replicaTerms = Array.from({ length: instance.groups.length * instance.locations.length }, () => []);
  }

  eachGroup(visit: (group: Group, g: number) => void): void {
    this.instance.groups.forEach((group, g) => {
      if (this.only === undefined || this.only === g) visit(group, g);
    });
  }

  row(name: string, lower: number, upper: number): number {
    this.rows.push({ name, lower, upper });
    return this.rows.length - 1;
  }

  replica(g: number, l: number, row: number, value: number): void {
    this.replicaTerms[g * this.instance.locations.length + l]?.push({ row, value });
  }

  node(o: number, row: number, value: number): void {
    this.nodeTerms[o]?.push({ row, value });
  }

  /** a missing replica of group g also counts in this row */
  alsoMissing(g: number, entry: Entry): void {
    const at = this.auxiliary.findIndex((a) => a.kind === 'missing' && a.of === g);
    const column = this.auxiliary[at];
    if (column) this.auxiliary[at] = { ...column, entries: [...column.entries, entry] };
  }

  /** locations where group g may have replicas */
  locationsOf(g: number): number[] {
    const { candidates, fits, locationOf } = this.instance;
    const found = new Set<number>();
    for (let o = 0; o < candidates.length; o++) {
      if ((fits[g * candidates.length + o] ?? 0) > 0) found.add(locationOf[o] ?? 0);
    }
    return [...found].toSorted((a, b) => a - b);
  }
}

function coverageRows(build: Builder, missingCost: number): void {
  build.eachGroup((group, g) => {
    const row = build.row(`group/${group.name}`, group.replicas, FREE);
    for (const l of build.locationsOf(g)) build.replica(g, l, row, 1);
    build.auxiliary.push({
      kind: 'missing',
      of: g,
      cost: missingCost,
      upper: group.replicas,
      entries: [{ row, value: 1 }],
    });
  });
}

function spotRows(build: Builder): void {
  build.eachGroup((group, g) => {
    const most = group.spotAtMost ?? 1;
    if (most >= 1) return;
    const spot = build.locationsOf(g).filter((l) => build.instance.locations[l]?.purchase === 'spot');
    if (spot.length === 0) return;
    // of the replicas needed, not of those placed: spare replicas elsewhere must not let more of the need onto spot
    const row = build.row(`spotAtMost/${group.name}`, -FREE, Math.floor(most * group.replicas + 1e-9));
    for (const l of spot) build.replica(g, l, row, 1);
  });
}

function zoneRows(build: Builder): void {
  build.eachGroup((group, g) => {
    const skew = group.zoneSkew;
    if (!skew) return;
    for (const zones of zonesByScope(build, g, skew.within).values()) {
      if (zones.size < 2) continue;
      const smallest: Entry[] = [];
      for (const [zone, ls] of zones) {
        const above = build.row(`zoneSkew/${group.name}/${zone}/least`, 0, FREE);
        const below = build.row(`zoneSkew/${group.name}/${zone}`, -FREE, skew.most);
        for (const l of ls) {
          build.replica(g, l, above, 1);
          build.replica(g, l, below, 1);
        }
        smallest.push({ row: above, value: -1 }, { row: below, value: -1 });
      }
      build.auxiliary.push({ kind: 'smallest-zone', of: g, cost: 0, upper: 4 * group.replicas, entries: smallest });
    }
  });
}

function zonesByScope(build: Builder, g: number, within: 'region' | 'all'): Map<string, Map<string, number[]>> {
  const scopes = new Map<string, Map<string, number[]>>();
  for (const l of build.locationsOf(g)) {
    const at = build.instance.locations[l];
    if (!at) continue;
    const scope = within === 'all' ? '' : `${at.provider}/${at.region}`;
    const zones = scopes.get(scope) ?? new Map<string, number[]>();
    scopes.set(scope, zones);
    const zone = `${at.provider}/${at.region}/${at.zone}`;
    zones.set(zone, [...(zones.get(zone) ?? []), l]);
  }
  return scopes;
}

/** The part of a location that a loss takes away. */
export function domainOf(
  at: { provider: string; region: string; zone: string },
  loss: 'provider' | 'region' | 'zone',
): string {
  if (loss === 'provider') return at.provider;
  return loss === 'region' ? `${at.provider}/${at.region}` : `${at.provider}/${at.region}/${at.zone}`;
}

/** Replicas that must remain after any one loss. */
export const survivorsNeeded = (share: number, replicas: number): number => Math.ceil(share * replicas - 1e-9);

function lossRows(build: Builder, missingCost: number): void {
  build.eachGroup((group, g) => {
    const { survive } = group;
    if (!survive) return;
    const at = build.locationsOf(g);
    const domains = new Set(at.map((l) => domainOf(build.instance.locations[l] ?? NOWHERE, survive.loss)));
    for (const lost of domains) {
      const needed = survivorsNeeded(survive.share, group.replicas);
      const row = build.row(`survive/${group.name}/${lost}`, needed, FREE);
      const storm = group.absorb === undefined ? undefined : build.row(`reconnect/${group.name}/${lost}`, 0, FREE);
      for (const l of at) {
        const stays = domainOf(build.instance.locations[l] ?? NOWHERE, survive.loss) !== lost;
        if (stays) build.replica(g, l, row, 1);
        if (storm !== undefined) build.replica(g, l, storm, stays ? (group.absorb ?? 0) : -1);
      }
      build.auxiliary.push({ kind: 'missing', of: g, cost: missingCost, upper: needed, entries: [{ row, value: 1 }] });
    }
  });
}

const NOWHERE: { provider: string; region: string; zone: string } = { provider: '', region: '', zone: '' };

function vendorRows(build: Builder, shares: ReadonlyMap<string, number>): void {
  const { candidates } = build.instance;
  for (const [provider, most] of [...shares].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const row = build.row(`vendorShareAtMost/${provider}`, -FREE, 0);
    candidates.forEach((c, o) => build.node(o, row, c.usdPerHour * ((c.provider === provider ? 1 : 0) - most)));
  }
}

function availabilityRows(build: Builder): void {
  const { candidates, groups, fits } = build.instance;
  candidates.forEach((c, o) => {
    if ((c.atLeast ?? 0) > 0) {
      const row = build.row(`atLeast/${c.id}`, c.atLeast ?? 0, FREE);
      build.node(o, row, 1);
    }
    if (c.atMost === undefined) return;
    // a limit that no placement could reach needs no row
    let reachable = 0;
    groups.forEach((group, g) => {
      const most = fits[g * candidates.length + o] ?? 0;
      if (most > 0) reachable += group.replicas;
    });
    if (c.atMost < reachable) build.node(o, build.row(`available/${c.id}`, -FREE, c.atMost), 1);
  });
}

/**
 * Commitments are sunk: what they cover comes off the bill again, as a credit in list $/h that neither exceeds what
 * was bought nor the usage it may cover. Scopes that lie within one another share their usage.
 */
function commitmentRows(build: Builder, problem: Problem, multiplier: Multipliers): void {
  const { candidates } = build.instance;
  const scopes = new Map<string, { members: number[]; row: number }>();
  const scoped = problem.rules.commitments.map((commitment) => {
    const members = candidates.flatMap((c, o) => (covers(commitment, c) ? [o] : []));
    return { commitment, members };
  });
  const scopeOf = (members: readonly number[], label: string): void => {
    const key = members.join(',');
    const known = scopes.get(key);
    if (known) return;
    const row = build.row(`usage/${label}`, -FREE, 0);
    for (const o of members) build.node(o, row, -(candidates[o]?.usdPerHour ?? 0));
    scopes.set(key, { members: [...members], row });
  };
  for (const { members, commitment } of scoped) if (members.length > 0) scopeOf(members, commitment.id);

  for (const { commitment, members } of scoped) {
    if (members.length === 0) continue;
    const inside = new Set(members);
    const containing = [...scopes.values()].filter((s) => {
      const all = new Set(s.members);
      return [...inside].every((o) => all.has(o));
    });
    const entries = containing.map(({ row }) => ({ row, value: 1 }));
    const paid = multiplier(commitment.provider, 'on-demand');
    for (const part of creditParts(build, problem, commitment, members)) {
      build.auxiliary.push({
        kind: 'credit',
        of: 0,
        cost: -paid,
        upper: part.upper,
        entries: [...entries, ...part.entries],
      });
    }
  }
}

function creditParts(
  build: Builder,
  problem: Problem,
  commitment: Commitment,
  members: readonly number[],
): readonly { upper: number; entries: Entry[] }[] {
  const { candidates } = build.instance;
  switch (commitment.kind) {
    case 'reserved-nodes':
      return [{ upper: commitment.count * (candidates[members[0] ?? 0]?.usdPerHour ?? 0), entries: [] }];
    case 'spend':
      return [{ upper: commitment.usdPerHour / (1 - commitment.discount), entries: [] }];
    case 'resources': {
      const rate = problem.rules.resourceRates.get(commitment.id);
      if (!rate) return [];
      const vcpu = build.row(`usage-vcpu/${commitment.id}`, -FREE, 0);
      const memory = build.row(`usage-memory/${commitment.id}`, -FREE, 0);
      for (const o of members) {
        build.node(o, vcpu, -rate.vcpu * (candidates[o]?.vcpu ?? 0));
        build.node(o, memory, (-rate.gib * (candidates[o]?.memory ?? 0)) / 1024);
      }
      return [
        { upper: rate.vcpu * commitment.vcpu, entries: [{ row: vcpu, value: 1 }] },
        { upper: (rate.gib * commitment.memory) / 1024, entries: [{ row: memory, value: 1 }] },
      ];
    }
    default:
      return commitment satisfies never;
  }
}

/** Whether a commitment covers an offering's usage. None covers spot. */
export function covers(
  k: Commitment,
  c: { provider: string; region: string; zone: string; type: string; family: string; purchase: string },
): boolean {
  if (c.purchase !== 'on-demand' || k.provider !== c.provider) return false;
  switch (k.kind) {
    case 'reserved-nodes':
      return k.region === c.region && k.type === c.type && (k.zone === undefined || k.zone === c.zone);
    case 'spend':
      return (k.region === undefined || k.region === c.region) && (k.family === undefined || k.family === c.family);
    case 'resources':
      return k.region === c.region && k.family === c.family;
    default:
      return k satisfies never;
  }
}

/**
 * Load of a group is split over its places, never more of it in a place than its replicas there can carry; two groups
 * that talk share their splits, and callers reach the peers that make the bill least.
 */
function flowRows(build: Builder, problem: Problem, names: readonly string[]): void {
  const { locations, groups } = build.instance;
  const involved = new Set(problem.rules.flows.flatMap((f) => [f.from, f.to]).filter((n) => n !== 'internet'));
  /** group → place → its share of the load there */
  const shares = new Map<string, Map<string, LoadShare>>();
  for (const name of involved) {
    const g = names.indexOf(name);
    if (g < 0) continue;
    const places = new Map<string, number[]>();
    for (const l of build.locationsOf(g)) {
      const at = locations[l];
      if (at) places.set(`${at.provider}/${at.region}`, [...(places.get(`${at.provider}/${at.region}`) ?? []), l]);
    }
    places.set(UNPLACED, []);
    const replicas = groups[g]?.replicas ?? 1;
    const whole = build.row(`load/${name}`, replicas, replicas);
    const byPlace = new Map<string, LoadShare>();
    for (const [place, ls] of places) {
      const carried = build.row(`load/${name}/${place}`, -FREE, 0);
      for (const l of ls) build.replica(g, l, carried, -1);
      if (place === UNPLACED) build.alsoMissing(g, { row: carried, value: -1 });
      const entries = [
        { row: whole, value: 1 },
        { row: carried, value: 1 },
      ];
      byPlace.set(place, { entries, cost: 0, replicas });
    }
    shares.set(name, byPlace);
  }
  for (const flow of problem.rules.flows) {
    const from = shares.get(flow.from);
    if (!from) continue;
    const usdPerHour = (a: string, b: string): number =>
      a === UNPLACED || b === UNPLACED ? 0 : flow.gbPerHour * flow.usdPerGb(a, b);
    if (flow.to === 'internet') {
      for (const [place, share] of from) share.cost += usdPerHour(place, 'internet');
      continue;
    }
    const to = shares.get(flow.to);
    if (!to) continue;
    const out = new Map(
      [...from].map(([place, share]) => [place, balanceRow(build, share, `${flow.label}/out/${place}`)]),
    );
    const into = new Map(
      [...to].map(([place, share]) => [place, balanceRow(build, share, `${flow.label}/in/${place}`)]),
    );
    for (const [a, outRow] of out) {
      for (const [b, intoRow] of into) {
        const entries = [
          { row: outRow, value: -1 },
          { row: intoRow, value: -1 },
        ];
        build.auxiliary.push({ kind: 'flow', of: 0, cost: usdPerHour(a, b), upper: 1, entries });
      }
    }
  }
  for (const [name, byPlace] of shares) {
    const of = names.indexOf(name);
    for (const { entries, cost, replicas } of byPlace.values()) {
      build.auxiliary.push({ kind: 'load-share', of, cost: cost / replicas, upper: replicas, entries });
    }
  }
}

/** How much of a group's load is carried in a place, in replicas' worth of it: a column to be. */
interface LoadShare {
  readonly entries: Entry[];
  /** $/h if all of the load were carried there */
  cost: number;
  /** that carry the whole load */
  readonly replicas: number;
}

/** Stands for the place of replicas that could not be placed, so that the flows stay in balance. */
const UNPLACED = '';

/** share in a place = Σ of what flows out of (or into) it */
function balanceRow(build: Builder, share: LoadShare, name: string): number {
  const row = build.row(`flow/${name}`, 0, 0);
  share.entries.push({ row, value: 1 / share.replicas });
  return row;
}

/** Nodes that run now and are kept: in the objective that weighs the cost of change they earn a new node's launch. */
function keptRows(build: Builder): void {
  build.instance.running.forEach((count, o) => {
    if (count <= 0) return;
    const row = build.row(`kept/${build.instance.candidates[o]?.id ?? o}`, -FREE, 0);
    build.node(o, row, -1);
    build.auxiliary.push({ kind: 'kept', of: o, cost: 0, upper: count, entries: [{ row, value: 1 }] });
  });
}
