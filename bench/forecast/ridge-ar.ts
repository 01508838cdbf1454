import { offsetOf } from './logs.ts';
import type { PointForecast, SeasonSteps } from './method.ts';
import { choleskySolved } from './cholesky.ts';

const LAGS = 36;
/** So many origins of the past are learnt from, evenly spread: more did not change the figures. */
const ROWS_AT_MOST = 2500;
const RIDGES = [1e-5, 1e-3, 1e-2, 1e-1, 1] as const;
/** Newest share of the rows by which the ridge and the scale are chosen. */
const VALIDATED = 0.2;

/** How loads become what is regressed on, and back. */
interface Scale {
  to(load: number): number;
  from(value: number): number;
}

interface Leads {
  readonly scale: Scale;
  /** an intercept, then a weight a feature */
  readonly weights: Float64Array;
}

/**
 * Autoregression by ridge, one regression for every lead (direct forecasts): the last 36 values; the values a day and a
 * week before the origin and before the lead, as far as they were seen. The ridge, and whether loads or their logarithms
 * are regressed on, is chosen per lead by the MAE over the newest fifth of the past; then all of it is learnt from.
 *
 * @returns undefined where the past is too short to learn from
 */
export function fitRidgeAr(filled: Float64Array, seasons: SeasonSteps, steps: number): PointForecast | undefined {
  const back = [seasons.day, seasons.week].filter((season) => filled.length > 2 * season + steps);
  const reach = Math.max(LAGS, ...back);
  const origins = originsUpTo(reach, filled.length - 1 - steps);
  if (origins.length < 4 * LAGS) return undefined;
  const offset = offsetOf(filled);
  const scales: readonly Scale[] = [
    { to: (load) => load, from: (value) => value },
    { to: (load) => Math.log(load + offset), from: (value) => Math.exp(value) - offset },
  ];
  const inScale = scales.map((scale) => ({ scale, values: filled.map((v) => scale.to(v)) }));
  const leads = Array.from({ length: steps }, (_, h) => fitLead(inScale, filled, origins, back, h + 1));
  return (now) => {
    const recent = now.subarray(-reach - 1);
    const seen = new Map(scales.map((scale) => [scale, recent.map((v) => scale.to(v))]));
    return Float64Array.from(leads, ({ scale, weights }, h) => {
      const x = featuresAt(seen.get(scale) ?? recent, recent.length - 1, back, h + 1);
      return Math.max(0, scale.from(dot(weights, x)));
    });
  };
}

function originsUpTo(first: number, last: number): number[] {
  const stride = Math.max(1, Math.ceil((last - first + 1) / ROWS_AT_MOST));
  const origins: number[] = [];
  for (let t = last; t >= first; t -= stride) origins.push(t);
  return origins.toReversed();
}

function fitLead(
  inScale: readonly { readonly scale: Scale; readonly values: Float64Array }[],
  filled: Float64Array,
  origins: readonly number[],
  back: readonly number[],
  lead: number,
): Leads {
  const split = Math.round(origins.length * (1 - VALIDATED));
  let best: { readonly error: number; readonly leads: Leads } | undefined;
  for (const { scale, values } of inScale) {
    const rows = origins.map((t) => featuresAt(values, t, back, lead));
    const targets = origins.map((t) => values[t + lead] as number);
    const older = momentsOf(rows, targets, 0, split);
    const whole = added(older, momentsOf(rows, targets, split, rows.length));
    for (const ridge of RIDGES) {
      const learnt = solved(older, ridge);
      let error = 0;
      for (let r = split; r < rows.length; r++) {
        const said = Math.max(0, scale.from(dot(learnt, rows[r] as Float64Array)));
        error += Math.abs((filled[(origins[r] as number) + lead] as number) - said);
      }
      if (!best || error < best.error) best = { error, leads: { scale, weights: solved(whole, ridge) } };
    }
  }
  if (!best) throw new RangeError('nothing to choose from');
  return best.leads;
}

/** 1, the last values, then for each season the value one before the origin and one before the lead. */
function featuresAt(values: Float64Array, t: number, back: readonly number[], lead: number): Float64Array {
  const x = new Float64Array(1 + LAGS + 2 * back.length);
  x[0] = 1;
  for (let k = 0; k < LAGS; k++) x[1 + k] = values[t - k] as number;
  for (const [i, season] of back.entries()) {
    x[1 + LAGS + 2 * i] = values[t - season] as number;
    x[2 + LAGS + 2 * i] = values[t + lead - season] as number;
  }
  return x;
}

interface Moments {
  readonly xx: Float64Array;
  readonly xy: Float64Array;
  readonly count: number;
}

function momentsOf(rows: readonly Float64Array[], targets: readonly number[], from: number, to: number): Moments {
  const n = rows[0]?.length ?? 0;
  const xx = new Float64Array(n * n);
  const xy = new Float64Array(n);
  for (let r = from; r < to; r++) {
    const x = rows[r] as Float64Array;
    const y = targets[r] as number;
    for (let i = 0; i < n; i++) {
      const xi = x[i] as number;
      xy[i] = (xy[i] as number) + xi * y;
      for (let j = 0; j <= i; j++) xx[i * n + j] = (xx[i * n + j] as number) + xi * (x[j] as number);
    }
  }
  return { xx, xy, count: to - from };
}

const added = (a: Moments, b: Moments): Moments => ({
  xx: a.xx.map((v, i) => v + (b.xx[i] as number)),
  xy: a.xy.map((v, i) => v + (b.xy[i] as number)),
  count: a.count + b.count,
});

/** The ridge is a share of a feature's variance; the intercept has none, so features and target are centred first. */
function solved({ xx, xy, count }: Moments, ridge: number): Float64Array {
  const n = xy.length;
  const p = n - 1;
  const mean = (i: number): number => (xx[i * n] as number) / count;
  const meanY = (xy[0] as number) / count;
  const gram = new Float64Array(p * p);
  const right = new Float64Array(p);
  for (let i = 0; i < p; i++) {
    right[i] = (xy[i + 1] as number) - count * mean(i + 1) * meanY;
    for (let j = 0; j <= i; j++)
      gram[i * p + j] = (xx[(i + 1) * n + j + 1] as number) - count * mean(i + 1) * mean(j + 1);
  }
  let trace = 0;
  for (let i = 0; i < p; i++) trace += gram[i * p + i] as number;
  for (let i = 0; i < p; i++) gram[i * p + i] = (gram[i * p + i] as number) + (ridge * trace) / p + Number.MIN_VALUE;
  const slopes = choleskySolved(gram, right);
  const intercept = slopes.reduce((sum, w, i) => sum - w * mean(i + 1), meanY);
  return Float64Array.of(intercept, ...slopes);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
