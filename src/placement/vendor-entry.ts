import type { LinearAnswer, LinearSolver } from '../ports.ts';
import { frontOf, type BreakEven } from './break-even.ts';
import { ColumnModel, type Objective } from './columns.ts';
import { converge } from './converge.ts';
import { multipliersOf } from './contract-rows.ts';
import { type Instance, instanceOf } from './instance.ts';
import { type Master, masterOf } from './master.ts';
import type { Problem } from './problem.ts';
import { pruned } from './prune.ts';
import { spendBoundOf } from './spend-bound.ts';
import { evened } from './symmetry.ts';

const ROUNDS = 120;
const EXACT_ROUNDS = 5;
/** Discounts at which a vendor is looked for, until it is found. */
const TRIED = [0.01, 0.05, 0.2, 0.5, 1] as const;
const STEPS = 10;
/** A share of the price: steps smaller than this are the end. */
const STILL = 1e-4;
/** What a solution must save to be one that uses the vendor more, as a share of the cost. */
const SAVING = 1e-7;

/** A solution of the relaxation: its cost is rest + price × vendor, price as a share of the vendor's prices now. */
interface Solution {
  readonly rest: number;
  readonly vendor: number;
  readonly answer: Extract<LinearAnswer, { status: 'optimal' }>;
}

/**
 * The discounts on all of a vendor's prices at which the relaxation begins to use it, or to use more of it: what
 * negotiated discounts would have to be (vendor shares are counted at list price, and stay).
 *
 * With a cut price the optimum is the least of the solutions' costs, each a line in the price; where the vendor's
 * first line crosses the one of today is found by Newton's steps on the crossing (Dinkelbach, 1967), each with the
 * optimum at the last crossing. Both ends are solutions that exist, so it does enter there.
 *
 * @returns one for each vendor in the order asked, without those that have no offering that could be used, and those
 *   for which the solver gives no usable answer
 */
export function vendorEntries(
  problem: Problem,
  providers: readonly string[],
  solver: LinearSolver,
): readonly BreakEven[] {
  const fronts = providers.flatMap((provider) => frontOf(problem, provider));
  const known = new Set(fronts.map((c) => c.id));
  const instance = instanceOf(problem, [...pruned(problem).filter((c) => !known.has(c.id)), ...fronts]);
  const usable = providers.filter((provider) =>
    instance.candidates.some((c, o) => c.provider === provider && (instance.groupsOn[o]?.length ?? 0) > 0),
  );
  if (usable.length === 0) return [];
  const spendBound = spendBoundOf(problem);
  const factor = multipliersOf(problem.rules.discounts, () => spendBound);
  const master = masterOf(problem, instance, factor);
  const model = new ColumnModel(instance, master, solver, objectiveAt(instance, master, '', 1));
  try {
    return usable.flatMap((provider) => new Search(model, provider).breakEven() ?? []);
  } finally {
    model.close();
  }
}

/** Solutions of one model at several prices of one vendor. Columns found at one serve at the others. */
class Search {
  private readonly model: ColumnModel;
  private readonly provider: string;

  constructor(model: ColumnModel, provider: string) {
    this.model = model;
    this.provider = provider;
  }

  breakEven(): BreakEven | undefined {
    if (!this.at(1, ROUNDS)) return undefined;
    for (const more of TRIED) {
      const price = Math.max(0, 1 - more);
      const entered = this.enteredAt(price);
      if (entered) return this.firstCrossing(entered);
      if (price === 0) break;
    }
    const first = this.model.instance.candidates.find((c) => c.provider === this.provider);
    if (!first) return undefined;
    return {
      provider: this.provider,
      discount: 1,
      offering: first.id,
      usdPerHour: first.usdPerHour,
      entry: { entersAtUsdPerHour: 0, filling: {} },
    };
  }

  private firstCrossing(entered: Entered): BreakEven | undefined {
    let best = entered;
    for (let step = 0; step < STEPS; step++) {
      const next = this.enteredAt(best.crossing);
      if (!next || next.crossing <= best.crossing) break;
      const still = next.crossing - best.crossing < STILL;
      best = next;
      if (still) break;
    }
    return this.answerOf(best);
  }

  /** The solution at a price when it uses more of the vendor than today's does and costs less; and where they meet. */
  private enteredAt(price: number): Entered | undefined {
    const there = this.at(price, ROUNDS);
    // columns found since may serve today's solution as well
    const today = this.at(1, 0);
    if (!there || !today) return undefined;
    const saved = today.rest + price * today.vendor - (there.rest + price * there.vendor);
    const more = there.vendor - today.vendor;
    if (saved <= SAVING * (today.rest + today.vendor) || more <= 0) return undefined;
    return { solution: there, today, crossing: Math.min(1, (today.rest - there.rest) / more) };
  }

  private at(price: number, rounds: number): Solution | undefined {
    const { model, provider } = this;
    const objective = objectiveAt(model.instance, model.master, provider, price);
    model.setObjective(objective);
    const answer = rounds === 0 ? model.solve() : closely(model, rounds);
    if (answer.status !== 'optimal') return undefined;
    let vendor = 0;
    model.patterns.forEach(({ candidate }, p) => {
      if (model.instance.candidates[candidate]?.provider !== provider) return;
      vendor += (answer.primal[model.columnOf(p)] ?? 0) * (model.master.nodeCost[candidate] ?? 0);
    });
    return { rest: answer.objective - price * vendor, vendor, answer };
  }

  /** The filled node of the vendor that the entering solution spends most more on. */
  private answerOf({ solution, today, crossing }: Entered): BreakEven | undefined {
    const { instance, master, patterns } = this.model;
    let most = 0;
    let first: (typeof patterns)[number] | undefined;
    patterns.forEach((pattern, p) => {
      const column = this.model.columnOf(p);
      if (instance.candidates[pattern.candidate]?.provider !== this.provider) return;
      const more = (solution.answer.primal[column] ?? 0) - (today.answer.primal[column] ?? 0);
      const spend = more * (master.nodeCost[pattern.candidate] ?? 0);
      if (spend <= most + 1e-9) return;
      most = spend;
      first = pattern;
    });
    const candidate = instance.candidates[first?.candidate ?? -1];
    if (!first || !candidate) return undefined;
    const filling: Record<string, number> = {};
    first.filling.forEach((n, g) => {
      const name = instance.groups[g]?.name;
      if (n > 0 && name !== undefined) filling[name] = n;
    });
    return {
      provider: this.provider,
      discount: 1 - crossing,
      offering: candidate.id,
      usdPerHour: candidate.usdPerHour,
      entry: { entersAtUsdPerHour: candidate.usdPerHour * crossing, filling },
    };
  }
}

/** Converged, and then on with what only a close look finds. */
function closely(model: ColumnModel, rounds: number): LinearAnswer {
  let answer = converge(model, rounds);
  for (let round = 0; round < EXACT_ROUNDS && answer.status === 'optimal'; round++) {
    if (model.add(model.price(evened(model.master.rows, answer.dual), 'exact').fresh) === 0) break;
    answer = converge(model, rounds);
  }
  return answer;
}

interface Entered {
  readonly solution: Solution;
  readonly today: Solution;
  /** share of the vendor's prices at which both cost the same */
  readonly crossing: number;
}

function objectiveAt({ candidates }: Instance, { nodeCost }: Master, provider: string, price: number): Objective {
  return {
    nodePrice: nodeCost.map((usd, o) => (candidates[o]?.provider === provider ? usd * price : usd)),
    keptCredit: new Float64Array(nodeCost.length),
  };
}
