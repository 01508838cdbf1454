import type { Pattern } from './columns.ts';
import type { Dice } from './improve-dice.ts';
import type { StandingBill } from './improve-bill.ts';
import type { Instance } from './instance.ts';

/** One node and its replicas; never changed once made. */
export interface Bin {
  readonly o: number;
  /** groups on it and replicas of each */
  readonly groups: Int32Array;
  readonly replicas: Int32Array;
  /** share of the node that its content fills, 0 to 1, the scarcer a resource the more it counts */
  readonly fullness: number;
}

/** Candidates of a location that a fresh node is mostly drawn from: those that the duals say are nearest to worth it. */
const EFFICIENT = 24;
/** Others that a turn looks at besides, by chance. */
const OTHERS = 4;
/** Fillings of the relaxation that are kept for a location, the best for their price, and looked at for each node. */
const KNOWN = 300;
const TRIED = 8;
/** How far orders and values are jolted. */
const JOLT = 0.6;
const HAIR = 0.06;
/** A pool is given up when its nodes would cost more than the budget even at this share of what the duals say. */
const HOPE = 0.9;

/** A filling of the relaxation. */
interface Known {
  readonly o: number;
  readonly groups: Int32Array;
  readonly replicas: Int32Array;
  /** worth for each $ of its price */
  readonly yieldsOf: number;
}

/** Chance that a group is put in less often than fits, or skipped. */
const BLINK = 0.06;

/**
 * Packs a pool of replicas of one location into fresh nodes: of each candidate one filling, the one that gives most for
 * its price first. Orders and values are jolted a little from turn to turn, so that another packing comes out.
 */
export class Recreate {
  /** elementary steps done so far */
  work = 0;
  /** replicas still to be packed, by group */
  readonly pool: Int32Array;
  private readonly instance: Instance;
  private readonly bill: StandingBill;
  private readonly dice: Dice;
  private readonly worth: Float64Array;
  /** resources that some group asks for */
  private readonly scarce: readonly number[];
  /** how much of all nodes' room each resource takes, adding up to 1 */
  private readonly weight: Float64Array;
  /** candidates of each location, the cheapest first */
  readonly cheapest: readonly Int32Array[];
  private readonly efficient: readonly Int32Array[];
  private readonly known: Known[][];
  private readonly order: number[] = [];
  private readonly key: Float64Array;
  /** of one replica of each group, as a share of the largest node, the scarcer a resource the more it counts */
  private readonly size: Float64Array;
  private readonly room: Float64Array;
  private takes: Int32Array;
  private bestTakes: Int32Array;

  constructor(instance: Instance, bill: StandingBill, worth: Float64Array, known: readonly Pattern[], dice: Dice) {
    const { groups, candidates, resources, need, capacity, locations } = instance;
    this.instance = instance;
    this.bill = bill;
    this.worth = worth;
    this.dice = dice;
    this.pool = new Int32Array(groups.length);
    this.key = new Float64Array(groups.length);
    this.room = new Float64Array(resources);
    this.takes = new Int32Array(groups.length);
    this.bestTakes = new Int32Array(groups.length);
    this.scarce = Array.from({ length: resources }, (_, r) => r).filter((r) =>
      groups.some((_, g) => (need[g * resources + r] ?? 0) > 0),
    );
    this.weight = new Float64Array(resources);
    // the share of a typical node that the whole demand takes of each resource
    for (const r of this.scarce) {
      let asked = 0;
      groups.forEach((group, g) => (asked += group.replicas * (need[g * resources + r] ?? 0)));
      let have = 0;
      candidates.forEach((c, o) => (have += (capacity[o * resources + r] ?? 0) / Math.max(c.usdPerHour, 1e-9)));
      this.weight[r] = have > 0 ? asked / have : 0;
    }
    const all = this.weight.reduce((a, b) => a + b, 0);
    for (const r of this.scarce) this.weight[r] = all > 0 ? (this.weight[r] ?? 0) / all : 1 / this.scarce.length;
    const largest = new Float64Array(resources);
    candidates.forEach((_, o) => {
      for (const r of this.scarce) largest[r] = Math.max(largest[r] ?? 0, capacity[o * resources + r] ?? 0);
    });
    this.size = Float64Array.from(groups, (_, g) =>
      this.scarce.reduce(
        (sum, r) => sum + ((this.weight[r] ?? 0) * (need[g * resources + r] ?? 0)) / Math.max(largest[r] ?? 0, 1e-9),
        0,
      ),
    );
    const at = locations.map((): number[] => []);
    candidates.forEach((_, o) => at[instance.locationOf[o] ?? 0]?.push(o));
    const usd = (o: number): number => candidates[o]?.usdPerHour ?? 0;
    this.cheapest = at.map((os) => Int32Array.from(os.toSorted((a, b) => usd(a) - usd(b) || a - b)));
    this.known = at.map((): Known[] => []);
    for (const { candidate, filling } of known) {
      const l = instance.locationOf[candidate] ?? 0;
      let value = 0;
      filling.forEach((n, g) => (value += n * this.worthOf(g, l)));
      const gs = [...filling.keys()].filter((g) => (filling[g] ?? 0) > 0);
      const yieldsOf = value / Math.max(candidates[candidate]?.usdPerHour ?? 0, 1e-9);
      if (gs.length > 0)
        this.known[l]?.push({
          o: candidate,
          groups: Int32Array.from(gs),
          replicas: Int32Array.from(gs, (g) => filling[g] ?? 0),
          yieldsOf,
        });
    }
    for (const here of this.known) {
      here.sort((a, b) => b.yieldsOf - a.yieldsOf);
      here.length = Math.min(here.length, KNOWN);
    }
    this.efficient = at.map((os, l) => this.mostEfficient(os, l));
  }

