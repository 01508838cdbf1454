import type { ColumnModel, Pattern } from './columns.ts';
import { dot } from './dual.ts';
import { Dice } from './improve-dice.ts';
import { emptied } from './improve-swaps.ts';
import { commonPrice, StandingBill } from './improve-bill.ts';
import { type Bin, Recreate } from './improve-recreate.ts';
import type { Instance } from './instance.ts';
import { type Limit, ROUNDED_BY } from './limit.ts';
import type { FilledNodes } from './polish.ts';
import type { Problem } from './problem.ts';
import { groupRulesHold } from './standing.ts';

/** What the search is told besides the fleet. */
export interface Improving {
  readonly limit: Limit;
  /** fillings that the relaxation has found worthwhile */
  readonly known: readonly Pattern[];
  /** $/h that a replica of group g in location l is worth at the duals, at [g × locations + l] */
  readonly worth: Float64Array;
  /** no fleet costs less */
  readonly least: number;
}

/** Elementary steps of the search, some 10 to 20 ns each: a count, so that a replay decides alike on any machine. */
const WORK = 80e6;
/** Nodes from which on the search does less: what it can win there is a small share of the bill. */
const MANY = 100;
const LEAST_WORK = 5e6;
/** A fleet of so few nodes that all is soon tried is searched no longer than this for each. */
const WORK_PER_NODE = 0.25e6;
/** Steps that counting a group's rules anew stands for. */
const COUNTED = 600;
/** Loose nodes that a fleet is searched among. */
const LOOSE = 400;
/** Nodes taken out of one location in one turn. */
const RUINED = 6;
/** Dearer fleets are accepted on the way by up to so much of a node's mean price, less and less. */
const WARM = 0.1;
const COLD = 0.001;
/** What an empty node counts less than a full one, as a share of its price: content is drawn together. */
const DRAWN = 0.1;
/** Turns between two questions whether the time is up. */
const ASKED = 64;

/** {@link improve} with what the relaxation knows. */
export function improved(
  problem: Problem,
  model: ColumnModel,
  nodes: readonly FilledNodes[],
  dual: Float64Array,
  least = 0,
): readonly FilledNodes[] {
  if (model.limit.brief) return nodes;
  const worth = Float64Array.from(model.master.replicaTerms, (terms) => dot(terms, dual));
  const emptier = emptied(problem, model.instance, nodes, { limit: model.limit, least });
  return improve(problem, model.instance, emptier, { limit: model.limit, worth, least, known: model.patterns });
}

/**
 * Takes a few nodes out, packs their replicas anew and keeps the outcome where it costs less, or little more while the
 * search is young: ruin and recreate (Schrimpf et al., 2000), with the acceptance of simulated annealing. Replicas stay
 * in their location, or change it where their group's rules still hold.
 *
 * Deterministic: draws come from one fixed seed, the end from counted work.
 *
 * @returns a fleet that costs no more than the one given and keeps the same rules
 */
export function improve(
  problem: Problem,
  instance: Instance,
  nodes: readonly FilledNodes[],
  { limit, worth, least, known }: Improving,
): readonly FilledNodes[] {
  const search = new Search(problem, instance, nodes, worth, known);
  if (search.loose === 0) return nodes;
  const { size } = search;
  const work = Math.min(size * WORK_PER_NODE, Math.max(LEAST_WORK, WORK / Math.max(1, size / MANY) ** 2));
  for (let turn = 0; search.work < work; turn++) {
    if (turn % ASKED === 0 && limit.expired?.(ROUNDED_BY)) break;
    if (search.best <= least * (1 + 1e-6) || (search.unit > 0 && search.best - search.unit < least * (1 - 1e-6))) break;
    search.turn(search.work / work);
  }
  return search.result();
}

class Search {
  readonly bill: StandingBill;
  readonly size: number;
  readonly loose: number;
  /** price of any node where all are alike; 0 = they are not */
  readonly unit: number;
  best: number;
  private readonly problem: Problem;
  private readonly instance: Instance;
  private readonly dice = new Dice();
  private readonly recreate: Recreate;
  /** nodes that stay as they are */
  private readonly bulk: FilledNodes[] = [];
  private readonly binsAt: Bin[][];
  private readonly standing: Int32Array;
  private readonly totals: Int32Array;
  private kept: Bin[];
  private cost: number;
  private readonly meanPrice: number;

