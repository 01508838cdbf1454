import { greedy, minimums } from './greedy.ts';
import { type Filled, nodesIn } from './greedy-nodes.ts';
import { quotasOf } from './greedy-quotas.ts';
import { padded } from './greedy-shares.ts';
import { type Instance, instanceOf } from './instance.ts';
import { namedNodes } from './named.ts';
import type { PlacedNodes } from './placement.ts';
import type { Problem } from './problem.ts';
import { pruned } from './prune.ts';
import { roomFor, withAdded, withoutGroup } from './regained-nodes.ts';
import { violations } from './verify.ts';

/** Nodes, and the replicas of each group that have no place on them; the rules are kept on those that have one. */
export interface Kept {
  readonly nodes: readonly PlacedNodes[];
  readonly unplaced: Readonly<Record<string, number>>;
}

/** Steps of about 50 ns, a try being groups × (offerings + nodes) of them: a count, so that a replay decides alike. */
const WORK = 10e6;
const LEAST_TRIES = 40;
const MOST_TRIES = 1000;
/** What planning all anew counts for, in tries. */
const ANEW = 30;

/**
 * Looks for a place for replicas that were given up: all groups at once, else half of them and the other half, and of a
 * single group as many as can be, by halving. Each try is kept only if no rule is broken, so that nothing that has a
 * place loses it. Where one has come in there may be room for another (a vendor's share grows with the whole), so it
 * goes on until nothing more does, or so many tries are made.
 *
 * @returns what was given where nothing is gained
 */
export function regained(problem: Problem, given: Kept): Kept {
  const search = new Regaining(problem, given);
  let lacking = search.lacking();
  while (lacking.length > 0) {
    search.regain(lacking);
    const still = search.lacking();
    if (search.spent || countOf(still) === countOf(lacking)) break;
    lacking = still;
  }
  return search.result(given);
}

/** So many replicas of group g. */
interface Some {
  readonly g: number;
  readonly replicas: number;
}

const countOf = (some: readonly Some[]): number => some.reduce((sum, { replicas }) => sum + replicas, 0);

class Regaining {
  private readonly problem: Problem;
  private readonly instance: Instance;
  /** candidates of each location */
  private readonly members: readonly (readonly number[])[];
  /** replicas of each group that have a place */
  private readonly kept: Int32Array;
  private nodes: readonly Filled[];
  private gained = false;
  private tries: number;

  constructor(problem: Problem, { nodes, unplaced }: Kept) {
    const used = new Set(nodes.map((n) => n.offering));
    const worthwhile = new Set(pruned(problem));
    const instance = instanceOf(
      problem,
      problem.offerings.filter((o) => worthwhile.has(o) || used.has(o.id)),
    );
    const { groups, candidates, locations, locationOf } = instance;
    const members = locations.map((): number[] => []);
    locationOf.forEach((l, o) => members[l]?.push(o));
    const at = new Map(candidates.map((c, o) => [c.id, o]));
    const start = nodes.flatMap(({ offering, count, replicas }): Filled[] => {
      const candidate = at.get(offering);
      if (candidate === undefined) return [];
      return [{ candidate, count, filling: Int32Array.from(groups, ({ name }) => replicas[name] ?? 0) }];
    });
    minimums(instance, start);
    this.problem = problem;
    this.instance = instance;
    this.members = members;
    this.nodes = start;
    this.kept = Int32Array.from(groups, ({ name, replicas }) => Math.max(0, replicas - (unplaced[name] ?? 0)));
    const steps = groups.length * (problem.offerings.length + nodes.length);
    this.tries = Math.min(MOST_TRIES, Math.max(LEAST_TRIES, Math.floor(WORK / Math.max(1, steps))));
  }

  get spent(): boolean {
    return this.tries <= 0;
  }

  /** Groups of which some have no place; without those that no node can hold. */
  lacking(): readonly Some[] {
    const { groups, fits, candidates } = this.instance;
    return groups.flatMap(({ replicas }, g) => {
      const lacks = replicas - (this.kept[g] ?? 0);
      const fit = fits.subarray(g * candidates.length, (g + 1) * candidates.length);
      return lacks > 0 && fit.some((n) => n > 0) ? [{ g, replicas: lacks }] : [];
    });
  }

  regain(some: readonly Some[]): void {
    if (this.spent || some.length === 0 || this.added(some) || this.anew(some)) return;
    const [only] = some;
    if (some.length === 1 && only) return this.halved(only);
    const half = some.length >> 1;
    this.regain(some.slice(0, half));
    this.regain(some.slice(half));
  }

