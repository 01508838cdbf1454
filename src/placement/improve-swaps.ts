import { Dice } from './improve-dice.ts';
import { commonPrice, StandingBill } from './improve-bill.ts';
import type { Instance } from './instance.ts';
import { type Limit, ROUNDED_BY } from './limit.ts';
import type { FilledNodes } from './polish.ts';
import type { Problem } from './problem.ts';

/** Elementary steps of the whole search, some 8 ns each: a count, so that a replay decides alike on any machine. */
const WORK = 100e6;
/** A fleet of so few nodes that all is soon tried is searched no longer than this for each. */
const WORK_PER_NODE = 0.3e6;
/** Steps that ordering the nodes stands for, for each. */
const SWEEP = 200;
/** Steps of one try without a smaller rest, for each replica of the node. */
const PATIENCE = 60;
/** More nodes, or more replicas on each, are too many to look at in every step. */
const NODES = 400;
const PER_NODE = 24;
/** Steps for which what was moved stays where it is, at least, and so many more by chance. */
const TABU = 3;

/** Share of a replica's size by which swaps of one worth are told apart. */
const JOLT = 1e-3;

/** A node with its replicas one by one. */
interface Bin {
  o: number;
  readonly items: number[];
  readonly load: Float64Array;
  /** step until which an item of a group may not leave, or come in */
  readonly stays: Map<number, number>;
  readonly away: Map<number, number>;
}

/** Takes `into` in and `out` out of a bin. */
interface Swap {
  bin: number;
  into: readonly number[];
  out: readonly number[];
  gain: number;
}

/**
 * Empties nodes by swaps: a node is taken out, and its replicas are put onto the others of its location in exchange for
 * smaller ones, until the rest is nothing, or fits on a node that costs less. What was moved stays put for a few steps,
 * so that the search does not turn in circles (the neighbourhood of Buljubašić and Vasquez, 2016, with candidates of
 * several prices). Replicas keep their location, so no rule on where they stand is touched.
 *
 * @returns a fleet that costs no more than the one given
 */
export function emptied(
  problem: Problem,
  instance: Instance,
  nodes: readonly FilledNodes[],
  { limit, least }: { readonly limit: Limit; readonly least: number },
): readonly FilledNodes[] {
  const total = nodes.reduce((sum, n) => sum + n.count, 0);
  const replicas = nodes.reduce((sum, n) => sum + n.count * n.filling.reduce((a, b) => a + b, 0), 0);
  if (total < 2 || total > NODES || replicas > total * PER_NODE) return nodes;
  const bill = new StandingBill(problem, instance);
  if (!bill.separate) return nodes;
  for (const n of nodes) for (let i = 0; i < n.count; i++) bill.add(n.candidate);
  const out: FilledNodes[] = [];
  const unit = commonPrice(problem, instance);
  const most = Math.min(WORK, WORK_PER_NODE * total);
  let work = most;
  const dice = new Dice();
  for (let l = 0; l < instance.locations.length; l++) {
    const here = nodes.filter((n) => instance.locationOf[n.candidate] === l);
    const count = here.reduce((sum, n) => sum + n.count, 0);
    if (count < 2) {
      out.push(...here);
      continue;
    }
    const emptying = new Emptying(instance, bill, here, l, dice);
    const part = (most * count) / total;
    work -= emptying.run(Math.min(part, work), () => {
      const cost = bill.total();
      return limit.expired?.(ROUNDED_BY) === true || (unit > 0 && cost - unit < least * (1 - 1e-6));
    });
    out.push(...emptying.result());
  }
  return out;
}

class Emptying {
  private readonly instance: Instance;
  private readonly bill: StandingBill;
  private readonly dice: Dice;
  private readonly scarce: readonly number[];
  private readonly size: Float64Array;
  private readonly cheapest: readonly number[];
  /** by how much a swap's newcomers overload each scarce resource */
  private readonly over: Float64Array;
  private bins: Bin[];
  private work = 0;
  private step = 0;