  constructor(
    problem: Problem,
    instance: Instance,
    nodes: readonly FilledNodes[],
    worth: Float64Array,
    known: readonly Pattern[],
  ) {
    this.problem = problem;
    this.instance = instance;
    this.bill = new StandingBill(problem, instance);
    this.recreate = new Recreate(instance, this.bill, worthAtLeast(instance, worth), known, this.dice);
    this.binsAt = instance.locations.map(() => []);
    this.standing = new Int32Array(instance.groups.length * instance.locations.length);
    this.totals = new Int32Array(instance.groups.length);
    const all = nodes.map((n) => ({ n, bin: this.binOf(n) })).toSorted((a, b) => a.bin.fullness - b.bin.fullness);
    this.size = nodes.reduce((sum, n) => sum + n.count, 0);
    let free = LOOSE;
    for (const { n, bin } of all) {
      const l = instance.locationOf[n.candidate] ?? 0;
      const loose = Math.min(free, n.count);
      free -= loose;
      for (let i = 0; i < loose; i++) this.binsAt[l]?.push(bin);
      for (let i = 0; i < n.count; i++) this.bill.add(n.candidate);
      if (n.count > loose) this.bulk.push({ ...n, count: n.count - loose });
      n.filling.forEach((x, g) => {
        const at = g * instance.locations.length + l;
        this.standing[at] = (this.standing[at] ?? 0) + x * n.count;
        this.totals[g] = (this.totals[g] ?? 0) + x * n.count;
      });
    }
    this.loose = LOOSE - free;
    this.kept = this.binsAt.flat();
    this.best = this.cost = this.bill.total();
    this.meanPrice = this.cost / Math.max(1, this.size);
    this.unit = commonPrice(problem, instance);
  }

  get work(): number {
    return this.recreate.work;
  }

  private binOf({ candidate, filling }: FilledNodes): Bin {
    const groups = [...filling.keys()].filter((g) => (filling[g] ?? 0) > 0);
    return this.recreate.binOf(
      candidate,
      Int32Array.from(groups),
      Int32Array.from(groups, (g) => filling[g] ?? 0),
    );
  }

  turn(progress: number): void {
    const { dice, recreate, instance, bill } = this;
    const heat = this.meanPrice * WARM * (COLD / WARM) ** progress;
    const l1 = this.someLocation();
    const l2 = instance.locations.length > 1 && dice.next() < 0.6 ? this.partnerOf(l1) : l1;
    const out: Bin[] = [];
    this.takeOut(l1, 1 + dice.below(l2 === l1 ? RUINED : 3), out);
    const split = out.length;
    if (l2 !== l1) this.takeOut(l2, 1 + dice.below(3), out);
    // what moves between the two
    const moved: number[] = [];
    if (l2 !== l1) this.shift(l1, l2, out, split, moved);
    const spares = this.spared(l1, out, split, moved);
    let old = 0;
    for (const b of out) {
      bill.remove(b.o);
      old += bill.next(b.o) - this.drawn(b);
    }
    recreate.work += 30;
    const threshold = -heat * Math.log(1 - dice.next());
    const budget = bill.separate ? old + this.drawnAll(out) + threshold + this.meanPrice * 0.1 : Infinity;
    const fresh: Bin[] = [];
    let ok = this.packed(l1, out, 0, split, moved, 1, spares, budget, fresh);
    if (ok && l2 !== l1) {
      let spent = 0;
      for (const b of fresh) spent += this.instance.candidates[b.o]?.usdPerHour ?? 0;
      ok = this.packed(l2, out, split, out.length, moved, -1, [], budget - spent, fresh);
    }
    if (ok) ok = this.accepted(out, fresh, threshold);
    if (!ok) {
      recreate.pool.fill(0);
      for (const b of fresh) bill.remove(b.o);
      for (const b of out) {
        bill.add(b.o);
        this.binsAt[instance.locationOf[b.o] ?? 0]?.push(b);
      }
      for (let i = 0; i < moved.length; i += 2) this.stand(moved[i] ?? 0, l2, l1, moved[i + 1] ?? 0);
      for (let i = 0; i < spares.length; i += 2) {
        const g = spares[i] ?? 0;
        this.at(g, l1, spares[i + 1] ?? 0);
        this.totals[g] = (this.totals[g] ?? 0) + (spares[i + 1] ?? 0);
      }
      return;
    }
    for (const b of fresh) this.binsAt[instance.locationOf[b.o] ?? 0]?.push(b);
  }

