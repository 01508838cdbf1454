/**
 * Trains the linear experts that ship in `data/forecast/` and writes them with a note of what they were trained on.
 *
 *   npx tsx scripts/train-experts.ts FOLDER
 *
 * FOLDER holds hourly or finer load series as CSV (first column time, second load), of which those named below are
 * taken where they are there: recorded load whose licence allows it (MIT, Apache-2.0). Of each only the first half is
 * learnt from, so that the second half can test; generated load is added. Deterministic; under a minute.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyOf } from '../src/forecast/history.ts';
import { encoded } from '../src/forecast/linear/encoded.ts';
import { trainExperts } from '../src/forecast/linear/train.ts';
import { parseSeries } from '../src/signals/csv.ts';
import { instant, isoOf, seconds } from '../src/units.ts';
import { generatedLoad } from './forecast/generated-load.ts';

const RECORDED: readonly (readonly [file: string, time: string, value: string])[] = [
  ['appserver_hourly', 'timestamp', 'value'],
  ['ms_cloud_api-01', 'timestamp', 'value'],
  ['ms_cloud_ingress-01', 'timestamp', 'value'],
  ['ms_cloud_ingress-02', 'timestamp', 'value'],
  ['ms_cloud_ingress-03', 'timestamp', 'value'],
  ['nab_nyc_taxi', 'timestamp', 'value'],
  ['nab_Twitter_volume_AAPL', 'timestamp', 'value'],
  ['servegen_m-small_10min', 'seconds', 'requests_per_s'],
  ['worldcup98_1min', 'timestamp', 'value'],
];
const GENERATED = 160;
const HOUR = 3_600_000;
/** Hours that one series learns from at most; a longer one counts as several. */
const CHUNK = 24 * 56;
const LEAST = 400;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name the folder of recorded load: npx tsx scripts/train-experts.ts FOLDER');
const out = new URL('../data/forecast/', import.meta.url);

const series: Float64Array[] = [];
const trainedOn: { file: string; until: string; hours: number }[] = [];
for (const [name, timeColumn, valueColumn] of RECORDED) {
  const file = join(folder, `${name}.csv`);
  if (!existsSync(file)) {
    console.error(`${file}: not there, left out`);
    continue;
  }
  const spec = { file, name, market: '', unit: '', timeColumn, valueColumn, scale: 1, step: seconds(3600) };
  const read = parseSeries(readFileSync(file, 'utf8'), spec);
  if (!read.ok) throw new Error(`${file}: ${JSON.stringify(read.troubles)}`);
  const { start, values } = read.value;
  const half = values.slice(0, values.length >> 1);
  let hours = 0;
  for (let from = 0; from + LEAST < half.length; from += CHUNK) {
    const part = half.slice(from, Math.min(half.length, from + CHUNK));
    const began = instant(start + from * HOUR);
    const history = historyOf({ ...read.value, start: began, values: part }, instant(began + (part.length - 1) * HOUR));
    if (!history || history.logs.length < LEAST) continue;
    series.push(history.logs);
    hours += history.logs.length;
  }
  if (hours > 0) trainedOn.push({ file: `${name}.csv`, until: isoOf(instant(start + half.length * HOUR)), hours });
}
for (let seed = 1; seed <= GENERATED; seed++) {
  const load = generatedLoad(seed, 24 * (28 + (seed % 4) * 14));
  const history = historyOf(
    {
      name: '',
      market: '',
      unit: '',
      step: seconds(3600),
      start: instant(0),
      values: load,
      source: 'generated',
      faults: [],
    },
    instant((load.length - 1) * HOUR),
  );
  if (history) series.push(history.logs);
}
const bytes = encoded(trainExperts(series));
mkdirSync(out, { recursive: true });
writeFileSync(new URL('linear-experts.bin', out), bytes);
const note = {
  licences: 'MIT or Apache-2.0, each file',
  trainedOn,
  generated: { series: GENERATED, by: 'scripts/forecast/generated-load.ts', seeds: `1-${GENERATED}` },
};
writeFileSync(new URL('linear-experts.json', out), `${JSON.stringify(note, null, 2)}\n`);
console.log(`${series.length} series, ${(bytes.length / 1024).toFixed(0)} KiB`);
