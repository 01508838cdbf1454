import type { Instant } from '../../units.ts';
import type { LocalTime } from './local-time.ts';
import type { LogSums } from './log-sums.ts';
import { binsOf, median, ordinaryAt, type Bin } from './ordinary.ts';
import { isDay, type EventWindow } from './window.ts';

/** How far load was from what it was held against, in logs. */
export interface Departure {
  /** mean over the bins */
  readonly level: number;
  /** of each bin, less the level; NaN where nothing is known */
  readonly shape: Float64Array;
}

/** One event of the past, held against an ordinary stretch and, for whole days, against a day of rest. */
export interface Occurrence {
  readonly key: string;
  readonly kind: EventWindow['kind'];
  readonly from: Instant;
  readonly plain: Departure;
  readonly rest?: Departure;
  /** how far ordinary stretches of the same cut depart by chance */
  readonly noise: Noise;
}

/** Standard deviations of an ordinary departure, in logs. */
export interface Noise {
  readonly level: number;
  readonly shape: number;
}

/** Load as it is looked at while learning. */
export interface Past {
  readonly local: LocalTime;
  readonly stepMs: number;
  readonly from: Instant;
  readonly until: Instant;
  readonly restDay: number;
  /** without any window */
  readonly ordinary: LogSums;
  /** without midnights, declared events and outages: what whole days are read from */
  readonly days: LogSums;
  /** without outages only */
  readonly all: LogSums;
}

/** Less of a window than this seen teaches nothing. */
const SEEN_AT_LEAST = 0.5;
/** Ordinary stretches that are tried, spread evenly over the past. */
const TRIALS = 90;
const TRIALS_AT_LEAST = 8;
/** Without ordinary stretches to tell: as unsure as load gets. */
const UNKNOWN: Noise = { level: 0.3, shape: 0.3 };
const NOISE_AT_LEAST = 0.01;
const DAY_MS = 86_400_000;

/**
 * What the past windows show. Windows that reach past what was seen are left out: half an event is another one.
 *
 * An ordinary stretch stands at the level that the days before it had, as far as levels last in this series: so a
 * season that a forecast follows by itself is not taken for the event's doing.
 */
export function evidenceFrom(windows: readonly EventWindow[], past: Past): readonly Occurrence[] {
  const levelBefore = levelsBefore(past);
  const noises = new Map<string, Measured>();
  return windows.flatMap((window) => {
    if (window.kind === 'outage' || window.from < past.from || window.to > past.until + past.stepMs) return [];
    const bins = binsOf(window, past.local, past.stepMs);
    const values = bins.map(({ from, to }) => (isDay(window) ? past.days : past.all).mean(from, to));
    const cut = isDay(window) ? 'day' : window.key;
    const measured = noises.get(cut) ?? measure(window, past, levelBefore);
    noises.set(cut, measured);
    const level = measured.lasting * levelBefore(window.from);
    const plain = departure(values, bins, past, level);
    if (!plain) return [];
    const rest = isDay(window) ? departure(values, bins, past, level, past.restDay) : undefined;
    const { key, kind, from } = window;
    return [{ key, kind, from, plain, noise: measured.noise, ...(rest && { rest }) }];
  });
}

function departure(
  values: readonly number[],
  bins: readonly Bin[],
  { ordinary, local }: Past,
  above: number,
  weekday?: number,
): Departure | undefined {
  const shape = Float64Array.from(bins, (bin, i) => {
    return (values[i] ?? Number.NaN) - above - ordinaryAt(bin, ordinary, local, weekday);
  });
  const known = shape.filter((value) => !Number.isNaN(value));
  if (known.length < SEEN_AT_LEAST * bins.length || known.length === 0) return undefined;
  const level = known.reduce((a, b) => a + b, 0) / known.length;
  return { level, shape: shape.map((value) => value - level) };
}

/** Ordinary days whose level is the level before a window, and how far back they are looked for. */
const DAYS_BEFORE = 3;
const DAYS_BACK = 14;

