import type { GroupDemand } from '../demand/demand.ts';
import { count, counted } from '../figures.ts';
import { ruledOut } from '../placement/eligible.ts';
import type { Candidate, Group } from '../placement/problem.ts';
import { roomOn } from './parking.ts';

/** A group of which no more than so many replicas may be let go in one cycle. */
export interface Paced {
  readonly group: Group;
  readonly letGoAtMost: number;
}

/** Groups with a pace that can bind: where all replicas may go at once, there is none. */
export function pacedGroups(demand: readonly GroupDemand[], groups: readonly Group[]): readonly Paced[] {
  return demand.flatMap(({ name, letGoAtMost, replicas }) => {
    const group = groups.find((g) => g.name === name);
    return group && letGoAtMost !== undefined && letGoAtMost < replicas ? [{ group, letGoAtMost }] : [];
  });
}

/** The first nodes that may drain, pool by pool in the order given, and by which group the others are kept. */
export interface Allowance {
  readonly drains: readonly number[];
  /** pool → the group that keeps the rest of its nodes, in words */
  readonly keptBy: ReadonlyMap<number, string>;
}

/**
 * As many of the nodes as the pace of every group allows. Which replicas run on a node is not known, so each node that
 * drains is counted as full of every group that may run there: rather too few drain than too many.
 */
export function withinPace(
  pools: readonly { readonly candidate: Candidate }[],
  order: readonly number[],
  nodes: readonly number[],
  paced: readonly Paced[],
): Allowance {
  const left = paced.map(({ letGoAtMost }) => letGoAtMost);
  const drains = nodes.map(() => 0);
  const keptBy = new Map<number, string>();
  for (const i of order) {
    const candidate = pools[i]?.candidate;
    const asked = nodes[i] ?? 0;
    if (!candidate || asked === 0) continue;
    const holds = paced.map(({ group }) => (ruledOut(group, candidate) === undefined ? roomOn(group, candidate) : 0));
    const may = holds.map((n, g) => (n === 0 ? Infinity : Math.floor((left[g] ?? 0) / n)));
    const drained = Math.min(asked, ...may);
    drains[i] = drained;
    holds.forEach((n, g) => (left[g] = (left[g] ?? 0) - n * drained));
    if (drained < asked) keptBy.set(i, words(paced, holds, may));
  }
  return { drains, keptBy };
}

function words(paced: readonly Paced[], holds: readonly number[], may: readonly number[]): string {
  const g = may.indexOf(Math.min(...may));
  const tightest = paced[g];
  if (!tightest) return '';
  const { group, letGoAtMost } = tightest;
  const pace = `no more than ${counted(letGoAtMost, 'replica')} of ${group.name} may be let go in one cycle (shrink)`;
  const each = `one of these nodes may hold ${count(holds[g] ?? 0)}`;
  return (holds[g] ?? 0) > letGoAtMost ? `${pace}, but ${each}: none can drain at that pace` : `${pace}, and ${each}`;
}
