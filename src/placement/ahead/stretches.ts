import { bootTimeOf } from '../../catalog/lead-time.ts';
import { toHours } from '../../units.ts';
import type { Candidate, Group, Problem } from '../problem.ts';
import type { Bucket, Periods } from './ahead.ts';
import { smallEnough } from './size.ts';

/**
 * The periods cut finely enough that nodes come and go between stretches only: at every start of a bucket, and
 * wherever nodes that are ordered now, or were before, begin to serve.
 */
export interface Timeline {
  readonly stretches: readonly Stretch[];
  /** the problem as it was asked, with every group at the most that it ever needs */
  readonly problem: Problem;
  readonly offerings: ReadonlyMap<string, Candidate>;
  /** offering → first stretch in which a node ordered now serves in full; the number of stretches where none does */
  readonly opens: ReadonlyMap<string, number>;
  /** offering → nodes that serve now */
  readonly running: ReadonlyMap<string, number>;
  /** for each stretch: offering → nodes ordered before that begin to serve with it */
  readonly arriving: readonly ReadonlyMap<string, number>[];
  readonly leadHours: (candidate: Pick<Candidate, 'id' | 'provider'>) => number;
}

export interface Stretch {
  /** index of its bucket */
  readonly bucket: number;
  readonly fromHours: number;
  readonly hours: number;
  /** need and offerings of this time alone: an offering that can't be started in time is limited to what is there */
  readonly problem: Problem;
  /** the same need with all offerings, as if every node served at once */
  readonly open: Problem;
  /** some offerings are limited by their lead time */
  readonly early: boolean;
}

/** Leads told apart at most, in small problems and in large ones; a lead between two counts as the longer one. */
const LEADS = 6;
const LEADS_OF_LARGE = 1;
/** Hours; times this near to each other are one. */
const NEAR = 1e-9;

/** @throws RangeError when a bucket has no length or there is none */
export function timelineOf(problem: Problem, periods: Periods): Timeline {
  const { buckets, onTheWay = [] } = periods;
  if (buckets.length === 0) throw new RangeError('periods must hold at least the current bucket, got none');
  for (const { hours } of buckets) {
    if (!(hours > 0 && Number.isFinite(hours))) throw new RangeError(`a bucket's hours must be > 0, got ${hours}`);
  }
  const leadHours = leadsOf(periods);
  const starts = startsOf(buckets);
  const end = starts[buckets.length] ?? 0;
  const cuts = times([
    ...starts,
    ...someOf(times(problem.offerings.map(leadHours)), smallEnough(problem, buckets.length) ? LEADS : LEADS_OF_LARGE),
    ...onTheWay.map((o) => o.inHours),
  ]).filter((t) => t > NEAR && t < end - NEAR);
  const from = [0, ...cuts];
  const needs = needsOf(problem, buckets);
  const firstFrom = (hours: number): number => {
    const at = from.findIndex((t) => t >= hours - NEAR);
    return at < 0 ? from.length : at;
  };

  const running = countsOf(problem.running);
  const arriving = from.map((_, at) => countsOf(onTheWay.filter((o) => firstFrom(o.inHours) === at)));
  const opens = new Map(problem.offerings.map((o) => [o.id, firstFrom(leadHours(o))]));
  const there = new Map(running);
  const stretches = from.map((fromHours, at): Stretch => {
    for (const [id, n] of arriving[at] ?? []) there.set(id, (there.get(id) ?? 0) + n);
    const bucket = starts.findLastIndex((t) => t <= fromHours + NEAR);
    const offerings = problem.offerings.flatMap((o) => (at < (opens.get(o.id) ?? 0) ? limited(o, there) : [o]));
    return {
      bucket,
      fromHours,
      hours: (from[at + 1] ?? end) - fromHours,
      problem: { ...problem, groups: needs[bucket] ?? [], offerings },
      open: { ...problem, groups: needs[bucket] ?? [] },
      early: problem.offerings.some((o) => at < (opens.get(o.id) ?? 0)),
    };
  });
  const most = problem.groups.map((group, g) => ({
    ...group,
    replicas: Math.max(...needs.map((groups) => groups[g]?.replicas ?? 0)),
  }));
  const offerings = new Map(problem.offerings.map((o) => [o.id, o]));
  return { stretches, problem: { ...problem, groups: most }, offerings, opens, running, arriving, leadHours };
}

function leadsOf({ leadHours = {} }: Periods): Timeline['leadHours'] {
  return ({ id, provider }) => {
    const given = leadHours[id] ?? leadHours[provider];
    // a lead that is no figure is not known: the provider's usual one stands for it
    return given !== undefined && given >= 0 ? given : toHours(bootTimeOf(provider));
  };
}

function startsOf(buckets: readonly Bucket[]): number[] {
  const starts = [0];
  for (const { hours } of buckets) starts.push((starts.at(-1) ?? 0) + hours);
  return starts;
}

/** Distinct times in order. */
function times(hours: readonly number[]): number[] {
  const sorted = hours.filter(Number.isFinite).toSorted((a, b) => a - b);
  return sorted.filter((t, i) => i === 0 || t - (sorted[i - 1] ?? 0) > NEAR);
}

/** At most so many of the leads, the longest always among them. */
function someOf(leads: readonly number[], most: number): readonly number[] {
  if (leads.length <= most) return leads;
  if (most === 1) return leads.slice(-1);
  return Array.from({ length: most }, (_, i) => leads[Math.round((i * (leads.length - 1)) / (most - 1))] ?? 0);
}

/** For each bucket, the groups at its need. A figure that is missing is never taken for none. */
function needsOf({ groups }: Problem, buckets: readonly Bucket[]): readonly (readonly Group[])[] {
  const last = new Map<string, number>();
  return buckets.map(({ replicas }) =>
    groups.map((group) => {
      const asked = replicas[group.name];
      const known = asked !== undefined && asked >= 0 && Number.isFinite(asked);
      const need = known ? Math.ceil(asked - 1e-9) : Math.max(group.replicas, last.get(group.name) ?? 0);
      last.set(group.name, need);
      return { ...group, replicas: need };
    }),
  );
}

/** An offering of which no more can be had in time than is there. */
function limited(o: Candidate, there: ReadonlyMap<string, number>): Candidate[] {
  const atMost = Math.min(there.get(o.id) ?? 0, o.atMost ?? Infinity);
  if (atMost <= 0) return [];
  return [{ ...o, atMost, ...(o.atLeast !== undefined && { atLeast: Math.min(o.atLeast, atMost) }) }];
}

function countsOf(nodes: readonly { readonly offering: string; readonly count: number }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const n of nodes) counts.set(n.offering, (counts.get(n.offering) ?? 0) + n.count);
  return counts;
}
