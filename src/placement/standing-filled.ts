import type { Filled } from './greedy-nodes.ts';
import type { Instance } from './instance.ts';
import type { Problem } from './problem.ts';
import { freeOn, withAdded } from './regained-nodes.ts';
import { type Broken, groupRulesHold, locationsOf } from './standing.ts';

/** Looks at a group's rules, some 20 ns for each location: a count, so that a replay decides alike on any machine. */
const WORK = 4e6;

/**
 * Nodes with the demand on them: replicas beyond it go where no rule asks for them, those that lack come onto free room,
 * one by one to where the group's rules want them most, and onto new nodes only where there is none.
 *
 * @returns undefined where some find no place
 */
export function filledUp(
  problem: Problem,
  instance: Instance,
  nodes: readonly Filled[],
  { starts }: { readonly starts: boolean },
): readonly Filled[] | undefined {
  const fill = new Fill(problem, instance, nodes, starts);
  const bySize = instance.groups
    .map((_, g) => g)
    .toSorted((a, b) => sizeOf(instance, b) - sizeOf(instance, a) || a - b);
  for (const g of bySize) fill.trim(g);
  for (const g of bySize) if (!fill.complete(g)) return undefined;
  return fill.nodes;
}

/** The largest share of any resource of the largest node that a replica takes. */
function sizeOf({ resources, need, capacity, candidates }: Instance, g: number): number {
  let size = 0;
  for (let r = 0; r < resources; r++) {
    let most = 0;
    for (let o = 0; o < candidates.length; o++) most = Math.max(most, capacity[o * resources + r] ?? 0);
    if (most > 0) size = Math.max(size, (need[g * resources + r] ?? 0) / most);
  }
  return size;
}

class Fill {
  nodes: readonly Filled[];
  private readonly problem: Problem;
  private readonly instance: Instance;
  private readonly starts: boolean;
  private work = 0;

  constructor(problem: Problem, instance: Instance, nodes: readonly Filled[], starts: boolean) {
    this.problem = problem;
    this.instance = instance;
    this.nodes = nodes;
    this.starts = starts;
  }

  /** Replicas beyond the need that no rule asks for. */
  trim(g: number): void {
    const wanted = this.instance.groups[g]?.replicas ?? 0;
    const here = this.inLocation(g);
    let spare = sum(here) - wanted;
    if (spare <= 0 || this.broken(g, here)) return;
    const out = new Int32Array(here.length);
    // the fullest location gives first: so the others' rules are the last to be broken
    for (; spare > 0; spare--) {
      const order = [...here.keys()]
        .filter((l) => (here[l] ?? 0) > 0)
        .toSorted((a, b) => (here[b] ?? 0) - (here[a] ?? 0));
      const from = order.find((l) => {
        here[l] = (here[l] ?? 0) - 1;
        if (!this.broken(g, here)) return true;
        here[l] = (here[l] ?? 0) + 1;
        return false;
      });
      if (from === undefined) break;
      out[from] = (out[from] ?? 0) + 1;
    }
    this.takeOut(g, out);
  }

  /** Brings a group up to its need and its rules; false where that is not possible. */
  complete(g: number): boolean {
    const { locations } = this.instance;
    const here = this.inLocation(g);
    const [more, less] = [new Int32Array(locations.length), new Int32Array(locations.length)];
    let free: Float64Array | undefined;
    for (let broken = this.broken(g, here); broken; broken = this.broken(g, here)) {
      if (this.work > WORK) return false;
      free ??= this.freeIn(g);
      const l = this.roomiest(g, broken, free) ?? (this.starts ? this.started(g, broken, free, here) : undefined);
      if (l !== undefined) {
        free[l] = (free[l] ?? 0) - 1;
        here[l] = (here[l] ?? 0) + 1;
        more[l] = (more[l] ?? 0) + 1;
        continue;
      }
      const from = locationsOf(this.instance, g).find((at) => (here[at] ?? 0) > 0 && broken.less?.(at));
      if (from === undefined) return false;
      here[from] = (here[from] ?? 0) - 1;
      if ((more[from] ?? 0) > 0) more[from] = (more[from] ?? 0) - 1;
      else less[from] = (less[from] ?? 0) + 1;
      free[from] = (free[from] ?? 0) + 1;
    }
    this.takeOut(g, less);
    if (more.every((n) => n === 0)) return true;
    const added = withAdded(this.instance, this.nodes, g, more);
    this.nodes = added.nodes;
    return added.short.every((n) => n <= 0);
  }

