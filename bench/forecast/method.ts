import type { ObservedSignal } from '../../src/signals/signal.ts';

/** The levels that every method is asked for: the deciles (weighted quantile loss), 2.5% and 97.5% (MSIS), the tail. */
export const QUANTILES = [0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 0.999] as const;

/** What a method may look at: a series that ends at the origin. */
export interface Past {
  readonly signal: ObservedSignal;
  /** the same values with every gap filled, for the methods that know no gaps */
  readonly filled: Float64Array;
  readonly seasons: SeasonSteps;
}

/** Season lengths in steps; a day or week that is no whole number of steps is rounded. */
export interface SeasonSteps {
  readonly day: number;
  readonly week: number;
}

/** What a method said from one origin, and how long that took. */
export interface Said {
  /** what is scored as the one figure: the median */
  readonly point: Float64Array;
  /** one path for each of {@link QUANTILES}; absent = the method knows only points */
  readonly paths?: readonly Float64Array[];
  readonly fitS: number;
  readonly predictS: number;
}

export interface Method {
  readonly name: string;
  forecast(past: Past, steps: number): Said;
}

/** One figure a step from a series without gaps. */
export type PointForecast = (filled: Float64Array, seasons: SeasonSteps, steps: number) => Float64Array;

export const seasonSteps = (stepS: number): SeasonSteps => ({
  day: Math.max(1, Math.round(86_400 / stepS)),
  week: Math.max(1, Math.round((7 * 86_400) / stepS)),
});

/** A method that knows only points, on the clock. */
export function pointMethod(name: string, point: PointForecast): Method {
  return {
    name,
    forecast({ filled, seasons }, steps) {
      const began = performance.now();
      const said = point(filled, seasons, steps);
      return { point: said, fitS: (performance.now() - began) / 1000, predictS: 0 };
    },
  };
}
