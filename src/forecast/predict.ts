import { instant, type Instant, type Seconds } from '../units.ts';
import { mixesOf, type Mix } from './centre.ts';
import type { Fitted, FittedBlock, Learnt } from './fit.ts';
import type { Backtest, Forecast } from './forecast.ts';
import { liftAt, quantileOf } from './spread.ts';

/**
 * Quantile paths and the mean from the origin on, as far as `horizon`.
 *
 * @param horizon at most what the series was fitted for
 * @param quantiles within (0, 1), in any order
 */
export function predict(fitted: Fitted, horizon: Seconds, quantiles: readonly number[]): Forecast {
  const asked = [...new Set(quantiles)].toSorted((a, b) => a - b);
  const outside = asked.find((q) => !(q > 0 && q < 1));
  if (outside !== undefined) throw new RangeError(`a quantile must lie between 0 and 1, got ${outside}`);
  const { signal, origin, notes, learnt } = fitted;
  const head = {
    signal: signal.name,
    market: signal.market,
    unit: signal.unit,
    origin,
    step: signal.step,
    notes,
  };
  if (!learnt) {
    const paths = asked.map(() => new Float64Array(0));
    return {
      ...head,
      quantiles: asked,
      paths,
      mean: new Float64Array(0),
      method: 'none',
    };
  }
  const steps = Math.max(1, Math.ceil(horizon / signal.step));
  const backtest = backtestOf(learnt.blocks, asked);
  const tails = learnt.blocks.map(({ calibration }) => calibration.spread.tailFrom).toSorted((a, b) => a - b);
  const tailFrom = tails[tails.length >> 1] ?? 1;
  return {
    ...head,
    quantiles: asked,
    ...pathsOf(learnt, steps, asked),
    last: lastOf(learnt, origin, signal.step * 1000),
    method: methodOf(learnt),
    ...((asked.at(-1) ?? 0) > tailFrom && { extrapolatedFrom: tailFrom }),
    ...(backtest && { backtest }),
  };
}

function lastOf({ last, missing }: Learnt, origin: Instant, stepMs: number): { at: Instant; value: number } {
  return {
    at: instant(origin - missing * stepMs),
    value: last,
  };
}

function pathsOf(
  { wide, centres, widths, missing, blocks }: Learnt,
  steps: number,
  quantiles: readonly number[],
): Pick<Forecast, 'paths' | 'mean'> {
  const furthest = centres.length;
  if (missing + steps > furthest) {
    throw new RangeError(`fitted for ${furthest - missing} steps, asked for ${steps}: fit with a longer horizon`);
  }
  const offsets = blocks.map(({ calibration }) => quantiles.map((q) => quantileOf(calibration.spread, q)));
  const paths = quantiles.map(() => new Float64Array(steps));
  const mean = new Float64Array(steps);
  const mixes = mixesOf(blocks, missing + steps);
  const centre = centres.subarray(missing);
  const fill = (path: Float64Array, of: (block: number, times: number) => number): void => {
    for (let h = 0; h < steps; h++) {
      const { near, far, share } = mixes[missing + h] as Mix;
      const times = widths[missing + h] as number;
      const off = of(near, times);
      const log = (centre[h] as number) + (share === 0 ? off : off + share * (of(far, times) - off));
      path[h] = Math.max(0, Math.exp(log) - wide);
    }
  };
  fill(mean, (block, times) => liftAt(blocks[block] ?? NO_LIFT, times));
  for (const [q, path] of paths.entries()) fill(path, (block, times) => times * (offsets[block]?.[q] ?? 0));
  return { paths, mean };
}

const NO_LIFT = { lift: 0, drift: 0 };

/** Whom the blend believes, over all leads. */
function methodOf({ families, blocks }: Learnt): string {
  const shares = new Map<string, number>();
  for (const [e, name] of families.entries()) {
    for (const { calibration } of blocks) {
      shares.set(name, (shares.get(name) ?? 0) + (calibration.weights[e] ?? 0) / blocks.length);
    }
  }
  const most = [...shares].toSorted(([, a], [, b]) => b - a).filter(([, share]) => share >= 0.05);
  return `blend of ${most.map(([name, share]) => `${name} ${Math.round(share * 100)}%`).join(', ')}`;
}

function backtestOf(blocks: readonly FittedBlock[], quantiles: readonly number[]): Backtest | undefined {
  const under = quantiles.map(() => 0);
  let steps = 0;
  let smape = 0;
  let origins = 0;
  for (const { heldBack } of blocks) {
    if (!heldBack) continue;
    steps += heldBack.residuals.length;
    smape += heldBack.smape;
    origins = Math.max(origins, heldBack.origins);
    for (const [i, q] of quantiles.entries()) {
      const most = quantileOf(heldBack.spread, q);
      under[i] = (under[i] ?? 0) + countUpTo(heldBack.residuals, most);
    }
  }
  return steps === 0
    ? undefined
    : {
        origins,
        stepsScored: steps,
        smape: smape / steps,
        coverage: under.map((n) => n / steps),
      };
}

/** How many of ascending values are at most so large. */
function countUpTo(values: Float64Array, most: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}