  private broken(g: number, here: Int32Array): Broken | undefined {
    this.work += here.length;
    return groupRulesHold(this.instance, g, here);
  }

  /** Where the rules want one more and running nodes have most room for it. */
  private roomiest(g: number, { more }: Broken, free: Float64Array): number | undefined {
    let best: number | undefined;
    for (const l of locationsOf(this.instance, g)) {
      if ((free[l] ?? 0) > (best === undefined ? 0 : (free[best] ?? 0)) && more(l)) best = l;
    }
    return best;
  }

  /** One more node, the one that costs least for each replica that it takes in; answers its location. */
  private started(g: number, { more }: Broken, free: Float64Array, here: Int32Array): number | undefined {
    const { candidates, fits, locationOf, groups, running } = this.instance;
    const { change } = this.problem;
    const lacking = Math.max(1, (groups[g]?.replicas ?? 0) - sum(here));
    const there = new Int32Array(candidates.length);
    for (const { candidate, count } of this.nodes) there[candidate] = (there[candidate] ?? 0) + count;
    let best = -1;
    let least = Infinity;
    candidates.forEach(({ usdPerHour, atMost = Infinity }, o) => {
      const each = Math.min(lacking, fits[g * candidates.length + o] ?? 0);
      if (each <= 0 || (there[o] ?? 0) >= atMost || !more(locationOf[o] ?? 0)) return;
      const opened = (running[o] ?? 0) + (there[o] ?? 0) === 0 ? (change?.openUsd ?? 0) : 0;
      const launch = change ? (change.launchUsd + opened) / change.horizonHours : 0;
      const usd = (usdPerHour + launch) / each;
      if (usd < least - 1e-12) [best, least] = [o, usd];
    });
    if (best < 0) return undefined;
    this.work += candidates.length;
    this.nodes = [...this.nodes, { candidate: best, count: 1, filling: new Int32Array(groups.length) }];
    const l = locationOf[best] ?? 0;
    free[l] = (free[l] ?? 0) + (fits[g * candidates.length + best] ?? 0);
    return l;
  }

  private freeIn(g: number): Float64Array {
    const free = new Float64Array(this.instance.locations.length);
    for (const node of this.nodes) {
      const l = this.instance.locationOf[node.candidate] ?? 0;
      free[l] = (free[l] ?? 0) + node.count * freeOn(this.instance, node, g);
    }
    return free;
  }

  private inLocation(g: number): Int32Array {
    const here = new Int32Array(this.instance.locations.length);
    for (const { candidate, count, filling } of this.nodes) {
      const l = this.instance.locationOf[candidate] ?? 0;
      here[l] = (here[l] ?? 0) + count * (filling[g] ?? 0);
    }
    return here;
  }

  /** So many replicas of a group out of each location, from the nodes that hold least first. */
  private takeOut(g: number, out: Int32Array): void {
    if (out.every((n) => n === 0)) return;
    const left = out.slice();
    const loosest = this.nodes.toSorted((a, b) => sum(a.filling) - sum(b.filling));
    this.nodes = loosest.flatMap((node): readonly Filled[] => {
      const l = this.instance.locationOf[node.candidate] ?? 0;
      const each = node.filling[g] ?? 0;
      const wanted = Math.min(left[l] ?? 0, each * node.count);
      if (wanted <= 0) return [node];
      left[l] = (left[l] ?? 0) - wanted;
      const whole = Math.floor(wanted / each);
      const part = wanted - whole * each;
      return [
        { ...node, count: whole, filling: node.filling.with(g, 0) },
        { ...node, count: part > 0 ? 1 : 0, filling: node.filling.with(g, each - part) },
        { ...node, count: node.count - whole - (part > 0 ? 1 : 0) },
      ].filter(({ count }) => count > 0);
    });
  }
}

const sum = (numbers: Int32Array): number => numbers.reduce((total, n) => total + n, 0);
