import { describe, expect, it } from 'vitest';
import { parseSeries, type CsvSpec } from '../../src/signals/csv.ts';
import { instant, isoOf, seconds, type Instant } from '../../src/units.ts';

const END = instant(Date.UTC(2026, 10, 20));
const hourly = ['t,v', '2018-01-01T00:00Z,1', '2018-01-01T01:00Z,2', '2018-01-01T02:00Z,3'].join('\n');

describe('a recorded series that is moved in time', () => {
  it.each<{ why: string; text: string; until?: Instant; start: string; values: number[] }>([
    {
      why: 'its last row stands at endsAt, the rows before keep their distance',
      text: hourly,
      start: '2026-11-19T22:00:00Z',
      values: [1, 2, 3],
    },
    {
      why: 'offsets without any date are moved alike',
      text: ['t,v', '0,1', '3600,2', '10800,3'].join('\n'),
      start: '2026-11-19T21:00:00Z',
      values: [1, 2, Number.NaN, 3],
    },
    {
      why: 'until is a time after the move, not before it',
      text: hourly,
      until: instant(Date.UTC(2026, 10, 19, 23)),
      start: '2026-11-19T22:00:00Z',
      values: [1, 2],
    },
    {
      why: 'a row out of order does not carry others over until',
      text: ['t,v', '2018-01-01T02:00Z,3', '2018-01-01T00:00Z,1', '2018-01-01T01:00Z,2'].join('\n'),
      until: instant(Date.UTC(2026, 10, 19, 23)),
      start: '2026-11-19T22:00:00Z',
      values: [1, 2],
    },
  ])('$why', ({ text, until, start, values }) => {
    const read = parseSeries(text, spec(until));
    if (!read.ok) throw new Error(read.troubles[0]?.problem);
    expect(isoOf(read.value.start)).toBe(start);
    expect([...read.value.values]).toEqual(values);
  });

  it('says so when nothing is left', () => {
    expect(parseSeries(hourly, spec(instant(Date.UTC(2026, 10, 1)))).ok).toBe(false);
  });
});

function spec(until: Instant | undefined): CsvSpec {
  const at = { file: 'load.csv', timeColumn: 't', valueColumn: 'v', step: seconds(3600), endsAt: END };
  return { ...at, name: 'load', market: 'eu', unit: 'req/s', scale: 1, ...(until !== undefined && { until }) };
}
