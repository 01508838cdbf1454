import type { LinearAnswer, LinearModel, LinearSolver } from '../ports.ts';
import { bestFilling } from './best-filling.ts';
import { type Fold, foldOf, unfoldedMaster } from './fold.ts';
import type { Instance } from './instance.ts';
import type { Limit } from './limit.ts';
import type { Master } from './master.ts';
import type { Parts } from './parted.ts';
import { type Closeness, Pricer, type Pricing } from './pricing.ts';
import type { Auxiliary, Entry } from './rows.ts';
import { compressed } from './sparse.ts';
import { startingPatterns } from './starting.ts';

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

/** With more rows than this, zones that are alike are taken together: a dozen nodes a zone hardly lose by it. */
const FOLDED_ROWS = 400;

/**
 * The master problem with its pattern columns, generated as they are found worthwhile (Gilmore and Gomory, 1961: the
 * best filling of a node at the duals is a knapsack problem).
 */
export class ColumnModel {
  readonly patterns: Pattern[] = [];
  readonly instance: Instance;
  readonly master: Master;
  readonly limit: Limit;
  readonly solver: LinearSolver;
  private readonly linear: LinearModel;
  private readonly known = new Set<string>();
  private objective: Objective;
  private readonly pricer: Pricer;
  private readonly fold: Fold;
  /** column of each pattern in the linear model; those in zones that are taken together share one */
  private readonly columns: number[] = [];
  /** each pattern column and the candidate of its first pattern */
  private readonly owners: { readonly column: number; readonly candidate: number }[] = [];
  /** columns of fillings in parts */
  private parts: number[] = [];
  private width: number;

  constructor(instance: Instance, master: Master, solver: LinearSolver, objective: Objective, limit: Limit = {}) {
    this.limit = limit;
    this.instance = instance;
    this.master = master;
    this.objective = objective;
    this.solver = solver;
    this.pricer = new Pricer(instance, master, solver);
    this.width = master.auxiliary.length;
    this.fold = master.rows.length > FOLDED_ROWS ? foldOf(instance, master) : unfoldedMaster(master);
    const rows = this.fold.rows.map((i) => master.rows[i]);
    this.linear = solver.open({
      lower: Float64Array.from(rows, (r) => r?.lower ?? 0),
      upper: Float64Array.from(rows, (r) => r?.upper ?? 0),
    });
    this.linear.addColumns(
      compressed(
        master.auxiliary.map((a) => ({
          cost: this.auxiliaryCost(a),
          upper: this.fold.times(a) > 0 ? a.upper : 0,
          entries: this.fold.folded(a.entries),
        })),
      ),
    );
    this.add(startingPatterns(instance));
  }

  /** Column of pattern p in the linear model. */
  columnOf(p: number): number {
    return this.columns[p] ?? -1;
  }

  add(patterns: readonly Pattern[]): number {
    const fresh: Pattern[][] = [];
    for (const { candidate, filling } of patterns) {
      const together = this.fold.together(candidate);
      const key = `${together[0]}:${filling.join(',')}`;
      if (this.known.has(key)) continue;
      this.known.add(key);
      fresh.push(together.map((o) => ({ candidate: o, filling })));
    }
    this.linear.addColumns(compressed(fresh.map((alike) => this.columnFor(alike))));
    for (const alike of fresh) {
      this.patterns.push(...alike);
      this.columns.push(...alike.map(() => this.width));
      this.owners.push({ column: this.width++, candidate: alike[0]?.candidate ?? -1 });
    }
    return fresh.length;
  }

  /**
   * Fillings in parts, for a while: with them the duals of the relaxation take account of nodes whose whole fillings
   * are not known to the last. {@link withoutParts} takes them out again.
   */
  addParts(parts: readonly Parts[]): void {
    const first = parts.filter((p) => this.fold.together(p.candidate)[0] === p.candidate);
    const columns = first.map((p) =>
      this.columnFor(this.fold.together(p.candidate).map((candidate) => ({ candidate, filling: p.filling }))),
    );
    this.linear.addColumns(compressed(columns));
    for (let i = 0; i < columns.length; i++) this.parts.push(this.width++);
  }

  /** One node filled alike on each of some candidates. */
  private columnFor(alike: readonly (Pattern | Parts)[]): { cost: number; upper: number; entries: Entry[] } {
    return {
      cost: alike.reduce((sum, p) => sum + (this.objective.nodePrice[p.candidate] ?? 0), 0),
      upper: Infinity,
      entries: this.fold.folded(alike.flatMap((p) => this.entriesOfPattern(p))),
    };
  }

  private auxiliaryCost(a: Auxiliary): number {
    const cost = a.kind === 'kept' ? -(this.objective.keptCredit[a.of] ?? 0) : a.cost;
    return cost * this.fold.times(a);
  }

  get hasParts(): boolean {
    return this.parts.length > 0;
  }

  withoutParts(): void {
    for (const column of this.parts) this.linear.setColumnBounds(column, 0, 0);
    this.parts = [];
  }

  setObjective(objective: Objective): void {
    this.objective = objective;
    const { auxiliary } = this.master;
    const columns = Int32Array.from([...auxiliary.keys(), ...this.owners.map(({ column }) => column)]);
    const costs = Float64Array.from([
      ...auxiliary.map((a) => this.auxiliaryCost(a)),
      ...this.owners.map(({ candidate }) =>
        this.fold.together(candidate).reduce((sum, o) => sum + (objective.nodePrice[o] ?? 0), 0),
      ),
    ]);
    this.linear.setColumnCosts(columns, costs);
  }

  bound(p: number, lower: number, upper: number): void {
    this.linear.setColumnBounds(this.columnOf(p), lower, upper);
  }

  solve(): LinearAnswer {
    const answer = this.linear.solve();
    return answer.status === 'optimal' ? { ...answer, dual: this.fold.unfolded(answer.dual) } : answer;
  }

  close(): void {
    this.linear.close();
  }

  /** Whether some candidates differ by zone alone. */
  get hasTwins(): boolean {
    return this.pricer.hasTwins;
  }

  /** Nodes looked at in the model's own objective. */
  price(dual: Float64Array, how: Closeness, effort = 1): Pricing {
    return this.pricer.price(dual, this.objective.nodePrice, how, effort);
  }

  /** Adds the best filling of every candidate, worthwhile or not: whole nodes need other sizes than fractions do. */
  broaden(dual: Float64Array): void {
    const fillings = this.instance.candidates.flatMap((_, candidate) => {
      const best = bestFilling(this.instance, this.master, dual, candidate, false);
      return best ? [{ candidate, filling: best.filling }] : [];
    });
    this.add(fillings);
  }

  priceOf(p: number): number {
    return this.nodePriceOf(this.patterns[p]?.candidate ?? -1);
  }

  get nodePrice(): Float64Array {
    return this.objective.nodePrice;
  }

  nodePriceOf(candidate: number): number {
    return this.objective.nodePrice[candidate] ?? 0;
  }

  /** What pattern p puts into the rows. */
  entriesOf(p: number): Entry[] {
    const pattern = this.patterns[p];
    return pattern ? this.entriesOfPattern(pattern) : [];
  }

  private entriesOfPattern(p: Pattern | Parts): Entry[] {
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
