import type { LinearAnswer, LinearModel, LinearSolver } from '../ports.ts';
import type { Instance } from './instance.ts';
import { dot, scaledBound, signedDuals } from './dual.ts';
import { type Items, Knapsack } from './knapsack.ts';
import { resourcePrices } from './resource-prices.ts';
import { fitsOn, settled } from './settle.ts';
import { compressed } from './sparse.ts';
import type { Master } from './master.ts';
import { type Limit, RELAXED_BY } from './limit.ts';
import type { Entry } from './rows.ts';

/** One way to fill one node: replicas of each group on a node of a candidate. */
export interface Pattern {
  readonly candidate: number;
  readonly filling: Int32Array;
}

/** What a node costs in the objective that is being minimised, and what keeping a running one takes off it. */
export interface Objective {
  readonly nodePrice: Float64Array;
  readonly keptCredit: Float64Array;
}

/** The value of each candidate's best filling at some duals. */
export interface Pricing {
  readonly fresh: readonly Pattern[];
  /** upper bound on what a node can carry, in $/h at the duals, per candidate */
  readonly worth: Float64Array;
  /** what the node itself puts into the rows, at the duals, per candidate */
  readonly nodeWorth: Float64Array;
}

/** Columns that a round may add for a location: few where there are many, since most of them stay unused. */
const PER_LOCATION = 4;
const PER_ROUND = 200;
/** Candidates of which a round looks for many fillings. */
const VARIED = 6;
const EXACT_PER_LOCATION = 30;
const EXACT_PER_ROUND = 900;
/** Relaxation and bound this near to each other are one. */
const CLOSED = 1e-4;
/** The objective is at rest when so many rounds have moved it by less than this share. */
const STILL_ROUNDS = 3;
const STILL = 3e-4;
/** How far duals are drawn towards the best seen so far. */
const SMOOTHING = 0.6;
/** A column must save this share of its node's price to be worth adding. */
const WORTHWHILE = 1e-6;

/**
 * The master problem with its pattern columns, generated as they are found worthwhile (Gilmore and Gomory, 1961: the
 * best filling of a node at the duals is a knapsack problem).
 */
export class ColumnModel {
  readonly patterns: Pattern[] = [];
  readonly instance: Instance;
  readonly master: Master;
  readonly limit: Limit;
  private readonly solver: LinearSolver;
  private readonly linear: LinearModel;
  private readonly known = new Set<string>();
  private objective: Objective;
  /** the first candidate that differs from this one by zone alone, itself where there is none */
  private readonly twinOf: Int32Array;
  /** of the first: the others */
  private readonly twins: readonly (readonly number[])[];
  private readonly knapsack: Knapsack;
  /** surrogate weights of each candidate's resources, kept warm from one pricing to the next */
  private readonly weights: Float64Array;

  constructor(instance: Instance, master: Master, solver: LinearSolver, objective: Objective, limit: Limit = {}) {
    this.limit = limit;
    this.instance = instance;
    this.master = master;
    this.objective = objective;
    this.solver = solver;
    ({ twinOf: this.twinOf, twins: this.twins } = twinsOf(instance));
    this.knapsack = new Knapsack(instance.groups.length, instance.resources);
    this.weights = new Float64Array(instance.candidates.length * instance.resources).fill(1 / instance.resources);
    this.linear = solver.open({
      lower: Float64Array.from(master.rows, (r) => r.lower),
      upper: Float64Array.from(master.rows, (r) => r.upper),
    });
    this.linear.addColumns(
      compressed(
        master.auxiliary.map((a) => ({
          cost: a.kind === 'kept' ? -(objective.keptCredit[a.of] ?? 0) : a.cost,
          upper: a.upper,
          entries: a.entries,
        })),
      ),
    );
    this.add(startingPatterns(instance));
  }

  /** Column of pattern p in the linear model. */
  columnOf(p: number): number {
    return this.master.auxiliary.length + p;
  }

