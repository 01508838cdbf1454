import { fit, type FitOptions } from '../../src/forecast/fit.ts';
import { predict } from '../../src/forecast/predict.ts';
import { seconds } from '../../src/units.ts';
import { type Method, QUANTILES } from './method.ts';

const MEDIAN = QUANTILES.indexOf(0.5);

/** The forecast of this project, as its callers have it: `fit`, then `predict`. */
export function ours(name: string, options: FitOptions = {}): Method {
  return {
    name,
    forecast({ signal }, steps) {
      const horizon = seconds(steps * signal.step);
      const began = performance.now();
      const fitted = fit(signal, { ...options, horizon });
      const learnt = performance.now();
      const { paths } = predict(fitted, horizon, QUANTILES);
      const predictS = (performance.now() - learnt) / 1000;
      return {
        point: paths[MEDIAN] ?? new Float64Array(0),
        paths,
        fitS: (learnt - began) / 1000,
        predictS,
      };
    },
  };
}
