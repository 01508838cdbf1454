import type { LinearSolver } from '../ports.ts';
import { ColumnModel } from './columns.ts';
import { converge } from './converge.ts';
import { egressOf } from './cost.ts';
import { instanceOf } from './instance.ts';
import { masterOf } from './master.ts';
import type { Problem } from './problem.ts';

/** Pricing rounds: the split over places settles long before the last filling is found. */
const ROUNDS = 60;

/**
 * What today's nodes pay for egress, in $/h, when they carry today's need the best way they can. Which replicas run
 * where is not known from pools alone, so this is the least it can be: savings against it are never overstated.
 */
export function runningEgress(problem: Problem, solver: LinearSolver): number {
  if (problem.rules.flows.length === 0) return 0;
  const counts = new Map(problem.running.map((r) => [r.offering, r.count]));
  const offerings = problem.offerings
    .filter((o) => (counts.get(o.id) ?? 0) > 0)
    // the nodes are there and paid for: only where replicas are placed on them is to be decided
    .map((o) => ({ ...o, usdPerHour: o.usdPerHour * 1e-3, atLeast: 0, atMost: counts.get(o.id) ?? 0 }));
  const standing: Problem = {
    ...problem,
    offerings,
    groups: problem.groups.map(({ name, replicas, requests, allow }) => ({ name, replicas, requests, allow })),
    rules: { ...problem.rules, vendorShareAtMost: new Map(), commitments: [], discounts: [] },
    running: [],
  };
  const instance = instanceOf(standing, offerings);
  const master = masterOf(standing, instance, () => 1);
  const objective = { nodePrice: master.nodeCost, keptCredit: new Float64Array(offerings.length) };
  const model = new ColumnModel(instance, master, solver, objective);
  try {
    const answer = converge(model, ROUNDS);
    if (answer.status !== 'optimal') return 0;
    const replicas = new Map<string, Map<string, number>>();
    model.patterns.forEach((pattern, p) => {
      const count = answer.primal[model.columnOf(p)] ?? 0;
      const at = instance.locations[instance.locationOf[pattern.candidate] ?? 0];
      if (count <= 0 || !at) return;
      pattern.filling.forEach((n, g) => {
        const name = instance.groups[g]?.name;
        if (n === 0 || name === undefined) return;
        const there = replicas.get(name) ?? new Map<string, number>();
        const place = `${at.provider}/${at.region}`;
        replicas.set(name, there.set(place, (there.get(place) ?? 0) + n * count));
      });
    });
    return egressOf(problem.rules.flows, replicas, new Map(problem.groups.map((g) => [g.name, g.replicas])), solver);
  } finally {
    model.close();
  }
}
