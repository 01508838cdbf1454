import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseColumns, parseSeries, type CsvSpec } from '../../src/signals/csv.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { lineOf, type Checked } from '../../src/trouble.ts';
import { instant, isoOf, seconds } from '../../src/units.ts';

const SPEC: CsvSpec = {
  file: 'eu.csv',
  name: 'connections',
  market: 'eu',
  unit: 'connections',
  timeColumn: 'timestamp',
  valueColumn: 'eu',
  scale: 1,
  step: seconds(300),
};
const START = '2026-03-01T00:00:00Z';

function signalOf(checked: Checked<ObservedSignal>): ObservedSignal {
  if (!checked.ok) throw new Error(checked.troubles.map(lineOf).join('\n'));
  return checked.value;
}
const read = (rows: string, spec: Partial<CsvSpec> = {}): ObservedSignal =>
  signalOf(parseSeries(`timestamp,eu\n${rows}`, { ...SPEC, ...spec }));
const valuesOf = (rows: string, spec: Partial<CsvSpec> = {}): number[] => [...read(rows, spec).values];

describe('how files are written', () => {
  test.each<[why: string, text: string]>([
    ['plain', 'timestamp,eu\n2026-03-01T00:00Z,10\n2026-03-01T00:05Z,20\n'],
    ['no line feed at the end', 'timestamp,eu\n2026-03-01T00:00Z,10\n2026-03-01T00:05Z,20'],
    ['line ends of Windows', 'timestamp,eu\r\n2026-03-01T00:00Z,10\r\n2026-03-01T00:05Z,20\r\n'],
    ['line ends of an old Mac', 'timestamp,eu\r2026-03-01T00:00Z,10\r2026-03-01T00:05Z,20\r'],
    ['a byte order mark, as Excel writes it', '\ufefftimestamp,eu\n2026-03-01T00:00Z,10\n2026-03-01T00:05Z,20\n'],
    ['every cell quoted', '"timestamp","eu"\n"2026-03-01T00:00Z","10"\n"2026-03-01T00:05Z","20"\n'],
    ['blanks around cells', ' timestamp , eu \n 2026-03-01T00:00Z ,\t10\n2026-03-01T00:05Z, "20" \n'],
    ['blank lines', 'timestamp,eu\n\n2026-03-01T00:00Z,10\n   \n2026-03-01T00:05Z,20\n\n\n'],
    ['columns in another order', 'eu,timestamp\n10,2026-03-01T00:00Z\n20,2026-03-01T00:05Z\n'],
    [
      'other columns with commas, quotes and line ends in them',
      'note,timestamp,eu\n"a, ""b""\nc",2026-03-01T00:00Z,10\n,2026-03-01T00:05Z,20\n',
    ],
    ['no time zone: UTC', 'timestamp,eu\n2026-03-01T00:00,10\n2026-03-01T00:05,20\n'],
    ['a blank for the T, and seconds', 'timestamp,eu\n2026-03-01 00:00:00,10\n2026-03-01 00:05:00.000,20\n'],
    ['an offset', 'timestamp,eu\n2026-03-01T01:00+01:00,10\n2026-02-28T19:35:00-0430,20\n'],
    ['a date alone is its midnight', 'timestamp,eu\n2026-03-01,10\n2026-03-01T00:05Z,20\n'],
    ['Unix seconds', 'timestamp,eu\n1772323200,10\n1772323500,20\n'],
    ['Unix seconds with decimals, as Prometheus writes them', 'timestamp,eu\n1772323200.000,10\n1.7723235e9,20\n'],
    ['Unix milliseconds', 'timestamp,eu\n1772323200000,10\n1772323500000,20\n'],
    ['newest first', 'timestamp,eu\n2026-03-01T00:05Z,20\n2026-03-01T00:00Z,10\n'],
    ['numbers in other spellings', 'timestamp,eu\n2026-03-01T00:00Z,1.0e1\n2026-03-01T00:05Z,+20.0\n'],
  ])('%s', (_, text) => {
    const signal = signalOf(parseSeries(text, SPEC));
    expect(isoOf(signal.start)).toBe(START);
    expect([...signal.values]).toEqual([10, 20]);
    expect(signal.faults).toEqual([]);
  });

  test('offsets count from the epoch that is stated, else from 1970', () => {
    expect(isoOf(read('0,1\n600,2\n', { step: seconds(600) }).start)).toBe('1970-01-01T00:00:00Z');
    const epoch = instant(Date.UTC(2026, 0, 1));
    const signal = read('0,1\n600,2\n', { step: seconds(600), epoch });
    expect(signal.start).toBe(epoch);
    expect([...signal.values]).toEqual([1, 2]);
  });

  test('decimals come out as Number reads them', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.nat()), fc.nat(12), (n, digits) => {
        const text = n.toFixed(digits);
        expect(valuesOf(`${START},${text}\n`)).toEqual([Number(text)]);
      }),
    );
  });
});

