import type { LinearSolver } from '../ports.ts';
import type { Instance } from './instance.ts';
import { groupRows } from './master.ts';
import { type Entry } from './rows.ts';
import { compressed } from './sparse.ts';
import { groupRulesHold, locationsOf } from './standing.ts';

const NONE = 1e-6;
const REPAIRS = 10_000;

/**
 * Whole replicas per group and location near the relaxation's fractions, with every rule of the group kept: rounded
 * up, repaired by plain counting, and thinned again while the rules allow. What counting can't repair, a small whole
 * number program does; undefined when even that finds no way, for then there is none.
 *
 * @param fractions replicas of group g in location l at [g × locations + l]
 * @param ceilings most replicas of a group that a location has been found to hold, laid out alike
 */
export function wholeQuotas(
  instance: Instance,
  fractions: Float64Array,
  ceilings: Float64Array,
  solver: LinearSolver,
): Int32Array | undefined {
  const width = instance.locations.length;
  const quotas = new Int32Array(fractions.length);
  for (let g = 0; g < instance.groups.length; g++) {
    const wanted = fractions.subarray(g * width, (g + 1) * width);
    const mine = quotas.subarray(g * width, (g + 1) * width);
    const most = ceilings.subarray(g * width, (g + 1) * width);
    mine.set(wanted.map((x, l) => Math.min(Math.ceil(x - NONE), most[l] ?? Infinity)));
    if (!repair(instance, g, mine, wanted, most) && !nearest(instance, g, mine, wanted, most, solver)) return undefined;
    thin(instance, g, mine, wanted);
  }
  return quotas;
}

/** The whole numbers nearest to the fractions that keep the group's rules, by branch and bound. */
function nearest(
  instance: Instance,
  g: number,
  quota: Int32Array,
  wanted: Float64Array,
  most: Float64Array,
  solver: LinearSolver,
): boolean {
  const usable = locationsOf(instance, g);
  const { rows, terms, auxiliary } = groupRows(instance, g);
  const base = usable.map((l) => Math.min(Math.floor((wanted[l] ?? 0) + NONE), most[l] ?? Infinity));
  const shift = new Float64Array(rows.length);
  usable.forEach((l, i) => {
    for (const { row, value } of terms[l] ?? []) shift[row] = (shift[row] ?? 0) + value * (base[i] ?? 0);
  });
  const model = solver.open({
    lower: Float64Array.from(rows, (r, i) => r.lower - (shift[i] ?? 0)),
    upper: Float64Array.from(rows, (r, i) => r.upper - (shift[i] ?? 0)),
  });
  try {
    const entries = (l: number, sign: number): Entry[] =>
      (terms[l] ?? []).map((e) => ({ row: e.row, value: sign * e.value }));
    model.addColumns({
      ...compressed([
        ...usable.map((l, i) => ({ cost: 1, upper: (most[l] ?? Infinity) - (base[i] ?? 0), entries: entries(l, 1) })),
        ...usable.map((l, i) => ({ cost: 0.5, upper: base[i] ?? 0, entries: entries(l, -1) })),
      ]),
      whole: true,
    });
    model.addColumns(compressed(auxiliary.map((a) => ({ cost: 0, upper: Infinity, entries: a.entries }))));
    const answer = model.solve();
    if (answer.status !== 'optimal') return false;
    usable.forEach((l, i) => {
      const up = answer.primal[i] ?? 0;
      const down = answer.primal[usable.length + i] ?? 0;
      quota[l] = Math.round((base[i] ?? 0) + up - down);
    });
    return groupRulesHold(instance, g, quota) === undefined;
  } finally {
    model.close();
  }
}

/** One replica at a time where the broken rule wants it, until all hold. */
function repair(instance: Instance, g: number, quota: Int32Array, wanted: Float64Array, most: Float64Array): boolean {
  const usable = locationsOf(instance, g);
  for (let turn = 0; turn < REPAIRS; turn++) {
    const broken = groupRulesHold(instance, g, quota);
    if (broken === undefined) return true;
    const { more, less } = broken;
    const out = less ? usable.filter((l) => less(l) && (quota[l] ?? 0) > 0) : [];
    const into = usable.filter((l) => more(l) && (quota[l] ?? 0) < (most[l] ?? Infinity));
    if (less && out.length > 0) {
      const l = best(out, (x) => (quota[x] ?? 0) - (wanted[x] ?? 0));
      quota[l] = (quota[l] ?? 0) - 1;
    } else if (into.length === 0) return false;
    if (into.length > 0) {
      const l = best(into, (x) => (wanted[x] ?? 0) - (quota[x] ?? 0));
      quota[l] = (quota[l] ?? 0) + 1;
    }
  }
  return false;
}

/**
 * Spare replicas out again while every rule still holds: from the place that rounding up has favoured most, since the
 * split over places is what egress was weighed with, and there from the location that it has favoured most.
 */
function thin(instance: Instance, g: number, quota: Int32Array, wanted: Float64Array): void {
  const placeOf = (l: number): string => `${instance.locations[l]?.provider}/${instance.locations[l]?.region}`;
  const surplus = (l: number): number => (quota[l] ?? 0) - (wanted[l] ?? 0);
  const byPlace = new Map<string, number>();
  const usable = locationsOf(instance, g);
  for (const l of usable) byPlace.set(placeOf(l), (byPlace.get(placeOf(l)) ?? 0) + surplus(l));
  const open = new Set(usable.filter((l) => (quota[l] ?? 0) > Math.floor((wanted[l] ?? 0) + NONE)));
  while (open.size > 0) {
    const l = best([...open], (x) => 1000 * (byPlace.get(placeOf(x)) ?? 0) + surplus(x));
    quota[l] = (quota[l] ?? 0) - 1;
    if (groupRulesHold(instance, g, quota) === undefined) {
      byPlace.set(placeOf(l), (byPlace.get(placeOf(l)) ?? 0) - 1);
      if ((quota[l] ?? 0) <= Math.floor((wanted[l] ?? 0) + NONE)) open.delete(l);
    } else {
      quota[l] = (quota[l] ?? 0) + 1;
      open.delete(l);
    }
  }
}

/** The first with the largest score. */
function best(among: readonly number[], score: (l: number) => number): number {
  return among.reduce((a, b) => (score(b) > score(a) ? b : a));
}