  /** Candidates by what the best filling of one node of them gives for its price. */
  private mostEfficient(os: readonly number[], l: number): Int32Array {
    const { groups, candidates } = this.instance;
    groups.forEach((group, g) => (this.pool[g] = group.replicas));
    this.order.length = 0;
    groups.forEach((group, g) => group.replicas > 0 && this.order.push(g));
    this.order.sort((a, b) => this.densityOf(b, l) - this.densityOf(a, l) || a - b);
    const value = new Map(
      os.map((o) => [o, this.fill(o, l, false) / Math.max(candidates[o]?.usdPerHour ?? 0, 1e-9)] as const),
    );
    this.pool.fill(0);
    return Int32Array.from(
      os.toSorted((a, b) => (value.get(b) ?? 0) - (value.get(a) ?? 0) || a - b).slice(0, EFFICIENT),
    );
  }

  worthOf(g: number, l: number): number {
    return this.worth[g * this.instance.locations.length + l] ?? 0;
  }

  private sizeOf(g: number): number {
    return this.size[g] ?? 0;
  }

  private densityOf(g: number, l: number): number {
    return this.worthOf(g, l) / Math.max(this.sizeOf(g), 1e-12);
  }

  /**
   * Packs all of the pool into nodes of location l.
   *
   * @param budget most that the nodes may cost
   * @param into where the new nodes go; they are added to the bill already
   * @returns false = over the budget or nowhere to go: `into` and the bill then hold the part that was packed
   */
  pack(l: number, budget: number, into: Bin[]): boolean {
    const { order, pool, dice } = this;
    const { groups } = this.instance;
    order.length = 0;
    const style = dice.next();
    for (let g = 0; g < groups.length; g++) {
      if ((pool[g] ?? 0) === 0) continue;
      order.push(g);
      const jolt = 1 - JOLT / 2 + JOLT * dice.next();
      this.key[g] =
        jolt *
        (style < 0.5
          ? this.worthOf(g, l) + 1e-9 * this.sizeOf(g)
          : style < 0.8
            ? this.sizeOf(g)
            : style < 0.9
              ? this.densityOf(g, l)
              : 1);
    }
    order.sort((a, b) => (this.key[b] ?? 0) - (this.key[a] ?? 0) || a - b);
    this.work += order.length * 20;
    let spent = 0;
    while (order.length > 0) {
      let left = 0;
      for (const g of order) left += (pool[g] ?? 0) * this.worthOf(g, l);
      if (spent + HOPE * left > budget) return false;
      const all = this.cheapestForAll(l, budget - spent);
      let best = -1;
      let bestScore = 0;
      if (all >= 0) {
        best = all;
        bestScore = (left + 1e-12) / this.bill.next(all);
        for (const g of order) this.bestTakes[g] = pool[g] ?? 0;
      }
      const efficient = this.efficient[l] ?? new Int32Array(0);
      const cheapest = this.cheapest[l] ?? new Int32Array(0);
      const others = cheapest.length > EFFICIENT ? OTHERS : 0;
      for (let i = 0; i < efficient.length + others; i++) {
        const o = (i < efficient.length ? efficient[i] : cheapest[dice.below(cheapest.length)]) ?? 0;
        const price = this.bill.next(o);
        if (price > budget - spent || !this.had(o)) continue;
        const value = this.fill(o, l, true);
        const score = (value * (1 - HAIR / 2 + HAIR * dice.next())) / price;
        if (score <= bestScore) continue;
        bestScore = score;
        best = o;
        [this.takes, this.bestTakes] = [this.bestTakes, this.takes];
      }
      const knownHere = this.known[l] ?? [];
      for (let i = 0; i < TRIED && knownHere.length > 0; i++) {
        const k = knownHere[dice.below(knownHere.length)] as Known;
        const price = this.bill.next(k.o);
        if (price > budget - spent || !this.had(k.o)) continue;
        let some = 0;
        for (let j = 0; j < k.groups.length; j++)
          some += Math.min(pool[k.groups[j] as number] as number, k.replicas[j] as number);
        this.work += k.groups.length;
        if (some === 0) continue;
        const value = this.fill(k.o, l, true, k);
        const score = (value * (1 - HAIR / 2 + HAIR * dice.next())) / price;
        if (score <= bestScore) continue;
        bestScore = score;
        best = k.o;
        [this.takes, this.bestTakes] = [this.bestTakes, this.takes];
      }
      if (best < 0) return false;
      const bin = this.commit(best, l, budget - spent);
      spent += this.bill.next(bin.o);
      this.bill.add(bin.o);
      into.push(bin);
    }
    return true;
  }

