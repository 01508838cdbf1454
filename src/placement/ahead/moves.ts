import { counted, duration, named } from '../../figures.ts';
import { ruledOut } from '../eligible.ts';
import type { PlacedNodes } from '../placement.ts';
import type { Kept, Order, Periods, Short, Stop } from './ahead.ts';
import { type Change, offeringsOf, startsAt, stopsAt } from './bill.ts';
import { type Counts, type Course, countsOf } from './course.ts';
import type { Served } from './served.ts';
import type { Timeline } from './stretches.ts';

const NEAR = 1e-9;
const NONE: Counts = new Map();
const time = (hours: number): string => duration(hours * 3600);

/** Every start of a course, with the time at which it has to be ordered at the latest. */
export function ordersOf(line: Timeline, course: Course, { buckets, nextOrderHours }: Periods): Order[] {
  const next = nextOrderHours ?? buckets[0]?.hours ?? 0;
  const orders = offeringsOf(line, course.counts).flatMap((offering) => {
    const candidate = line.offerings.get(offering);
    if (!candidate) return [];
    const lead = line.leadHours(candidate);
    return line.stretches.flatMap(({ fromHours }, at): Order[] => {
      const count = startsAt(line, course.counts, at, offering);
      if (count === 0) return [];
      const atHours = Math.max(0, fromHours - lead);
      const now = atHours < next - NEAR;
      const serves = fromHours <= NEAR ? 'now' : `from ${time(fromHours)} on`;
      const wanted = `${counted(count, 'node')} of ${offering} must serve ${serves}, for ${reasonAt(line, course, at, offering)}`;
      const why = now
        ? `order now, because ${wanted}: ${count === 1 ? 'it takes' : 'they take'} ${time(lead)} to serve and the next chance to order, in ${time(next)}, is too late`
        : `order in ${time(atHours)}: ${wanted}, and ${count === 1 ? 'it takes' : 'they take'} ${time(lead)} to serve`;
      return [{ offering, count, atHours, servesAtHours: fromHours, now, why }];
    });
  });
  return orders.toSorted((a, b) => a.atHours - b.atHours || a.servesAtHours - b.servesAtHours);
}

/** The groups on an offering's nodes that need more than before; where none does, the nodes that it takes over from. */
function reasonAt(line: Timeline, course: Course, at: number, offering: string): string {
  const on = new Set((course.nodes[at] ?? []).flatMap((n) => (n.offering === offering ? Object.keys(n.replicas) : [])));
  const grown = (line.stretches[at]?.problem.groups ?? []).flatMap((group, g) => {
    const before = at === 0 ? undefined : line.stretches[at - 1]?.problem.groups[g]?.replicas;
    return on.has(group.name) && before !== undefined && group.replicas > before
      ? [`${group.name}, which grows from ${before} to ${counted(group.replicas, 'replica')}`]
      : [];
  });
  if (grown.length > 0) return named(grown);
  const gone = offeringsOf(line, course.counts).filter((id) => stopsAt(line, course.counts, at, id) > 0);
  if (gone.length > 0 && on.size > 0) return `${named([...on])}, in place of ${named(gone, 1)}`;
  return on.size > 0 ? named([...on]) : 'a later rise';
}

/** Every node that goes, with the time before which it may not. */
export function stopsOf(line: Timeline, course: Course, { buckets, nextOrderHours }: Periods): Stop[] {
  const next = nextOrderHours ?? buckets[0]?.hours ?? 0;
  const stops = offeringsOf(line, course.counts).flatMap((offering) =>
    line.stretches.flatMap(({ fromHours }, at): Stop[] => {
      const count = stopsAt(line, course.counts, at, offering);
      if (count === 0) return [];
      const now = fromHours < next - NEAR;
      const when = fromHours <= NEAR ? 'may stop now' : `may stop in ${time(fromHours)} and not sooner`;
      const again = course.counts.findIndex(
        (c, later) => later > at && (c.get(offering) ?? 0) > (course.counts[at]?.get(offering) ?? 0),
      );
      const after =
        again < 0
          ? `not needed again within ${time(lengthOf(line))}`
          : `needed again only in ${time(line.stretches[again]?.fromHours ?? 0)}: idling until then costs more than launching again`;
      return [
        { offering, count, atHours: fromHours, now, why: `${counted(count, 'node')} of ${offering} ${when}: ${after}` },
      ];
    }),
  );
  return stops.toSorted((a, b) => a.atHours - b.atHours);
}

