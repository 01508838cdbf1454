import type { Problem } from './problem.ts';
import { type Builder, type Entry, FREE } from './rows.ts';

/**
 * Load of a group is split over its places, never more of it in a place than its replicas there can carry; two groups
 * that talk share their splits, and callers reach the peers that make the bill least.
 */
export function flowRows(build: Builder, problem: Problem, names: readonly string[]): void {
  const { locations, groups } = build.instance;
  const involved = new Set(problem.rules.flows.flatMap((f) => [f.from, f.to]).filter((n) => n !== 'internet'));
  /** group → place → its share of the load there */
  const shares = new Map<string, Map<string, LoadShare>>();
  for (const name of involved) {
    const g = names.indexOf(name);
    if (g < 0) continue;
    const places = new Map<string, number[]>();
    for (const l of build.locationsOf(g)) {
      const at = locations[l];
      if (at) places.set(`${at.provider}/${at.region}`, [...(places.get(`${at.provider}/${at.region}`) ?? []), l]);
    }
    places.set(UNPLACED, []);
    const replicas = groups[g]?.replicas ?? 1;
    const whole = build.row(`load/${name}`, replicas, replicas);
    const byPlace = new Map<string, LoadShare>();
    for (const [place, ls] of places) {
      const carried = build.row(`load/${name}/${place}`, -FREE, 0);
      for (const l of ls) build.replica(g, l, carried, -1);
      if (place === UNPLACED) build.alsoMissing(g, { row: carried, value: -1 });
      const entries = [
        { row: whole, value: 1 },
        { row: carried, value: 1 },
      ];
      byPlace.set(place, { entries, cost: 0, replicas });
    }
    shares.set(name, byPlace);
  }
  for (const flow of problem.rules.flows) {
    const from = shares.get(flow.from);
    if (!from) continue;
    const usdPerHour = (a: string, b: string): number =>
      a === UNPLACED || b === UNPLACED ? 0 : flow.gbPerHour * flow.usdPerGb(a, b);
    if (flow.to === 'internet') {
      for (const [place, share] of from) share.cost += usdPerHour(place, 'internet');
      continue;
    }
    const to = shares.get(flow.to);
    if (!to) continue;
    const out = new Map(
      [...from].map(([place, share]) => [place, balanceRow(build, share, `${flow.label}/out/${place}`)]),
    );
    const into = new Map(
      [...to].map(([place, share]) => [place, balanceRow(build, share, `${flow.label}/in/${place}`)]),
    );
    for (const [a, outRow] of out) {
      for (const [b, intoRow] of into) {
        const entries = [
          { row: outRow, value: -1 },
          { row: intoRow, value: -1 },
        ];
        build.auxiliary.push({ kind: 'flow', of: 0, cost: usdPerHour(a, b), upper: 1, entries });
      }
    }
  }
  for (const [name, byPlace] of shares) {
    const of = names.indexOf(name);
    for (const { entries, cost, replicas } of byPlace.values()) {
      build.auxiliary.push({ kind: 'load-share', of, cost: cost / replicas, upper: replicas, entries });
    }
  }
}

/** How much of a group's load is carried in a place, in replicas' worth of it: a column to be. */
interface LoadShare {
  readonly entries: Entry[];
  /** $/h if all of the load were carried there */
  cost: number;
  /** that carry the whole load */
  readonly replicas: number;
}

/** Stands for the place of replicas that could not be placed, so that the flows stay in balance. */
const UNPLACED = '';

/** share in a place = Σ of what flows out of (or into) it */
function balanceRow(build: Builder, share: LoadShare, name: string): number {
  const row = build.row(`flow/${name}`, 0, 0);
  share.entries.push({ row, value: 1 / share.replicas });
  return row;
}