describe('the grid', () => {
  test.each<[why: string, rows: string, values: number[]]>([
    [
      'finer rows become the mean of their step',
      '2026-03-01T00:01Z,1\n2026-03-01T00:02Z,3\n2026-03-01T00:06Z,9\n',
      [2, 9],
    ],
    [
      'a step is named by its beginning, aligned to the clock',
      '2026-03-01T00:04:59Z,7\n2026-03-01T00:05:01Z,8\n',
      [7, 8],
    ],
    ['a missing step is NaN, never 0', '2026-03-01T00:00Z,1\n2026-03-01T00:10Z,3\n', [1, Number.NaN, 3]],
    [
      'one missing minute does not spoil its step',
      '2026-03-01T00:00Z,4\n2026-03-01T00:01Z,\n2026-03-01T00:02Z,6\n',
      [5],
    ],
    ['real zeros stay', '2026-03-01T00:00Z,0\n2026-03-01T00:05Z,0\n', [0, 0]],
  ])('%s', (_, rows, values) => {
    expect(valuesOf(rows)).toEqual(values);
  });

  test('the scale is multiplied on', () => {
    expect(valuesOf('2026-03-01T00:00Z,4\n', { scale: 2.5 })).toEqual([10]);
  });

  test('rows after the time of the decision are not seen, wrong or not', () => {
    const rows = '2026-03-01T00:00Z,1\n2026-03-01T00:05Z,2\n2026-03-01T00:06Z,-9\n';
    const signal = read(rows, { until: instant(Date.UTC(2026, 2, 1, 0, 5)) });
    expect([...signal.values]).toEqual([1, 2]);
    expect(signal.faults).toEqual([]);
  });

  test('several columns are read in one pass and each has its own faults', () => {
    const text = 'timestamp,eu,na\n2026-03-01T00:00Z,1,5\n2026-03-01T00:05Z,-1,6\n';
    const both = parseColumns(text, SPEC, [SPEC, { ...SPEC, market: 'na', valueColumn: 'na', scale: 10 }]);
    if (!both.ok) throw new Error(both.troubles.map(lineOf).join('\n'));
    expect(both.value.map(({ market, values, faults }) => [market, [...values], faults.length])).toEqual([
      ['eu', [1, Number.NaN], 1],
      ['na', [50, 60], 0],
    ]);
  });
});

describe('faults are counted, placed, and become gaps', () => {
  const minute = (m: number): string => `2026-03-01T00:${String(m).padStart(2, '0')}Z`;
  test.each<[why: string, rows: string, values: number[], faults: ObservedSignal['faults']]>([
    [
      'a gap, named by the first step that misses',
      `${minute(0)},1\n${minute(15)},4\n`,
      [1, Number.NaN, Number.NaN, 4],
      [{ kind: 'gap', count: 2, first: '2026-03-01T00:05:00Z' }],
    ],
    [
      'all the ways to write no value',
      `${minute(0)},1\n${minute(5)},\n${minute(10)},NaN\n${minute(15)},null\n${minute(20)},N/A\n${minute(25)},"-"\n`,
      [1, ...Array.from({ length: 5 }, () => Number.NaN)],
      [{ kind: 'not-a-number', count: 5, first: 'line 3' }],
    ],
    [
      'negative load',
      `${minute(0)},1\n${minute(5)},-0.5\n`,
      [1, Number.NaN],
      [{ kind: 'negative', count: 1, first: 'line 3' }],
    ],
    [
      'the same row twice says the same thing',
      `${minute(0)},1\n${minute(0)},1\n${minute(5)},2\n`,
      [1, 2],
      [{ kind: 'duplicate', count: 1, first: 'line 3' }],
    ],
    [
      'the same time with another value: nobody knows which',
      `${minute(0)},1\n${minute(0)},3\n${minute(5)},2\n`,
      [Number.NaN, 2],
      [{ kind: 'duplicate', count: 1, first: 'line 3' }],
    ],
    [
      'an hour told twice when clocks go back: what contradicts itself is not known',
      `${minute(0)},1\n${minute(5)},2\n${minute(10)},3\n${minute(15)},4\n${minute(10)},9\n${minute(20)},5\n`,
      [1, 2, Number.NaN, Number.NaN, 5],
      [
        { kind: 'gap', count: 1, first: '2026-03-01T00:15:00Z' },
        { kind: 'time-backwards', count: 1, first: 'line 5' },
        { kind: 'duplicate', count: 1, first: 'line 6' },
      ],
    ],
    [
      'one wild time in the future costs one row, not all that follow',
      `${minute(0)},1\n2031-03-01T00:00Z,9\n${minute(5)},2\n${minute(10)},3\n`,
      [1, 2, 3],
      [{ kind: 'time-backwards', count: 1, first: 'line 3' }],
    ],
    [
      'one wild time in the past does too',
      `${minute(0)},1\n${minute(5)},2\n1970-01-01,9\n${minute(10)},3\n`,
      [1, 2, 3],
      [{ kind: 'time-backwards', count: 1, first: 'line 4' }],
    ],
  ])('%s', (_, rows, values, faults) => {
    const signal = read(rows);
    expect([...signal.values]).toEqual(values);
    expect(signal.faults).toEqual(faults);
  });
});

