import type { LinearSolver } from '../ports.ts';
import type { Pattern } from './columns.ts';
import { dot, type Worth } from './dual.ts';
import { fitsOn } from './fits.ts';
import type { Instance } from './instance.ts';
import { ItemList, itemsOn } from './items.ts';
import type { Filling } from './knapsack.ts';
import { KnapsackSearch } from './knapsack-search.ts';
import { Lattice } from './lattice.ts';
import type { Master } from './master.ts';
import { type Parts, parted } from './parted.ts';

/** What nodes are worth at some duals, and the fillings that are worth more than their nodes cost. */
export interface Pricing extends Worth {
  readonly fresh: readonly Pattern[];
  /** fillings with parts of replicas, of candidates that are not known to have no worthwhile whole one */
  readonly parts: readonly Parts[];
}

/**
 * How closely nodes are looked at.
 *
 * sketch: greedy fillings, and of candidates that differ by zone alone only the first, whose filling and worth stand
 * for the others': near enough to steer by and no bound. plain: one greedy filling of each. quick: others of the
 * best as well. exact: what these leave open is settled by dynamic programming and search.
 */
export type Closeness = 'sketch' | 'plain' | 'quick' | 'exact';

/** Items that other fillings of a node are made around in one round; of more, each round takes others. */
const AROUND = 60;
const HAVING = 40;

/** Columns that a round may add for a location: few where there are many, since most of them stay unused. */
const PER_LOCATION = 4;
const PER_ROUND = 200;
/** Candidates of which a round looks for many fillings. */
const VARIED = 6;
const EXACT_PER_LOCATION = 30;
const EXACT_PER_ROUND = 900;
/** A column must save this share of its node's price to be worth adding. */
const WORTHWHILE = 1e-6;
/** Where a filling is found, a bound this near to it will do for now. */
const CLOSE = 1.01;
/** Nodes that were worth less than this share of their price are left alone in all looks but every so many. */
const NEAR = 0.97;
const FULL_LOOK = 4;
/** Of few groups all fillings of a node can be told apart, of many it would take too long. */
const FEW = 20;
const PROOF_OF_FEW = 1e-6;
const PROOF_OF_MANY = 1e-3;
/** Nodes of a first search, which mostly finds something, and of the one that proves that there is nothing. */
const BRIEF = 1000;
const LONG = 3000;
/** Steps that one table may take, and all of one pricing: some milliseconds, and some tenths of a second. */
const TABLE = 5_000_000;
const WORK = 15_000_000;

/** Looks for worthwhile fillings of the candidates at given duals. */
export class Pricer {
  private readonly instance: Instance;
  private readonly master: Master;
  private readonly solver: LinearSolver;
  /** the first candidate that differs from this one by zone alone, itself where there is none */
  private readonly twinOf: Int32Array;
  /** of the first: the others */
  private readonly twins: readonly (readonly number[])[];
  private readonly knapsack: KnapsackSearch;
  private readonly items: ItemList;
  /** what each candidate's node was last worth at most, as a share of what a filling must be worth */
  private readonly ratio: Float64Array;
  private looks = 0;
  /** what is worth at most this share more than is worthwhile is not told apart from it */
  private readonly proof: number;
  /** surrogate weights of each candidate's resources, kept warm from one pricing to the next */
  private readonly weights: Float64Array;

  constructor(instance: Instance, master: Master, solver: LinearSolver) {
    this.instance = instance;
    this.master = master;
    this.solver = solver;
    ({ twinOf: this.twinOf, twins: this.twins } = twinsOf(instance));
    this.knapsack = new KnapsackSearch(instance.groups.length, instance.resources);
    this.proof = instance.groups.length <= FEW ? PROOF_OF_FEW : PROOF_OF_MANY;
    this.ratio = new Float64Array(instance.candidates.length);
    this.items = new ItemList(instance.groups.length, instance.resources);
    this.weights = new Float64Array(instance.candidates.length * instance.resources).fill(1 / instance.resources);
  }

  get hasTwins(): boolean {
    return this.twins.some((others) => others.length > 0);
  }