  constructor(instance: Instance, bill: StandingBill, nodes: readonly FilledNodes[], l: number, dice: Dice) {
    const { groups, candidates, resources, need, capacity, locationOf } = instance;
    this.instance = instance;
    this.bill = bill;
    this.dice = dice;
    this.scarce = Array.from({ length: resources }, (_, r) => r).filter((r) =>
      groups.some((_g, g) => (need[g * resources + r] ?? 0) > 0),
    );
    this.over = new Float64Array(resources);
    this.bins = nodes.flatMap((n) =>
      Array.from({ length: n.count }, () => this.binOf(n.candidate, itemsOf(n.filling))),
    );
    // a resource counts by how full it is on the whole
    const weight = new Float64Array(resources);
    for (const r of this.scarce) {
      let used = 0;
      let have = 0;
      for (const b of this.bins) {
        used += b.load[r] as number;
        have += capacity[b.o * resources + r] as number;
      }
      weight[r] = have > 0 ? used / have ** 2 : 0;
    }
    this.size = Float64Array.from(groups, (_, g) =>
      this.scarce.reduce((sum, r) => sum + (weight[r] as number) * (need[g * resources + r] as number), 0),
    );
    const usd = (o: number): number => candidates[o]?.usdPerHour ?? 0;
    this.cheapest = [...candidates.keys()]
      .filter((o) => locationOf[o] === l)
      .toSorted((a, b) => usd(a) - usd(b) || a - b);
  }

  run(work: number, done: () => boolean): number {
    while (this.work < work && !done()) {
      // also where minimum sizes keep every node: the loop must come to its end
      this.work += SWEEP * this.bins.length;
      const order = this.bins.toSorted((a, b) => this.weightOf(a.items) - this.weightOf(b.items));
      for (const bin of order) {
        if (this.work >= work || done()) break;
        if ((this.bill.counts[bin.o] ?? 0) <= (this.instance.candidates[bin.o]?.atLeast ?? 0)) continue;
        if (this.without(bin)) break;
      }
      if (this.bins.length < 2) break;
    }
    return this.work;
  }

  /** Tries to do without a node, or with a cheaper one in its place. */
  private without(gone: Bin): boolean {
    const before = this.bins.map((bin) => ({ bin, items: bin.items.slice(), load: bin.load.slice() }));
    this.bins = this.bins.filter((b) => b !== gone);
    this.bill.remove(gone.o);
    const price = this.bill.next(gone.o);
    const rest = gone.items.slice();
    let least = this.weightOf(rest);
    let idle = 0;
    const patience = PATIENCE * Math.max(4, rest.length);
    for (; idle < patience; idle++) {
      this.step++;
      const swap = this.bestSwap(rest);
      if (!swap) break;
      this.apply(swap, rest);
      if (rest.length === 0) {
        if (this.bill.sharesHold()) return true;
        break;
      }
      const weight = this.weightOf(rest);
      if (weight >= least - 1e-12) continue;
      least = weight;
      idle = 0;
      const o = this.cheapestFor(rest, price - 1e-9);
      if (o < 0) continue;
      this.bins.push(this.binOf(o, rest));
      this.bill.add(o);
      if (this.bill.sharesHold()) return true;
      this.bill.remove(o);
      this.bins.pop();
    }
    this.bill.add(gone.o);
    // the same objects again: whoever goes through the nodes holds on to them
    this.bins = before.map(({ bin, items, load }) => {
      bin.items.splice(0, bin.items.length, ...items);
      bin.load.set(load);
      return bin;
    });
    return false;
  }

  /** The swap that leaves the least rest, of all nodes and replicas of the rest; pairs of these by chance. */
  private bestSwap(rest: readonly number[]): Swap | undefined {
    const best: Swap = { bin: -1, into: [], out: [], gain: -Infinity };
    const tried = new Set<number>();
    for (let i = 0; i < rest.length; i++) {
      const a = rest[i] as number;
      if (tried.has(a)) continue;
      tried.add(a);
      const b = rest.length > 1 ? (rest[this.dice.below(rest.length)] as number) : a;
      const j = rest.length > 1 ? rest.indexOf(b) : i;
      for (let at = 0; at < this.bins.length; at++) {
        this.look(at, [a], best);
        if (j !== i) this.look(at, [a, b], best);
      }
    }
    return best.bin < 0 ? undefined : best;
  }

