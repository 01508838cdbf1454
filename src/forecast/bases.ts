import { roomFor } from './arena.ts';
import type { History } from './history.ts';
import { quantileIn } from './order-statistic.ts';
import { lagOf } from './seasons.ts';
import { weekdayChange } from './weekday.ts';

/** What the same hour of earlier days or weeks says, for every step of the past and of the future. */
export interface Base {
  /** ln load + offset at each step it was wanted for; NaN before there is one */
  readonly logs: Float64Array;
  /** how far the load of the last quarter of an hour lay from the base, at each step of the past */
  readonly short: Float64Array;
  /** the same over the last day, single steps cut so that an incident is not taken for a new level */
  readonly day: Float64Array;
  /** where single steps are cut for `day`, in logs */
  readonly most: number;
}

export interface BaseKind {
  readonly name: string;
  /** in steps */
  readonly season: number;
  /** seasons averaged, and the weight of each against the next newer one */
  readonly seasons: number;
  readonly fade: number;
  /** whether the day of the week is made up for */
  readonly weekdays: boolean;
}

/** A season is used when the history leaves this many days to see how well it does. */
const DAYS_TO_JUDGE = 1.5;
const SHORT_S = 900;
/** The level of a day counts no single step beyond this many median departures. */
const CUT_AT_MEDIANS = 6;

/** The kinds of base that a history is long enough for. A mean needs a second season, or it repeats the first. */
export function kindsFor({ seasons, stepMs, values }: History): readonly BaseKind[] {
  const judge = (DAYS_TO_JUDGE * 86_400_000) / stepMs;
  const n = values.length;
  const kinds: BaseKind[] = [];
  const { day, week } = seasons;
  if (day !== undefined && n > judge)
    kinds.push({ name: 'yesterday', season: day, seasons: 1, fade: 1, weekdays: true });
  if (day !== undefined && n > day + judge)
    kinds.push({ name: 'mean of days', season: day, seasons: 7, fade: 0.7, weekdays: true });
  // one week is worth repeating before its error can be judged: what is known in general says so
  if (week !== undefined && n > week)
    kinds.push({ name: 'last week', season: week, seasons: 1, fade: 1, weekdays: false });
  if (week !== undefined && n > 2 * week)
    kinds.push({ name: 'mean of weeks', season: week, seasons: 5, fade: 0.6, weekdays: false });
  return kinds;
}

/**
 * A base that may be used `ahead` seasons before its time: it rests on values at least that old. So one array serves
 * every origin of the backtest and the forecast itself.
 *
 * @param from the first step it is wanted for
 * @param leads how many steps past the end of the history it reaches
 * @param known where single steps are cut; absent = so many median departures
 */
export function baseOf(
  history: History,
  kind: BaseKind,
  ahead: number,
  from: number,
  leads: number,
  known?: number,
): Base {
  const { logs: seen } = history;
  const n = seen.length;
  const end = n + leads;
  const lag = lagOf(kind.season, ahead);
  const first = Math.min(end, Math.max(from, lag));
  const change = kind.weekdays
    ? weekdayChange(history, lag, first - lagOf(kind.season, ahead + kind.seasons), end)
    : undefined;
  const logs = roomFor(end).fill(Number.NaN, from, first).fill(0, first);
  const weights = roomFor(end).fill(0, first);
  for (let k = 0, weight = 1; k < kind.seasons; k++, weight *= kind.fade) {
    const back = lagOf(kind.season, ahead + k);
    const to = Math.min(end, n + back);
    for (let i = Math.max(first, back); i < to; i++) {
      logs[i] = (logs[i] as number) + weight * (seen[i - back] as number);
      weights[i] = (weights[i] as number) + weight;
    }
    change?.add(logs, Math.max(first, back), to, back, weight);
  }
  // nothing over nothing is NaN
  for (let i = first; i < end; i++) logs[i] = (logs[i] as number) / (weights[i] as number);
  const departures = roomFor(Math.max(0, n - first));
  for (let i = first; i < n; i++) departures[i - first] = (seen[i] as number) - (logs[i] as number);
  const most = known ?? cutOf(departures);
  const stepS = history.stepMs / 1000;
  const short = trailingMean(departures, n, from, Math.max(1, Math.round(SHORT_S / stepS)));
  for (let d = 0; d < departures.length; d++) {
    departures[d] = Math.max(-most, Math.min(most, departures[d] as number));
  }
  return { logs, short, day: trailingMean(departures, n, from, Math.max(1, Math.round(86_400 / stepS))), most };
}

const cutOf = (departures: Float64Array): number => CUT_AT_MEDIANS * (quantileIn(departures, 0.5, Math.abs) || 0);

/** Mean of the last `width` values up to each, fewer after the first; as the last of `n`, with 0 before them from `from` on. */
function trailingMean(values: Float64Array, n: number, from: number, width: number): Float64Array {
  const first = n - values.length;
  const means = roomFor(n).fill(0, Math.min(from, first), first);
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i] as number;
    if (i >= width) sum -= values[i - width] as number;
    means[first + i] = sum / Math.min(width, i + 1);
  }
  return means;
}
