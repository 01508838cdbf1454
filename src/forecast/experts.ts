import { baseOf, kindsFor, type Base, type BaseKind } from './bases.ts';
import type { History } from './history.ts';

/**
 * The simple predictors that are blended: each base as it is, moved to the level of the last day, and moved to the
 * level of the last quarter of an hour; and the last value.
 */
export interface Experts {
  readonly kinds: readonly BaseKind[];
  /** for each expert, the base it starts from */
  readonly families: readonly string[];
  /** ln load + offset so far, without spikes and holes */
  readonly logs: Float64Array;
  /** the same as it came: what the experts are scored against */
  readonly scored: Float64Array;
  readonly stepMs: number;
  /** the first step of the past that every expert has settled by, so that they can be compared */
  readonly settledAt: number;
  /** the base of a kind to be used `lead` steps ahead */
  base(kind: number, lead: number): Base;
}

/** How much of a departure from the base lasts: for each kind, of the last day's and of the last quarter hour's. */
export type Slopes = Float64Array;

/** A departure of minutes is at most half gone after this time: what is learnt from a few days may not say otherwise. */
const SHORT_HALF_LIFE_S = 10_800;
const VARIANTS = 3;

/** @param leads the furthest lead, in steps, that will be asked for */
export function expertsFor(history: History, leads: number): Experts {
  const kinds = kindsFor(history);
  const day = Math.round(86_400_000 / history.stepMs);
  const season = kinds.reduce((longest, kind) => Math.max(longest, kind.season), 0);
  const settledAt = season === 0 ? 0 : Math.round(season) + Math.round(day / 4);
  // the level of a day looks one day back
  const from = Math.max(0, settledAt - day);
  const bases = kinds.map((kind) =>
    Array.from({ length: Math.ceil(leads / kind.season) }, (_, m) => baseOf(history, kind, m + 1, from, leads)),
  );
  return {
    kinds,
    families: [...kinds.flatMap(({ name }) => Array.from({ length: VARIANTS }, () => name)), 'last value'],
    logs: history.logs,
    scored: history.scored,
    stepMs: history.stepMs,
    settledAt,
    base(kind, lead) {
      const ahead = Math.ceil(lead / (kinds[kind]?.season ?? 1));
      const base = bases[kind]?.[ahead - 1];
      if (!base) throw new RangeError(`no base ${kind} was made for ${lead} steps ahead`);
      return base;
    },
  };
}

/** What each expert, standing at step t, says of step t + lead → `out` from `at` on, in logs; NaN where its base does not reach. */
export function askExperts(experts: Experts, slopes: Slopes, t: number, lead: number, out: Float64Array, at = 0): void {
  const { kinds } = experts;
  for (let k = 0; k < kinds.length; k++) {
    const base = experts.base(k, lead);
    const plain = base.logs[t + lead] ?? Number.NaN;
    out[at + VARIANTS * k] = plain;
    out[at + VARIANTS * k + 1] = plain + (slopes[2 * k] ?? 0) * (base.day[t] ?? 0);
    out[at + VARIANTS * k + 2] = plain + (slopes[2 * k + 1] ?? 0) * (base.short[t] ?? 0);
  }
  out[at + VARIANTS * kinds.length] = experts.logs[t] ?? Number.NaN;
}

/** Pairs of an origin and a target in the past. */
export interface Points {
  readonly count: number;
  readonly origins: Int32Array;
  readonly leads: Int32Array;
}

/** Days from the first origin to the last. */
export function daysOf({ stepMs }: Experts, { origins, count }: Points): number {
  return (Math.max(0, (origins[count - 1] ?? 0) - (origins[0] ?? 0)) * stepMs) / 86_400_000;
}

/**
 * Least-squares slopes over the points, drawn towards 0 while there are few days of evidence and kept from 0 to 1:
 * a departure may fade but neither grows nor turns.
 */
export function slopesOver(experts: Experts, points: Points): Slopes {
  const { kinds, logs, stepMs } = experts;
  const slopes = new Float64Array(2 * kinds.length);
  const days = daysOf(experts, points);
  const trust = days / (days + 1);
  const leadS = ((points.leads[0] ?? 1) * stepMs) / 1000;
  for (let k = 0; k < kinds.length; k++) {
    let dayDay = 0;
    let dayNext = 0;
    let shortShort = 0;
    let shortNext = 0;
    for (let p = 0; p < points.count; p++) {
      const t = points.origins[p] ?? 0;
      const lead = points.leads[p] ?? 1;
      const base = experts.base(k, lead);
      const next = (logs[t + lead] ?? 0) - (base.logs[t + lead] ?? Number.NaN);
      if (Number.isNaN(next)) continue;
      const day = base.day[t] ?? 0;
      const short = base.short[t] ?? 0;
      dayDay += day * day;
      dayNext += day * next;
      shortShort += short * short;
      shortNext += short * next;
    }
    slopes[2 * k] = within(dayDay > 0 ? (trust * dayNext) / dayDay : 0, 1);
    slopes[2 * k + 1] = within(
      shortShort > 0 ? (trust * shortNext) / shortShort : 0,
      2 ** (-leadS / SHORT_HALF_LIFE_S),
    );
  }
  return slopes;
}

const within = (slope: number, most: number): number => Math.min(most, Math.max(0, slope));
