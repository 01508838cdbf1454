import type { Instant } from '../../units.ts';
import { isBelieved, type Belief, type Beliefs, type Effect } from './belief.ts';
import type { Past } from './evidence.ts';
import { binsOf, ordinaryAt, type Bin } from './ordinary.ts';
import { isDay, type EventWindow } from './window.ts';

/** What events do to a run of steps, in logs: how far load is moved, and the variance of that. */
export interface Shift {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** 80% of a normal law lie within this many standard deviations of its middle. */
const Z80 = 1.2816;
/** How finely the moments of a burst are known, in bins: half a step early or late. */
const JITTER = 0.5;

/**
 * The windows' effect on `steps` steps from `from` on. Midnights stand in place of the day's effect, as far as they
 * are believed; declared events come on top.
 */
export function shiftOver(
  windows: readonly EventWindow[],
  beliefs: Beliefs,
  past: Past,
  from: Instant,
  steps: number,
): Shift {
  const mean = new Float64Array(steps);
  const variance = new Float64Array(steps);
  const order = ['holiday', 'near', 'midnight', 'declared'];
  const inOrder = windows
    .filter((w) => w.kind !== 'outage')
    .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  for (const window of inOrder) {
    const first = Math.max(0, Math.ceil((window.from - from) / past.stepMs));
    const end = Math.min(steps, Math.ceil((window.to - from) / past.stepMs));
    if (first >= end) continue;
    const belief = beliefs.of(window.key, window.kind);
    // what is not believed moves nothing
    if (!window.stated && !isBelieved(belief)) continue;
    const at = window.stated ? statedAt(window) : learntAt(window, belief, past);
    // of what is there already, a midnight leaves what it is not believed to replace
    const kept = window.kind === 'midnight' && !window.stated ? belief.odds.none : 1;
    for (let i = first; i < end; i++) {
      const here = at(from + (i + 0.5) * past.stepMs);
      mean[i] = kept * (mean[i] as number) + here.mean;
      variance[i] = kept * (variance[i] as number) + here.variance;
    }
  }
  return { mean, variance };
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

function statedAt({ stated, from }: EventWindow): (ms: number) => Moments {
  const { times = 1, between: [least, most] = [1, 1], ramp = 0 } = stated ?? {};
  const spread = Math.log(most / least) / (2 * Z80);
  return (ms) => {
    const risen = ramp > 0 ? Math.min(1, (ms - from) / (ramp * 1000)) : 1;
    return { mean: Math.log(1 + risen * (times - 1)), variance: (risen * spread) ** 2 };
  };
}

/** The hypotheses' effects mixed by their odds, bin by bin; between the middles of bins in proportion. */
function learntAt(window: EventWindow, belief: Belief, past: Past): (ms: number) => Moments {
  const bins = binsOf(window, past.local, past.stepMs);
  const turns = turnsToRest(window, bins, belief, past);
  const moments = bins.map((_, b) => mixed(b, turns, belief));
  if (window.kind === 'midnight') widenByJitter(moments);
  const middles = bins.map(({ from, to }) => (from + to) / 2);
  return (ms) => {
    const after = middles.findIndex((middle) => middle > ms);
    const b = after < 0 ? bins.length - 1 : Math.max(0, after - 1);
    const here = moments[b] ?? { mean: 0, variance: 0 };
    const next = moments[after] ?? here;
    const width = (middles[after] ?? 0) - (middles[b] ?? 0);
    const share = after <= 0 || width <= 0 ? 0 : (ms - (middles[b] ?? 0)) / width;
    return {
      mean: here.mean + share * (next.mean - here.mean),
      variance: here.variance + share * (next.variance - here.variance),
    };
  };
}

/** The hypotheses mixed by their odds. */
function mixed(b: number, turns: Turns, belief: Belief): Moments {
  const { odds, own, restOwn } = belief;
  const rest = turns.of[b] ?? 0;
  const cases = [
    { p: odds.none, mean: 0, variance: 0 },
    { p: odds.rest, mean: rest, variance: 0 },
    { p: odds.own, mean: own.level + hourOf(own, b), variance: varianceOf(own, own) },
    { p: odds.restOwn, mean: rest + restOwn.level + hourOf(restOwn, b), variance: varianceOf(restOwn, restOwn) },
    {
      p: odds.restHours,
      mean: own.level + rest - turns.mean + hourOf(restOwn, b),
      variance: varianceOf(own, restOwn),
    },
  ];
  const mean = cases.reduce((sum, { p, mean: m }) => sum + p * m, 0);
  const variance = cases.reduce((sum, { p, mean: m, variance: v }) => sum + p * (v + (m - mean) ** 2), 0);
  return { mean, variance };
}

/** A longer event than any before goes on at their level. */
const hourOf = ({ shape }: Effect, b: number): number => shape[b] ?? 0;
const varianceOf = (level: Effect, hours: Effect): number => level.levelVariance + hours.shapeVariance;

/** From this day's ordinary load to that of a day of rest, in logs, by bin. */
interface Turns {
  readonly of: readonly number[];
  readonly mean: number;
}

/** Where no day of rest can be told, or none is believed in, it is taken to be as any other. */
function turnsToRest(window: EventWindow, bins: readonly Bin[], { odds }: Belief, past: Past): Turns {
  if (!isDay(window) || odds.rest + odds.restOwn + odds.restHours < NEGLIGIBLE) return { of: [], mean: 0 };
  const { ordinary, local, restDay } = past;
  const of = bins.map((bin) => {
    const turn = ordinaryAt(bin, ordinary, local, restDay) - ordinaryAt(bin, ordinary, local);
    return Number.isNaN(turn) ? 0 : turn;
  });
  return { of, mean: of.reduce((a, b) => a + b, 0) / Math.max(1, of.length) };
}

/** Odds that are not worth the work. */
const NEGLIGIBLE = 1e-3;

/** A steep rise may come a little earlier or later than it did. */
function widenByJitter(moments: Moments[]): void {
  const means = moments.map(({ mean }) => mean);
  for (const [b, { mean, variance }] of moments.entries()) {
    const slope = ((means[b + 1] ?? mean) - (means[b - 1] ?? mean)) / 2;
    moments[b] = { mean, variance: variance + (JITTER * slope) ** 2 };
  }
}

/** Steps from the first that begins in the window to the first after it, within a series of `length` steps. */
export function stepsIn(
  window: EventWindow,
  start: Instant,
  stepMs: number,
  length: number,
): readonly [number, number] {
  const first = Math.max(0, Math.ceil((window.from - start) / stepMs));
  return [first, Math.max(first, Math.min(length, Math.ceil((window.to - start) / stepMs)))];
}
