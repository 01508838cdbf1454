import type { Points } from './blocks.ts';
import type { History } from './history.ts';
import { type Expected, RecentFeatures } from './recent-features.ts';
import { changeSaid, learn, type Learnt } from './recent-regression.ts';

/**
 * A regression on the last steps and on where days and weeks expect the load to go: how much of the way back to them is
 * gone by then, how much of their next change comes, what the last steps add, and what the last quarters of an hour and
 * the last hours did from this minute on. Each of these is a difference, so that nothing learnt means that the last value
 * stays.
 */
export interface RecentSteps {
  /**
   * What it says of each point, in the measure of `scored` → `out[p × width + at]`; NaN where it doesn't reach.
   *
   * @param width answers of all experts to one point
   */
  ask(points: Points, out: Float64Array, width: number, at: number): void;
  /** what was learnt, in steps from the epoch: a history that has grown a little may go on with it */
  readonly learnt: readonly Learnt[];
}

/** Further ahead the last steps tell nothing that the level of the last day does not. */
const REACH_S = 6 * 3600;
/** Steps of the past that are learnt from, at least; twice as many at most. */
const ROWS = 2000;

/**
 * @param expected what days and weeks say, each good for a day ahead
 * @param from the first step at which it may be asked
 * @param leads the furthest lead that will be asked for, in steps
 * @param before what was learnt from a history that has grown since; then only its last days may be asked
 */
export function recentSteps(
  history: History,
  expected: readonly Expected[],
  from: number,
  leads: number,
  before?: readonly Learnt[],
): RecentSteps | undefined {
  const { seen, stepMs, seasons } = history;
  const n = seen.length;
  const day = Math.max(1, Math.round(seasons.day ?? 1));
  const reach = Math.min(leads, day, Math.max(3, Math.round((REACH_S * 1000) / stepMs)));
  const known = expected.reduce((latest, { logs: of }) => Math.max(latest, firstOf(of, from)), from);
  const first = Math.max(1, known);
  if (!before && n - first < MANY * RecentFeatures.least(expected.length)) return undefined;
  const features = new RecentFeatures(history, expected, reach, before ? Math.max(0, n - KNOWN_DAYS * day) : 0);
  const anchors = anchorsUpTo(reach);
  const epoch = Math.round(history.startMs / stepMs);
  const stride = 2 ** Math.max(0, Math.floor(Math.log2((n - first) / ROWS)));
  const task = { features, seen, first, day, stride, daysPerStep: stepMs / 86_400_000 };
  const learnt =
    before?.map((one) => ({ ...one, first: one.first - epoch })) ?? anchors.map((lead) => learn(task, lead));
  const mixes = mixesOf(anchors);
  const { came, since, width: told } = features;
  return {
    learnt: learnt.map((one) => ({ ...one, first: one.first + epoch })),
    ask(points, out, width, at) {
      const { origins, leads: asked, count, room, said } = within(points, first, reach);
      const x = rowsFor(told * count);
      features.tell(origins, asked, count, x, room);
      for (let p = 0; p < points.count; p++) out[p * width + at] = Number.NaN;
      for (let p = 0; p < count; p++) {
        const t = origins[p] as number;
        const { near, after, share } = mixes[asked[p] as number] as Mix;
        const a = changeSaid(learnt[near] as Learnt, t, x, p, room);
        const b = near === after ? a : changeSaid(learnt[after] as Learnt, t, x, p, room);
        out[(said[p] as number) * width + at] = (came[t - since] as number) + a + share * (b - a);
      }
    },
  };
}

function firstOf(logs: Float64Array, from: number): number {
  let i = from;
  while (i < logs.length && Number.isNaN(logs[i])) i++;
  return i;
}

/** With what was learnt before, origins this old may be asked. */
const KNOWN_DAYS = 3;
/** Steps to learn from for each feature, or nothing is learnt. */
const MANY = 12;

/** Leads that are learnt; between them what two of them say is mixed. */
function anchorsUpTo(reach: number): readonly number[] {
  const anchors: number[] = [];
  for (let lead = 1; lead < reach; lead = Math.max(lead + 1, Math.round(lead * Math.SQRT2))) anchors.push(lead);
  return [...anchors, reach];
}

/** The two anchors that a lead lies between, and how far it is from the nearer to the further, in logs of leads. */
interface Mix {
  readonly near: number;
  readonly after: number;
  readonly share: number;
}

/** Of each lead up to the last anchor; that of lead 0 is not asked for. */
function mixesOf(anchors: readonly number[]): readonly Mix[] {
  return Array.from({ length: (anchors.at(-1) ?? 0) + 1 }, (_, lead) => {
    const after = anchors.findIndex((anchor) => anchor >= lead);
    const near = after > 0 && (anchors[after] as number) > lead ? after - 1 : after;
    const [low, high] = [anchors[near] as number, anchors[after] as number];
    return { near, after, share: high === low ? 0 : Math.log(lead / low) / Math.log(high / low) };
  });
}

interface Within extends Points {
  readonly room: number;
  /** which of the points each is */
  readonly said: Int32Array;
}

/** Those points that are no further ahead than is learnt, from no earlier than that begins. */
function within({ origins, leads, count }: Points, first: number, reach: number): Within {
  const kept = { origins: new Int32Array(count), leads: new Int32Array(count), said: new Int32Array(count) };
  let next = 0;
  for (let p = 0; p < count; p++) {
    if ((leads[p] as number) > reach || (origins[p] as number) < first) continue;
    kept.origins[next] = origins[p] as number;
    kept.leads[next] = leads[p] as number;
    kept.said[next++] = p;
  }
  return { ...kept, count: next, room: next };
}

/** Room for features: nothing of it is kept from one question to the next. */
let room = new Float64Array(0);

function rowsFor(length: number): Float64Array {
  if (room.length < length) room = new Float64Array(length);
  return room;
}
