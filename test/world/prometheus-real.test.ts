import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrometheusSource, SignalSpec } from '../../src/fleet/fleet.ts';
import { parseSeries } from '../../src/signals/csv.ts';
import { instant, seconds } from '../../src/units.ts';
import { prometheusTraffic } from '../../src/world/prometheus.ts';
import {
  hasPrometheus,
  needsPrometheus,
  startPrometheus,
  type MetricSeries,
  type RunningPrometheus,
} from '../support/prometheus.ts';

const END = instant(Date.UTC(2026, 2, 2, 18, 0));
const MINUTE = 60_000;
/** eight days by the minute: more points than Prometheus answers at once */
const MINUTES = 8 * 1440 + 1;

const SHARED = '../shared/data/traffic/steam_ccu_Dota_2.csv';
const shared = existsSync(SHARED) ? sharedSeries() : undefined;

describe.skipIf(!hasPrometheus)(`a real Prometheus${needsPrometheus}`, () => {
  let server: RunningPrometheus;
  beforeAll(async () => {
    const series = [pod('eu', 'a', 0), pod('eu', 'b', 0.5), withGap()];
    server = await startPrometheus(shared ? [...series, shared.metric] : series);
  }, 60_000);
  afterAll(() => server?.stop());

  const read = (query: string, step = 60, options: { end?: number; history?: number; scale?: number } = {}) =>
    prometheusTraffic(
      { url: server.url, history: seconds(options.history ?? 8 * 86_400), timeout: seconds(20) },
      { now: () => instant(options.end ?? END + 30_000) },
      {},
    ).read(signalOf(query, step, options.scale), 'latest');

  test('a range over the limit of 11,000 points comes whole, value by value', async () => {
    const answer = await read('sum(im_connections{market="eu"})');
    if (!answer.ok) throw new Error(JSON.stringify(answer.troubles));
    const [signal] = answer.value;
    expect(signal).toMatchObject({
      market: 'eu',
      unit: 'connections',
      start: END - (MINUTES - 1) * MINUTE,
      faults: [],
    });
    const want = Array.from({ length: MINUTES }, (_, i) => valueAt(i, 0) + valueAt(i, 0.5));
    expect([...(signal?.values ?? [])]).toEqual(want);
  });

  test('the scale is multiplied on', async () => {
    const answer = await read('sum(im_connections{market="eu"})', 60, { history: 600, scale: 3 });
    if (!answer.ok) throw new Error(JSON.stringify(answer.troubles));
    const last = valueAt(MINUTES - 1, 0) + valueAt(MINUTES - 1, 0.5);
    expect(answer.value[0]?.values.at(-1)).toBeCloseTo(3 * last, 6);
  });

  test('missing samples are a gap, also at the end', async () => {
    const answer = await read('sum(im_connections{market="na"})', 60, { history: 3600 });
    if (!answer.ok) throw new Error(JSON.stringify(answer.troubles));
    const [signal] = answer.value;
    expect([...(signal?.values.slice(-12) ?? [])].map(Number.isNaN)).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
    expect(signal?.faults).toEqual([{ kind: 'gap', count: 5, first: '2026-03-02T17:51:00Z' }]);
  });

  test('a division by zero in the query is a gap with a fault, not infinity', async () => {
    const answer = await read('sum(im_connections{market="eu"}) / 0', 60, { history: 600 });
    if (!answer.ok) throw new Error(JSON.stringify(answer.troubles));
    expect(answer.value[0]?.values.every((v) => Number.isNaN(v))).toBe(true);
    expect(answer.value[0]?.faults).toMatchObject([{ kind: 'not-a-number', count: 11 }]);
  });

  test.each([
    ['several series', 'im_connections{market="eu"}', /2 series, which differ in pod.*sum\(im_connections/],
    ['a name that nobody scrapes', 'im_conections', /no series from .* check the metric name/],
    ['a query that is none', 'sum(', /HTTP 400.*parse error/],
  ])('%s is a trouble that says what to do', async (_, query, words) => {
    const answer = await read(query, 60, { history: 600 });
    expect(answer.ok).toBe(false);
    if (answer.ok) return;
    const [trouble] = answer.troubles;
    expect(trouble?.file).toBe(server.url);
    expect(`${trouble?.problem}; ${trouble?.remedy}`).toMatch(words);
  });

  test.skipIf(!shared)(
    `real load reads alike from Prometheus and from its file${shared ? '' : ` (${SHARED} is missing)`}`,
    async () => {
      if (!shared) return;
      const history = (shared.values.length - 1) * 3600;
      const answer = await read('steam_users', 3600, { end: shared.end, history });
      if (!answer.ok) throw new Error(JSON.stringify(answer.troubles));
      expect(answer.value[0]?.start).toBe(shared.end - history * 1000);
      expect([...(answer.value[0]?.values ?? [])]).toEqual([...shared.values]);
    },
  );
});

const valueAt = (i: number, phase: number): number => Math.round(1e5 + 4e4 * Math.sin(i / 229 + phase));

function pod(market: string, name: string, phase: number): MetricSeries {
  const samples = Array.from(
    { length: MINUTES },
    (_, i) => [END - (MINUTES - 1 - i) * MINUTE, valueAt(i, phase)] as const,
  );
  return { metric: 'im_connections', labels: { market, pod: name }, samples };
}

/** the last hour of another market, two minutes missing in it and the last three */
function withGap(): MetricSeries {
  const { metric, samples } = pod('na', 'c', 0);
  const missing = new Set([10, 9, 3, 2, 1].map((back) => samples.length - back));
  return { metric, labels: { market: 'na', pod: 'c' }, samples: samples.filter((_, i) => !missing.has(i)).slice(-60) };
}

/** The last four days of a real series: Prometheus writes one block for every two hours. */
function sharedSeries(): { metric: MetricSeries; values: Float64Array; end: number } {
  const spec = { name: 'steam', market: 'eu', unit: 'users', timeColumn: 'timestamp', valueColumn: 'value', scale: 1 };
  const read = parseSeries(readFileSync(SHARED, 'utf8'), { ...spec, file: SHARED, step: seconds(3600) });
  if (!read.ok) throw new Error(JSON.stringify(read.troubles));
  const values = read.value.values.slice(-96);
  const end = read.value.start + (read.value.values.length - 1) * 3_600_000;
  const samples = [...values].map((value, i) => [end - (95 - i) * 3_600_000, value] as const);
  const seen = samples.filter(([, value]) => !Number.isNaN(value));
  return { metric: { metric: 'steam_users', labels: {}, samples: seen }, values, end };
}

function signalOf(query: string, step: number, scale = 1): SignalSpec {
  const source: PrometheusSource = { kind: 'prometheus', market: 'eu', query, scale };
  return { name: 'connections', unit: 'connections', step: seconds(step), sources: [source] };
}