  add(patterns: readonly Pattern[]): number {
    const fresh = patterns.filter((p) => {
      const key = `${p.candidate}:${p.filling.join(',')}`;
      if (this.known.has(key)) return false;
      this.known.add(key);
      return true;
    });
    this.linear.addColumns(
      compressed(
        fresh.map((p) => ({
          cost: this.objective.nodePrice[p.candidate] ?? 0,
          upper: Infinity,
          entries: this.entriesOfPattern(p),
        })),
      ),
    );
    this.patterns.push(...fresh);
    return fresh.length;
  }

  setObjective(objective: Objective): void {
    this.objective = objective;
    const columns = new Int32Array(this.master.auxiliary.length + this.patterns.length).map((_, i) => i);
    const costs = new Float64Array(columns.length);
    this.master.auxiliary.forEach(
      (a, i) => (costs[i] = a.kind === 'kept' ? -(objective.keptCredit[a.of] ?? 0) : a.cost),
    );
    this.patterns.forEach((p, i) => (costs[this.columnOf(i)] = objective.nodePrice[p.candidate] ?? 0));
    this.linear.setColumnCosts(columns, costs);
  }

  bound(p: number, lower: number, upper: number): void {
    this.linear.setColumnBounds(this.columnOf(p), lower, upper);
  }

  setRowBounds(row: number, lower: number, upper: number): void {
    this.linear.setRowBounds(row, lower, upper);
  }

  solve(): LinearAnswer {
    return this.linear.solve();
  }

  close(): void {
    this.linear.close();
  }

  /**
   * Solves and prices until no column is worth adding, the objective has all but come to rest, or for so many rounds.
   *
   * Prices are asked at duals smoothed towards the best seen so far (Wentges, 1997): the duals of early rounds swing
   * wildly, and columns made for them are never used. A round that finds nothing there asks again at the real ones.
   *
   * @param exactRounds how often, once the search finds nothing, dynamic programming may look again
   */
  converge(rounds: number, exactRounds = 0): LinearAnswer {
    const objectives: number[] = [];
    let centre = this.priceByResources();
    let exact = 0;
    let sketch = this.twins.some((others) => others.length > 0);
    for (let round = 0; ; round++) {
      const answer = this.solve();
      if (answer.status !== 'optimal' || round >= rounds || this.limit.expired?.(RELAXED_BY)) return answer;
      objectives.push(answer.objective);
      const before = objectives.at(-1 - STILL_ROUNDS);
      const still = before !== undefined && before - answer.objective < STILL * Math.abs(answer.objective);
      const closed = centre && answer.objective - centre.bound < CLOSED * Math.abs(answer.objective);
      if (!still && !closed) {
        if (centre) {
          const smooth = smoothed(centre.dual, answer.dual);
          const pricing = this.price(smooth, false, sketch);
          centre = this.better(centre, smooth, pricing);
          if (this.add(pricing.fresh) > 0) continue;
        }
        const pricing = this.price(answer.dual, false, sketch);
        centre = this.better(centre, answer.dual, pricing);
        if (this.add(pricing.fresh) > 0) continue;
      }
      if (sketch) {
        sketch = false;
        centre = undefined;
        objectives.length = 0;
        continue;
      }
      if (exact >= exactRounds) return answer;
      const pricing = this.price(answer.dual, true);
      centre = this.better(centre, answer.dual, pricing);
      if (answer.objective - centre.bound < CLOSED * Math.abs(answer.objective)) return answer;
      if (this.add(pricing.fresh) === 0) return answer;
      exact++;
      objectives.length = 0;
    }
  }

  /**
   * Duals to start from: every resource has one price everywhere, the dearest at which no node holds more than it
   * costs. Far nearer to the truth than the duals of the first few columns.
   */
  private priceByResources(): { dual: Float64Array; bound: number } | undefined {
    const prices = resourcePrices(this.instance, this.objective.nodePrice, this.solver);
    if (!prices) return undefined;
    const { groups, need, resources } = this.instance;
    const dual = new Float64Array(this.master.rows.length);
    groups.forEach((group, g) => {
      const row = this.master.rows.findIndex((r) => r.name === `group/${group.name}`);
      for (let r = 0; r < resources; r++) {
        dual[row] = (dual[row] ?? 0) + (prices[r] ?? 0) * (need[g * resources + r] ?? 0);
      }
    });
    return this.better(undefined, dual, this.price(dual, false));
  }