  /**
   * @param dual alike in zones that are ({@link evened}), and so must node prices be
   * @param effort how many times as far an exact look goes
   */
  price(dual: Float64Array, nodePrice: Float64Array, how: Closeness, effort = 1): Pricing {
    const { instance, master } = this;
    const { candidates, locations } = instance;
    const replicaWorth = Float64Array.from(master.replicaTerms, (terms) => dot(terms, dual));
    const nodeWorth = Float64Array.from(master.nodeTerms, (terms) => dot(terms, dual));
    const worth = new Float64Array(candidates.length);
    const at: Prices = {
      replicaWorth,
      priceOf: (o) => nodePrice[o] ?? 0,
      least: (o) => {
        const price = nodePrice[o] ?? 0;
        return price - (nodeWorth[o] ?? 0) + WORTHWHILE * Math.max(price, 1e-3);
      },
      found: [],
    };
    const standIn = how === 'sketch' ? this.twinOf : instance.symmetry.like;
    const near = (o: number): boolean => (this.ratio[o] ?? 0) > NEAR;
    this.looks++;
    let open = how === 'exact' || this.looks % FULL_LOOK === 0 ? undefined : this.look(at, worth, standIn, near);
    if (open === undefined || at.found.length === 0) open = this.look(at, worth, standIn, () => true);
    const parts = how === 'exact' ? this.settle(open, at, worth, effort) : [];
    for (let o = 0; o < candidates.length; o++) worth[o] = worth[standIn[o] ?? o] ?? 0;
    if (how !== 'plain') this.vary(at);
    const each =
      how === 'exact'
        ? Math.max(EXACT_PER_LOCATION, Math.ceil(PER_ROUND / locations.length))
        : Math.max(PER_LOCATION, Math.ceil(PER_ROUND / 4 / locations.length));
    const fresh = bestPerLocation(at.found, each, how === 'exact' ? EXACT_PER_ROUND : 4 * PER_ROUND);
    return {
      fresh: how === 'sketch' ? fresh.flatMap((p) => this.withTwins(p)) : fresh.flatMap((p) => this.withLike(p)),
      parts: parts.flatMap((p) => this.withLike(p)),
      worth,
      nodeWorth,
    };
  }

  /**
   * A quick look at some candidates; the others are taken to be worth what they were.
   *
   * @returns those that stay open: a node with a worthwhile filling at hand is looked at again when that is known
   */
  private look(at: Prices, worth: Float64Array, standIn: Int32Array, asked: (o: number) => boolean): number[] {
    const open: number[] = [];
    for (let o = 0; o < worth.length; o++) {
      if (standIn[o] !== o) continue;
      const least = at.least(o);
      if (!asked(o)) {
        worth[o] = (this.ratio[o] ?? 0) * least;
        continue;
      }
      worth[o] = this.search(o, at);
      this.ratio[o] = (worth[o] ?? 0) / Math.max(least, 1e-9);
      const known = at.found.at(-1)?.pattern.candidate === o;
      if ((worth[o] ?? 0) > least && !known) open.push(o);
    }
    return open;
  }

  /** @returns a bound on what a node of candidate o carries; a filling worth more than it costs is kept */
  private search(o: number, at: Prices): number {
    const { instance, items } = this;
    this.takeItems(o, at.replicaWorth);
    if (items.count === 0) return 0;
    const filling = this.knapsack.quick(items, this.capacityOf(o), at.least(o), this.weightsOf(o));
    const { bound, value } = filling;
    if (value > at.least(o)) keep(instance, at, o, items.spread(filling.counts, instance.groups.length), value);
    return bound;
  }

  /**
   * What a quick look has left open, the smallest nodes first: the room that requests leave unused is largest there,
   * and the tables are smallest. Tightens `worth` and answers fillings in parts where it stays open.
   */
  private settle(open: readonly number[], at: Prices, worth: Float64Array, effort: number): Parts[] {
    const { instance, items } = this;
    const cores = (o: number): number => instance.candidates[o]?.allocatable.cpu ?? 0;
    const parts: Parts[] = [];
    let work = 0;
    for (const o of open.toSorted((a, b) => cores(a) - cores(b) || a - b)) {
      const before = at.found.length;
      // an empty node is worth nothing, which is more than a rule may ask for
      const enough = Math.max(0, at.least(o) * (1 + this.proof));
      if (this.narrow(o, at, enough)) {
        let filling = this.searched(o, enough, BRIEF);
        if (filling.bound > Math.max(enough, CLOSE * filling.value)) {
          const lattice = work < WORK * effort ? this.latticeOn(o, TABLE * effort) : undefined;
          work += (lattice?.best.length ?? 0) * items.count;
          filling = this.searched(o, enough, LONG * effort, lattice);
        }
        worth[o] = Math.min(worth[o] ?? Infinity, Math.max(enough, filling.bound));
        if (filling.value > at.least(o)) {
          keep(instance, at, o, items.spread(filling.counts, instance.groups.length), filling.value);
          this.varyOn(o, at);
        }
      } else worth[o] = Math.min(worth[o] ?? Infinity, enough);
      if ((worth[o] ?? 0) <= enough * (1 + 1e-9) || at.found.length > before) continue;
      this.takeItems(o, at.replicaWorth);
      const best = parted(items, this.capacityOf(o), this.solver, enough);
      worth[o] = Math.min(worth[o] ?? Infinity, best.bound);
      for (const counts of best.fillings) parts.push({ candidate: o, filling: items.spreadParts(counts) });
    }
    return parts;
  }

