import type { ObservedSignal } from '../signals/signal.ts';
import { instant, type Instant, type Seconds } from '../units.ts';
import { beliefsFrom, isBelieved, type Beliefs } from './events/belief.ts';
import { learnEvents, maskOf, type Lessons } from './events/learn.ts';
import { localTime } from './events/local-time.ts';
import { movedBy } from './events/moved.ts';
import { shiftOver, stepsIn, type Shift } from './events/shift.ts';
import { isDay, type EventWindow } from './events/window.ts';
import { fitDaily, type DailyFit } from './daily-fit.ts';
import { fit, type FitOptions, type Fitted } from './fit.ts';
import type { Forecast } from './forecast.ts';
import { predict } from './predict.ts';

/** A series as learnt, and what events will do to it. */
export interface FittedWithEvents {
  readonly fitted: Fitted;
  /** over the horizon; absent where no event falls into it */
  readonly shift?: Shift;
  /** the same series with its holidays as they came, and 1 for each step that may go on like them */
  readonly aftermath?: { readonly fitted: Fitted; readonly steps: Uint8Array };
  /** in units of load: too little to matter beside any load, and keeps logarithms finite */
  readonly offset: number;
  /** the newest value as it came, events and all */
  readonly last?: { readonly at: Instant; readonly value: number };
  /** what a later decision may be given as `earlier` */
  readonly daily?: DailyFits;
  readonly notes: readonly string[];
}

/** What was learnt of a series at its time of the day: without its events, and with its holidays as they came. */
export interface DailyFits {
  readonly ordinary?: DailyFit;
  readonly aftermath?: DailyFit;
}

export interface EventOptions extends FitOptions {
  /** of the past and of the horizon, in any order */
  readonly events: readonly EventWindow[];
  /** whose days holidays are; absent = UTC */
  readonly timeZone?: string;
  /** the weekly day of rest that a holiday is held against: 0 = Sunday, the default */
  readonly restDay?: number;
  /** what {@link lessonsOf} made of the same series and options; absent = it is learnt here */
  readonly lessons?: Lessons;
  /** what the same signal's other markets show: it counts for half */
  readonly elsewhere?: readonly Lessons[];
  /** learn once a day, and go on from what an earlier decision left, if anything; absent = all is learnt at `until` */
  readonly earlier?: DailyFits;
}

const DAY_S = 86_400;
const DAY_MS = DAY_S * 1000;
/** Kernels of minutes need minutes: with longer steps the hours of the day tell the same. */
const MIDNIGHT_STEP_AT_MOST_S = 900;
/** Windows within this of the decision are not left out but have their effect taken off: the newest level counts. */
const RECENT_MS = 2 * DAY_MS;
const ELSEWHERE_WEIGHT = 0.5;
/** So long after a holiday ordinary days may still resemble it, as those after New Year do; a week after, they don't. */
const AFTERMATH_MS = 4 * DAY_MS;

/**
 * {@link fit} for a series whose past or future holds events: they are left out of what is learnt of ordinary days,
 * and what they do is learnt from the whole of the past, be it years.
 */