  private better(
    centre: { dual: Float64Array; bound: number } | undefined,
    dual: Float64Array,
    pricing: Pricing,
  ): { dual: Float64Array; bound: number } {
    const { usdPerHour: bound } = scaledBound(
      this.master,
      this.objective.nodePrice,
      signedDuals(this.master, dual),
      pricing,
    );
    return centre && centre.bound >= bound ? centre : { dual, bound };
  }

  /**
   * A worthwhile filling of every candidate that has one at these duals.
   *
   * @param exactly false: greedy fillings only, with bounds that are valid but loose. true: what these leave open is
   *   settled by dynamic programming, and by search where requests have no lattice
   * @param sketch true: only the first of candidates that differ by zone alone is looked at, and the others take over
   *   its filling; its worth stands for theirs, which is near enough to steer by and no bound
   */
  price(dual: Float64Array, exactly: boolean, sketch = false): Pricing {
    const { instance, master } = this;
    const { groups, candidates, locations, locationOf, resources } = instance;
    const replicaWorth = Float64Array.from(master.replicaTerms, (terms) => dot(terms, dual));
    const nodeWorth = Float64Array.from(master.nodeTerms, (terms) => dot(terms, dual));
    const worth = new Float64Array(candidates.length);
    const found: Found[] = [];
    const open: number[] = [];
    const items = new ItemList(groups.length, resources);
    const least = (o: number): number => {
      const price = this.objective.nodePrice[o] ?? 0;
      return price - (nodeWorth[o] ?? 0) + WORTHWHILE * Math.max(price, 1e-3);
    };
    const keep = (o: number, filling: Int32Array, value: number): void => {
      const saving = (value - least(o)) / Math.max(this.objective.nodePrice[o] ?? 0, 1e-9);
      if (saving > 0) found.push({ pattern: { candidate: o, filling }, saving, location: locationOf[o] ?? 0 });
    };
    const search = (o: number, thoroughly: boolean): number => {
      itemsOn(instance, o, items, (g) => replicaWorth[g * locations.length + (locationOf[o] ?? 0)] ?? 0);
      if (items.count === 0) return 0;
      const capacity = instance.capacity.subarray(o * resources, (o + 1) * resources);
      const weights = this.weights.subarray(o * resources, (o + 1) * resources);
      const filling = this.knapsack.solve(items, capacity, least(o), weights, thoroughly);
      const { bound } = filling;
      if (filling.value <= least(o)) return bound;
      keep(o, items.spread(filling.counts, groups.length), filling.value);
      return bound;
    };
    for (let o = 0; o < candidates.length; o++) {
      if (sketch && (this.twinOf[o] ?? o) !== o) {
        worth[o] = worth[this.twinOf[o] ?? o] ?? 0;
        continue;
      }
      worth[o] = search(o, false);
      if ((worth[o] ?? 0) > least(o)) open.push(o);
    }
    if (exactly) {
      const left = new Set(open);
      for (const { o, bound, filling, value } of settled(instance, open, replicaWorth)) {
        worth[o] = Math.min(worth[o] ?? Infinity, bound);
        // a table that leaves a resource out may say too much: the search has a look as well
        if (filling || bound <= least(o)) left.delete(o);
        if (filling) keep(o, filling, value);
      }
      for (const o of left) worth[o] = Math.min(worth[o] ?? Infinity, search(o, true));
    }
    if (!exactly) this.vary(found, replicaWorth, least, keep);
    const each = exactly ? EXACT_PER_LOCATION : Math.max(PER_LOCATION, Math.ceil(PER_ROUND / 4 / locations.length));
    const fresh = bestPerLocation(found, each, exactly ? EXACT_PER_ROUND : 4 * PER_ROUND);
    return { fresh: sketch ? fresh.flatMap((p) => this.withTwins(p)) : fresh, worth, nodeWorth };
  }

