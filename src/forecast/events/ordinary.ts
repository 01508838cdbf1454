import type { Instant } from '../../units.ts';
import { weekdayOf, type LocalTime } from './local-time.ts';
import type { LogSums } from './log-sums.ts';
import { isDay, type EventWindow } from './window.ts';

/** A stretch of a window, in ms since 1970: [from, to). */
export interface Bin {
  readonly from: number;
  readonly to: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * The stretches over which an effect is learnt: the hours of a local day by the clock on the wall, each step of a
 * midnight, and some twelve to a day of a declared event. Windows of one key and one step are cut alike, so that bin i
 * is the same part of the event in every year.
 */
export function binsOf(window: EventWindow, local: LocalTime, stepMs: number): readonly Bin[] {
  if (isDay(window)) {
    const wall = local.dayOf(window.from) * DAY_MS;
    const count = Math.max(1, Math.floor(DAY_MS / Math.max(HOUR_MS, stepMs)));
    const edges = Array.from({ length: count + 1 }, (_, i) => local.at(wall + Math.round((i * DAY_MS) / count)));
    return edges.slice(1).map((to, i) => ({ from: edges[i] ?? to, to }));
  }
  const length = window.to - window.from;
  const target = window.kind === 'midnight' ? stepMs : Math.min(HOUR_MS, length / 12);
  const width = Math.max(1, Math.round(target / stepMs)) * stepMs;
  const count = Math.max(1, Math.ceil(length / width));
  return Array.from({ length: count }, (_, i) => ({
    from: window.from + i * width,
    to: Math.min(window.to, window.from + (i + 1) * width),
  }));
}

/** Weeks looked at on each side of a time; where one side is not there, that many in all on the other. */
const WEEKS_EACH = 4;
const WEEKS_AT_MOST = 6;

/**
 * ln load of an ordinary stretch at this time: the median of the same weekday and time in the weeks around it, on
 * both sides where both are there. NaN when no week can say.
 *
 * @param ordinary load without windows of any event
 * @param weekday which day of the week it is to be taken for; absent = its own
 */
export function ordinaryAt(bin: Bin, ordinary: LogSums, local: LocalTime, weekday?: number): number {
  const own = weekdayOf(local.dayOf(bin.from as Instant));
  const to = weekday === undefined ? 0 : ((weekday - own + 10) % 7) - 3;
  const found: number[] = [];
  const sides = { before: 0, after: 0 };
  for (let k = 0; k <= WEEKS_AT_MOST && found.length < 2 * WEEKS_EACH; k++) {
    for (const week of k === 0 ? [0] : [-k, k]) {
      const days = 7 * week + to;
      const side = days < 0 ? 'before' : 'after';
      if (days === 0 || (sides[side] >= WEEKS_EACH && sides[side === 'before' ? 'after' : 'before'] > 0)) continue;
      const value = ordinary.mean(local.shifted(bin.from as Instant, days), local.shifted(bin.to as Instant, days));
      if (Number.isNaN(value)) continue;
      sides[side]++;
      found.push(value);
    }
  }
  return found.length === 0 ? Number.NaN : median(found);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] ?? Number.NaN) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}
