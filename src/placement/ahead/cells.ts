import { ColumnModel, type Pattern } from '../columns.ts';
import { multipliersOf } from '../contract-rows.ts';
import { converge } from '../converge.ts';
import { type Instance, instanceOf } from '../instance.ts';
import type { Limit } from '../limit.ts';
import { type Master, masterOf } from '../master.ts';
import { Pricer } from '../pricing.ts';
import type { Candidate, Problem } from '../problem.ts';
import { pruned } from '../prune.ts';
import type { LinearSolver } from '../../ports.ts';
import type { Timeline } from './stretches.ts';

/** One stretch in dense numbers. Its candidates are some of the timeline's. */
export interface Cell {
  readonly hours: number;
  readonly instance: Instance;
  readonly master: Master;
  readonly pricer: Pricer;
  /** candidate of the timeline for each candidate of the cell */
  readonly wide: Int32Array;
  /** candidate of the cell for each of the timeline, −1 where it can't serve */
  readonly narrow: Int32Array;
}

/** Pricing rounds to columns worth starting from. */
const ROUNDS = 60;
/** Columns that cost this share of a node's price beyond what they are worth are started with. */
const NEARLY = 0.03;

/**
 * Offerings worth a place in a program over all stretches. One that serves sooner is never left out for a cheaper one
 * that serves later.
 */
export function candidatesOver({ problem, opens, arriving }: Timeline): readonly Candidate[] {
  const onTheWay = arriving.flatMap((a) => [...a].map(([offering, count]) => ({ offering, count })));
  const asked = { ...problem, running: [...problem.running, ...onTheWay] };
  const classes = new Map<number, Candidate[]>();
  for (const o of problem.offerings) {
    const at = opens.get(o.id) ?? 0;
    classes.set(at, [...(classes.get(at) ?? []), o]);
  }
  return [...classes.values()]
    .flatMap((offerings) => pruned({ ...asked, offerings }))
    .toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

export function cellOf(problem: Problem, hours: number, candidates: readonly Candidate[], solver: LinearSolver): Cell {
  const here = new Map(problem.offerings.map((o) => [o.id, o]));
  const wide: number[] = [];
  const own = candidates.flatMap((c, o) => {
    const candidate = here.get(c.id);
    if (candidate) wide.push(o);
    return candidate ? [candidate] : [];
  });
  // what runs is the timeline's business: the cell knows need and rules alone
  const asked = { ...problem, running: [], offerings: own };
  const instance = instanceOf(asked, own);
  const narrow = new Int32Array(candidates.length).fill(-1);
  wide.forEach((o, c) => (narrow[o] = c));
  const master = masterOf(
    asked,
    instance,
    multipliersOf(problem.rules.discounts, () => Infinity),
  );
  // a node's own terms are in its own column: what is priced here is its filling
  const fillings = { ...master, nodeTerms: master.nodeTerms.map(() => []) };
  const pricer = new Pricer(instance, fillings, solver);
  return { hours, instance, master, pricer, wide: Int32Array.from(wide), narrow };
}

/**
 * Columns of a cell by itself, in the timeline's candidates.
 *
 * @param launchUsdPerHour what starting a node adds to its price
 */
export function columnsOf(cell: Cell, launchUsdPerHour: number, solver: LinearSolver, limit: Limit): Pattern[] {
  const { instance, master, wide } = cell;
  const nodePrice = master.nodeCost.map((usd) => usd + launchUsdPerHour);
  const model = new ColumnModel(instance, master, solver, { nodePrice, keptCredit: nodePrice.map(() => 0) }, limit);
  try {
    const answer = converge(model, ROUNDS);
    if (answer.status !== 'optimal') return [];
    return model.patterns.flatMap((pattern, p) => {
      const price = model.priceOf(p);
      const worth = model.entriesOf(p).reduce((sum, { row, value }) => sum + value * (answer.dual[row] ?? 0), 0);
      const used = (answer.primal[model.columnOf(p)] ?? 0) > 0;
      if (!used && price - worth > NEARLY * price) return [];
      return [{ candidate: wide[pattern.candidate] ?? 0, filling: pattern.filling }];
    });
  } finally {
    model.close();
  }
}
