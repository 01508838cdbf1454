import type { LinearSolver } from '../../ports.ts';
import { signedDuals } from '../dual.ts';
import { type Limit, RELAXED_BY } from '../limit.ts';
import type { Pattern } from '../columns.ts';
import type { Closeness, Pricing } from '../pricing.ts';
import type { Candidate, Problem } from '../problem.ts';
import type { Change } from './bill.ts';
import { candidatesOver, type Cell, cellOf, columnsOf } from './cells.ts';
import { pathBound, type Ways } from './path-bound.ts';
import { PathModel } from './path-model.ts';
import type { Timeline } from './stretches.ts';

/** The relaxation over all stretches: nodes in fractions, and what no whole ones undercut. */
export interface Relaxed {
  readonly candidates: readonly Candidate[];
  readonly cells: readonly Cell[];
  readonly ways: readonly Ways[];
  readonly missingUsd: number;
  /** USD of all stretches, sunk commitments left out */
  readonly lowerBoundUsd: number;
  /** fractional nodes by offering, for each stretch */
  readonly nodes: readonly ReadonlyMap<string, number>[];
  /** fillings that the relaxation knows in each stretch, and what each costs there beyond its worth */
  readonly fillings: readonly { readonly at: number; readonly pattern: Pattern; readonly beyond: number }[];
}

/** Rounds of pricing over all stretches: columns of the single stretches are there from the start. */
const ROUNDS = 40;
const EXACT_ROUNDS = 8;
/** Relaxation and bound this near to each other are one. */
const CLOSED = 2e-4;
/** How often candidates may join that looked too dear at first. */
const JOININGS = 3;
/** A candidate joins when a run of its nodes is worth this much more than it costs. */
const WORTHWHILE = 1e-4;

/**
 * Column generation over all stretches at once.
 *
 * @returns undefined when the solver gives no usable answer
 */
export function relaxed(
  line: Timeline,
  change: Change,
  served: readonly Problem[],
  solver: LinearSolver,
  limit: Limit,
): Relaxed | undefined {
  const candidates = candidatesOver(line);
  const cells = line.stretches.map(({ hours }, at) => {
    return cellOf(served[at] ?? line.problem, hours, candidates, solver);
  });
  const ways = candidates.map((c) => waysOf(line, change, c));
  const hours = line.stretches.reduce((sum, s) => sum + s.hours, 0);
  const dearest = Math.max(1, ...cells.flatMap((cell) => [...cell.master.nodeCost]));
  const common = { candidates, cells, ways, missingUsd: 50 * (dearest * Math.max(1, hours) + change.launchUsd) };
  const pool = poolOf(cells, served, change.launchUsd / hours, solver, limit);
  const active = new Set(pool.map((p) => p.candidate));
  ways.forEach((way, o) => {
    const stays = cells.some((cell) => (cell.instance.candidates[cell.narrow[o] ?? -1]?.atLeast ?? 0) > 0);
    if (stays || way.running > 0 || way.arriving.some((n) => n > 0)) active.add(o);
  });

  let best: Relaxed | undefined;
  for (let joining = 0; joining <= JOININGS; joining++) {
    const found = over(
      common,
      [...active].toSorted((a, b) => a - b),
      pool,
      solver,
      limit,
    );
    if (!found) return best;
    best = { ...found.relaxed, lowerBoundUsd: Math.max(found.relaxed.lowerBoundUsd, best?.lowerBoundUsd ?? 0) };
    const joiners = found.outside.filter((p) => !active.has(p.candidate));
    if (joiners.length === 0 || limit.expired?.(RELAXED_BY)) break;
    for (const p of joiners) active.add(p.candidate);
    pool.push(...joiners);
  }
  return best;
}

type Common = Pick<Relaxed, 'candidates' | 'cells' | 'ways' | 'missingUsd'>;

