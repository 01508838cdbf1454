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
 * What today's nodes pay for egress, in $/h: exactly where it is known which replicas run on them. From pools alone it
 * is not; then it is what they pay when they carry today's need the best way they can. That is the least it can be, so
 * savings against it are never overstated.
 */
export function runningEgress(problem: Problem, solver: LinearSolver): number {
  if (problem.rules.flows.length === 0) return 0;
  const known = knownReplicas(problem);
  const needed = new Map(problem.groups.map((g) => [g.name, g.replicas]));
  if (known) return egressOf(problem.rules.flows, known, needed, solver);
  const counts = new Map<string, number>();
  for (const r of problem.running) counts.set(r.offering, (counts.get(r.offering) ?? 0) + r.count);
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
    return egressOf(problem.rules.flows, replicas, needed, solver);
  } finally {
    model.close();
  }
}

/** Group → place → replicas that run there; undefined where that is not known of every node and every group. */
function knownReplicas(problem: Problem): ReadonlyMap<string, ReadonlyMap<string, number>> | undefined {
  const offerings = new Map(problem.offerings.map((o) => [o.id, o]));
  const all = new Map<string, Map<string, number>>();
  for (const { offering, count, replicas } of problem.running) {
    const at = offerings.get(offering);
    if (!at || count === 0) continue;
    if (!replicas) return undefined;
    const place = `${at.provider}/${at.region}`;
    for (const [group, each] of Object.entries(replicas)) {
      const there = all.get(group) ?? new Map<string, number>();
      all.set(group, there.set(place, (there.get(place) ?? 0) + each * count));
    }
  }
  return problem.groups.every((g) => g.replicas <= 0 || all.has(g.name)) ? all : undefined;
}
