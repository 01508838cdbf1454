/**
 * How well the forecast does on real load, by rolling origins: MAE against seasonal naive (yesterday's same hour),
 * coverage and pinball loss of its quantiles, and time.
 *
 *   npx tsx bench/forecast.ts FOLDER [step in s] [days of history] [origins]
 *
 * FOLDER holds the series listed below, each as CSV with a header line.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fit } from '../src/forecast/fit.ts';
import { predict } from '../src/forecast/predict.ts';
import { parseSeries } from '../src/signals/csv.ts';
import type { ObservedSignal } from '../src/signals/signal.ts';
import { instant, seconds } from '../src/units.ts';

const SERIES: readonly (readonly [file: string, value: string, time: string, step: number])[] = [
  ['steam_ccu_Apex_Legends', 'value', 'timestamp', 3600],
  ['steam_ccu_Counter_Strike2', 'value', 'timestamp', 3600],
  ['steam_ccu_Dota_2', 'value', 'timestamp', 3600],
  ['steam_ccu_PUBG_Battlegrounds', 'value', 'timestamp', 3600],
  ['zulip_lean_hourly', 'value', 'timestamp', 3600],
  ['appserver_hourly', 'value', 'timestamp', 3600],
  ['ms_cloud_api-01', 'value', 'timestamp', 3600],
  ['nab_nyc_taxi', 'value', 'timestamp', 1800],
  ['servegen_m-small_10min', 'requests_per_s', 'seconds', 600],
  ['servegen_m-small_10min', 'output_tokens_per_s', 'seconds', 600],
  ['nab_Twitter_volume_AAPL', 'value', 'timestamp', 300],
  ['worldcup98_1min', 'value', 'timestamp', 60],
  ['nasa_1min', 'value', 'timestamp', 60],
  ['ms_cloud_ingress-01', 'value', 'timestamp', 60],
  ['ms_cloud_ingress-03', 'value', 'timestamp', 60],
];
const QUANTILES = [0.5, 0.9, 0.95, 0.99, 0.999];

class Score {
  error = 0;
  naive = 0;
  steps = 0;
  smape = 0;
  ms = 0;
  forecasts = 0;
  readonly under: number[];
  readonly pinball: number[];
  readonly #quantiles: readonly number[];

  constructor(quantiles: readonly number[]) {
    this.#quantiles = quantiles;
    this.under = quantiles.map(() => 0);
    this.pinball = quantiles.map(() => 0);
  }

  see(was: number, yesterday: number, paths: readonly number[]): void {
    const middle = paths[0] ?? Number.NaN;
    this.steps++;
    this.error += Math.abs(was - middle);
    this.naive += Math.abs(was - yesterday);
    this.smape += was + middle === 0 ? 0 : (200 * Math.abs(was - middle)) / (was + middle);
    for (const [i, q] of this.#quantiles.entries()) {
      const over = was - (paths[i] ?? Number.NaN);
      if (over <= 0) this.under[i] = (this.under[i] ?? 0) + 1;
      this.pinball[i] = (this.pinball[i] ?? 0) + Math.max(q * over, (q - 1) * over);
    }
  }

  add(other: Score): void {
    this.error += other.error / other.naive;
    this.naive += 1;
    this.steps += other.steps;
    this.smape += other.smape;
    this.ms += other.ms;
    this.forecasts += other.forecasts;
    for (const i of this.#quantiles.keys()) {
      this.under[i] = (this.under[i] ?? 0) + (other.under[i] ?? 0);
      this.pinball[i] = (this.pinball[i] ?? 0) + (other.pinball[i] ?? 0) / other.naive;
    }
  }

  line(): string {
    const coverage = this.under.map((n) => (n / this.steps).toFixed(3)).join(' ');
    const pinball = ((this.pinball[3] ?? 0) / this.naive).toFixed(3);
    return [
      `MAE/naive ${(this.error / this.naive).toFixed(2)}`,
      `sMAPE ${(this.smape / this.steps).toFixed(1).padStart(5)}%`,
      `coverage at ${this.#quantiles.join(' ')}: ${coverage}`,
      `P90 ${((this.pinball[1] ?? 0) / this.naive).toFixed(3)} P99 pinball/naive ${pinball}`,
      `${(this.ms / this.forecasts).toFixed(1)} ms`,
    ].join('  ');
  }
}

const [folder = '../shared/data/traffic', stepText = '3600', daysText = '28', originsText = '20'] =
  process.argv.slice(2);
const step = Number(stepText);
const day = 86_400 / step;
const keep = Number(daysText) * day;
const ratios: number[] = [];
const overall = new Score(QUANTILES);
for (const [name, value, time, own] of SERIES) {
  const file = join(folder, `${name}.csv`);
  if (own > step || !existsSync(file)) continue;
  const spec = {
    file,
    name,
    market: '',
    unit: '',
    timeColumn: time,
    valueColumn: value,
    scale: 1,
    step: seconds(step),
  };
  const read = parseSeries(readFileSync(file, 'utf8'), spec);
  if (!read.ok) throw new Error(JSON.stringify(read.troubles));
  const score = scoreOf(read.value);
  if (score.steps === 0) continue;
  overall.add(score);
  ratios.push(score.error / score.naive);
  console.log(`${`${name} ${value === 'value' ? '' : value}`.padEnd(44)} ${score.line()}`);
}
console.log(`${'all'.padEnd(44)} ${overall.line()}`);
const mean = Math.exp(ratios.reduce((sum, r) => sum + Math.log(r), 0) / ratios.length);
console.log(`geometric mean of MAE against seasonal naive: ${mean.toFixed(3)} over ${ratios.length} series`);

function scoreOf(signal: ObservedSignal): Score {
  const score = new Score(QUANTILES);
  const { values } = signal;
  const first = Math.min(keep, values.length - day - 1);
  const origins = Number(originsText);
  if (values.length < 10 * day) return score;
  for (let o = 0; o < origins; o++) {
    const t = Math.floor(first + ((values.length - 1 - day - first) * (o + 0.12 * (o % 3))) / origins);
    const from = Math.max(0, t + 1 - keep);
    const start = instant(signal.start + from * step * 1000);
    const past = { ...signal, start, values: values.slice(from, t + 1) };
    const began = performance.now();
    const forecast = predict(fit(past, { until: instant(signal.start + t * step * 1000) }), seconds(86_400), QUANTILES);
    score.ms += performance.now() - began;
    score.forecasts++;
    for (let h = 0; h < day; h++) {
      const was = values[t + 1 + h] ?? Number.NaN;
      const yesterday = values[t + 1 + h - day] ?? Number.NaN;
      if (Number.isNaN(was + yesterday) || forecast.mean.length === 0) continue;
      score.see(
        was,
        yesterday,
        forecast.paths.map((path) => path[h] ?? Number.NaN),
      );
    }
  }
  return score;
}