function over(
  common: Common,
  active: readonly number[],
  pool: readonly Pattern[],
  solver: LinearSolver,
  limit: Limit,
): { readonly relaxed: Relaxed; readonly outside: readonly Pattern[] } | undefined {
  const { cells, ways } = common;
  const model = new PathModel(cells, ways, active, common.missingUsd, solver);
  try {
    cells.forEach((_, at) => model.add(at, pool));
    let how: Closeness = 'quick';
    let exact = 0;
    let lowerBoundUsd = 0;
    for (let round = 0; ; round++) {
      const answer = model.solve();
      if (answer.status !== 'optimal') return undefined;
      const duals = cells.map(({ master }, at) => signedDuals(master, model.dualsOf(at, answer.dual)));
      const priced = cells.map((cell, at) => priceCell(cell, at, ways, model, answer.dual, duals[at], how));
      lowerBoundUsd = Math.max(lowerBoundUsd, pathBound(cells, duals, priced, ways));
      const fresh = priced.map((p, at) => widened(cells[at], p.fresh));
      const added = fresh.reduce((sum, patterns, at) => sum + model.add(at, patterns), 0);
      const closed = answer.objective - lowerBoundUsd <= CLOSED * Math.abs(answer.objective);
      const last = round >= ROUNDS || exact >= EXACT_ROUNDS || limit.expired?.(RELAXED_BY) === true;
      if (how === 'exact') exact++;
      if (closed || last || (added === 0 && how === 'exact')) {
        const outside = fresh.flat().filter((p) => !active.includes(p.candidate));
        return { relaxed: { ...common, lowerBoundUsd, ...solutionOf(common, model, answer) }, outside };
      }
      if (added === 0) how = 'exact';
    }
  } finally {
    model.close();
  }
}

function solutionOf(
  { candidates, cells }: Common,
  model: PathModel,
  { primal, dual }: { readonly primal: Float64Array; readonly dual: Float64Array },
): Pick<Relaxed, 'nodes' | 'fillings'> {
  return {
    nodes: cells.map(
      (_, at) =>
        new Map(
          candidates.flatMap((c, o) => {
            const n = model.nodesOf(at, o, primal);
            return n > 0 ? [[c.id, n]] : [];
          }),
        ),
    ),
    fillings: model.fillings.map(({ at, pattern }, i) => ({ at, pattern, beyond: model.beyond(i, dual) })),
  };
}

/** What nodes of a stretch are worth; one that takes no part may cost what a node does that is launched for it. */
function priceCell(
  cell: Cell,
  at: number,
  ways: readonly Ways[],
  model: PathModel,
  dual: Float64Array,
  own: Float64Array | undefined,
  how: Closeness,
): Pricing {
  const signed = own ?? new Float64Array(0);
  const price = Float64Array.from(cell.wide, (o, c) => {
    const known = model.linkDual(at, o, dual);
    if (known !== undefined) return known;
    const usd = cell.hours * (cell.master.nodeCost[c] ?? 0);
    const share = cell.hours / model.hours;
    const terms = (cell.master.nodeTerms[c] ?? []).reduce((sum, t) => sum + t.value * (signed[t.row] ?? 0), 0);
    return Math.max(0, usd - terms + (ways[o]?.launchUsd ?? 0) * share) * (1 + WORTHWHILE);
  });
  return cell.pricer.price(signed, price, how);
}

const widened = (cell: Cell | undefined, patterns: readonly Pattern[]): Pattern[] =>
  patterns.map(({ candidate, filling }) => ({ candidate: cell?.wide[candidate] ?? -1, filling }));

/** Columns of all stretches by themselves; stretches of one need and the same offerings are asked once. */
function poolOf(
  cells: readonly Cell[],
  served: readonly Problem[],
  launchUsdPerHour: number,
  solver: LinearSolver,
  limit: Limit,
): Pattern[] {
  const asked = new Set<string>();
  return cells.flatMap((cell, at) => {
    const key = JSON.stringify([served[at]?.groups.map((g) => g.replicas), [...cell.wide]]);
    if (asked.has(key)) return [];
    asked.add(key);
    return columnsOf(cell, launchUsdPerHour, solver, limit);
  });
}

function waysOf(line: Timeline, change: Change, { id }: Candidate): Ways {
  return {
    opens: line.opens.get(id) ?? line.stretches.length,
    running: line.running.get(id) ?? 0,
    arriving: line.arriving.map((a) => a.get(id) ?? 0),
    launchUsd: change.launchUsd,
    leaveUsd: change.leaveUsd(id),
  };
}
