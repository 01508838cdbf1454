import type { LinearSolver } from '../../ports.ts';
import { Cells } from './cells.ts';
import { LinearProgram } from './linear.ts';
import type { Location } from './options.ts';
import type { Terms } from './rules.ts';
import { usable } from './places.ts';
import { domainOf, type Scene, zoneOf } from './scene.ts';
import { shareRows } from './shares.ts';
import type { Spend } from './spend.ts';

/** What can't be had under some terms, as the linear program has it. */
export interface Shortfall {
  /** whether the terms clash */
  readonly short: boolean;
  /** groups that have part in it: what is left of the clash when all others are taken away */
  readonly groups: readonly number[];
  /** size of the linear program: rows and columns */
  readonly size: number;
}

/** The solver gave no usable answer. */
export class NoAnswer extends Error {}

/** Replicas, and shares of the bill, below which nothing is missing: well over what the solver takes for zero. */
const NONE = 1e-6;
/** Dual prices below which a row has no part in the answer. */
const NO_PRICE = 1e-7;

/**
 * Replicas by group and location, where each rule that asks for replicas gets as many as can be had: all of them mean
 * that the terms can be kept, in fractions of replicas at least. Nodes take part only where their number can run out,
 * prices only where the scene is priced.
 *
 * With no replica anywhere nothing is broken yet, so the solver starts from a vertex of the program.
 */
export function shortfall(scene: Scene, terms: Terms, spend: Spend | undefined, solver: LinearSolver): Shortfall {
  if (impossibleLimits(scene, terms)) return { short: true, groups: [], size: 0 };
  const program = new LinearProgram();
  const wanted: Wanted[] = [];
  const present = scene.groups.filter((g) => (terms.replicas[g] as number) > 0);
  const shares =
    spend && terms.vendorShareAtMost.size > 0 ? shareRows(program, scene, terms, spend, present, wanted) : undefined;
  const blocks = present.map((g) => groupBlock(program, scene, terms, g, wanted));
  const cells = new Cells(scene, terms, present);
  cells.addRows(program);
  for (const { group, entriesAt } of blocks) {
    cells.each(group, (location, upper, entries) => {
      program.column(0, 0, upper, [...entriesAt(location), ...entries, ...(shares?.(group, location) ?? [])]);
    });
  }
  // solvers make no difference between an empty program and a failure
  if (program.columns === 0) return { short: false, groups: [], size: 0 };
  const answer = program.minimised(solver);
  if (answer.status !== 'optimal') {
    throw new NoAnswer(answer.status === 'failed' ? answer.reason : 'it calls a program infeasible that never is');
  }
  const { primal, dual } = answer;
  const short = wanted.some(({ column, all }) => Math.abs(all - (primal[column] ?? 0)) > NONE);
  const involved = blocks.filter(({ from, to }) => dual.subarray(from, to).some((y) => Math.abs(y) > NO_PRICE));
  return { short, groups: involved.map(({ group }) => group), size: program.rows + program.columns };
}

/** A column that has to reach a value for nothing to be short. */
export interface Wanted {
  readonly column: number;
  readonly all: number;
}

function impossibleLimits({ options }: Scene, terms: Terms): boolean {
  return options.kept.some((o) => (terms.atLeast[o] as number) > (terms.atMost[o] as number));
}

interface Block {
  readonly group: number;
  /** its rows: from this one up to that one */
  readonly from: number;
  readonly to: number;
  /** what one replica at a location puts into the group's rows: row and value in turn */
  readonly entriesAt: (location: number) => number[];
}

/** The rows of a group's own rules. */
function groupBlock(program: LinearProgram, scene: Scene, terms: Terms, g: number, wanted: Wanted[]): Block {
  const { options } = scene;
  const from = program.rows;
  const atLeast = (replicas: number): number => {
    const row = program.row(0, Infinity);
    wanted.push({ column: program.column(-1, 0, replicas, [row, -1]), all: replicas });
    return row;
  };
  const coarse = scene.coarse.has(g);
  const { locations } = coarse ? options.coarse : options.fine;
  const replicas = terms.replicas[g] as number;
  const share = terms.survive[g] as number;
  const absorb = terms.reconnect[g] as number;
  const loss = options.groups[g]?.survive?.loss ?? 'provider';

  const sum = program.row(0, 0);
  const ofTotal = [sum, -1, atLeast(replicas), 1];

  const spotMost = Math.floor((terms.spotAtMost[g] as number) * replicas + 1e-9);
  const spot = (terms.spotAtMost[g] as number) < 1 ? program.row(-Infinity, spotMost) : undefined;

  const lossRows = new Map<string, number[]>();
  if ((share > 0 || absorb < Infinity) && !(coarse && loss !== 'provider')) {
    for (const domain of new Set(usable(options, scene.places(g), terms, g).map((at) => domainOf(at, loss)))) {
      const entries: number[] = [];
      if (share > 0) {
        const left = atLeast(Math.ceil(share * replicas - 1e-9));
        ofTotal.push(left, 1);
        entries.push(left, -1);
      }
      if (absorb < Infinity) {
        const storm = program.row(0, Infinity);
        ofTotal.push(storm, absorb);
        entries.push(storm, -absorb - 1);
      }
      lossRows.set(domain, entries);
    }
  }
  program.column(0, 0, Infinity, ofTotal);

  const zoneRows = coarse ? new Map<string, number[]>() : skewRows(program, scene, terms, g);
  return {
    group: g,
    from,
    to: program.rows,
    entriesAt: (location) => {
      const at = locations[location] as Location;
      return [
        sum,
        1,
        ...(spot !== undefined && at.purchase === 'spot' ? [spot, 1] : []),
        ...(lossRows.get(domainOf(at, loss)) ?? []),
        ...(zoneRows.get(zoneOf(at)) ?? []),
      ];
    },
  };
}

/** Zone → the rows that its replicas stand in: not under the emptiest zone of its scope, nor too far over it. */
function skewRows(program: LinearProgram, scene: Scene, terms: Terms, g: number): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  const most = terms.zoneSkew[g] as number;
  if (most === Infinity) return rows;
  const within = scene.options.groups[g]?.zoneSkew?.within ?? 'region';
  const scopes = new Map<string, Set<string>>();
  const allowing = terms.reading === 'loosened' ? scene.given : terms;
  for (const at of usable(scene.options, scene.places(g), allowing, g)) {
    if (at.purchase === 'spot' && allowing.spotAtMost[g] === 0) continue;
    const scope = within === 'all' ? '' : `${at.provider}/${at.region}`;
    scopes.set(scope, (scopes.get(scope) ?? new Set()).add(zoneOf(at)));
  }
  for (const zones of scopes.values()) {
    if (zones.size < 2) continue;
    const emptiest: number[] = [];
    for (const zone of zones) {
      const least = program.row(0, Infinity);
      const fullest = program.row(-Infinity, most);
      rows.set(zone, [least, 1, fullest, 1]);
      emptiest.push(least, -1, fullest, -1);
    }
    program.column(0, 0, Infinity, emptiest);
  }
  return rows;
}
