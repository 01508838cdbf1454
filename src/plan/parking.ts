import { ruledOut } from '../placement/eligible.ts';
import type { Candidate, Group } from '../placement/problem.ts';
import type { Resources } from '../quantity.ts';
import { byText, firstOf } from './order.ts';

/** Nodes of one pool that hold the same replicas. */
export interface Bay {
  /** index of its pool in the caller's list */
  readonly pool: number;
  readonly candidate: Candidate;
  readonly nodes: number;
  /** replicas on EACH of the nodes */
  readonly replicas: Readonly<Record<string, number>>;
}

/** Group → replicas. */
export type Load = ReadonlyMap<string, number>;

interface Parked {
  readonly bays: readonly Bay[];
  /** what found no place */
  readonly left: Load;
}

/** @param where the nodes that may be used; absent = all of those given */
export type Park = (bays: readonly Bay[], load: Load, where?: (candidate: Candidate) => boolean) => Parked;

/**
 * Makes the question "can these replicas run on those nodes, beside what is there already?" quick to ask.
 *
 * First fit, the largest replicas first, the nodes in the order given: what it finds room for has room; where it
 * finds none there might be some. So it errs on the side of keeping nodes. Ceilings and spreads that span nodes are
 * not its business.
 */
export function parkingFor(groups: readonly Group[]): Park {
  const byName = new Map(groups.map((group) => [group.name, group]));
  const most = (pick: (r: Resources) => number): number => Math.max(1, ...groups.map((g) => pick(g.requests)));
  const largest = { cpu: most((r) => r.cpu), memory: most((r) => r.memory) };
  const sizeOf = ({ requests }: Group): number =>
    Math.max(requests.cpu / largest.cpu, requests.memory / largest.memory);
  const permits = permitter();

  return (bays, load, where) => {
    const wanted = [...load].filter(([, n]) => n > 0).map(([name, n]) => ({ group: groupNamed(byName, name), n }));
    wanted.sort((a, b) => firstOf(sizeOf(b.group) - sizeOf(a.group), byText(a.group.name, b.group.name)));
    let now: readonly Bay[] = bays;
    const left = new Map<string, number>();
    for (const { group, n } of wanted) {
      const mayUse = (c: Candidate): boolean => (where?.(c) ?? true) && permits(group, c);
      const put = parkGroup(now, group, n, byName, mayUse);
      now = put.bays;
      if (put.left > 0) left.set(group.name, put.left);
    }
    return { bays: now, left };
  };
}

/** Remembers who may use what: the answer is asked for again and again. */
function permitter(): (group: Group, candidate: Candidate) => boolean {
  const answers = new Map<Group, Map<Candidate, boolean>>();
  return (group, candidate) => {
    const ofGroup = answers.get(group) ?? new Map<Candidate, boolean>();
    if (ofGroup.size === 0) answers.set(group, ofGroup);
    const answer = ofGroup.get(candidate) ?? ruledOut(group, candidate) === undefined;
    ofGroup.set(candidate, answer);
    return answer;
  };
}

function parkGroup(
  bays: readonly Bay[],
  group: Group,
  wanted: number,
  groups: ReadonlyMap<string, Group>,
  mayUse: (candidate: Candidate) => boolean,
): { readonly bays: readonly Bay[]; readonly left: number } {
  let left = wanted;
  const after: Bay[] = [];
  for (const bay of bays) {
    const each = left > 0 && mayUse(bay.candidate) ? roomFor(group, bay, groups) : 0;
    if (each === 0) {
      after.push(bay);
      continue;
    }
    const full = Math.min(bay.nodes, Math.floor(left / each));
    const rest = full < bay.nodes ? left - full * each : 0;
    if (full > 0) after.push(loaded(bay, full, group.name, each));
    if (rest > 0) after.push(loaded(bay, 1, group.name, rest));
    const untouched = bay.nodes - full - (rest > 0 ? 1 : 0);
    if (untouched > 0) after.push({ ...bay, nodes: untouched });
    left -= full * each + rest;
  }
  return { bays: after, left };
}

const loaded = (bay: Bay, nodes: number, group: string, more: number): Bay => ({
  ...bay,
  nodes,
  replicas: { ...bay.replicas, [group]: (bay.replicas[group] ?? 0) + more },
});

/** Replicas of a group that an empty node has room for. */
export const roomOn = (group: Group, candidate: Candidate): number =>
  roomFor(group, { pool: 0, candidate, nodes: 1, replicas: {} }, new Map());

/** Replicas of a group that one node of the bay has room for. */
function roomFor(group: Group, bay: Bay, groups: ReadonlyMap<string, Group>): number {
  const used = Object.entries(bay.replicas).map(([name, n]) => ({ requests: groupNamed(groups, name).requests, n }));
  const have = bay.candidate.allocatable;
  let room = (group.perNodeAtMost ?? Infinity) - (bay.replicas[group.name] ?? 0);
  const limit = (need: number, total: number | undefined, taken: (r: Resources) => number): void => {
    if (need <= 0 || total === undefined) return;
    const free = total - used.reduce((sum, { requests, n }) => sum + taken(requests) * n, 0);
    room = Math.min(room, Math.floor(free / need + TOLERANCE));
  };
  const { requests } = group;
  limit(requests.cpu, have.cpu, (r) => r.cpu);
  limit(requests.memory, have.memory, (r) => r.memory);
  limit(requests.storage ?? 0, have.storage, (r) => r.storage ?? 0);
  limit(requests.pods ?? 1, have.pods, (r) => r.pods ?? 1);
  for (const [device, need] of Object.entries(requests.devices ?? {})) {
    limit(need, have.devices?.[device] ?? 0, (r) => r.devices?.[device] ?? 0);
  }
  return Math.max(0, room === Infinity ? 0 : room);
}

/** Requests and sizes come from binary fractions of cores and GiB: a shortage this small is none. */
const TOLERANCE = 1e-9;

function groupNamed(groups: ReadonlyMap<string, Group>, name: string): Group {
  const group = groups.get(name);
  if (!group) throw new Error(`the placement names group ${name}, which its problem does not have`);
  return group;
}