describe('files that are not what they are taken for', () => {
  test.each<[why: string, text: string, lines: readonly string[]]>([
    ['empty', '', ['eu.csv: is empty; write a header line such as timestamp,value and a line for every step']],
    ['blank', '\n \n', ['eu.csv: is empty; write a header line such as timestamp,value and a line for every step']],
    ['a header alone', 'timestamp,eu\n', ['eu.csv: has a header and no rows; write a line for every step']],
    ['a misspelt column', 'timestamp,ue\n1,1\n', ['eu.csv:1: has no column eu; did you mean ue?']],
    [
      'both columns missing',
      'when,load\n1,1\n',
      [
        'eu.csv:1: has no column timestamp; write one of when, load',
        'eu.csv:1: has no column eu; write one of when, load',
      ],
    ],
    [
      'no header',
      '2026-03-01T00:00Z,10\n',
      [
        'eu.csv:1: has no column timestamp; write one of 2026-03-01T00:00Z, 10',
        'eu.csv:1: has no column eu; write one of 2026-03-01T00:00Z, 10',
      ],
    ],
    [
      'a column named twice',
      'timestamp,eu,eu\n1,1,1\n',
      ['eu.csv:1: is eu: names two columns; give every column its own name'],
    ],
    [
      'semicolons',
      'timestamp;eu\n2026-03-01;1\n',
      [
        'eu.csv:1: is timestamp;eu: is not separated by commas; separate the cells by commas',
        'eu.csv:1: is timestamp;eu: is not separated by commas; separate the cells by commas',
      ],
    ],
    [
      'a time that is none',
      'timestamp,eu\nyesterday,1\n',
      [
        'eu.csv:2: timestamp is yesterday: not a time; write 2026-03-01T09:30Z, Unix seconds or milliseconds, or seconds from the start',
      ],
    ],
    [
      'no time',
      'timestamp,eu\n,1\n',
      [
        'eu.csv:2: timestamp is empty: not a time; write 2026-03-01T09:30Z, Unix seconds or milliseconds, or seconds from the start',
      ],
    ],
    [
      'a thousands separator',
      'timestamp,eu\n2026-03-01,1,234\n',
      [
        'eu.csv:2: has 3 cells where the header names 2 columns; write one cell for each column, and numbers without thousands separators',
      ],
    ],
    [
      'a quoted thousands separator',
      'timestamp,eu\n2026-03-01,"1,234"\n',
      [
        'eu.csv:2: eu is 1,234: not a finite number; write a plain decimal such as 1234.5, or leave the cell empty for a gap',
      ],
    ],
    [
      'a short row',
      'timestamp,eu\n2026-03-01T00:00Z\n',
      [
        'eu.csv:2: has 1 cell where the header names 2 columns; write one cell for each column, and numbers without thousands separators',
      ],
    ],
    [
      'a quote that is never closed',
      'timestamp,eu\n"2026-03-01,1\n',
      ['eu.csv:2: has a quote that is never closed; quote a whole cell or none of it, and double the quotes inside'],
    ],
    [
      'text after a quote',
      'timestamp,eu\n"2026-03-01"Z,1\n',
      ['eu.csv:2: has text after a closing quote; quote a whole cell or none of it, and double the quotes inside'],
    ],
    [
      'a quote in the header that is never closed',
      '"timestamp,eu\n',
      ['eu.csv:1: has a quote that is never closed; quote a whole cell or none of it, and double the quotes inside'],
    ],
    [
      'one row in 1970',
      'timestamp,eu\n1970-01-01T00:00Z,1\n2026-03-01T00:00Z,2\n',
      [
        'eu.csv:3: timestamp is 2026-03-01T00:00:00Z: follows 1970-01-01T00:00:00Z, which makes more than 2,000,000 steps of 300 s; correct the time of this row, or state a longer step',
      ],
    ],
    [
      'series one below the other',
      'timestamp,eu\n2026-03-03,1\n2026-03-02,1\n2026-03-03,2\n2026-03-01,2\n2026-03-02,2\n',
      [
        'eu.csv: has 3 of 5 rows out of order, the first on line 2; sort the rows by time, and give each series a column or a file of its own',
      ],
    ],
  ])('%s', (_, text, lines) => {
    const checked = parseSeries(text, SPEC);
    expect(checked.ok ? [] : checked.troubles.map(lineOf)).toEqual(lines);
  });

  test.each(['Infinity', '-Infinity', '1e999', '0x10', '1_000', '12 users', '١٢', '1.5.2'])(
    'the value %s is refused with its line',
    (value) => {
      const checked = parseSeries(`timestamp,eu\n2026-03-01T00:00Z,1\n2026-03-01T00:05Z,${value}\n`, SPEC);
      expect(checked).toMatchObject({ ok: false, troubles: [{ line: 3, at: 'eu', value }] });
    },
  );

  test.each([
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-03-01T24:00Z',
    '2026-03-01T00:60',
    '2026-03-01T00:00+25:00',
    '01/03/2026',
    '-5',
    '1772323200000000',
  ])('the time %s is refused', (time) => {
    expect(parseSeries(`timestamp,eu\n${time},1\n`, SPEC)).toMatchObject({
      ok: false,
      troubles: [{ problem: 'not a time' }],
    });
  });

  test('nothing up to the time of the decision', () => {
    const until = instant(Date.UTC(2025, 0, 1));
    const checked = parseSeries('timestamp,eu\n2026-03-01,1\n', { ...SPEC, until });
    expect(checked.ok ? '' : checked.troubles.map(lineOf).join()).toMatch(
      /no row up to 2025-01-01T00:00:00Z, only 1 after it/,
    );
  });

  test('at most 50 troubles, each with its own line', () => {
    const checked = parseSeries(`timestamp,eu\n${'x,1\n'.repeat(1000)}`, SPEC);
    expect(checked.ok ? [] : checked.troubles.map((t) => t.line)).toEqual(Array.from({ length: 50 }, (_, i) => i + 2));
  });

  test('control characters of a file never reach the terminal', () => {
    const checked = parseSeries('timestamp,\u001b[31meu\n1,1\n', SPEC);
    expect(checked.ok ? '' : checked.troubles.map(lineOf).join()).not.toContain('\u001b');
  });
});

