import type { LinearSolver } from '../ports.ts';
import { chosen, type Mix, mixOf, type Proposal, proposalOf, totalOf } from './cell-mix.ts';
import { altered, priceable, scaled, type SharePrices } from './cell-prices.ts';
import { cellsOf } from './cells.ts';
import { billOf } from './cost.ts';
import type { CostParts, PlacedNodes, Placement } from './placement.ts';
import type { Problem } from './problem.ts';
import { violations } from './verify.ts';

/**
 * Places one cell, here or elsewhere. The same cell has the same answer, whenever it comes. `brief`: the bound is what
 * is asked for, good nodes are not.
 */
export type PlaceCell = (cell: Problem, how: { readonly brief: boolean }) => Placement | Promise<Placement>;

export interface JoinOptions {
  /** true once no more prices are to be tried; absent: never */
  readonly hurried?: () => boolean;
}

/** How often the vendor shares' prices are put anew; each time every cell is placed once. */
const ROUNDS = 8;
/** The prices are good enough when no others could raise the bound by more than this part. */
const NEAR = 1e-3;
/** Above this gap more is tried to find whole nodes. */
const GOOD = 0.01;
/** Caps of single cells are aimed 0%, 1%, 3% lower: whole nodes may tip the whole's share over its cap. */
const TIGHTENINGS = [0, 0.01, 0.03];
/** A cell's mix with one part this large is that proposal. */
const WHOLE = 1 - 1e-6;
const FULLY = { brief: false };
const BRIEFLY = { brief: true };

/**
 * A large problem placed cell by cell ({@link cellsOf}), the cells at once, joined by prices on the vendor shares, with
 * one proof for the whole. A problem of one cell is placed as it is.
 *
 * The bound. Let x_c be any placement of cell c that keeps the cell's own rules, bill_c its cost, and
 * g_p(x_c) = Σ_o u_o·x_o·([p = provider of o] − share_p) what it puts into the row of the vendor share of p. A placement
 * of the whole is one x_c for each cell, its bill is Σ_c bill_c(x_c), for the cells share no offering, flow, commitment
 * or tier, and it keeps the shares when Σ_c g_p(x_c) ≤ 0 for each p. For any prices v ≥ 0 therefore
 *
 *   Σ_c bill_c(x_c) ≥ Σ_c bill_c(x_c) + Σ_p v_p·Σ_c g_p(x_c) = Σ_c [bill_c(x_c) + Σ_p v_p·g_p(x_c)] ≥ Σ_c bound_c(v)
 *
 * where bound_c(v) is a bound on cell c with nodes at the altered prices. So the cells' bounds add up to a bound of the
 * whole at whatever prices, and the best of those tried is kept. Its certificate is that of the cells put together with
 * v as prices of the vendor shares: their rows have the right side 0 and add nothing to the sum.
 *
 * The prices come from the cheapest mix of all that the cells have proposed so far. That mix also says how much of the
 * whole's share each cell may use; whole nodes are then found under such caps of the cells' own, and one proposal of
 * each cell is chosen so that the shares are kept. Where none is found, or prices can't be put on nodes
 * ({@link priceable}), the problem is solved as one; of the two bounds the better is told.
 */
export async function joined(
  problem: Problem,
  placeCell: PlaceCell,
  solver: LinearSolver,
  { hurried = () => false }: JoinOptions = {},
): Promise<Placement> {
  const cells = cellsOf(problem);
  if (cells.length === 1) return placeCell(problem, FULLY);
  const apart = await Promise.all(cells.map(async (cell) => placeCell(cell, FULLY)));
  const free: Priced = { prices: new Map(), answers: apart, bound: sum(apart.map((a) => a.lowerBoundUsdPerHour)) };
  const unshared = put(problem, apart, free);
  if (violations(problem, unshared.nodes, unshared.unplaced).length === 0) return unshared;
  if (apart.some((a) => a.status !== 'placed') || !priceable(problem))
    return better(await placeCell(problem, FULLY), free);

  const search = new Search(problem, cells, placeCell, solver, free);
  await search.price(hurried);
  const found = await search.wholeNodes();
  if (!found) return better(await placeCell(problem, FULLY), search.best);
  return put(
    problem,
    found.map((p) => p.placement),
    search.best,
  );
}

/** The cells' answers at some prices, and the bound that they make. */
interface Priced {
  readonly prices: SharePrices;
  readonly answers: readonly Placement[];
  readonly bound: number;
}

