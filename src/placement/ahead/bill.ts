import { billOf } from '../cost.ts';
import type { Counts } from './course.ts';
import type { Timeline } from './stretches.ts';

/** What changing nodes costs. A node that is on its way already is paid for. */
export interface Change {
  /** for each node that is started */
  readonly launchUsd: number;
  /** for each offering that runs no node yet and has none on the way */
  readonly openUsd: number;
  /** for each node of now that is left at some time: its replicas move */
  readonly leaveUsd: (offering: string) => number;
}

export function changeOf(line: Timeline): Change {
  const { problem, running } = line;
  const { launchUsd = 0, openUsd = 0, moveUsdPerReplica = 0 } = problem.change ?? {};
  const onEach = new Map([...running.keys()].map((id) => [id, replicasOn(line, id)]));
  return { launchUsd, openUsd, leaveUsd: (id) => moveUsdPerReplica * (onEach.get(id) ?? 0) };
}

/** Replicas on each running node of an offering, on average; where they are not known, as many as could be there. */
function replicasOn({ problem, offerings }: Timeline, id: string): number {
  const candidate = offerings.get(id);
  let nodes = 0;
  let replicas = 0;
  for (const r of problem.running) {
    if (r.offering !== id) continue;
    nodes += r.count;
    const each = r.replicas
      ? Object.values(r.replicas).reduce((a, b) => a + b, 0)
      : Math.max(0, ...problem.groups.map((g) => (candidate ? candidate.allocatable.cpu / g.requests.cpu : 0)));
    replicas += r.count * (Number.isFinite(each) ? Math.floor(each) : (candidate?.allocatable.pods ?? 0));
  }
  return nodes > 0 ? replicas / nodes : 0;
}

/** Nodes that have to be started for a stretch: those that neither ran before nor arrive. */
export function startsAt(line: Timeline, course: readonly Counts[], at: number, id: string): number {
  const before = at === 0 ? line.running : (course[at - 1] ?? new Map<string, number>());
  return Math.max(0, (course[at]?.get(id) ?? 0) - (before.get(id) ?? 0) - (line.arriving[at]?.get(id) ?? 0));
}

/** Nodes that go at the start of a stretch. */
export function stopsAt(line: Timeline, course: readonly Counts[], at: number, id: string): number {
  const before = at === 0 ? line.running : (course[at - 1] ?? new Map<string, number>());
  return Math.max(0, (before.get(id) ?? 0) + (line.arriving[at]?.get(id) ?? 0) - (course[at]?.get(id) ?? 0));
}

/** USD for all starts and leaves over the whole time. */
export function changeUsd(line: Timeline, change: Change, course: readonly Counts[]): number {
  let usd = 0;
  for (const id of offeringsOf(line, course)) {
    let starts = 0;
    let least = Infinity;
    course.forEach((counts, at) => {
      starts += startsAt(line, course, at, id);
      least = Math.min(least, counts.get(id) ?? 0);
    });
    const running = line.running.get(id) ?? 0;
    const known = running > 0 || line.arriving.some((a) => (a.get(id) ?? 0) > 0);
    usd += starts * change.launchUsd + (starts > 0 && !known ? change.openUsd : 0);
    usd += Math.max(0, running - least) * change.leaveUsd(id);
  }
  return usd;
}

/** Offerings that run now or serve in any stretch, in the order of their ids. */
export function offeringsOf(line: Timeline, course: readonly Counts[]): string[] {
  const ids = new Set(line.running.keys());
  for (const counts of [...line.arriving, ...course]) for (const id of counts.keys()) ids.add(id);
  return [...ids].filter((id) => line.opens.has(id)).toSorted();
}

/** $/h of a stretch's nodes after contracts, sunk commitments included. */
export function nodesUsdPerHour({ problem, offerings }: Timeline, counts: Counts): number {
  const nodes = [...counts].flatMap(([id, count]) => {
    const candidate = offerings.get(id);
    return candidate && count > 0 ? [{ candidate, count }] : [];
  });
  return billOf(
    problem,
    nodes.toSorted((a, b) => (a.candidate.id < b.candidate.id ? -1 : 1)),
  ).usdPerHour;
}
