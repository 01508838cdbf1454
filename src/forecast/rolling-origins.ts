import type { ObservedSignal } from '../signals/signal.ts';
import { instant, type Instant } from '../units.ts';
import type { Forecast } from './forecast.ts';
import { naiveErrorOf, scoresOf, type Scores } from './scores.ts';
import { selfCheck, type SelfCheck } from './self-check.ts';

/** Forecasts of a series' own past, each made with nothing later than its origin. */
export interface Rolled {
  /** ascending; fewer than were asked for where the history is too short */
  readonly origins: readonly Instant[];
  readonly scores: Scores;
  readonly check: SelfCheck;
}

export interface RollingOptions {
  /** how many origins */
  readonly origins: number;
  /** steps that are forecast from each */
  readonly horizon: number;
  /** steps of the season that MASE scales with */
  readonly season: number;
  /** steps of history that the oldest origin must have */
  readonly leastHistory: number;
  readonly quantiles: readonly number[];
  /** a forecast that knows nothing after its origin */
  readonly forecastAt: (origin: Instant) => Forecast;
}

/**
 * Rolling origins: the newest lies one horizon before the end, each other one horizon before the next, nearer where
 * the history is too short for that. Nothing of what is scored was ever seen by the forecast that is scored on it.
 */
export function rollingOrigins({ start, step, values }: ObservedSignal, options: RollingOptions): Rolled {
  const { horizon, quantiles, season } = options;
  const at = originSteps(values.length, options);
  const forecasts = at.map((t) => options.forecastAt(instant(start + t * step * 1000)));
  const outcomes = forecasts.map((forecast, i) => {
    const t = at[i] ?? 0;
    return {
      forecast,
      came: values.subarray(t + 1, t + 1 + horizon),
      naiveError: naiveErrorOf(values.subarray(0, t + 1), season),
    };
  });
  return {
    origins: forecasts.map((f) => f.origin),
    scores: scoresOf(outcomes, quantiles),
    check: selfCheck(forecasts, { start, step, values }),
  };
}

function originSteps(length: number, { origins, horizon, leastHistory }: RollingOptions): readonly number[] {
  const newest = length - 1 - horizon;
  const oldest = Math.max(0, leastHistory - 1);
  if (newest < oldest) return [];
  const apart = Math.max(1, Math.min(horizon, Math.floor((newest - oldest) / Math.max(1, origins - 1))));
  const count = Math.min(origins, Math.floor((newest - oldest) / apart) + 1);
  return Array.from({ length: count }, (_, i) => newest - (count - 1 - i) * apart);
}