/** By how much the last ordinary days before a time stood above the weeks around them; 0 when none can tell. */
function levelsBefore(past: Past): (at: Instant) => number {
  const { local, ordinary, stepMs } = past;
  const known = new Map<number, number>();
  const levelOf = (day: number): number => {
    const cached = known.get(day);
    if (cached !== undefined) return cached;
    const bins = binsOf({ ...DAY, from: local.startOf(day), to: local.startOf(day + 1) }, local, stepMs);
    const values = bins.map(({ from, to }) => ordinary.mean(from, to));
    const level = departure(values, bins, past, 0)?.level ?? Number.NaN;
    known.set(day, level);
    return level;
  };
  return (at) => {
    const today = local.dayOf(at);
    const found: number[] = [];
    for (let back = 1; back <= DAYS_BACK && found.length < DAYS_BEFORE; back++) {
      const level = levelOf(today - back);
      if (!Number.isNaN(level)) found.push(level);
    }
    return found.length === 0 ? 0 : found.reduce((a, b) => a + b, 0) / found.length;
  };
}

const DAY = { key: 'day', name: 'day', kind: 'near' } as const;

interface Measured {
  readonly noise: Noise;
  /** share of the level before that lasts into the stretch */
  readonly lasting: number;
}

/** Draws what lasts to nothing while there are few trials to tell. */
const TRIALS_TO_HALVE = 10;

/**
 * The same stretch on other days, of which nothing is known: how far they depart is what an event has to stand out
 * from. The wider of the typical spread and of what one in ten exceeds, because real load has bad days.
 */
function measure(window: EventWindow, past: Past, levelBefore: (at: Instant) => number): Measured {
  const { local, ordinary, stepMs } = past;
  const first = Math.ceil((past.from - window.from) / DAY_MS) + DAYS_BACK;
  const last = Math.floor((past.until - window.to) / DAY_MS);
  const stride = Math.max(1, Math.ceil((last - first) / TRIALS));
  const trials: { level: number; before: number }[] = [];
  const shapes: number[] = [];
  // a stride that is no multiple of a week, so that every weekday is tried
  for (let days = first; days <= last; days += stride % 7 === 0 ? stride + 1 : stride) {
    const there = moved(window, local, days);
    const bins = binsOf(there, local, stepMs);
    const found = departure(
      bins.map(({ from, to }) => ordinary.mean(from, to)),
      bins,
      past,
      0,
    );
    if (!found) continue;
    trials.push({ level: found.level, before: levelBefore(there.from) });
    const known = found.shape.filter((value) => !Number.isNaN(value));
    shapes.push(Math.sqrt(known.reduce((sum, value) => sum + value * value, 0) / known.length));
  }
  if (trials.length < TRIALS_AT_LEAST) return { noise: UNKNOWN, lasting: 0 };
  const lasting = lastingOver(trials);
  const levels = trials.map(({ level, before }) => Math.abs(level - lasting * before));
  // 1.4826 and 1/1.645 turn the median and the 90% point of |x| into a normal's standard deviation
  const level = Math.max(1.4826 * median(levels), at90(levels) / 1.645);
  const shape = median(shapes);
  return {
    noise: { level: Math.max(NOISE_AT_LEAST, level), shape: Math.max(NOISE_AT_LEAST, shape) },
    lasting,
  };
}

/** Least squares through nothing, kept from 0 to 1. */
function lastingOver(trials: readonly { level: number; before: number }[]): number {
  const both = trials.reduce((sum, { level, before }) => sum + level * before, 0);
  const own = trials.reduce((sum, { before }) => sum + before * before, 0);
  const trust = trials.length / (trials.length + TRIALS_TO_HALVE);
  return own > 0 ? Math.min(1, Math.max(0, (trust * both) / own)) : 0;
}

function moved(window: EventWindow, local: LocalTime, days: number): EventWindow {
  const from = local.shifted(window.from, days);
  const to = isDay(window) ? local.shifted(window.to, days) : ((from + (window.to - window.from)) as Instant);
  return { ...window, from, to };
}

const at90 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(0.9 * values.length)] ?? Number.NaN;