describe('whatever the file holds', () => {
  const noise = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom(',', '"', '\n', '\r', ';', '2026-03-01T00:00Z', 'timestamp', 'eu', '1', '-3', 'nan', ' '))
      .map((parts) => parts.join('')),
  );
  test('the parser answers, and never throws', () => {
    fc.assert(
      fc.property(noise, fc.boolean(), (text, headed) => {
        const checked = parseSeries(headed ? `timestamp,eu\n${text}` : text, SPEC);
        if (!checked.ok) expect(checked.troubles.length).toBeGreaterThan(0);
        else
          for (const value of checked.value.values)
            expect(Number.isNaN(value) || (value >= 0 && value < Infinity)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('every good row is on the grid at its time, in any order of good, missing and negative rows', () => {
    const row = fc.record({
      step: fc.nat(200),
      value: fc.option(fc.integer({ min: -5, max: 1000 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(row, { selector: (r) => r.step, minLength: 1 }), (rows) => {
        const sorted = rows.toSorted((a, b) => a.step - b.step);
        const lines = sorted.map(({ step, value }) => `${1_772_323_200 + step * 300},${value ?? ''}`);
        const signal = read(`${lines.join('\n')}\n`);
        const at = (step: number): number => signal.values[step - (sorted[0]?.step ?? 0)] ?? Number.NaN;
        for (const { step, value } of rows)
          expect(at(step)).toBe(value === undefined || value < 0 ? Number.NaN : value);
        const good = rows.filter(({ value }) => value !== undefined && value >= 0).length;
        expect(signal.values.filter((v) => !Number.isNaN(v)).length).toBe(good);
      }),
    );
  });
});

const SHARED = '../shared/data/traffic';
describe.skipIf(!existsSync(SHARED))(
  `real files${existsSync(SHARED) ? '' : ` (skipped: ${SHARED} is missing)`}`,
  () => {
    const single = existsSync(SHARED) ? readdirSync(SHARED).filter((file) => !/^(m4|servegen)/.test(file)) : [];
    test.each(single)('%s is read without a trouble', (file) => {
      const text = readFileSync(`${SHARED}/${file}`, 'utf8');
      const signal = signalOf(parseSeries(text, { ...SPEC, file, valueColumn: 'value', step: seconds(3600) }));
      expect(signal.values.some((v) => v > 0)).toBe(true);
    });

    test('offsets in seconds', () => {
      const text = readFileSync(`${SHARED}/servegen_m-small_10min.csv`, 'utf8');
      const spec = { ...SPEC, timeColumn: 'seconds', valueColumn: 'requests_per_s', step: seconds(600) };
      const { values, faults } = signalOf(parseSeries(text, spec));
      expect(values.length).toBe(2016);
      expect(values[0]).toBe(809.762);
      expect(faults).toEqual([]);
    });
  },
);
