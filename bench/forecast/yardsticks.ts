import { loadAugurs } from './augurs.ts';
import { conformal } from './conformal.ts';
import type { Method, PointForecast } from './method.ts';
import { dailyNaive, persistence, weeklyMean, weeklyNaive } from './naive.ts';
import { naive2 } from './naive2.ts';

/** Those that the forecast must not be worse than, by name. */
export const YARDSTICKS = ['persistence', 'naive-24', 'naive-168', 'weekly-mean', 'augurs', 'augurs-log'] as const;

/** Every rival by name, with quantiles by split-conformal from so many origins of the past. */
export function rivals(pastOrigins: number): Map<string, Method> {
  const augurs = loadAugurs();
  const points: readonly (readonly [string, PointForecast])[] = [
    ['persistence', persistence],
    ['naive-24', dailyNaive],
    ['naive-168', weeklyNaive],
    ['weekly-mean', weeklyMean],
    ['naive2', naive2],
    ['augurs', augurs.raw],
    ['augurs-log', augurs.logs],
  ];
  return new Map(points.map(([name, point]) => [name, conformal(name, point, pastOrigins)]));
}

/** Every name that `--methods` takes. */
export const METHODS = ['ours', 'ours-shipped', 'ours-alone', ...YARDSTICKS, 'naive2', 'ridge-ar'];
