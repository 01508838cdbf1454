import type { Resources } from '../../quantity.ts';
import { ruledOut } from '../eligible.ts';
import type { Candidate, Group, Problem } from '../problem.ts';

/**
 * Why no offering at all may carry a group, the commonest reasons first, and how far the node that comes nearest is
 * from holding a replica; undefined when one may carry it.
 */
export function nowhere(problem: Problem, group: Group): string | undefined {
  const reasons = new Map<string, number>();
  const tooSmall: Candidate[] = [];
  for (const o of problem.offerings) {
    const why = ruledOut(group, o);
    if (why === undefined && (o.atMost ?? 1) > 0) return undefined;
    const reason = why ?? 'finds no node left to have';
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    if (why?.startsWith('needs ')) tooSmall.push(o);
  }
  const sorted = [...reasons].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 3);
  const text = sorted.map(([reason, n]) => `${reason} (${n} offerings)`).join('; ');
  const said = `${group.name} fits on none of ${problem.offerings.length} offerings: it ${text === '' ? 'has none to choose from' : text}`;
  const nearest = nearestTo(group.requests, tooSmall);
  return nearest === undefined ? said : `${said}; ${nearest}`;
}

/** Of the nodes that are too small only because of their size the one that lacks the smallest share of a replica. */
function nearestTo(need: Resources, nodes: readonly Candidate[]): string | undefined {
  let best: { readonly node: Candidate; readonly short: readonly Shortage[]; readonly most: number } | undefined;
  for (const node of nodes) {
    const short = shortages(need, node.allocatable);
    const most = Math.max(...short.map((s) => s.share));
    if (!best || most < best.most || (most === best.most && node.id < best.node.id)) best = { node, short, most };
  }
  if (!best || best.short.length === 0) return undefined;
  return `the largest it may use, ${best.node.id}, is short by ${best.short.map((s) => s.text).join(' and ')}`;
}

interface Shortage {
  readonly text: string;
  /** of what a replica needs */
  readonly share: number;
}

function shortages(need: Resources, have: Resources): Shortage[] {
  const found: Shortage[] = [];
  const check = (needed: number, there: number, say: (lack: number) => string): void => {
    if (needed > there) found.push({ text: say(needed - there), share: (needed - there) / needed });
  };
  const mib = (lack: number): string => `${Math.ceil(lack).toLocaleString('en-US')} MiB`;
  check(need.cpu, have.cpu, (lack) => `${lack / 1000} cores`);
  check(need.memory, have.memory, (lack) => `${mib(lack)} of memory`);
  check(need.storage ?? 0, have.storage ?? Infinity, (lack) => `${mib(lack)} of ephemeral storage`);
  check(need.pods ?? 1, have.pods ?? Infinity, () => 'room for a pod');
  for (const [device, n] of Object.entries(need.devices ?? {})) {
    check(n, have.devices?.[device] ?? 0, (lack) => `${lack} ${device}`);
  }
  return found;
}