  private drawn(b: Bin): number {
    return DRAWN * (this.instance.candidates[b.o]?.usdPerHour ?? 0) * b.fullness * b.fullness;
  }

  private drawnAll(bins: readonly Bin[]): number {
    return bins.reduce((s, b) => s + this.drawn(b), 0);
  }

  private accepted(out: readonly Bin[], fresh: readonly Bin[], threshold: number): boolean {
    const { bill, instance } = this;
    for (const b of out) if ((bill.counts[b.o] ?? 0) < (instance.candidates[b.o]?.atLeast ?? 0)) return false;
    const cost = bill.total();
    const change = cost - this.cost - this.drawnAll(fresh) + this.drawnAll(out);
    if (change > threshold || !bill.sharesHold()) return false;
    this.cost = cost;
    if (cost < this.best - 1e-9) {
      this.best = cost;
      // the fresh ones are not in their places yet
      this.kept = [...this.binsAt.flat(), ...fresh];
    }
    return true;
  }

  private packed(
    l: number,
    out: readonly Bin[],
    from: number,
    to: number,
    moved: readonly number[],
    sign: number,
    spares: readonly number[],
    budget: number,
    fresh: Bin[],
  ): boolean {
    const { pool } = this.recreate;
    for (let i = from; i < to; i++) {
      const b = out[i];
      if (!b) continue;
      for (let j = 0; j < b.groups.length; j++)
        pool[b.groups[j] as number] = (pool[b.groups[j] as number] as number) + (b.replicas[j] as number);
    }
    for (let i = 0; i < moved.length; i += 2)
      pool[moved[i] as number] = (pool[moved[i] as number] as number) - sign * (moved[i + 1] as number);
    for (let i = 0; i < spares.length; i += 2)
      pool[spares[i] as number] = (pool[spares[i] as number] as number) - (spares[i + 1] as number);
    return this.recreate.pack(l, budget, fresh);
  }

  /** Replicas of the nodes taken out at l1 that go to l2, or the other way round (negative), as the rules allow. */
  private shift(l1: number, l2: number, out: readonly Bin[], split: number, moved: number[]): void {
    const { dice, instance } = this;
    const style = dice.next();
    const one = dice.below(out.length);
    const seen = new Set<number>();
    for (let i = 0; i < out.length; i++) {
      const b = out[i];
      if (!b || (style < 0.6 && i !== one)) continue;
      const [from, to] = i < split ? [l1, l2] : [l2, l1];
      for (let j = 0; j < b.groups.length; j++) {
        const g = b.groups[j] as number;
        if (seen.has(g) || (style >= 0.3 && dice.next() < 0.5)) continue;
        seen.add(g);
        const most = b.replicas[j] as number;
        let n = style < 0.3 || dice.next() < 0.3 ? most : 1 + dice.below(most);
        if (!this.canGo(g, to)) continue;
        this.recreate.work += COUNTED;
        while (n > 0) {
          this.stand(g, from, to, n);
          if (groupRulesHold(instance, g, this.inLocation(g)) === undefined) break;
          this.stand(g, to, from, n);
          n = n > 4 ? n >> 1 : n - 1;
          this.recreate.work += COUNTED;
        }
        if (n > 0) moved.push(g, from === l1 ? n : -n);
      }
    }
  }