export function fitWithEvents(signal: ObservedSignal, options: EventOptions): FittedWithEvents {
  const { events, timeZone: _zone, restDay: _day, lessons: _learnt, elsewhere = [], earlier, ...rest } = options;
  const stepMs = signal.step * 1000;
  const until = untilOf(signal, options);
  const windows = usable(events, signal);
  const lessons = options.lessons ?? lessonsOf(signal, options);
  const learn = (of: ObservedSignal, asked: FitOptions, last?: DailyFit): { fitted: Fitted; daily?: DailyFit } =>
    earlier ? fitDaily(of, { ...asked, until }, last) : { fitted: fit(of, asked) };
  if (!lessons) {
    const { fitted, daily } = learn(signal, rest, earlier?.ordinary);
    return { fitted, offset: 0, notes: [], ...(daily && { daily: { ordinary: daily } }) };
  }
  const beliefs = beliefsFrom([
    ...lessons.seen.map((seen) => ({ seen, weight: 1 })),
    ...elsewhere.flatMap(({ seen }) => seen.map((one) => ({ seen: one, weight: ELSEWHERE_WEIGHT }))),
  ]);
  const moving = windows.filter((window) => window.from <= until && isLeftOut(window, beliefs));
  const without = (left: readonly EventWindow[], last?: DailyFit): ReturnType<typeof learn> => {
    const recent = left.filter(({ kind, to }) => kind !== 'outage' && to > until - RECENT_MS);
    const older = left.filter((window) => !recent.includes(window));
    const ordinary = ordinaryOf(signal, recent, beliefs, lessons, until);
    return learn(ordinary, { ...rest, excluded: maskOf(older, signal) }, last);
  };
  const { fitted, daily } = without(moving, earlier?.ordinary);
  const horizon = Math.max(1, Math.ceil((options.horizon ?? DAY_S) / signal.step));
  const from = instant(fitted.origin + stepMs);
  const coming = windows.filter((w) => w.to > from && w.from < from + horizon * stepMs);
  const shift = coming.length === 0 ? undefined : shiftOver(coming, beliefs, lessons.past, from, horizon);
  const last = lastOf(signal, until);
  const after = moving.some((window) => isDay(window) && window.to > until - AFTERMATH_MS);
  const believed = coming.filter((window) => isLeftOut(window, beliefs));
  const steps = after ? freeOf(believed, from, stepMs, horizon) : undefined;
  const asCame = steps?.includes(1)
    ? without(
        moving.filter((w) => !isDay(w)),
        earlier?.aftermath,
      )
    : undefined;
  return {
    fitted,
    offset: lessons.offset,
    ...(steps && asCame && { aftermath: { fitted: asCame.fitted, steps } }),
    ...(daily && { daily: { ordinary: daily, ...(asCame?.daily && { aftermath: asCame.daily }) } }),
    notes: shift ? notesOn(coming, shift, beliefs, from, stepMs) : [],
    ...(shift && { shift }),
    ...(last && { last }),
  };
}

/** What the past of a series shows of its events; undefined where there are none, or nothing was seen. */
export function lessonsOf(signal: ObservedSignal, options: EventOptions): Lessons | undefined {
  const windows = usable(options.events, signal);
  if (windows.length === 0) return undefined;
  const { timeZone = 'UTC', restDay = 0 } = options;
  return learnEvents(signal, windows, { local: localTime(timeZone), restDay, until: untilOf(signal, options) });
}

function untilOf({ start, step, values }: ObservedSignal, { until }: EventOptions): Instant {
  return until ?? instant(start + (values.length - 1) * step * 1000);
}

function usable(events: readonly EventWindow[], { step }: ObservedSignal): readonly EventWindow[] {
  if (step > DAY_S) return [];
  return events.filter(({ kind }) => kind !== 'midnight' || step <= MIDNIGHT_STEP_AT_MOST_S);
}

/** {@link predict}, moved by the events of the horizon and widened by how unsure their effects are. */
export function predictWithEvents(fitted: FittedWithEvents, horizon: Seconds, quantiles: readonly number[]): Forecast {
  const { shift, last, notes } = fitted;
  const plain = predict(fitted.fitted, horizon, shift ? [0.5, ...quantiles] : quantiles);
  const level = settled(plain, fitted, horizon);
  const moved = shift && plain.method !== 'none' ? movedBy(level, shift, fitted.offset) : level;
  const told = plain.method === 'none' ? [] : notes;
  const asked = [...new Set(quantiles)].toSorted((a, b) => a - b);
  const kept = asked.map((q) => moved.quantiles.indexOf(q));
  return {
    ...moved,
    quantiles: asked,
    paths: kept.map((i) => moved.paths[i] ?? new Float64Array(0)),
    ...(moved.last && last && { last }),
    ...(moved.backtest && {
      backtest: { ...moved.backtest, coverage: kept.map((i) => moved.backtest?.coverage[i] ?? Number.NaN) },
    }),
    notes: [...plain.notes, ...told],
  };
}

/**
 * Nobody can tell beforehand whether the days after a holiday go on like it or like the weeks before: where no event
 * is believed in, the forecast stands half way between the two, in logs.
 */
