import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { trafficFiles } from '../../examples/im-fleet/generate.ts';

const FOLDER = new URL('../../examples/im-fleet/traffic/', import.meta.url);
const files = trafficFiles();

describe('the example fleet’s traffic', () => {
  it('is what its generator writes, file for file', () => {
    expect(readdirSync(FOLDER).toSorted()).toEqual([...files.keys()].toSorted());
  });

  it.each([...files])('%s is what its generator writes, byte for byte', (name, text) => {
    // compared as booleans: a diff of 4,032 lines helps nobody
    expect(readFileSync(new URL(name, FOLDER), 'utf8') === text).toBe(true);
  });

  it('stays small enough to ship', () => {
    const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    expect(bytes).toBeLessThan(1_500_000);
  });

  it('ends at the hour the fleet file and README name', () => {
    for (const text of files.values()) expect(text.trimEnd().split('\n').at(-1)).toMatch(/^2026-11-18T14:00Z,/);
  });

  // what README promises a reader will find
  const connections = columnsOf('connections');
  const messages = columnsOf('messages');
  it.each([
    [
      'eu loses 62% of its clients at 09:20 on 10 November',
      at(connections, 'eu', '2026-11-10T09:20Z') / at(connections, 'eu', '2026-11-10T09:15Z'),
      0.33,
      0.43,
    ],
    [
      'and has most of them back half an hour later',
      at(connections, 'eu', '2026-11-10T10:05Z') / at(connections, 'eu', '2026-11-10T09:15Z'),
      0.9,
      1.1,
    ],
    [
      'sea writes nearly three times as much at 14:10 on 14 November',
      at(messages, 'sea', '2026-11-14T14:10Z') / at(messages, 'sea', '2026-11-14T14:05Z'),
      2.6,
      3.3,
    ],
    [
      'and is half-way back after nine minutes',
      at(messages, 'sea', '2026-11-14T14:20Z') / at(messages, 'sea', '2026-11-14T14:05Z'),
      1.6,
      2.1,
    ],
    [
      'india is far from its peak of the night',
      at(connections, 'india', '2026-11-17T22:30Z') / at(connections, 'india', '2026-11-17T15:30Z'),
      0.2,
      0.35,
    ],
  ])('%s', (_, ratio, from, to) => {
    expect(ratio).toBeGreaterThan(from);
    expect(ratio).toBeLessThan(to);
  });

  it('leaves latam’s figures out from 05:00 to 05:45 on 8 November, and nowhere else', () => {
    for (const signal of files.keys()) {
      const missing = columnsOf(signal.replace('.csv', '')).flatMap((row) =>
        [...row].filter(([, cell]) => cell === '').map(([market]) => `${market} ${row.get('timestamp')}`),
      );
      expect(missing).toEqual(
        ['00', '05', '10', '15', '20', '25', '30', '35', '40'].map((m) => `latam 2026-11-08T05:${m}Z`),
      );
    }
  });
});

type Row = ReadonlyMap<string, string>;

function columnsOf(signal: string): Row[] {
  const [header = '', ...rows] = (files.get(`${signal}.csv`) ?? '').trimEnd().split('\n');
  const names = header.split(',');
  return rows.map((row) => new Map(row.split(',').map((cell, i) => [names[i] ?? '', cell])));
}

function at(rows: readonly Row[], market: string, timestamp: string): number {
  return Number(rows.find((row) => row.get('timestamp') === timestamp)?.get(market));
}
