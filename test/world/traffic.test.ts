import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CsvSource, PrometheusSource, SignalSpec } from '../../src/fleet/fleet.ts';
import { instant, seconds } from '../../src/units.ts';
import { csvTraffic } from '../../src/world/csv-traffic.ts';
import { oncePerFile } from '../../src/world/once-per-file.ts';
import { trafficOf, type TrafficOptions } from '../../src/world/traffic.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'godwit-traffic-'));
  writeFileSync(join(folder, 'both.csv'), 'timestamp,eu,na\n2026-03-01T00:00Z,10,1\n2026-03-01T00:05Z,20,2\n');
  writeFileSync(join(folder, 'latin1.csv'), Buffer.from('timestamp,M\xfcnchen\n', 'latin1'));
  mkdirSync(join(folder, 'folder.csv'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const csv = (market: string, file: string, more: Partial<CsvSource> = {}): CsvSource => ({
  kind: 'csv',
  market,
  file: join(folder, file),
  timeColumn: 'timestamp',
  valueColumn: market,
  scale: 1,
  ...more,
});
const signalOf = (...sources: readonly (CsvSource | PrometheusSource)[]): SignalSpec => ({
  name: 'connections',
  unit: 'connections',
  step: seconds(300),
  sources,
});

describe('series from CSV files', () => {
  test('several markets of one file, each with its scale', async () => {
    const answer = await csvTraffic.read(
      signalOf(csv('eu', 'both.csv'), csv('na', 'both.csv', { scale: 2.5 })),
      'latest',
    );
    if (!answer.ok) throw new Error(JSON.stringify(answer.troubles));
    expect(answer.value.map(({ market, values }) => [market, [...values]])).toEqual([
      ['eu', [10, 20]],
      ['na', [2.5, 5]],
    ]);
  });

  test('nothing after the time of the decision is seen', async () => {
    const until = instant(Date.UTC(2026, 2, 1, 0, 4));
    const answer = await csvTraffic.read(signalOf(csv('eu', 'both.csv')), until);
    expect(answer.ok && [...(answer.value[0]?.values ?? [])]).toEqual([10]);
  });

  test.each([
    ['a file that is not there', 'none.csv', 'there is no such file'],
    ['a folder', 'folder.csv', 'it is a folder'],
    ['bytes that are not UTF-8', 'latin1.csv', 'it is not UTF-8 text'],
  ])('%s is one trouble with its place in the fleet file', async (_, file, problem) => {
    const answer = await csvTraffic.read(signalOf(csv('eu', file)), 'latest');
    expect(answer).toMatchObject({
      ok: false,
      troubles: [{ file: join(folder, file), at: 'signals.connections.markets.eu.csv', problem }],
    });
  });

  test('every file that is wrong is named, not the first alone', async () => {
    const answer = await csvTraffic.read(signalOf(csv('eu', 'none.csv'), csv('na', 'folder.csv')), 'latest');
    expect(answer.ok ? [] : answer.troubles.map((t) => t.file)).toEqual([
      join(folder, 'none.csv'),
      join(folder, 'folder.csv'),
    ]);
  });
});

describe('a file that several signals and markets name', () => {
  const inText = { file: 'both.csv', line: 2, at: 'signals.a.markets.eu.csv', problem: 'it is no number', remedy: 'x' };

  test('is told once when it is missing, with the number of series it was to hold', async () => {
    const connections = signalOf(
      csv('eu', 'none.csv'),
      csv('na', 'none.csv', { timeColumn: 'at' }),
      csv('sea', 'own.csv'),
    );
    const messages: SignalSpec = { ...signalOf(csv('eu', 'none.csv')), name: 'messages' };
    const read = await Promise.all([connections, messages].map((signal) => csvTraffic.read(signal, 'latest')));
    const troubles = read.flatMap((r) => (r.ok ? [] : r.troubles));
    expect(troubles).toHaveLength(4);
    expect(oncePerFile(troubles, { signals: [connections, messages] })).toMatchObject([
      {
        file: join(folder, 'none.csv'),
        at: 'signals.connections.markets.eu.csv',
        problem: 'there is no such file, and 3 series were to be read from it',
      },
      { file: join(folder, 'own.csv'), at: 'signals.connections.markets.sea.csv', problem: 'there is no such file' },
    ]);
  });

  test('keeps every trouble of its text', () => {
    expect(oncePerFile([inText, inText], { signals: [] })).toEqual([inText, inText]);
  });
});

describe('where each market is read', () => {
  const options: TrafficOptions = { offline: true, clock: { now: () => instant(0) }, env: {}, file: 'fleet.yaml' };
  const query: PrometheusSource = { kind: 'prometheus', market: 'na', query: 'sum(im)', scale: 1 };

  test('offline, a signal from Prometheus is refused and one from a file is read', async () => {
    const traffic = trafficOf({
      ...options,
      prometheus: { url: 'http://127.0.0.1:1', history: seconds(60), timeout: seconds(1) },
    });
    expect((await traffic.read(signalOf(csv('eu', 'both.csv')), 'latest')).ok).toBe(true);
    expect(await traffic.read(signalOf(csv('eu', 'both.csv'), query), 'latest')).toMatchObject({
      ok: false,
      troubles: [{ file: 'fleet.yaml', at: 'signals.connections', problem: /--offline forbids the network/ }],
    });
  });

  test('a query without a server is a trouble of the fleet file', async () => {
    const answer = await trafficOf({ ...options, offline: false }).read(signalOf(query), 'latest');
    expect(answer).toMatchObject({ ok: false, troubles: [{ file: 'fleet.yaml', remedy: 'state prometheus.url' }] });
  });

  test('the series come in the order of the sources, however their files are shared', async () => {
    writeFileSync(join(folder, 'sea.csv'), 'timestamp,sea\n2026-03-01T00:00Z,7\n');
    const sources = [csv('eu', 'both.csv'), csv('sea', 'sea.csv'), csv('na', 'both.csv')];
    const answer = await trafficOf(options).read(signalOf(...sources), 'latest');
    expect(answer.ok && answer.value.map((s) => s.market)).toEqual(['eu', 'sea', 'na']);
  });
});
