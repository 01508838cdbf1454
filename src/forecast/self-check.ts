import { counted, percent } from '../figures.ts';
import type { ObservedSignal } from '../signals/signal.ts';
import type { Instant, Seconds } from '../units.ts';
import type { Forecast } from './forecast.ts';

/** What was forecast once; what a controller keeps of it. */
export type PastForecast = Pick<Forecast, 'origin' | 'step' | 'quantiles' | 'paths' | 'mean'>;

/** What anybody would say who knows nothing but the past. */
export type Yardstick = 'last week' | 'yesterday' | 'the last value';
const YARDSTICKS: readonly Yardstick[] = ['last week', 'yesterday', 'the last value'];

export interface SelfCheck {
  /** forecast steps that were compared with what came */
  readonly steps: number;
  /** days of UTC that they lie on */
  readonly days: number;
  /** Σ|came − median| ÷ Σ came; NaN where nothing was compared */
  readonly error: number;
  /** share of what came that lay at or under each quantile */
  readonly coverage: readonly { readonly quantile: number; readonly share: number }[];
  readonly yardsticks: readonly Rival[];
  /** true: a yardstick has been nearer for long enough to be taken instead */
  readonly fallback: boolean;
  /** the yardstick that has been nearest; absent where the forecast was nearer than all of them */
  readonly nearer?: Yardstick;
  /** the verdict and its reason as one sentence */
  readonly why: string;
}

/** A yardstick beside the forecast, on the steps for which both said something. */
export interface Rival {
  readonly name: Yardstick;
  readonly steps: number;
  readonly error: number;
  readonly forecastError: number;
  readonly days: number;
  /** days on which it was nearer than the forecast */
  readonly daysNearer: number;
}

export interface SelfCheckOptions {
  /** what came longer ago than this, counted from the newest value, is not looked at; absent = all of it */
  readonly window?: Seconds;
}

const DAY_MS = 86_400_000;
/** Under this many days a yardstick may be nearer by luck: the errors of one day resemble each other. */
const DAYS_AT_LEAST = 3;
/** A yardstick must be nearer by a tenth, for it has no quantiles that were ever judged … */
const NEARER_BY = 0.1;
/** … and on two days of three, so that one bad day alone topples nothing. */
const SHARE_OF_DAYS = 2 / 3;

/**
 * Past forecasts against what then came: rolling error and coverage, and whether a yardstick should take over.
 *
 * Pure. Every step of every forecast counts once for which a value came; gaps count for nobody. Forecasts may overlap.
 *
 * @param seen on the same step as the forecasts, and reaching a week before the oldest of them for all yardsticks
 */
export function selfCheck(
  past: readonly PastForecast[],
  seen: Pick<ObservedSignal, 'start' | 'step' | 'values'>,
  { window }: SelfCheckOptions = {},
): SelfCheck {
  const quantiles = [...new Set(past.flatMap((f) => f.quantiles))].toSorted((a, b) => a - b);
  const own = new Tally();
  const held = quantiles.map(() => ({ under: 0, of: 0 }));
  const rivals = YARDSTICKS.map(() => new Tally());
  const newest = seen.start + (seen.values.length - 1) * seen.step * 1000;
  const from = window === undefined ? -Infinity : newest - window * 1000;
  for (const forecast of past) {
    const middle = forecast.paths[forecast.quantiles.indexOf(0.5)] ?? forecast.mean;
    const last = lastBefore(seen, forecast.origin);
    for (let h = 0; h < middle.length; h++) {
      const at = forecast.origin + (h + 1) * forecast.step * 1000;
      const came = at < from ? Number.NaN : valueAt(seen, at);
      const said = middle[h] ?? Number.NaN;
      if (Number.isNaN(came) || Number.isNaN(said)) continue;
      const error = Math.abs(came - said);
      own.add(at, came, error, error);
      for (const [q, path] of forecast.paths.entries()) {
        const cell = held[quantiles.indexOf(forecast.quantiles[q] ?? Number.NaN)];
        if (!cell) continue;
        cell.of++;
        if (came <= (path[h] ?? Number.NaN)) cell.under++;
      }
      for (const [y, name] of YARDSTICKS.entries()) {
        const naive = name === 'the last value' ? last : seasonsBefore(seen, forecast.origin, at, SEASON_MS[name]);
        if (!Number.isNaN(naive)) rivals[y]?.add(at, came, error, Math.abs(came - naive));
      }
    }
  }
  const yardsticks = YARDSTICKS.map((name, y) => rivalOf(name, rivals[y] ?? new Tally()));
  const verdict = verdictOf(own, yardsticks);
  return {
    steps: own.steps,
    days: own.days.size,
    error: own.load > 0 ? own.forecast / own.load : Number.NaN,
    coverage: quantiles.map((quantile, q) => ({ quantile, share: (held[q]?.under ?? 0) / (held[q]?.of ?? 0) })),
    yardsticks,
    ...verdict,
  };
}

