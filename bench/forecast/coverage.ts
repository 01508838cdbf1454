import { type Asked, type Claim, isChosen, type Report } from './asked.ts';
import { expertsOptions } from './experts.ts';
import { FINE_STEPS } from './fine.ts';
import type { Method } from './method.ts';
import { COVERED, Tally } from './metrics.ts';
import { ours } from './ours.ts';
import { type AtStep, FINE_ORIGINS, fine, hourly, rolling } from './rolling.ts';
import { plainLine } from './table.ts';
import { HOURLY_STEPS } from './traffic.ts';

/** Where the share of values at or under a quantile is wanted to lie. */
const WANTED: ReadonlyMap<number, readonly [low: number, high: number]> = new Map([
  [0.9, [0.885, 0.915]],
  [0.95, [0.94, 0.96]],
  [0.99, [0.985, 0.995]],
  [0.999, [0.998, 1]],
]);

interface Row {
  readonly series: string;
  readonly steps: number;
  /** share of values at or under each of the quantiles */
  readonly coverage: readonly number[];
}

/** The quantiles of the forecast against what came, pooled over all origins and series, by the hour and finer. */
export async function coverage(asked: Asked): Promise<Report> {
  const us = ours('ours', expertsOptions(asked.experts));
  const chosen = (name: string): boolean => isChosen(asked, name);
  asked.say(plainLine('series', [...COVERED.map((q) => `≤P${100 * q}`), 'steps']));
  const rows = [
    ...eachOf(hourly(asked, chosen), us, HOURLY_STEPS, asked.origins, asked),
    ...eachOf(fine(asked, chosen), us, FINE_STEPS, FINE_ORIGINS * asked.origins, asked),
  ];
  if (rows.length === 0) return { part: 'coverage', rows, claims: [] };
  const all = pooled(rows);
  tell(asked, all);
  return { part: 'coverage', rows: [...rows, all], claims: claimsOf(all) };
}

function eachOf(series: Iterable<AtStep>, us: Method, steps: number, origins: number, asked: Asked): Row[] {
  const rows: Row[] = [];
  for (const { name, signal } of series) {
    const tally = new Tally();
    for (const { past, outcome } of rolling(signal, steps, origins, asked.days))
      tally.see(outcome, us.forecast(past, steps));
    if (tally.steps === 0) continue;
    const row = { series: name, steps: tally.steps, coverage: tally.figures().coverage };
    rows.push(row);
    tell(asked, row);
  }
  return rows;
}

function pooled(rows: readonly Row[]): Row {
  const steps = rows.reduce((sum, row) => sum + row.steps, 0);
  const share = (i: number): number =>
    rows.reduce((sum, row) => sum + (row.coverage[i] ?? Number.NaN) * row.steps, 0) / steps;
  return { series: `all ${rows.length}`, steps, coverage: COVERED.map((_, i) => share(i)) };
}

function claimsOf({ coverage: shares }: Row): Claim[] {
  return COVERED.flatMap((q, i) => {
    const wanted = WANTED.get(q);
    if (!wanted) return [];
    const [low, high] = wanted;
    const share = shares[i] ?? Number.NaN;
    return [
      {
        what: `values at or under P${100 * q}, all origins and series together`,
        wanted: high === 1 ? `≥ ${percent(low)}` : `${percent(low)} to ${percent(high)}`,
        figure: `${(100 * share).toFixed(2)}%`,
        met: share >= low && share <= high,
      },
    ];
  });
}

const percent = (share: number): string => `${Number((100 * share).toFixed(1))}%`;

function tell(asked: Asked, { series, coverage: shares, steps }: Row): void {
  const figures = shares.map((share) => (100 * share).toFixed(2));
  asked.say(plainLine(series, [...figures, steps.toLocaleString('en-US')]));
}