const lengthOf = ({ stretches }: Timeline): number => stretches.reduce((sum, s) => sum + s.hours, 0);

/**
 * Today's nodes that stay through the current bucket though its own need would not keep them.
 *
 * @param last the last stretch of the current bucket
 */
export function keptOf(
  line: Timeline,
  change: Change,
  course: Course,
  served: readonly Served[],
  last: number,
  held?: string,
): Kept[] {
  const alone = countsOf(served[last]?.alone.nodes ?? []);
  const here = course.counts[last] ?? NONE;
  return [...line.running]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([offering, running]): Kept[] => {
      const count = Math.min(running, here.get(offering) ?? 0) - Math.min(running, alone.get(offering) ?? 0);
      const own = line.offerings.get(offering)?.atLeast ?? 0;
      if (count <= 0 || (here.get(offering) ?? 0) <= own) return [];
      const kept = `kept ${counted(count, 'node')} of ${offering}`;
      if (held !== undefined) return [{ offering, count, why: `${kept}: ${held}` }];
      const idle = busy(course.nodes[last] ?? [], offering);
      const again = line.stretches.findIndex(
        (_, at) =>
          at > last &&
          (busy(course.nodes[at] ?? [], offering) > idle ||
            (countsOf(served[at]?.alone.nodes ?? []).get(offering) ?? 0) > (alone.get(offering) ?? 0)),
      );
      if (again < 0)
        return [{ offering, count, why: `${kept}: what would replace them costs more to start than it saves` }];
      const againInHours = line.stretches[again]?.fromHours ?? 0;
      const candidate = line.offerings.get(offering);
      const tooLate = candidate !== undefined && againInHours < line.leadHours(candidate) - NEAR;
      const because = tooLate
        ? `a new one would take ${time(line.leadHours(candidate))}`
        : `idling costs less than launching again at $${change.launchUsd.toFixed(2)} a node`;
      return [
        { offering, count, againInHours, why: `${kept}, because needed again in ${time(againInHours)}: ${because}` },
      ];
    });
}

/** Nodes of an offering that hold replicas. */
const busy = (nodes: readonly PlacedNodes[], offering: string): number =>
  nodes.reduce((sum, n) => sum + (n.offering === offering && Object.keys(n.replicas).length > 0 ? n.count : 0), 0);

/** Need that can't be met, with the time over which it can't. */
export function shortOf(line: Timeline, served: readonly Served[]): Short[] {
  const found: Short[] = [];
  const open = new Map<string, number>();
  line.stretches.forEach((stretch, at) => {
    const { short = {}, conflict = [], late = false } = served[at] ?? {};
    for (const group of stretch.problem.groups) {
      const replicas = short[group.name] ?? 0;
      const before = found[open.get(group.name) ?? -1];
      const soonest = late ? soonestFor(line, group, stretch.fromHours) : undefined;
      const why =
        soonest === undefined
          ? (conflict[0] ?? 'no whole nodes were found that hold them')
          : `nothing ordered now serves it before ${time(soonest)} from now, and no room was found on the nodes that run`;
      const untilHours = stretch.fromHours + stretch.hours;
      if (replicas === 0) open.delete(group.name);
      else if (before && before.replicas === replicas && before.why === why) {
        found[open.get(group.name) ?? -1] = { ...before, untilHours };
      } else {
        open.set(group.name, found.length);
        found.push({ group: group.name, replicas, fromHours: stretch.fromHours, untilHours, why });
      }
    }
  });
  return found;
}

/** Hours until the first offering that is open to a group and not yet at a time serves; undefined when all do. */
function soonestFor(line: Timeline, group: Parameters<typeof ruledOut>[0], after: number): number | undefined {
  const leads = line.problem.offerings
    .filter((o) => (o.atMost ?? Infinity) > 0 && ruledOut(group, o) === undefined)
    .map(line.leadHours)
    .filter((hours) => hours > after + NEAR);
  return leads.length > 0 ? Math.min(...leads) : undefined;
}

export const shortWords = ({ group, replicas, fromHours, untilHours, why }: Short): string =>
  `${counted(replicas, 'replica')} of ${group} can't be served ${fromHours <= NEAR ? 'for the first' : `from ${time(fromHours)} to`} ${time(untilHours)}: ${why}`;