  /**
   * Takes up the items that a filling worth more than `enough` can have.
   *
   * @returns false: there is no such filling
   */
  private narrow(o: number, at: Prices, enough: number): boolean {
    const { items, knapsack } = this;
    this.takeItems(o, at.replicaWorth);
    const weights = this.weightsOf(o);
    const bound = knapsack.boundOf(items, this.capacityOf(o), enough, weights);
    if (bound <= enough) return false;
    const losses = Float64Array.from({ length: items.count }, (_, i) => knapsack.lossOf(items, i, weights));
    items.filter((i) => bound - (losses[i] ?? 0) > enough);
    return items.count > 0;
  }

  private searched(o: number, enough: number, nodes: number, lattice?: Lattice): Filling {
    return this.knapsack.searched(this.items, this.capacityOf(o), enough, this.weightsOf(o), nodes, lattice);
  }

  /** A table of what the items at hand come to on candidate o, where it is small enough. */
  private latticeOn(o: number, work: number): Lattice | undefined {
    const { items } = this;
    const { resources } = this.instance;
    const list = Array.from({ length: items.count }, (_, i) => ({
      value: items.value[i] ?? 0,
      most: items.most[i] ?? 0,
      need: items.need.subarray(i * resources, (i + 1) * resources),
    }));
    return Lattice.of(list, this.capacityOf(o), this.weightsOf(o), work);
  }

  /** Other fillings of the nodes that save most in each location: a master problem needs many columns, not the best alone. */
  private vary(at: Prices): void {
    const { instance, items } = this;
    const { groups, locations } = instance;
    const each = Math.max(1, Math.ceil(VARIED / locations.length));
    for (const { candidate: o } of bestPerLocation(at.found, each, VARIED)) {
      this.takeItems(o, at.replicaWorth);
      const weights = this.weightsOf(o);
      const spare = this.knapsack.takeUp(items, this.capacityOf(o), weights) - at.least(o);
      for (const i of this.some(AROUND)) {
        const other = this.knapsack.around(items, i, weights, spare);
        if (other.value > at.least(o)) keep(instance, at, o, items.spread(other.counts, groups.length), other.value);
      }
    }
  }

  /** For each group a good filling that has some of it, after the node has been searched. */
  private varyOn(o: number, at: Prices): void {
    const { instance, items } = this;
    for (const i of this.some(HAVING)) {
      const { value, counts } = this.knapsack.having(items, i, at.least(o));
      if (value > at.least(o)) keep(instance, at, o, items.spread(counts, instance.groups.length), value);
    }
  }

  /** Items evenly spread over all, at most so many, and others from one round to the next. */
  private *some(most: number): Generator<number> {
    const step = Math.max(1, Math.ceil(this.items.count / most));
    for (let i = this.looks % step; i < this.items.count; i += step) yield i;
  }

  private takeItems(o: number, replicaWorth: Float64Array): void {
    const { locations, locationOf } = this.instance;
    itemsOn(this.instance, o, this.items, (g) => replicaWorth[g * locations.length + (locationOf[o] ?? 0)] ?? 0);
  }

  private capacityOf(o: number): Float64Array {
    const { capacity, resources } = this.instance;
    return capacity.subarray(o * resources, (o + 1) * resources);
  }

  private weightsOf(o: number): Float64Array {
    const { resources } = this.instance;
    return this.weights.subarray(o * resources, (o + 1) * resources);
  }

  /** The same filling wherever nothing tells the node apart. */
  private withLike<P extends { readonly candidate: number }>(filled: P): P[] {
    const others = this.instance.symmetry.others[filled.candidate] ?? [];
    return [filled, ...others.map((candidate) => ({ ...filled, candidate }))];
  }

  private withTwins(pattern: Pattern): Pattern[] {
    const others = (this.twins[pattern.candidate] ?? []).filter((o) => fitsOn(this.instance, o, pattern.filling));
    return [pattern, ...others.map((candidate) => ({ candidate, filling: pattern.filling }))];
  }
}

/** One pricing's duals as worths, and what it has found. */
interface Prices {
  /** $/h of a replica at [g × locations + l] */
  readonly replicaWorth: Float64Array;
  readonly priceOf: (o: number) => number;
  /** what a filling of candidate o must be worth */
  readonly least: (o: number) => number;
  readonly found: Found[];
}

/** A filling that is worth more than its node costs. */
interface Found {
  readonly pattern: Pattern;
  /** as a share of the node's price */
  readonly saving: number;
  readonly location: number;
}

function keep(instance: Instance, at: Prices, o: number, filling: Int32Array, value: number): void {
  const saving = (value - at.least(o)) / Math.max(at.priceOf(o), 1e-9);
  at.found.push({ pattern: { candidate: o, filling }, saving, location: instance.locationOf[o] ?? 0 });
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