const SEASON_MS = { 'last week': 7 * DAY_MS, yesterday: DAY_MS } as const;

/** Sums of absolute errors on the steps of one comparison, and by day. */
class Tally {
  steps = 0;
  load = 0;
  forecast = 0;
  rival = 0;
  readonly days = new Map<number, { forecast: number; rival: number }>();

  add(at: number, came: number, forecast: number, rival: number): void {
    this.steps++;
    this.load += Math.abs(came);
    this.forecast += forecast;
    this.rival += rival;
    const key = Math.floor(at / DAY_MS);
    const day = this.days.get(key) ?? { forecast: 0, rival: 0 };
    day.forecast += forecast;
    day.rival += rival;
    this.days.set(key, day);
  }
}

function rivalOf(name: Yardstick, { steps, load, forecast, rival, days }: Tally): Rival {
  const nearer = [...days.values()].filter((day) => day.rival < day.forecast).length;
  const share = (sum: number): number => (load > 0 ? sum / load : Number.NaN);
  return { name, steps, error: share(rival), forecastError: share(forecast), days: days.size, daysNearer: nearer };
}

function verdictOf(own: Tally, rivals: readonly Rival[]): Pick<SelfCheck, 'fallback' | 'nearer' | 'why'> {
  if (own.steps === 0) return { fallback: false, why: 'nothing has come yet of what was forecast' };
  const best = rivals
    .filter((r) => r.steps > 0)
    .toSorted((a, b) => a.error / a.forecastError - b.error / b.forecastError)
    .find((r) => r.error < r.forecastError);
  if (!best) return { fallback: false, why: stays(rivals) };
  const { name, error, forecastError, days, daysNearer } = best;
  const figures = `off by ${percent(error)} of the load where the forecast is by ${percent(forecastError)}`;
  const nearerOn = `${name} was ${figures}, and nearer on ${daysNearer} of ${counted(days, 'day')}`;
  if (days < DAYS_AT_LEAST) return { fallback: false, nearer: name, why: `${nearerOn}: too few days to judge by` };
  if (error > (1 - NEARER_BY) * forecastError || daysNearer < SHARE_OF_DAYS * days) {
    return { fallback: false, nearer: name, why: `${nearerOn}: not clearly better` };
  }
  return { fallback: true, nearer: name, why: `${nearerOn}: it is the better forecast` };
}

function stays(rivals: readonly Rival[]): string {
  const [next] = rivals
    .filter((r) => r.steps > 0)
    .toSorted((a, b) => a.error / a.forecastError - b.error / b.forecastError);
  if (!next || !(next.forecastError >= 0)) return 'the forecast has nothing to be compared with';
  const { name, error, forecastError } = next;
  return error === forecastError
    ? `${name} would have done as well`
    : `the forecast is off by ${percent(forecastError)} of the load, ${name} by ${percent(error)}`;
}

type Seen = Pick<ObservedSignal, 'start' | 'step' | 'values'>;

const valueAt = ({ start, step, values }: Seen, at: number): number =>
  values[Math.round((at - start) / (step * 1000))] ?? Number.NaN;

/** The newest value of the same time of day, or of the week, that was known at the origin. */
function seasonsBefore(seen: Seen, origin: Instant, at: number, seasonMs: number): number {
  const times = Math.max(1, Math.ceil((at - origin) / seasonMs));
  return valueAt(seen, at - times * seasonMs);
}

/** The newest value up to a time. */
function lastBefore({ start, step, values }: Seen, at: number): number {
  const until = Math.min(values.length - 1, Math.floor((at - start) / (step * 1000) + 1e-9));
  for (let i = until; i >= 0; i--) if (!Number.isNaN(values[i])) return values[i] ?? Number.NaN;
  return Number.NaN;
}
