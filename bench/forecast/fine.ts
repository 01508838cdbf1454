import { type Asked, type Claim, isAsked, isChosen, type Report } from './asked.ts';
import { besideOf } from './beside.ts';
import { expertsOptions } from './experts.ts';
import { type Method, pointMethod, type PointForecast } from './method.ts';
import { geometricMean } from './metrics.ts';
import { persistence, weeklyNaive } from './naive.ts';
import { ours } from './ours.ts';
import type { Window } from './past.ts';
import { fitRidgeAr } from './ridge-ar.ts';
import { type AtStep, FINE_ORIGINS, fine as fineSeries, rolling } from './rolling.ts';
import { plainLine } from './table.ts';

export const FINE_STEPS = 36;
/** Leads whose errors are told together, both ends included. */
const BLOCKS = [
  [1, 1],
  [2, 3],
  [4, 6],
  [7, 12],
  [13, 36],
] as const;
const WORSE_AT_MOST = 1.02;
/** Origins for which one fit of the ridge serves. */
const REFIT = 10;
const RIDGE_AR = 'ridge-ar';

interface Row {
  readonly series: string;
  readonly method: string;
  readonly origins: number;
  /** MAE over each of the blocks of leads, in the series' unit */
  readonly mae: readonly number[];
  readonly fitMs: number;
}

/** Load at steps of 1 to 30 minutes, 36 steps ahead, by block of leads, beside what is best at the shortest ones. */
export async function fine(asked: Asked): Promise<Report> {
  const options = expertsOptions(asked.experts);
  const rows: Row[] = [];
  asked.say(plainLine('series, own step', [...BLOCKS.map(nameOf), 'fit ms', 'origins'], 'MAE/best'));
  for (const one of fineSeries(asked, (name) => isChosen(asked, name))) {
    const windows = [...rolling(one.signal, FINE_STEPS, FINE_ORIGINS * asked.origins, asked.days)];
    const methods = methodsFor(asked, ours('ours', options));
    const fresh = methods.map((method) => measured(one, windows, method)).filter((row) => row.origins > 0);
    const of = [...fresh, ...besideOf(asked.beside, 'fine', fresh, (row) => row.origins)];
    rows.push(...of);
    const best = BLOCKS.map((_, b) => Math.min(...others(of).map((row) => row.mae[b] ?? Infinity)));
    for (const row of of) {
      const ratios = row.mae.map((mae, b) => (mae / (best[b] ?? Number.NaN)).toFixed(3));
      asked.say(plainLine(row.series, [...ratios, row.fitMs.toFixed(1), String(row.origins)], row.method));
    }
    if (of.length === 0) asked.say(`${one.name}: left out, too short for ${FINE_STEPS} steps from its second half`);
  }
  return { part: 'fine', rows, claims: claimsOf(rows) };
}

/** Fresh for each series, since the ridge keeps what it has learnt from the origins before. */
function methodsFor(asked: Asked, us: Method): Method[] {
  const all = [us, pointMethod('persistence', persistence), pointMethod('naive-168', weeklyNaive), ridgeAr()];
  return all.filter(({ name }) => isAsked(asked, name));
}

/** A ridge learnt anew every few origins; where the past is too short for one, the last value. */
function ridgeAr(): Method {
  let seen = 0;
  let learnt: PointForecast | undefined;
  return {
    name: RIDGE_AR,
    forecast({ filled, seasons }, steps) {
      const began = performance.now();
      if (seen++ % REFIT === 0) learnt = fitRidgeAr(filled, seasons, steps);
      const point = (learnt ?? persistence)(filled, seasons, steps);
      return { point, fitS: (performance.now() - began) / 1000, predictS: 0 };
    },
  };
}

function measured({ name }: AtStep, windows: readonly Window[], method: Method): Row {
  const errors = BLOCKS.map(() => 0);
  const counts = BLOCKS.map(() => 0);
  let fitS = 0;
  for (const { past, outcome } of windows) {
    const said = method.forecast(past, FINE_STEPS);
    fitS += said.fitS;
    for (const [b, [from, to]] of BLOCKS.entries()) {
      for (let lead = from; lead <= to; lead++) {
        const was = outcome.was[lead - 1] ?? Number.NaN;
        if (Number.isNaN(was)) continue;
        errors[b] = (errors[b] ?? 0) + Math.abs(was - (said.point[lead - 1] ?? Number.NaN));
        counts[b] = (counts[b] ?? 0) + 1;
      }
    }
  }
  const mae = errors.map((sum, b) => sum / (counts[b] ?? 0));
  return { series: name, method: method.name, origins: windows.length, mae, fitMs: (1000 * fitS) / windows.length };
}

const others = (rows: readonly Row[]): Row[] => rows.filter((row) => row.method !== 'ours');

function claimsOf(rows: readonly Row[]): Claim[] {
  const us = rows.filter((row) => row.method === 'ours');
  const ratios = us.map((row) => {
    const of = others(rows).filter((other) => other.series === row.series);
    return row.mae.map((mae, b) => mae / Math.min(...of.map((other) => other.mae[b] ?? Infinity)));
  });
  if (ratios.length === 0 || others(rows).length === 0) return [];
  const blocks = BLOCKS.map((block, b) => {
    const ratio = geometricMean(ratios.map((of) => of[b] ?? Number.NaN));
    return {
      what: `steps ${nameOf(block)}: MAE over that of each series' best yardstick, geometric mean`,
      wanted: `≤ ${WORSE_AT_MOST}`,
      figure: ratio.toFixed(3),
      met: ratio <= WORSE_AT_MOST,
    };
  });
  const all = ratios.flat();
  const within = all.filter((ratio) => ratio <= WORSE_AT_MOST).length;
  const each = {
    what: `series and block of steps whose MAE is within ${WORSE_AT_MOST} of their best yardstick's`,
    wanted: `${all.length}`,
    figure: `${within}`,
    met: within === all.length,
  };
  return [...blocks, each];
}

const nameOf = ([from, to]: readonly [number, number]): string => (from === to ? `${from}` : `${from}-${to}`);
