import { roomFor } from './arena.ts';
import type { Points } from './blocks.ts';
import type { History } from './history.ts';

/** How fast the parts of a double-seasonal model follow what comes. */
export interface Pace {
  readonly name: string;
  readonly level: number;
  readonly day: number;
  readonly week: number;
  /** of one step's error, how much of it the next hour still has */
  readonly error: number;
}

/**
 * Paces that differ enough to be worth having side by side: for a service that keeps its pattern, one that drifts, and
 * one that jumps. Which suits a series is what its own past says, so none of them is fitted.
 */
export const PACES: readonly Pace[] = [
  { name: 'calm Holt-Winters', level: 0.002, day: 0.05, week: 0.15, error: 0.85 },
  { name: 'Holt-Winters', level: 0.01, day: 0.1, week: 0.25, error: 0.85 },
  { name: 'quick Holt-Winters', level: 0.03, day: 0.2, week: 0.35, error: 0.9 },
  { name: 'nervous Holt-Winters', level: 0.12, day: 0.25, week: 0.35, error: 0.95 },
];

/**
 * Exponential smoothing of a level, a day and a week in logs, with the last error carried on (Taylor, 2003): what it
 * knew at every step of the past is kept, so that it can be asked as of then.
 */
export interface DoubleSeasonal {
  readonly name: string;
  /** what it says of each point, in logs → `out[p × width + at]`; NaN before it has settled */
  ask(points: Points, out: Float64Array, width: number, at: number): void;
  /** what is needed to go on, and to be asked as of the last `back` steps */
  kept(back: number): Smoothed;
}

/** Level, days, weeks and errors from the step on that each begins at, up to where the history then ended. */
export interface Smoothed {
  readonly end: number;
  readonly at: number;
  readonly froms: readonly [levels: number, days: number, weekly: number];
  readonly levels: Float64Array;
  readonly errors: Float64Array;
  readonly days: Float64Array;
  readonly weekly: Float64Array;
}

/**
 * @param before what was kept of the same history before it grew
 * @returns undefined where the history has less than two days, or days of less than two steps
 */
export function doubleSeasonal(
  { logs, seasons, stepMs }: History,
  pace: Pace,
  before?: Smoothed,
): DoubleSeasonal | undefined {
  const n = logs.length;
  const day = Math.round(seasons.day ?? 0);
  if (day < 2 || n < 2 * day) return undefined;
  const week = Math.round(seasons.week ?? 0);
  const weeks = week > day && n >= 2 * week;
  const settled = weeks ? week : day;
  // rates are per hour: finer steps see the same hour more often
  const perHour = Math.max(1, 3_600_000 / stepMs);
  const followed = 1 - (1 - pace.level) ** (1 / perHour);
  const carried = pace.error ** (1 / perHour);
  const [fromLevel, fromDay, fromWeek] = before?.froms ?? [0, 0, 0];
  const level = roomFor(n - fromLevel);
  const errors = roomFor(n - fromLevel);
  const days = roomFor(n - fromDay);
  const weekly = roomFor(weeks ? n - fromWeek : 0);
  let at: number;
  if (before) {
    level.set(before.levels);
    errors.set(before.errors);
    days.set(before.days);
    weekly.set(before.weekly);
    at = before.at;
  } else {
    const { mean, profile, other } = started(logs, day, weeks ? week : 0);
    level.fill(Number.NaN, 0, settled);
    errors.fill(0, 0, settled);
    for (let i = 0; i < settled; i++) days[i] = profile[i % day] ?? 0;
    if (weeks) weekly.set(other);
    at = mean;
  }
  const ofDay = SEASONAL * pace.day * (weeks ? 0.5 : 1);
  const ofWeek = SEASONAL * pace.week;
  for (let i = before?.end ?? settled; i < n; i++) {
    const d = days[i - fromDay - day] as number;
    const w = weeks ? (weekly[i - fromWeek - week] as number) : 0;
    const y = logs[i] as number;
    const departs = y - (at + d + w);
    at += followed * departs;
    // where there are weeks the day has a part of what both learn
    days[i - fromDay] = d + ofDay * departs;
    if (weeks) weekly[i - fromWeek] = w + ofWeek * departs;
    level[i - fromLevel] = at;
    errors[i - fromLevel] = departs;
  }
  /** how much of an error is there after so many steps */
  const lasts: number[] = [];
  return {
    name: pace.name,
    ask({ count, origins, leads }, out, width, column) {
      for (let p = 0; p < count; p++) {
        const t = origins[p] as number;
        const lead = leads[p] as number;
        const d = days[t + lead - day * Math.ceil(lead / day) - fromDay] ?? Number.NaN;
        const w = weeks ? (weekly[t + lead - week * Math.ceil(lead / week) - fromWeek] ?? Number.NaN) : 0;
        while (lasts.length <= lead) lasts.push(carried ** lasts.length);
        const error = (lasts[lead] as number) * (errors[t - fromLevel] ?? 0);
        out[p * width + column] = (level[t - fromLevel] ?? Number.NaN) + d + w + error;
      }
    },
    kept(back) {
      const froms = [back, back + day, back + week].map((steps) => Math.max(0, n - steps));
      const [levels = 0, daily = 0, oldest = 0] = froms;
      return {
        end: n,
        at,
        froms: [levels, daily, oldest],
        levels: level.slice(Math.max(0, levels - fromLevel)),
        errors: errors.slice(Math.max(0, levels - fromLevel)),
        days: days.slice(Math.max(0, daily - fromDay)),
        weekly: weekly.slice(Math.max(0, oldest - fromWeek)),
      };
    },
  };
}

/** Share of a departure that is the season's: the level and the error carried on have the rest. */
const SEASONAL = 0.7;
/** Share of the first week's departures from its mean day that are taken for the week's pattern. */
const FIRST_WEEK = 0.5;

/** Level, days and weeks to begin with, from the first week, or the first day where there are no weeks. */
function started(logs: Float64Array, day: number, week: number) {
  const span = week || day;
  let mean = 0;
  for (let i = 0; i < span; i++) mean += (logs[i] as number) / span;
  const profile = new Float64Array(day);
  const times = new Float64Array(day);
  for (let i = 0; i < span; i++) {
    profile[i % day] = (profile[i % day] as number) + (logs[i] as number) - mean;
    times[i % day] = (times[i % day] as number) + 1;
  }
  for (let s = 0; s < day; s++) profile[s] = (profile[s] as number) / Math.max(1, times[s] as number);
  const other = new Float64Array(span);
  if (week > 0)
    for (let i = 0; i < span; i++) other[i] = ((logs[i] as number) - mean - (profile[i % day] as number)) * FIRST_WEEK;
  return { mean, profile, other };
}