  /** As much as fits of the pool, in the present order, into `takes`; answers what it is worth. */
  private fill(o: number, l: number, blinks: boolean, first?: Known): number {
    const { resources, need, capacity, fits, candidates } = this.instance;
    const { room, scarce, takes, pool, dice } = this;
    for (const r of scarce) room[r] = (capacity[o * resources + r] as number) * (1 + 1e-9);
    let value = 0;
    if (first) {
      for (const g of this.order) takes[g] = 0;
      for (let j = 0; j < first.groups.length; j++) {
        const g = first.groups[j] as number;
        const n = Math.min(pool[g] as number, first.replicas[j] as number);
        if (n === 0) continue;
        takes[g] = n;
        value += n * (this.worth[g * this.instance.locations.length + l] as number);
        for (const r of scarce) room[r] = (room[r] as number) - n * (need[g * resources + r] as number);
      }
    }
    for (const g of this.order) {
      const already = first ? (takes[g] as number) : 0;
      let n = Math.min(pool[g] as number, fits[g * candidates.length + o] as number) - already;
      if (n > 0) {
        for (let i = 0; i < scarce.length; i++) {
          const r = scarce[i] as number;
          const each = need[g * resources + r] as number;
          if (each * n > (room[r] as number)) n = Math.floor((room[r] as number) / each);
        }
        if (n > 0 && blinks && dice.next() < BLINK) n = dice.below(n + 1);
        if (n > 0) {
          for (let i = 0; i < scarce.length; i++) {
            const r = scarce[i] as number;
            room[r] = (room[r] as number) - n * (need[g * resources + r] as number);
          }
          value += n * (this.worth[g * this.instance.locations.length + l] as number);
        }
      }
      takes[g] = already + n;
    }
    this.work += this.order.length * (4 + scarce.length);
    return value;
  }

  private had(o: number): boolean {
    return (this.bill.counts[o] ?? 0) < (this.instance.candidates[o]?.atMost ?? Infinity);
  }

  /** The cheapest candidate that holds the whole pool. */
  private cheapestForAll(l: number, budget: number): number {
    return this.cheapestFor(l, this.pool, budget);
  }

  /** The cheapest candidate of location l, by what one more of it adds, that holds so many replicas of the ordered groups. */
  private cheapestFor(l: number, content: Int32Array, below: number): number {
    const { resources, need, capacity, fits, candidates } = this.instance;
    const { room, scarce, order } = this;
    for (const r of scarce) {
      let used = 0;
      for (const g of order) used += (content[g] as number) * (need[g * resources + r] as number);
      room[r] = used;
    }
    this.work += order.length * scarce.length;
    let best = -1;
    let price = below;
    for (const o of this.cheapest[l] ?? []) {
      if ((candidates[o]?.usdPerHour ?? 0) >= price) break;
      this.work += 2;
      let holds = true;
      for (let i = 0; i < scarce.length && holds; i++) {
        const r = scarce[i] as number;
        holds = (room[r] as number) <= (capacity[o * resources + r] as number) * (1 + 1e-9);
      }
      if (!holds || this.bill.next(o) >= price || !this.had(o)) continue;
      for (const g of order) {
        if ((content[g] as number) > (fits[g * candidates.length + o] as number)) {
          holds = false;
          break;
        }
      }
      if (!holds) continue;
      best = o;
      price = this.bill.next(o);
    }
    return best;
  }

  /** The best takes as a node, on a cheaper candidate where one holds them. */
  private commit(o: number, l: number, budget: number): Bin {
    const { order, pool, bestTakes } = this;
    const cheaper = this.cheapestFor(l, bestTakes, Math.min(budget, this.bill.next(o)) - 1e-9);
    const at = cheaper >= 0 ? cheaper : o;
    const groups: number[] = [];
    const replicas: number[] = [];
    for (const g of order) {
      const n = bestTakes[g] ?? 0;
      if (n === 0) continue;
      groups.push(g);
      replicas.push(n);
      pool[g] = (pool[g] ?? 0) - n;
    }
    let kept = 0;
    for (const g of order) if ((pool[g] ?? 0) > 0) order[kept++] = g;
    order.length = kept;
    return this.binOf(at, Int32Array.from(groups), Int32Array.from(replicas));
  }

  binOf(o: number, groups: Int32Array, replicas: Int32Array): Bin {
    return { o, groups, replicas, fullness: this.fullnessOf(o, groups, replicas) };
  }

  private fullnessOf(o: number, groups: Int32Array, replicas: Int32Array): number {
    const { resources, need, capacity } = this.instance;
    let full = 0;
    for (const r of this.scarce) {
      let used = 0;
      for (let i = 0; i < groups.length; i++)
        used += (replicas[i] as number) * (need[(groups[i] as number) * resources + r] as number);
      full += ((this.weight[r] ?? 0) * used) / Math.max(capacity[o * resources + r] ?? 0, 1e-9);
    }
    return full;
  }
}
