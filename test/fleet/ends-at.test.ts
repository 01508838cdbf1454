import { describe, expect, it } from 'vitest';
import { readFleet } from '../../src/fleet/read.ts';
import { isoOf } from '../../src/units.ts';

const fleet = (source: string): string => `
version: 1
name: moved
clouds: { aws: { regions: { eu-central-1: { zones: [eu-central-1a] } } } }
markets: { eu: { timeZone: Europe/Berlin, latencyMs: { aws/eu-central-1: 12 } } }
prometheus: { url: 'http://127.0.0.1:9090' }
signals:
  load:
    unit: requests/s
    markets:
      eu: { ${source} }
daemonsets: { cpu: 0, memory: 0, pods: 0 }
services:
  api: { signal: load, capacityPerReplica: 100, requests: { cpu: 1, memory: 1Gi } }
pools:
  declared: [{ name: api, provider: aws, region: eu-central-1, zone: eu-central-1a, type: m7i.xlarge, nodes: 3, max: 9 }]
`;

describe('endsAt of a signal’s source', () => {
  it.each([
    ['minutes', 'csv: load.csv, endsAt: 2026-11-20T18:00Z', '2026-11-20T18:00:00Z'],
    ['seconds', 'csv: load.csv, endsAt: 2026-11-20T18:00:30Z', '2026-11-20T18:00:30Z'],
    ['left out: the series stays where it is', 'csv: load.csv', undefined],
  ])('is read: %s', (_, source, expected) => {
    const read = readFleet(fleet(source), 'fleet.yaml');
    if (!read.ok) throw new Error(JSON.stringify(read.troubles));
    const [csv] = read.value.signals[0]?.sources ?? [];
    if (csv?.kind !== 'csv') throw new Error('not a CSV source');
    expect(csv.endsAt === undefined ? undefined : isoOf(csv.endsAt)).toBe(expected);
  });

  it.each([
    ['a time without Z is another time to everybody', 'csv: load.csv, endsAt: 2026-11-20T18:00', 'not a time in UTC'],
    ['a day is no time', 'csv: load.csv, endsAt: 2026-11-20', 'not a time in UTC'],
    ['an hour that does not exist', 'csv: load.csv, endsAt: 2026-11-20T25:00Z', 'not a time in UTC'],
    ['a day that does not exist', 'csv: load.csv, endsAt: 2026-02-30T18:00Z', 'no such day'],
    ['a slip of the finger', 'csv: load.csv, endsAt: 0026-11-20T18:00Z', 'not in this age'],
    ['a number', 'csv: load.csv, endsAt: 1795197600', 'not a time'],
    ['a query is never moved', "query: 'sum(x)', endsAt: 2026-11-20T18:00Z", 'it stands beside a query'],
  ])('is refused: %s', (_, source, problem) => {
    const read = readFleet(fleet(source), 'fleet.yaml');
    expect(read.ok).toBe(false);
    if (read.ok) return;
    expect(read.troubles).toMatchObject([{ line: 11, at: 'signals.load.markets.eu.endsAt', problem }]);
  });
});
