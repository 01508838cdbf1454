import { readFileSync } from 'node:fs';
import { initSync, MSTL } from '@bsull/augurs/mstl';
import { offsetOf } from './logs.ts';
import type { PointForecast } from './method.ts';
import { seasonalNaive } from './naive.ts';

/**
 * Grafana's augurs 0.10: MSTL with the seasons of a day and a week, its trend by automatic (unseasonal) ETS.
 * A season of which less than two were seen is left out; without any, yesterday is repeated.
 */
export function loadAugurs(): { readonly raw: PointForecast; readonly logs: PointForecast } {
  const place = import.meta.resolve('@bsull/augurs/mstl').replace(/\.js$/, '_bg.wasm');
  initSync({ module: readFileSync(new URL(place)) });
  return { raw: mstl, logs: onLogs };
}

const mstl: PointForecast = (filled, { day, week }, steps) => {
  const periods = [day, week].filter((season) => filled.length > 2 * season);
  if (periods.length === 0) return seasonalNaive(filled, day, steps);
  const model = MSTL.ets(periods);
  try {
    model.fit(filled);
    return Float64Array.from(model.predict(steps).point);
  } catch {
    return seasonalNaive(filled, day, steps); // the automatic ETS finds no model for a series that stands still
  } finally {
    model.free();
  }
};

const onLogs: PointForecast = (filled, seasons, steps) => {
  const offset = offsetOf(filled);
  const logs = filled.map((v) => Math.log(v + offset));
  return mstl(logs, seasons, steps).map((log) => Math.max(0, Math.exp(log) - offset));
};