  /** Other fillings of the nodes that save most in each location: a master problem needs many columns, not the best alone. */
  private vary(
    found: readonly Found[],
    replicaWorth: Float64Array,
    least: (o: number) => number,
    keep: (o: number, filling: Int32Array, value: number) => void,
  ): void {
    const { instance } = this;
    const { groups, locations, locationOf, resources } = instance;
    const items = new ItemList(groups.length, resources);
    for (const { candidate: o } of bestPerLocation(found, Math.max(1, Math.ceil(VARIED / locations.length)), VARIED)) {
      itemsOn(instance, o, items, (g) => replicaWorth[g * locations.length + (locationOf[o] ?? 0)] ?? 0);
      const capacity = instance.capacity.subarray(o * resources, (o + 1) * resources);
      const weights = this.weights.subarray(o * resources, (o + 1) * resources);
      this.knapsack.look(items, capacity);
      for (let i = 0; i < items.count; i++) {
        const other = this.knapsack.around(items, i, weights);
        if (other.value > least(o)) keep(o, items.spread(other.counts, groups.length), other.value);
      }
    }
  }

  /** Adds the best filling of every candidate, worthwhile or not: whole nodes need other sizes than fractions do. */
  broaden(dual: Float64Array): void {
    const { instance, master } = this;
    const fillings = instance.candidates.flatMap((_, candidate) => {
      const best = ColumnModel.bestFilling(instance, master, dual, candidate, false);
      return best ? [{ candidate, filling: best.filling }] : [];
    });
    this.add(fillings);
  }

  private withTwins(pattern: Pattern): Pattern[] {
    const others = (this.twins[pattern.candidate] ?? []).filter((o) => fitsOn(this.instance, o, pattern.filling));
    return [pattern, ...others.map((candidate) => ({ candidate, filling: pattern.filling }))];
  }

  /** The best filling of one candidate at these duals, without a model; undefined when none is worth anything. */
  static bestFilling(
    instance: Instance,
    master: Master,
    dual: Float64Array,
    o: number,
    thoroughly = true,
  ): { filling: Int32Array; value: number } | undefined {
    const { groups, resources } = instance;
    const items = itemsOn(instance, o, new ItemList(groups.length, resources), (g, l) =>
      dot(master.replicaTerms[g * instance.locations.length + l] ?? [], dual),
    );
    if (items.count === 0) return undefined;
    const capacity = instance.capacity.subarray(o * resources, (o + 1) * resources);
    const weights = new Float64Array(resources).fill(1 / resources);
    const { counts, value } = new Knapsack(groups.length, resources).solve(items, capacity, 0, weights, thoroughly);
    return { filling: items.spread(counts, groups.length), value };
  }

  priceOf(p: number): number {
    return this.nodePriceOf(this.patterns[p]?.candidate ?? -1);
  }

  nodePriceOf(candidate: number): number {
    return this.objective.nodePrice[candidate] ?? 0;
  }

  /** What pattern p puts into the rows. */
  entriesOf(p: number): Entry[] {
    const pattern = this.patterns[p];
    return pattern ? this.entriesOfPattern(pattern) : [];
  }

  private entriesOfPattern(p: Pattern): Entry[] {
    const { locations, locationOf } = this.instance;
    const sums = new Map<number, number>();
    for (const { row, value } of this.master.nodeTerms[p.candidate] ?? []) sums.set(row, (sums.get(row) ?? 0) + value);
    const l = locationOf[p.candidate] ?? 0;
    p.filling.forEach((n, g) => {
      if (n === 0) return;
      for (const { row, value } of this.master.replicaTerms[g * locations.length + l] ?? []) {
        sums.set(row, (sums.get(row) ?? 0) + n * value);
      }
    });
    return [...sums].filter(([, value]) => value !== 0).map(([row, value]) => ({ row, value }));
  }
}

/** Candidates of one type, place and purchase that differ by zone alone. */
function twinsOf({ candidates }: Instance): { twinOf: Int32Array; twins: number[][] } {
  const first = new Map<string, number>();
  const twins: number[][] = candidates.map(() => []);
  const twinOf = Int32Array.from(candidates, (c, o) => {
    const key = `${c.provider}/${c.region}/${c.type}/${c.purchase}/${c.usdPerHour}`;
    const known = first.get(key);
    if (known === undefined) first.set(key, o);
    else twins[known]?.push(o);
    return known ?? o;
  });
  return { twinOf, twins };
}

