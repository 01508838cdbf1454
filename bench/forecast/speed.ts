import { spawnSync } from 'node:child_process';
import { fit, type Fitted } from '../../src/forecast/fit.ts';
import { predict } from '../../src/forecast/predict.ts';
import { refit } from '../../src/forecast/refit.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { seconds } from '../../src/units.ts';
import type { Asked, Claim, Report } from './asked.ts';
import { expertsOptions } from './experts.ts';
import { QUANTILES } from './method.ts';
import { syntheticLoad } from './synthetic.ts';
import { plainLine } from './table.ts';

const SERIES = 100;
const SHAPE = { days: 56, stepS: 300 };
const HORIZON = seconds(86_400);
/** Steps by which each series has grown at a refresh, in turn. */
const GROWTH = [1, 1, 3] as const;
const COLD_WANTED_S = 3;
const REFRESH_WANTED_S = 0.3;
const RSS_WANTED_MB = 300;

interface Row {
  readonly what: string;
  readonly wallS: number;
  readonly cpuS: number;
  /** peak of the whole process by then */
  readonly rssMb: number;
}

/**
 * A hundred series of eight weeks at five minutes, a day ahead: from nothing, and again when each has grown by a few
 * steps. In a process of its own, so that the peak of memory is its own.
 */
export function speed(asked: Asked): Report {
  asked.say(
    plainLine(`${SERIES} series, ${SHAPE.days} days at ${SHAPE.stepS / 60} min`, ['wall s', 'CPU s', 'RSS MB']),
  );
  const rows = asked.here ? measured(asked) : apart(asked);
  for (const { what, wallS, cpuS, rssMb } of rows)
    asked.say(plainLine(what, [wallS.toFixed(2), cpuS.toFixed(2), rssMb.toFixed(0)]));
  return { part: 'speed', rows, claims: claimsOf(rows) };
}

/** The same bench, told to measure here and to print JSON. */
function apart({ script, experts }: Asked): readonly Row[] {
  // execArgv holds the loader that compiles TypeScript
  const args = [...process.execArgv, script, 'speed', '--here', '--json', '--experts', experts];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (stdout === '') throw new Error(`the process that measures speed gave no answer: ${stderr}`);
  const { parts } = JSON.parse(stdout) as { readonly parts: readonly { readonly rows: readonly Row[] }[] };
  return parts[0]?.rows ?? [];
}

function measured(asked: Asked): readonly Row[] {
  const options = { ...expertsOptions(asked.experts), horizon: HORIZON };
  const whole = Array.from({ length: SERIES }, (_, i) => syntheticLoad(i + 1, SHAPE));
  const growth = GROWTH.reduce((sum, steps) => sum + steps, 0);
  let held = growth;
  const seen = (): ObservedSignal[] =>
    whole.map((s) => ({ ...s, values: s.values.subarray(0, s.values.length - held) }));
  let fitted: Fitted[] = [];
  const rows = [
    timed('from nothing', () => {
      fitted = seen().map((signal) => fit(signal, options));
      for (const one of fitted) predict(one, HORIZON, QUANTILES);
    }),
  ];
  for (const steps of GROWTH) {
    held -= steps;
    const grown = seen();
    rows.push(
      timed(`${REFRESH}${steps}`, () => {
        fitted = grown.map((signal, i) => refit(fitted[i] as Fitted, signal, options));
        for (const one of fitted) predict(one, HORIZON, QUANTILES);
      }),
    );
  }
  return rows;
}

const REFRESH = 'grown by ';

function timed(what: string, work: () => void): Row {
  const cpu = process.cpuUsage();
  const began = performance.now();
  work();
  const wallS = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { what, wallS, cpuS: (user + system) / 1e6, rssMb: process.resourceUsage().maxRSS / 1024 };
}

function claimsOf(rows: readonly Row[]): Claim[] {
  const cold = rows[0]?.wallS ?? Number.NaN;
  const refresh = Math.max(...rows.filter(({ what }) => what.startsWith(REFRESH)).map((row) => row.wallS));
  const rss = Math.max(...rows.map((row) => row.rssMb));
  const under = (what: string, unit: string, most: number, value: number, places: number): Claim => ({
    what,
    wanted: `< ${most} ${unit}`,
    figure: `${value.toFixed(places)} ${unit}`,
    met: value < most,
  });
  return [
    under('100 series from nothing', 's', COLD_WANTED_S, cold, 2),
    under('100 series when each has grown by a few steps, the slowest time', 's', REFRESH_WANTED_S, refresh, 2),
    under('peak RSS, with Node and the TypeScript loader in it', 'MB', RSS_WANTED_MB, rss, 0),
  ];
}