  /** Replicas beyond the need, of those taken out at l, that no rule asks for. */
  private spared(l: number, out: readonly Bin[], split: number, moved: readonly number[]): number[] {
    const going = new Set(moved.filter((_, i) => i % 2 === 0));
    const spares: number[] = [];
    for (let i = 0; i < split; i++) {
      const b = out[i];
      if (!b) continue;
      for (let j = 0; j < b.groups.length; j++) {
        const g = b.groups[j] as number;
        const over = (this.totals[g] ?? 0) - (this.instance.groups[g]?.replicas ?? 0);
        // those that move on are not there to be spared
        if (over <= 0 || going.has(g)) continue;
        let n = Math.min(over, b.replicas[j] as number, this.standing[g * this.instance.locations.length + l] ?? 0);
        for (; n > 0; n--) {
          this.at(g, l, -n);
          this.recreate.work += COUNTED;
          if (groupRulesHold(this.instance, g, this.inLocation(g)) === undefined) break;
          this.at(g, l, n);
        }
        if (n === 0) continue;
        this.totals[g] = (this.totals[g] ?? 0) - n;
        spares.push(g, n);
      }
    }
    return spares;
  }

  private canGo(g: number, l: number): boolean {
    const { candidates, fits } = this.instance;
    return (this.recreate.cheapest[l] ?? []).some((o) => (fits[g * candidates.length + o] ?? 0) > 0);
  }

  private at(g: number, l: number, n: number): void {
    const i = g * this.instance.locations.length + l;
    this.standing[i] = (this.standing[i] ?? 0) + n;
  }

  private stand(g: number, from: number, to: number, n: number): void {
    this.at(g, from, -n);
    this.at(g, to, n);
  }

  private inLocation(g: number): Int32Array {
    const width = this.instance.locations.length;
    return this.standing.subarray(g * width, (g + 1) * width);
  }

  private someLocation(): number {
    let all = 0;
    for (const bins of this.binsAt) all += bins.length;
    let at = this.dice.below(all);
    for (let l = 0; l < this.binsAt.length; l++) {
      at -= this.binsAt[l]?.length ?? 0;
      if (at < 0) return l;
    }
    return 0;
  }

  private partnerOf(l1: number): number {
    const l2 = this.dice.next() < 0.8 ? this.someLocation() : this.dice.below(this.instance.locations.length);
    if (this.problem.rules.flows.length === 0) return l2;
    const [a, b] = [this.instance.locations[l1], this.instance.locations[l2]];
    return a?.provider === b?.provider && a?.region === b?.region ? l2 : l1;
  }

  /** Nodes out of a location, the emptier of two draws each. */
  private takeOut(l: number, most: number, out: Bin[]): void {
    const bins = this.binsAt[l] ?? [];
    for (let i = 0; i < most && bins.length > 0; i++) {
      const [a, b] = [this.dice.below(bins.length), this.dice.below(bins.length)];
      const at = (bins[a]?.fullness ?? 0) <= (bins[b]?.fullness ?? 0) ? a : b;
      const bin = bins[at];
      const last = bins.pop();
      if (!bin || !last) return;
      if (at < bins.length) bins[at] = last;
      out.push(bin);
    }
  }

  result(): readonly FilledNodes[] {
    const merged = new Map<string, { candidate: number; count: number; filling: Int32Array }>();
    const add = (n: FilledNodes): void => {
      const key = `${n.candidate}:${n.filling.join(',')}`;
      const known = merged.get(key);
      if (known) known.count += n.count;
      else merged.set(key, { ...n });
    };
    this.bulk.forEach(add);
    for (const { o, groups, replicas } of this.kept) {
      const filling = new Int32Array(this.instance.groups.length);
      groups.forEach((g, i) => (filling[g] = replicas[i] ?? 0));
      add({ candidate: o, count: 1, filling });
    }
    return [...merged.values()];
  }
}

/** A replica that the duals give nothing for still takes room: a share of what it costs by itself at least. */
function worthAtLeast(instance: Instance, worth: Float64Array): Float64Array {
  const { groups, candidates, locations, locationOf, fits } = instance;
  const out = new Float64Array(groups.length * locations.length).fill(Infinity);
  groups.forEach((_, g) =>
    candidates.forEach((c, o) => {
      const most = fits[g * candidates.length + o] ?? 0;
      const at = g * locations.length + (locationOf[o] ?? 0);
      if (most > 0) out[at] = Math.min(out[at] ?? Infinity, c.usdPerHour / most);
    }),
  );
  return out.map((alone, i) => (alone === Infinity ? 0 : Math.max(worth[i] ?? 0, 0.3 * alone)));
}
