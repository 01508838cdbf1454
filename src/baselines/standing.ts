import type { Market } from './market.ts';
import { emptyRun, part, put, type Load, type Run, roomOn } from './runs.ts';

/**
 * Today's nodes as an autoscaler finds them: replicas that run stay where they are, as far as they may, the nodes that
 * pools must keep are there, and what a group has too many of is gone. The rest of what is asked for is pending.
 *
 * A group scaled in loses replicas first where most of its own stand together, as the ReplicaSet controller ranks them
 * (kubernetes/kubernetes pkg/controller/controller_utils.go, `ActivePodsWithRanks`).
 */
export function standingOf(market: Market): { readonly runs: Run[]; readonly pending: Int32Array } {
  const runs = runningNow(market);
  keepMinimums(market, runs);
  const pending = new Int32Array(market.groups.length);
  market.groups.forEach((group, g) => {
    const there = runs.reduce((sum, run) => sum + run.count * (run.filling.get(g) ?? 0), 0);
    if (there > group.replicas) scaleIn(market, runs, g, there - group.replicas);
    pending[g] = Math.max(0, group.replicas - there);
  });
  return { runs, pending };
}

function runningNow(market: Market): Run[] {
  const offeringAt = new Map(market.offerings.map((o, i) => [o.id, i]));
  const groupAt = new Map(market.groups.map((group, g) => [group.name, g]));
  const taken = new Map<number, number>();
  const sorted = market.problem.running
    .map((r) => ({ ...r, on: Object.entries(r.replicas ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)) }))
    .map((r) => ({ ...r, key: JSON.stringify([r.offering, r.on]) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return sorted.flatMap((r) => {
    const o = offeringAt.get(r.offering);
    if (o === undefined) return [];
    const before = taken.get(o) ?? 0;
    const count = Math.min(r.count, (market.atMost[o] as number) - before);
    if (count <= 0) return [];
    taken.set(o, before + count);
    const run = emptyRun(market, o, count);
    for (const [name, replicas] of r.on) {
      const group = groupAt.get(name);
      if (group === undefined) continue;
      const load: Load = { group, offerings: market.allowed[group] as number, replicas };
      const stay = Math.min(Math.floor(replicas), roomOn(market, run, load));
      if (stay > 0) put(market, run, group, stay);
    }
    return [run];
  });
}

function keepMinimums(market: Market, runs: Run[]): void {
  const missing = market.atLeast.slice();
  for (const run of runs) missing[run.offering] = (missing[run.offering] as number) - run.count;
  missing.forEach((n, o) => n > 0 && runs.push(emptyRun(market, o, n)));
}

function scaleIn(market: Market, runs: Run[], g: number, surplus: number): void {
  for (let left = surplus; left > 0;) {
    const most = runs.reduce((n, run) => Math.max(n, run.filling.get(g) ?? 0), 0);
    for (let i = 0; i < runs.length && left > 0; i++) {
      const run = runs[i] as Run;
      if (run.filling.get(g) !== most) continue;
      if (run.count > left) {
        runs.splice(i + 1, 0, part(run, run.count - left));
        run.count = left;
        // what was cut off is not met again at this height
        i++;
      }
      left -= run.count;
      put(market, run, g, -1);
      if (run.filling.get(g) === 0) run.filling.delete(g);
    }
  }
}