  result(given: Kept): Kept {
    if (!this.gained) return given;
    const { instance, kept, nodes } = this;
    const unplaced = instance.groups.flatMap(({ name, replicas }, g): [string, number][] =>
      replicas > (kept[g] ?? 0) ? [[name, replicas - (kept[g] ?? 0)]] : [],
    );
    return { nodes: namedNodes(instance, nodes), unplaced: Object.fromEntries(unplaced) };
  }

  /** As many of one group as can be, fewer than all. */
  private halved({ g, replicas }: Some): void {
    let [low, high] = [0, replicas];
    while (high - low > 1 && !this.spent) {
      const n = (low + high) >> 1;
      if (this.added([{ g, replicas: n - low }])) low = n;
      else high = n;
    }
    // its other replicas as they are, and one more wherever that may be
    while (this.oneMore(g) && !this.spent);
  }

  /** Onto free room and new nodes; the other groups stay where they are, those that come in are spread anew. */
  private added(some: readonly Some[]): boolean {
    let nodes: readonly Filled[] | undefined = this.nodes;
    for (const { g, replicas } of some) {
      if (nodes) nodes = this.spread(nodes, g, (this.kept[g] ?? 0) + replicas);
    }
    return this.accepts(nodes, some, 1);
  }

  /** All groups planned anew, with budgets for the vendors' shares. */
  private anew(some: readonly Some[]): boolean {
    const instance = this.with(this.after(some));
    const whole = greedy(instance, this.problem.rules.vendorShareAtMost);
    const placed = whole.missing.every((n) => n === 0);
    const nodes = whole.nodes.map(({ pattern, count }) => ({ ...pattern, count }));
    return this.accepts(placed ? nodes : undefined, some, ANEW);
  }

  private oneMore(g: number): boolean {
    const { groups, locations } = this.instance;
    if ((this.kept[g] ?? 0) >= (groups[g]?.replicas ?? 0)) return false;
    return locations.some((_, l) => {
      const at = new Float64Array(locations.length);
      at[l] = 1;
      return !this.spent && this.accepts(this.put(this.nodes, g, at), [{ g, replicas: 1 }], 1);
    });
  }

  private accepts(nodes: readonly Filled[] | undefined, some: readonly Some[], tries: number): boolean {
    this.tries -= tries;
    if (!nodes) return false;
    const whole = padded(this.instance, nodes, this.problem.rules.vendorShareAtMost);
    const after = this.after(some);
    const { groups } = this.with(after);
    if (violations({ ...this.problem, groups }, namedNodes(this.instance, whole), {}).length > 0) return false;
    this.kept.set(after);
    this.nodes = whole;
    return (this.gained = true);
  }

  private spread(nodes: readonly Filled[], g: number, replicas: number): readonly Filled[] | undefined {
    const rest = withoutGroup(this.instance, nodes, g);
    const counts = this.kept.slice();
    counts[g] = replicas;
    const { at, missing } = quotasOf(this.with(counts), g, roomFor(this.instance, rest, g, replicas));
    return missing > 0 ? undefined : this.put(rest, g, at);
  }

  /** So many replicas more in each location; undefined where they find no room. */
  private put(nodes: readonly Filled[], g: number, at: ArrayLike<number>): readonly Filled[] | undefined {
    const { instance } = this;
    const { nodes: filled, short } = withAdded(instance, nodes, g, at);
    const left = Float64Array.from(instance.candidates, (c) => c.atMost ?? Infinity);
    for (const { candidate, count } of filled) left[candidate] = (left[candidate] ?? 0) - count;
    const worth = new Float64Array(instance.groups.length).fill(1);
    const fresh: Filled[] = [];
    for (const [l, members] of this.members.entries()) {
      if ((short[l] ?? 0) <= 0) continue;
      const wanted = new Float64Array(instance.groups.length);
      wanted[g] = short[l] ?? 0;
      fresh.push(...nodesIn(instance, this.cheapest(members, g), wanted, worth, left));
      if ((wanted[g] ?? 0) > 0) return undefined;
    }
    return [...filled, ...fresh];
  }

  /** Those that cost least for each replica of a group first. */
  private cheapest(members: readonly number[], g: number): readonly number[] {
    const { candidates, fits } = this.instance;
    const each = (o: number): number => (candidates[o]?.usdPerHour ?? 0) / (fits[g * candidates.length + o] ?? 0);
    return members
      .filter((o) => (fits[g * candidates.length + o] ?? 0) > 0)
      .toSorted((a, b) => each(a) - each(b) || a - b);
  }

  private after(some: readonly Some[]): Int32Array {
    const counts = this.kept.slice();
    for (const { g, replicas } of some) counts[g] = (counts[g] ?? 0) + replicas;
    return counts;
  }

  private with(counts: Int32Array): Instance {
    const groups = this.instance.groups.map((group, g) => ({ ...group, replicas: counts[g] ?? 0 }));
    return { ...this.instance, groups };
  }
}