  private look(at: number, into: readonly number[], best: Swap): void {
    const { instance, scarce, size } = this;
    const { need, resources, capacity, fits, candidates } = instance;
    const bin = this.bins[at] as Bin;
    this.work += 4 + scarce.length;
    let weight = 0;
    for (const g of into) {
      if ((fits[g * candidates.length + bin.o] as number) === 0 || (bin.away.get(g) ?? 0) > this.step) return;
      weight += size[g] as number;
    }
    // too much by this
    const over = this.over;
    let fitting = true;
    for (let k = 0; k < scarce.length; k++) {
      const r = scarce[k] as number;
      let x = (bin.load[r] as number) - (capacity[bin.o * resources + r] as number) * (1 + 1e-9);
      for (const g of into) x += need[g * resources + r] as number;
      over[k] = x;
      if (x > 0) fitting = false;
    }
    // ties are broken by chance
    const jolt = JOLT * weight * this.dice.next();
    if (fitting && weight + jolt > best.gain && this.limitsHold(bin, into, [])) {
      best.bin = at;
      best.into = into;
      best.out = [];
      best.gain = weight + jolt;
      return;
    }
    const { items } = bin;
    for (let i = 0; i < items.length; i++) {
      const x = items[i] as number;
      if ((bin.stays.get(x) ?? 0) > this.step) continue;
      this.work += 2;
      const gain = weight - (size[x] as number);
      if (gain + jolt <= best.gain) continue;
      let holds = true;
      for (let k = 0; k < scarce.length && holds; k++)
        holds = (over[k] as number) <= (need[x * resources + (scarce[k] as number)] as number);
      this.work += 2;
      if (holds) {
        if (!into.includes(x) && this.limitsHold(bin, into, [x])) {
          best.bin = at;
          best.into = into;
          best.out = [x];
          best.gain = gain + jolt;
        }
        continue;
      }
      for (let j = i + 1; j < items.length; j++) {
        const y = items[j] as number;
        this.work += 2;
        const more = gain - (size[y] as number);
        if (more + jolt <= best.gain || (bin.stays.get(y) ?? 0) > this.step) continue;
        holds = true;
        for (let k = 0; k < scarce.length && holds; k++) {
          const r = scarce[k] as number;
          holds = (over[k] as number) <= (need[x * resources + r] as number) + (need[y * resources + r] as number);
        }
        if (!holds || into.includes(x) || into.includes(y) || !this.limitsHold(bin, into, [x, y])) continue;
        best.bin = at;
        best.into = into;
        best.out = [x, y];
        best.gain = more + jolt;
      }
    }
  }

  /** No group is on a node more often than it may. */
  private limitsHold(bin: Bin, into: readonly number[], out: readonly number[]): boolean {
    const { fits, candidates } = this.instance;
    return into.every((g) => {
      const most = fits[g * candidates.length + bin.o] as number;
      if (most >= bin.items.length + into.length) return true;
      const count = (list: readonly number[]): number => list.reduce((n, x) => n + (x === g ? 1 : 0), 0);
      return count(bin.items) + count(into) - count(out) <= most;
    });
  }

  private apply({ bin: at, into, out }: Swap, rest: number[]): void {
    const bin = this.bins[at] as Bin;
    const until = (): number => this.step + TABU + this.dice.below(TABU + rest.length);
    for (const g of into) {
      rest.splice(rest.indexOf(g), 1);
      bin.items.push(g);
      this.loaded(bin, g, 1);
      bin.stays.set(g, until());
    }
    for (const g of out) {
      bin.items.splice(bin.items.indexOf(g), 1);
      this.loaded(bin, g, -1);
      rest.push(g);
      bin.away.set(g, until());
    }
  }

  private loaded(bin: Bin, g: number, sign: number): void {
    const { need, resources } = this.instance;
    for (const r of this.scarce) bin.load[r] = (bin.load[r] as number) + sign * (need[g * resources + r] as number);
  }

  private binOf(o: number, items: readonly number[]): Bin {
    const bin: Bin = {
      o,
      items: [...items],
      load: new Float64Array(this.instance.resources),
      stays: new Map(),
      away: new Map(),
    };
    for (const g of items) this.loaded(bin, g, 1);
    return bin;
  }

  private weightOf(items: readonly number[]): number {
    let sum = 0;
    for (const g of items) sum += this.size[g] as number;
    return sum;
  }

  private cheapestFor(items: readonly number[], below: number): number {
    const bin = this.binOf(0, items);
    const { candidates, capacity, resources, fits } = this.instance;
    for (const o of this.cheapest) {
      const c = candidates[o];
      if (!c || c.usdPerHour >= below) return -1;
      this.work += 3;
      if (this.scarce.some((r) => (bin.load[r] as number) > (capacity[o * resources + r] as number) * (1 + 1e-9)))
        continue;
      if ((this.bill.counts[o] ?? 0) >= (c.atMost ?? Infinity) || this.bill.next(o) >= below) continue;
      if (items.every((g) => items.filter((x) => x === g).length <= (fits[g * candidates.length + o] as number)))
        return o;
    }
    return -1;
  }

  result(): FilledNodes[] {
    return this.bins.map(({ o, items }) => {
      const filling = new Int32Array(this.instance.groups.length);
      for (const g of items) filling[g] = (filling[g] as number) + 1;
      return { candidate: o, count: 1, filling };
    });
  }
}

function itemsOf(filling: Int32Array): number[] {
  return [...filling.keys()].flatMap((g) => Array.from({ length: filling[g] ?? 0 }, () => g));
}
