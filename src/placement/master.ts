import type { Instance } from './instance.ts';
import { commitmentRows, type Multipliers } from './contract-rows.ts';
import { flowRows } from './flow-rows.ts';
import type { Problem } from './problem.ts';
import { type Auxiliary, Builder, type Entry, FREE, type Row } from './rows.ts';

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
}

export function masterOf(problem: Problem, instance: Instance, multiplier: Multipliers): Master {
  const { candidates, groups } = instance;
  const build = new Builder(instance);
  const nodeCost = Float64Array.from(candidates, (c) => c.usdPerHour * multiplier(c.provider, c.purchase));
  // a replica that cannot be placed is dearer than any way to place it
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
        const like = `zoneSkew/${group.name}/${build.zoneLike(zone)}`;
        const above = build.row(`zoneSkew/${group.name}/${zone}/least`, 0, FREE, `${like}/least`);
        const below = build.row(`zoneSkew/${group.name}/${zone}`, -FREE, skew.most, like);
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
      const like = `${group.name}/${survive.loss === 'zone' ? build.zoneLike(lost) : lost}`;
      const row = build.row(`survive/${group.name}/${lost}`, needed, FREE, `survive/${like}`);
      const storm =
        group.absorb === undefined
          ? undefined
          : build.row(`reconnect/${group.name}/${lost}`, 0, FREE, `reconnect/${like}`);
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
      const row = build.row(`atLeast/${c.id}`, c.atLeast ?? 0, FREE, `atLeast/${build.offeringLike(o)}`);
      build.node(o, row, 1);
    }
    if (c.atMost === undefined) return;
    // a limit that no placement could reach needs no row
    let reachable = 0;
    groups.forEach((group, g) => {
      const most = fits[g * candidates.length + o] ?? 0;
      if (most > 0) reachable += group.replicas;
    });
    if (c.atMost >= reachable) return;
    build.node(o, build.row(`available/${c.id}`, -FREE, c.atMost, `available/${build.offeringLike(o)}`), 1);
  });
}

/** Nodes that run now and are kept: in the objective that weighs the cost of change they earn a new node's launch. */
function keptRows(build: Builder): void {
  build.instance.running.forEach((count, o) => {
    if (count <= 0) return;
    const name = build.instance.candidates[o]?.id ?? o;
    const row = build.row(`kept/${name}`, -FREE, 0, `kept/${build.offeringLike(o)}`);
    build.node(o, row, -1);
    build.auxiliary.push({ kind: 'kept', of: o, cost: 0, upper: count, entries: [{ row, value: 1 }] });
  });
}
