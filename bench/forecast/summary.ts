import { type Figures, geometricMean, mean, owaOf } from './metrics.ts';
import type { Row } from './table.ts';

/** Rows of a part by method, in the order in which methods first came. */
export function byMethod(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.method);
    if (group) group.push(row);
    else groups.set(row.method, [row]);
  }
  return groups;
}

/**
 * One line for a method over all series: arithmetic means of M4's figures and the WQL, coverage weighted by steps,
 * geometric means of what is a ratio to repeating 24 hours.
 */
export function summaryOf(method: string, rows: readonly Row[], naive2: readonly Figures[]): Row {
  const all = rows.map((row) => row.figures);
  const steps = all.reduce((sum, f) => sum + f.steps, 0);
  const over = (of: (f: Figures) => number): number => mean(all.map(of));
  const figures: Figures = {
    forecasts: all.reduce((sum, f) => sum + f.forecasts, 0),
    steps,
    smape: over((f) => f.smape),
    mase: over((f) => f.mase),
    mae: over((f) => f.mae),
    relative: geometricMean(all.map((f) => f.relative)),
    wql: over((f) => f.wql),
    p99Loss: geometricMean(all.map((f) => f.p99Loss)),
    coverage: (all[0]?.coverage ?? []).map((_, i) =>
      all.reduce((sum, f) => sum + ((f.coverage[i] ?? Number.NaN) * f.steps) / steps, 0),
    ),
    msis: over((f) => f.msis),
    fitS: over((f) => f.fitS),
    predictS: over((f) => f.predictS),
  };
  return { series: `all ${all.length}`, method, figures, owa: owaOf(all, naive2) };
}
