import type { LinearSolver } from '../../ports.ts';
import type { PlacedNodes } from '../placement.ts';
import type { Problem } from '../problem.ts';
import { PathModel } from './path-model.ts';
import type { Relaxed } from './relaxed.ts';

/** Nodes over all stretches up to which whole ones are looked for together; more are rounded as well one by one. */
const NODES = 240;
const COLUMNS = 1200;
const SEARCH_NODES = 300;

/**
 * Whole nodes of all stretches looked for at once, over the fillings that the relaxation knows: in a small fleet one
 * node more or less decides whether to keep it over a dip.
 *
 * @returns the nodes of each stretch; undefined when there are too many, or the search finds none
 */
export function searched(
  relaxed: Relaxed,
  served: readonly Problem[],
  solver: LinearSolver,
): (readonly PlacedNodes[])[] | undefined {
  const { cells, ways, candidates, missingUsd } = relaxed;
  const nodes = relaxed.nodes.reduce((sum, at) => sum + [...at.values()].reduce((a, b) => a + Math.ceil(b), 0), 0);
  if (nodes > NODES) return undefined;
  const known = relaxed.fillings
    .map((f, i) => ({ ...f, i }))
    .toSorted((a, b) => a.beyond - b.beyond || a.i - b.i)
    .slice(0, COLUMNS);
  const active = [...new Set(relaxed.fillings.map((f) => f.pattern.candidate))].toSorted((a, b) => a - b);
  const model = new PathModel(cells, ways, active, missingUsd, solver, SEARCH_NODES);
  try {
    for (const at of cells.keys()) {
      model.add(
        at,
        known.filter((f) => f.at === at).map((f) => f.pattern),
      );
    }
    const answer = model.solve();
    if (answer.status !== 'optimal' && answer.status !== 'found') return undefined;
    const found: PlacedNodes[][] = cells.map(() => []);
    for (const { at, pattern, column } of model.fillings) {
      const count = Math.round(answer.primal[column] ?? 0);
      const offering = candidates[pattern.candidate]?.id;
      if (count <= 0 || offering === undefined) continue;
      const replicas: Record<string, number> = {};
      cells[at]?.instance.groups.forEach((g, i) => {
        if ((pattern.filling[i] ?? 0) > 0) replicas[g.name] = pattern.filling[i] ?? 0;
      });
      found[at]?.push({ offering, count, replicas });
    }
    // a node may stand idle: it belongs to its stretch all the same
    cells.forEach((_, at) => {
      for (const o of active) {
        const offering = candidates[o]?.id ?? '';
        const busy = (found[at] ?? []).reduce((sum, n) => sum + (n.offering === offering ? n.count : 0), 0);
        const idle = Math.round(model.nodesOf(at, o, answer.primal)) - busy;
        if (idle > 0) found[at]?.push({ offering, count: idle, replicas: {} });
      }
    });
    return found.map((nodesAt, at) => withoutSurplus(nodesAt, served[at]));
  } finally {
    model.close();
  }
}

/** Fillings may hold more replicas than are needed; where no rule counts them they go again. */
function withoutSurplus(nodes: readonly PlacedNodes[], problem: Problem | undefined): readonly PlacedNodes[] {
  let left = [...nodes];
  for (const group of problem?.groups ?? []) {
    if (group.zoneSkew || group.survive) continue;
    let surplus = left.reduce((sum, n) => sum + n.count * (n.replicas[group.name] ?? 0), 0) - group.replicas;
    left = left.flatMap((n) => {
      const each = n.replicas[group.name] ?? 0;
      if (surplus <= 0 || each === 0) return [n];
      const emptied = Math.min(n.count, Math.floor(surplus / each));
      const part = emptied < n.count ? Math.min(each - 1, surplus - emptied * each) : 0;
      surplus -= emptied * each + part;
      const rest = n.count - emptied - (part > 0 ? 1 : 0);
      return [
        { ...n, count: emptied, replicas: holding(n.replicas, group.name, 0) },
        { ...n, count: part > 0 ? 1 : 0, replicas: holding(n.replicas, group.name, each - part) },
        { ...n, count: rest },
      ].filter(({ count }) => count > 0);
    });
  }
  return left;
}

function holding(replicas: PlacedNodes['replicas'], group: string, n: number): Record<string, number> {
  const { [group]: _, ...others } = replicas;
  return n > 0 ? { ...others, [group]: n } : others;
}