/** The groups that may be on candidate o and whose replicas are worth something there, as knapsack items. */
function itemsOn(instance: Instance, o: number, items: ItemList, worth: (g: number, l: number) => number): ItemList {
  const { groups, candidates, fits, locationOf, need, resources } = instance;
  items.clear();
  for (const g of instance.groupsOn[o] ?? []) {
    const value = worth(g, locationOf[o] ?? 0);
    if (value <= 0) continue;
    items.push(g, value, Math.min(fits[g * candidates.length + o] ?? 0, groups[g]?.replicas ?? 0), need, resources);
  }
  return items;
}

function smoothed(centre: Float64Array, dual: Float64Array): Float64Array {
  return dual.map((y, i) => SMOOTHING * (centre[i] ?? 0) + (1 - SMOOTHING) * y);
}

/** Every group alone on every candidate, as full as it goes: enough for a first set of duals. Empty nodes where a minimum asks for them. */
function startingPatterns(instance: Instance): Pattern[] {
  const { groups, candidates, fits, locationOf } = instance;
  const patterns: Pattern[] = [];
  candidates.forEach((c, o) => {
    if ((c.atLeast ?? 0) > 0 || (instance.running[o] ?? 0) > 0) {
      patterns.push({ candidate: o, filling: new Int32Array(groups.length) });
    }
  });
  groups.forEach((group, g) => {
    const best = new Map<number, { o: number; perReplica: number }>();
    candidates.forEach((c, o) => {
      const most = Math.min(fits[g * candidates.length + o] ?? 0, group.replicas);
      if (most <= 0) return;
      const perReplica = c.usdPerHour / most;
      const l = locationOf[o] ?? 0;
      const rival = best.get(l);
      if (!rival || perReplica < rival.perReplica) best.set(l, { o, perReplica });
    });
    for (const { o } of best.values()) {
      const filling = new Int32Array(groups.length);
      filling[g] = Math.min(fits[g * candidates.length + o] ?? 0, group.replicas);
      patterns.push({ candidate: o, filling });
    }
  });
  return patterns;
}

/** A filling that is worth more than its node costs. */
interface Found {
  readonly pattern: Pattern;
  /** as a share of the node's price */
  readonly saving: number;
  readonly location: number;
}

function bestPerLocation(found: readonly Found[], most: number, inAll: number): Pattern[] {
  const taken = new Map<number, number>();
  const chosen: Pattern[] = [];
  for (const f of found.toSorted((a, b) => b.saving - a.saving || a.pattern.candidate - b.pattern.candidate)) {
    const here = taken.get(f.location) ?? 0;
    if (here >= most) continue;
    taken.set(f.location, here + 1);
    chosen.push(f.pattern);
    if (chosen.length >= inAll) break;
  }
  return chosen;
}

/** The knapsack's items, in arrays that are used again for every candidate. */
class ItemList implements Items {
  count = 0;
  readonly value: Float64Array;
  readonly most: Int32Array;
  readonly need: Float64Array;
  private readonly group: Int32Array;

  constructor(groups: number, resources: number) {
    this.value = new Float64Array(groups);
    this.most = new Int32Array(groups);
    this.need = new Float64Array(groups * resources);
    this.group = new Int32Array(groups);
  }

  clear(): void {
    this.count = 0;
  }

  push(g: number, value: number, most: number, need: Float64Array, resources: number): void {
    const i = this.count++;
    this.group[i] = g;
    this.value[i] = value;
    this.most[i] = most;
    for (let r = 0; r < resources; r++) this.need[i * resources + r] = need[g * resources + r] ?? 0;
  }

  spread(counts: Int32Array, groups: number): Int32Array {
    const filling = new Int32Array(groups);
    for (let i = 0; i < this.count; i++) filling[this.group[i] ?? 0] = counts[i] ?? 0;
    return filling;
  }
}