function settled(plain: Forecast, { aftermath, offset }: FittedWithEvents, horizon: Seconds): Forecast {
  if (!aftermath) return plain;
  const { paths, mean } = predict(aftermath.fitted, horizon, plain.quantiles);
  const between = (a: Float64Array, b: Float64Array | undefined): Float64Array =>
    a.map((value, i) =>
      aftermath.steps[i] === 1 ? Math.sqrt((value + offset) * ((b?.[i] ?? value) + offset)) - offset : value,
    );
  return { ...plain, paths: plain.paths.map((path, q) => between(path, paths[q])), mean: between(plain.mean, mean) };
}

/** 1 for each step that begins in none of the windows. */
function freeOf(windows: readonly EventWindow[], from: Instant, stepMs: number, steps: number): Uint8Array {
  const free = new Uint8Array(steps).fill(1);
  for (const window of windows) free.fill(0, ...stepsIn(window, from, stepMs, steps));
  return free;
}

/** Whether a window is left out of what is learnt of ordinary load: what is believed to be ordinary is not. */
function isLeftOut({ kind, key, stated }: EventWindow, beliefs: Beliefs): boolean {
  if (kind === 'outage' || stated) return true;
  const belief = beliefs.of(key, kind);
  return (kind === 'declared' && belief.voices === 0) || isBelieved(belief);
}

/** The series with the effect of recent events taken off, so that its newest level is that of ordinary load. */
function ordinaryOf(
  signal: ObservedSignal,
  recent: readonly EventWindow[],
  beliefs: Beliefs,
  { past }: Lessons,
  until: Instant,
): ObservedSignal {
  if (recent.length === 0) return signal;
  const { start, values } = signal;
  const [first] = stepsIn(
    recent.reduce((a, b) => (b.from < a.from ? b : a)),
    start,
    past.stepMs,
    values.length,
  );
  const end = Math.min(values.length, Math.floor((until - start) / past.stepMs) + 1);
  const shift = shiftOver(recent, beliefs, past, instant(start + first * past.stepMs), Math.max(0, end - first));
  const ordinary = values.slice();
  for (const [i, mean] of shift.mean.entries()) {
    ordinary[first + i] = (values[first + i] ?? Number.NaN) * Math.exp(-mean);
  }
  return { ...signal, values: ordinary };
}

function lastOf(signal: ObservedSignal, until: Instant): { at: Instant; value: number } | undefined {
  const stepMs = signal.step * 1000;
  for (let i = Math.min(signal.values.length - 1, Math.floor((until - signal.start) / stepMs)); i >= 0; i--) {
    const value = signal.values[i] ?? Number.NaN;
    if (!Number.isNaN(value)) return { at: instant(signal.start + i * stepMs), value };
  }
  return undefined;
}

/** A shift by less than this in either direction is not worth words. */
const WORTH_WORDS = Math.log(1.05);

function notesOn(
  coming: readonly EventWindow[],
  { mean }: Shift,
  beliefs: Beliefs,
  from: Instant,
  stepMs: number,
): readonly string[] {
  const nights = freeOf(
    coming.filter(({ kind }) => kind === 'midnight'),
    from,
    stepMs,
    mean.length,
  );
  return coming.flatMap((window) => {
    const { name, key, kind, stated } = window;
    const { voices } = beliefs.of(key, kind);
    if (kind === 'declared' && !stated && voices === 0) {
      return [
        `unknown event: ${name}: no earlier one was seen, so an ordinary load is forecast; state times to plan for it`,
      ];
    }
    const [first, end] = stepsIn(window, from, stepMs, mean.length);
    let peak = 0;
    for (let i = first; i < end; i++) {
      const one = kind === 'midnight' || nights[i] === 1 ? (mean[i] ?? 0) : 0;
      if (Math.abs(one) > Math.abs(peak)) peak = one;
    }
    if (Math.abs(peak) < WORTH_WORDS || kind === 'outage') return [];
    return [
      `event: ${name}: ${peak > 0 ? 'up' : 'down'} to ${Math.exp(peak).toFixed(2)} times an ordinary load, ${sourceOf(window, voices)}`,
    ];
  });
}

function sourceOf({ stated }: EventWindow, voices: number): string {
  if (stated) return 'as stated';
  if (voices === 0) return 'as other holidays of this series';
  return voices <= 1 ? 'as the one before' : `as the ${Math.round(voices)} before`;
}
