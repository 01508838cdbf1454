import type { FitOptions } from '../../src/forecast/fit.ts';
import { fitWithEvents, predictWithEvents } from '../../src/forecast/with-events.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { instant, type Instant, seconds } from '../../src/units.ts';
import { diceOf } from '../placement/random.ts';
import type { Asked, Claim } from './asked.ts';
import { windowsOf } from './holidays.ts';
import { syntheticLoad } from './synthetic.ts';
import { plainLine } from './table.ts';

const STEP_S = 300;
const STEP_MS = 1000 * STEP_S;
const CHINA = { timeZone: 'Asia/Shanghai', holidays: ['CN'], midnight: true };
/** Midnight at the beginning of the lunar year 4723, and of 4724: no public series covers one. */
const BEFORE = Date.UTC(2026, 1, 16, 16);
const NOW = Date.UTC(2027, 1, 5, 16);
const START = instant(Date.UTC(2025, 11, 1));
const HORIZON = seconds(86_400);
const SEEDS = [1, 2, 3, 4, 5];
/** The burst, against an ordinary midnight: its peak differs between years by a tenth or so. */
const TIMES = 10;
const DIFFERS = 0.1;
const BUILD_UP_MIN = 4;
const DIES_DOWN_MIN = 25;
/** What is judged: from this long before the midnight to that long after, in minutes. */
const JUDGED_MIN = [-30, 120] as const;
/** Of the steps that are judged, as for P99 anywhere. */
const WITHIN_WANTED = 0.985;

interface Row {
  readonly what: string;
  /** load of the highest step over P99 there */
  readonly peakOverP99: number;
  /** share of the judged steps at or under P99 */
  readonly within: number;
  /** P99 over load, mean of the judged steps: what being sure costs */
  readonly p99OverLoad: number;
}

/**
 * A year and two months at five minutes in which the midnight of Spring Festival brings ten times the load twice, the
 * second time from an hour and a day ahead.
 */
export function midnight(
  asked: Asked,
  options: FitOptions,
): { readonly rows: readonly Row[]; readonly claims: Claim[] } {
  asked.say('');
  asked.say(plainLine('Spring Festival midnight, ten times the load', ['peak/P99', 'under', 'P99/load']));
  const rows = SEEDS.flatMap((seed) => {
    const signal = festive(seed);
    return [1, 20].map((ahead) => measured(signal, seed, ahead, options));
  });
  for (const { what, peakOverP99, within, p99OverLoad } of rows)
    asked.say(plainLine(what, [peakOverP99.toFixed(3), `${(100 * within).toFixed(1)}%`, p99OverLoad.toFixed(2)]));
  const peaks = rows.filter((row) => row.peakOverP99 <= 1).length;
  const within = rows.reduce((sum, row) => sum + row.within, 0) / rows.length;
  const claims: Claim[] = [
    {
      what: 'Spring Festival midnights whose peak is at or under P99, one earlier year known',
      wanted: `${rows.length}`,
      figure: `${peaks}`,
      met: peaks === rows.length,
    },
    {
      what: 'steps around these midnights at or under P99',
      wanted: `≥ ${100 * WITHIN_WANTED}%`,
      figure: `${(100 * within).toFixed(1)}%`,
      met: within >= WITHIN_WANTED,
    },
  ];
  return { rows, claims };
}

/** Ordinary load, with a burst that builds up within minutes and dies down within an hour, and by it the other's. */
function festive(seed: number): ObservedSignal {
  const days = (NOW - START) / 86_400_000 + 2;
  const plain = syntheticLoad(seed, { days, stepS: STEP_S, start: START });
  const dice = diceOf(seed, 'bursts');
  const bursts = [BEFORE, NOW].map((at) => ({ at, times: dice.lognormal(TIMES, DIFFERS) }));
  const values = plain.values.map((load, i) => {
    const minutes = bursts.map(({ at }) => (START + i * STEP_MS - at) / 60_000);
    return load * bursts.reduce((most, { times }, b) => Math.max(most, burst(minutes[b] ?? 0, times)), 1);
  });
  return { ...plain, values };
}

const burst = (minutes: number, times: number): number =>
  1 + (times - 1) * Math.exp(minutes < 0 ? minutes / BUILD_UP_MIN : -minutes / DIES_DOWN_MIN);

function measured(signal: ObservedSignal, seed: number, hoursAhead: number, options: FitOptions): Row {
  const until: Instant = instant(NOW - hoursAhead * 3_600_000);
  const seen = (until - signal.start) / STEP_MS + 1;
  const events = windowsOf(CHINA, signal.start, instant(until + HORIZON * 1000));
  const past = { ...signal, values: signal.values.subarray(0, seen) };
  const { timeZone } = CHINA;
  const fitted = fitWithEvents(past, { ...options, until, horizon: HORIZON, events, timeZone });
  const p99 = predictWithEvents(fitted, HORIZON, [0.99]).paths[0] ?? new Float64Array(0);
  let [peak, peakP99, under, ratios, steps] = [0, Number.NaN, 0, 0, 0];
  for (let minute = JUDGED_MIN[0]; minute < JUDGED_MIN[1]; minute += STEP_S / 60) {
    const i = Math.round((NOW + minute * 60_000 - signal.start) / STEP_MS);
    const [load = Number.NaN, said = Number.NaN] = [signal.values[i], p99[i - seen]];
    steps++;
    if (load <= said) under++;
    ratios += said / load;
    if (load > peak) [peak, peakP99] = [load, said];
  }
  const what = `seed ${seed}, ${hoursAhead} h ahead`;
  return { what, peakOverP99: peak / peakP99, within: under / steps, p99OverLoad: ratios / steps };
}
