import { percent, short } from '../../figures.ts';
import type { Forecast } from '../../forecast/forecast.ts';
import type { ObservedSignal } from '../../signals/signal.ts';
import { peakStep } from '../json.ts';
import type { Decided } from '../plan.ts';
import { timeText } from './sections.ts';
import { instant } from '../../units.ts';

/** One signal in one market, drawn: points are `x,y` pairs of an SVG of this size. */
export interface Chart {
  readonly title: string;
  /** what the picture says */
  readonly words: string;
  readonly width: number;
  readonly height: number;
  readonly past: string;
  readonly median: string;
  readonly band: string;
  /** x of the decision */
  readonly now: number;
}

const WIDTH = 360;
const HEIGHT = 90;
/** More points than this are more than the picture has columns. */
const MOST_POINTS = 180;

export const chartsOf = ({ plan, observation }: Decided): readonly Chart[] =>
  plan.forecasts.flatMap((forecast) => {
    const seen = observation.signals.find((s) => s.name === forecast.signal && s.market === forecast.market);
    return forecast.mean.length === 0 ? [] : [chartOf(forecast, seen)];
  });

/** As much of the past as the forecast looks ahead, on one scale that starts at zero. */
function chartOf(forecast: Forecast, seen: ObservedSignal | undefined): Chart {
  const ahead = forecast.mean.length * forecast.step * 1000;
  const start = forecast.origin - ahead;
  const low = forecast.paths[0] ?? forecast.mean;
  const high = forecast.paths[forecast.paths.length - 1] ?? forecast.mean;
  const middle = forecast.paths[forecast.quantiles.indexOf(0.5)] ?? forecast.mean;
  const past = seen ? valuesSince(seen, start, forecast.origin) : [];
  const top = Math.max(1e-9, ...high, ...past.map(([, value]) => value));
  const point = ([t, value]: readonly [number, number]): string => {
    const x = ((t - start) / (2 * ahead)) * WIDTH;
    return `${x.toFixed(1)},${(HEIGHT - (value / top) * (HEIGHT - 4)).toFixed(1)}`;
  };
  const path = (values: Float64Array): (readonly [number, number])[] =>
    Array.from(values, (v, i) => [forecast.origin + (i + 1) * forecast.step * 1000, v] as const);
  const drawn = (points: readonly (readonly [number, number])[]): string => thinned(points).map(point).join(' ');
  const peak = peakStep(forecast);
  const at = instant(Math.round(forecast.origin + (peak + 1) * forecast.step * 1000));
  return {
    title: `${forecast.signal} ${forecast.market}`,
    words:
      `now ${short(forecast.last?.value ?? forecast.mean[0] ?? Number.NaN)} ${forecast.unit}; the ${percent(forecast.quantiles.at(-1) ?? Number.NaN)} quantile peaks at ` +
      `${short(high[peak] ?? Number.NaN)}, ${timeText(at)}`,
    width: WIDTH,
    height: HEIGHT,
    past: drawn(past),
    median: drawn(path(middle)),
    band: `${drawn(path(high))} ${drawn(path(low).toReversed())}`,
    now: WIDTH / 2,
  };
}

/** Values within the span; gaps are left out, so the line bridges them. */
function valuesSince(signal: ObservedSignal, from: number, until: number): (readonly [number, number])[] {
  const points: (readonly [number, number])[] = [];
  signal.values.forEach((value, i) => {
    const t = signal.start + i * signal.step * 1000;
    if (t >= from && t <= until && !Number.isNaN(value)) points.push([t, value]);
  });
  return points;
}

const thinned = <T>(points: readonly T[]): readonly T[] => {
  const every = Math.ceil(points.length / MOST_POINTS);
  return every <= 1 ? points : points.filter((_, i) => i % every === 0 || i === points.length - 1);
};