class Search {
  best: Priced;
  readonly #problem: Problem;
  readonly #cells: readonly Problem[];
  readonly #placeCell: PlaceCell;
  readonly #solver: LinearSolver;
  readonly #free: Priced;
  readonly #proposals: Proposal[][];

  constructor(problem: Problem, cells: readonly Problem[], placeCell: PlaceCell, solver: LinearSolver, free: Priced) {
    this.#problem = problem;
    this.#cells = cells;
    this.#placeCell = placeCell;
    this.#solver = solver;
    this.#free = this.best = free;
    this.#proposals = free.answers.map((a) => [proposalOf(problem, a)]);
  }

  /**
   * Raises the bound by trying prices. The mix's own prices swing from one end to the other at first, so half the way
   * from the best known is gone (Wentges, 1997), and the whole way once that no longer helps.
   */
  async price(hurried: () => boolean): Promise<void> {
    let step = 0.5;
    for (let round = 0; round < ROUNDS && !hurried(); round++) {
      const mix = mixOf(this.#problem, this.#proposals, this.#solver);
      if (!mix || this.best.bound >= mix.usdPerHour * (1 - NEAR)) return;
      const tried = await this.#at(between(this.best.prices, mix.prices, step));
      if (!tried) return;
      if (tried.bound > this.best.bound) this.best = tried;
      else step = Math.min(1, step * 1.5);
    }
  }

  /** One proposal for each cell so that the whole keeps its vendor shares; undefined when none was found. */
  async wholeNodes(): Promise<readonly Proposal[] | undefined> {
    const mix = mixOf(this.#problem, this.#proposals, this.#solver);
    if (!mix) return undefined;
    const mixed = this.#proposals.map((proposals) => [...proposals]);
    let found: readonly Proposal[] | undefined;
    for (const tighter of TIGHTENINGS) {
      const answers = await Promise.all(
        mixed.map(async (proposals, c) =>
          this.#under(c, capsOf(this.#problem, proposals, mix.parts[c] ?? [], tighter)),
        ),
      );
      answers.forEach((answer, c) => {
        if (answer?.status === 'placed') this.#proposals[c]?.push(proposalOf(this.#problem, answer));
      });
      const picks = chosen(this.#problem, this.#proposals, this.#solver);
      if (picks && this.#keeps(picks)) found = picks;
      if (found && sum(found.map((p) => p.usdPerHour)) <= this.best.bound * (1 + GOOD)) break;
    }
    return found;
  }

  /** A cell at true prices under caps of its own; undefined where there are none. */
  async #under(c: number, caps: ReadonlyMap<string, number>): Promise<Placement | undefined> {
    const cell = this.#cells[c];
    if (!cell || caps.size === 0) return undefined;
    return this.#placeCell({ ...cell, rules: { ...cell.rules, vendorShareAtMost: caps } }, FULLY);
  }

  #keeps(picks: readonly Proposal[]): boolean {
    const nodes = picks.flatMap((p) => p.placement.nodes);
    return violations(this.#problem, nodes, {}).length === 0;
  }

  async #at(prices: SharePrices): Promise<Priced | undefined> {
    const shares = this.#problem.rules.vendorShareAtMost;
    const answers = await Promise.all(
      this.#cells.map(async (cell, c) => {
        const { problem, ratio } = altered(cell, shares, prices);
        const known = this.#free.answers[c];
        return ratio !== undefined && known ? scaled(known, ratio) : this.#placeCell(problem, BRIEFLY);
      }),
    );
    if (answers.some((a) => a.status !== 'placed')) return undefined;
    answers.forEach((answer, c) => this.#proposals[c]?.push(proposalOf(this.#problem, answer)));
    return { prices, answers, bound: sum(answers.map((a) => a.lowerBoundUsdPerHour)) };
  }
}

function between(from: SharePrices, to: SharePrices, step: number): SharePrices {
  return new Map([...to].map(([p, v]) => [p, (1 - step) * (from.get(p) ?? 0) + step * v]));
}

/** What each provider may have of a cell's cost so that the cells together have what the mix has. */
function capsOf(
  problem: Problem,
  proposals: readonly Proposal[],
  parts: Mix['parts'][number],
  tighter: number,
): ReadonlyMap<string, number> {
  if (tighter === 0 && parts.some((part) => part > WHOLE)) return new Map();
  const total = sum(proposals.map((p, i) => (parts[i] ?? 0) * totalOf(p)));
  const caps = new Map<string, number>();
  for (const provider of problem.rules.vendorShareAtMost.keys()) {
    const spend = sum(proposals.map((p, i) => (parts[i] ?? 0) * (p.spend.get(provider) ?? 0)));
    // a cell that has it all may have no choice; one that has none of it keeps its hands off
    if (spend < total * WHOLE) caps.set(provider, (1 - tighter) * (spend / total));
  }
  return caps;
}

/** The cells' nodes as one answer, with the proof that was found at some prices. */
function put(problem: Problem, answers: readonly Placement[], proof: Priced): Placement {
  const nodes = answers
    .flatMap((a) => a.nodes)
    .toSorted((a, b) => (a.offering < b.offering ? -1 : a.offering > b.offering ? 1 : b.count - a.count));
  const cost = costOf(problem, nodes, answers);
  const usdPerHour = cost.list - cost.contracts + cost.committed + cost.egress;
  const whole: Placement = {
    status: statusOf(answers, nodes),
    method: answers.find((a) => a.method !== 'columns')?.method ?? 'columns',
    cost,
    usdPerHour,
    lowerBoundUsdPerHour: 0,
    gap: Infinity,
    nodes,
    unplaced: merged(answers.map((a) => a.unplaced)),
    conflict: answers.flatMap((a) => a.conflict),
    certificate: { groupPrices: {}, availabilityPrices: {}, rulePrices: {} },
    duals: new Map(),
  };
  return proven(whole, proof);
}

function costOf(problem: Problem, nodes: readonly PlacedNodes[], answers: readonly Placement[]): CostParts {
  const counts = new Map<string, number>();
  for (const n of nodes) counts.set(n.offering, (counts.get(n.offering) ?? 0) + n.count);
  const bill = billOf(
    problem,
    problem.offerings.map((candidate) => ({ candidate, count: counts.get(candidate.id) ?? 0 })),
  );
  return {
    list: bill.list,
    contracts: bill.contracts,
    committed: bill.committed,
    egress: sum(answers.map((a) => a.cost.egress)),
    change: sum(answers.map((a) => a.cost.change)),
  };
}

function statusOf(answers: readonly Placement[], nodes: readonly PlacedNodes[]): Placement['status'] {
  if (answers.every((a) => a.status === 'placed')) return 'placed';
  return nodes.some((n) => Object.keys(n.replicas).length > 0) ? 'partial' : 'infeasible';
}

/** The whole's own answer; with the proof that the cells made where that says more. */
const better = (whole: Placement, proof: Priced): Placement =>
  whole.status === 'placed' &&
  proof.answers.every((a) => a.status === 'placed') &&
  proof.bound > whole.lowerBoundUsdPerHour
    ? proven(whole, proof)
    : whole;

function proven(whole: Placement, { prices, answers, bound }: Priced): Placement {
  const { usdPerHour } = whole;
  // exact arithmetic on rounded figures: never tell a bound above a placement that exists
  const lowerBoundUsdPerHour = Math.min(bound, usdPerHour);
  const priced = [...prices].filter(([, v]) => v > 1e-9);
  return {
    ...whole,
    lowerBoundUsdPerHour,
    gap: lowerBoundUsdPerHour > 0 ? usdPerHour / lowerBoundUsdPerHour - 1 : usdPerHour > 0 ? Infinity : 0,
    certificate: {
      groupPrices: merged(answers.map((a) => a.certificate.groupPrices)),
      availabilityPrices: merged(answers.map((a) => a.certificate.availabilityPrices)),
      rulePrices: {
        ...merged(answers.map((a) => a.certificate.rulePrices)),
        ...Object.fromEntries(priced.map(([p, v]) => [`vendorShareAtMost/${p}`, v])),
      },
    },
    duals: new Map([
      ...answers.flatMap((a) => [...a.duals]),
      ...[...prices].map(([p, v]): [string, number] => [`vendorShareAtMost/${p}`, -v]),
    ]),
  };
}

const merged = (parts: readonly Readonly<Record<string, number>>[]): Record<string, number> =>
  Object.assign({}, ...parts) as Record<string, number>;

const sum = (figures: readonly number[]): number => figures.reduce((a, b) => a + b, 0);
