import { describe, expect, it } from 'vitest';
import { readSeriesFile, type SeriesFileSpec } from '../../src/signals/series-file/read.ts';
import { spacingOf } from '../../src/signals/series-file/spacing.ts';
import { toSignals, type Gridded } from '../../src/signals/series-file/to-signals.ts';
import { told, written } from '../../src/signals/series-file/time-style.ts';
import { lineOf, type Checked } from '../../src/trouble.ts';
import { instant, isoOf, seconds } from '../../src/units.ts';

const SPEC: SeriesFileSpec = { file: 'load.csv', name: 'load' };

function grid(text: string, step?: number, spec: Partial<SeriesFileSpec> = {}): Gridded {
  const read = readSeriesFile(text, { ...SPEC, ...spec });
  const gridded: Checked<Gridded> = read.ok
    ? toSignals(read.value, step === undefined ? undefined : seconds(step))
    : read;
  if (!gridded.ok) throw new Error(gridded.troubles.map(lineOf).join('\n'));
  return gridded.value;
}
const refusal = (text: string, step?: number, spec: Partial<SeriesFileSpec> = {}): string => {
  try {
    grid(text, step, spec);
    return 'nothing';
  } catch (error) {
    return (error as Error).message;
  }
};
const rows = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;

describe('a file of series', () => {
  it('of one: named after the file, its step found from the rows, a missing row a gap and no zero', () => {
    const { step, signals, notes } = grid(
      rows('timestamp,value', '2026-03-01T00:00Z,1', '2026-03-01T01:00Z,2', '2026-03-01T03:00Z,4'),
    );
    expect({ step, notes }).toEqual({ step: 3600, notes: [] });
    expect(signals.map(({ name, start, values }) => [name, isoOf(start), ...values])).toEqual([
      ['load', '2026-03-01T00:00:00Z', 1, 2, Number.NaN, 4],
    ]);
    expect(signals[0]?.faults).toEqual([{ kind: 'gap', count: 1, first: '2026-03-01T02:00:00Z' }]);
  });

  it('of many, their rows in any mixture: each as it is named, in the order in which they first come', () => {
    const { signals } = grid(rows('unique_id,ds,y', 'b,1,10', 'a,5,1', 'b,2,20', 'a,6,2', 'a,8,4'), 3600);
    expect(signals.map(({ name, values }) => [name, ...values])).toEqual([
      ['b', 10, 20],
      ['a', 1, 2, Number.NaN, 4],
    ]);
  });

  it.each<{ why: string; text: string; step?: number; values: readonly number[]; next: string | number }>([
    {
      why: 'numbers that rise by one count steps',
      text: rows('ds,y', '701,1', '702,2', '703,3'),
      step: 1800,
      values: [1, 2, 3],
      next: 704,
    },
    {
      why: 'small numbers further apart are seconds from the start',
      text: rows('ds,y', '0,1', '600,2', '1200,3'),
      values: [1, 2, 3],
      next: 1800,
    },
    {
      why: 'Unix seconds',
      text: rows('ds,y', '1772323200,1', '1772323500,2', '1772323800,3'),
      values: [1, 2, 3],
      next: 1772324100,
    },
    {
      why: 'Unix milliseconds',
      text: rows('ds,y', '1772323200000,1', '1772323260000,2', '1772323320000,3'),
      values: [1, 2, 3],
      next: 1772323380000,
    },
    {
      why: 'an offset, seconds and a blank between date and time are kept',
      text: rows(
        'time,value',
        '2026-03-01 08:00:00+08:00,1',
        '2026-03-01 08:05:00+08:00,2',
        '2026-03-01 08:10:00+08:00,3',
      ),
      values: [1, 2, 3],
      next: '2026-03-01 08:15:00+08:00',
    },
    {
      why: 'rows off the hour stay off the hour',
      text: rows('timestamp,value', '2026-03-01T21:42,1', '2026-03-01T21:47,2', '2026-03-01T21:52,3'),
      values: [1, 2, 3],
      next: '2026-03-01T21:57',
    },
    {
      why: 'a scrape that comes some seconds early or late is of the step it is nearest to',
      text: rows('ds,y', '1772323197,1', '1772323263,2', '1772323318,3', '1772323382,4', '1772323439,5'),
      values: [1, 2, 3, 4, 5],
      next: 1772323500,
    },
    {
      why: 'finer rows become the mean of their step; a last step that is not over is left out',
      text: rows(
        'timestamp,value',
        ...Array.from({ length: 10 }, (_, i) => `2026-03-01T00:${String(i * 10 + 10).slice(-2)},1`).slice(0, 5),
        '2026-03-01T01:00,4',
        '2026-03-01T01:10,4',
        '2026-03-01T01:20,4',
        '2026-03-01T01:30,4',
        '2026-03-01T01:40,4',
        '2026-03-01T01:50,10',
        '2026-03-01T02:00,900',
      ),
      step: 3600,
      values: [1, 5],
      next: '2026-03-01T02:00',
    },
    {
      why: 'rows nearer than a minute become minutes',
      text: rows(
        'timestamp,value',
        ...Array.from({ length: 8 }, (_, i) => `2026-03-01T00:0${Math.floor(i / 4)}:${(i % 4) * 15 || '00'}Z,${i}`),
      ),
      values: [1.5, 5.5],
      next: '2026-03-01T00:02:00Z',
    },
    {
      why: 'newest first is read from its end',
      text: rows('timestamp,value', '2026-03-01T02:00Z,3', '2026-03-01T01:00Z,2', '2026-03-01T00:00Z,1'),
      values: [1, 2, 3],
      next: '2026-03-01T03:00Z',
    },
  ])('$why', ({ text, step, values, next }) => {
    const { signals, style, step: found } = grid(text, step);
    const [signal] = signals;
    expect([...(signal?.values ?? [])]).toEqual(values);
    const after = instant((signal?.start ?? 0) + (signal?.values.length ?? 0) * found * 1000);
    expect(written(after, style)).toBe(next);
  });

  it('takes hours for granted where steps are counted and none is stated, and says so', () => {
    const { step, notes } = grid(rows('ds,y', '1,1', '2,2'));
    expect(step).toBe(3600);
    expect(notes.join()).toMatch(/taken for hours; --step tells otherwise/);
  });

  it('finds columns by their usual names in any case, and others by the names stated', () => {
    expect(
      grid(rows('Timestamp,anomaly,VALUE', '2026-03-01T00:00,9,1', '2026-03-01T01:00,9,2')).signals[0]?.values[1],
    ).toBe(2);
    const named = { timeColumn: 'at', valueColumn: 'requests', idColumn: 'zone' };
    const { signals } = grid(
      rows('at,zone,requests,y', '2026-03-01T00:00,a,1,7', '2026-03-01T01:00,a,2,7'),
      undefined,
      named,
    );
    expect(signals.map(({ name, values }) => [name, ...values])).toEqual([['a', 1, 2]]);
  });

  it('tells a time to a person with its zone', () => {
    const at = instant(Date.UTC(2026, 2, 1, 12));
    const iso = { kind: 'iso', separator: 'T', seconds: false } as const;
    expect(told(at, { ...iso, zone: '', offsetMs: 0 })).toBe('2026-03-01 12:00 UTC');
    expect(told(at, { ...iso, zone: '+08:00', offsetMs: 28_800_000 })).toBe('2026-03-01 20:00 +08:00');
    expect(told(at, { kind: 'unix-seconds' })).toBe('2026-03-01 12:00 UTC');
    expect(told(instant(7_200_000), { kind: 'steps', step: seconds(3600) })).toBe('step 2');
  });
});

describe('what is no series is refused in one line', () => {
  const good = '2026-03-01T00:00,1';
  it.each<[string, string, RegExp, (number | undefined)?, Partial<SeriesFileSpec>?]>([
    ['an empty file', '', /^load\.csv: is empty; write a header line/],
    ['a header alone', 'timestamp,value\n', /has a header and no rows/],
    ['no header', rows(good, good), /load\.csv:1: is 2026-03-01T00:00: a row where the header should be/],
    [
      'no time',
      rows('when,value', good),
      /load\.csv:1: has no column ds or timestamp or time; .*--time-column; there are when, value/,
    ],
    ['no value', rows('timestamp,requests', good), /has no column y or value; .*--value-column/],
    [
      'a column that is not there',
      rows('timestamp,requests', good),
      /has no column request; did you mean requests\?/,
      undefined,
      { valueColumn: 'request' },
    ],
    ['semicolons', rows('timestamp;value', '2026-03-01T00:00;1'), /is not separated by commas/],
    ['two columns of a name', rows('timestamp,value,value', `${good},2`), /is value: names two columns/],
    ['a bad time', rows('timestamp,value', good, 'noon,2'), /load\.csv:3: timestamp is noon: not a time/],
    [
      'a bad value',
      rows('timestamp,value', good, '2026-03-01T01:00,12 apples'),
      /load\.csv:3: value is 12 apples: not a finite number/,
    ],
    [
      'a thousands separator',
      rows('timestamp,value', '2026-03-01T01:00,1,200'),
      /load\.csv:2: has 3 cells where the header names 2 columns/,
    ],
    [
      'times of two kinds',
      rows('timestamp,value', good, '1772323200,2'),
      /load\.csv:3: timestamp is 1772323200: Unix seconds, where the rows before have an ISO time/,
    ],
    [
      'a row without an id',
      rows('unique_id,ds,y', 'a,1,1', ',2,2'),
      /load\.csv:3: unique_id is empty: names no series/,
    ],
    [
      'days',
      rows('timestamp,value', '2026-03-01,1', '2026-03-02,1', '2026-03-03,1'),
      /its rows are 1d apart; a step is from 1m to 1h/,
    ],
    [
      'no common distance',
      rows('timestamp,value', ...[0, 7, 9, 26, 40, 45, 46].map((m) => `2026-03-01T00:${String(m).padStart(2, '0')},1`)),
      /no common distance in time; state the step/,
    ],
    ['one row', rows('timestamp,value', good), /no common distance in time; state the step/],
    [
      'a step finer than the rows',
      rows('timestamp,value', good, '2026-03-01T01:00,1'),
      /--step is 5m: the rows of load\.csv are 1h apart, .*write 1h/,
      300,
    ],
    [
      'a wild year',
      rows('timestamp,value', good, '2026-03-01T00:01,1', '2026-03-01T00:02,1', '9026-03-01T00:02,1'),
      /load\.csv:5: time is 9026-03-01.* more than 2,000,000 steps/,
    ],
    ['an open quote', rows('timestamp,value', `"${good}`), /load\.csv:2: has a quote that is never closed/],
  ])('%s', (_, text, says, step, spec) => {
    const said = refusal(text, step, spec);
    expect(said).toMatch(says);
    expect(said).not.toContain('\n');
  });

  it('all bad rows are told, fifty at most', () => {
    const many = rows('timestamp,value', ...Array.from({ length: 80 }, () => 'noon,1'));
    expect(refusal(many).split('\n')).toHaveLength(50);
    expect(refusal(rows('timestamp,value', 'noon,x')).split('\n')).toHaveLength(2);
  });
});

describe('how far rows lie apart', () => {
  it.each<[string, readonly number[][], number | undefined, number | undefined]>([
    ['what most have in common', [[0, 60, 120, 180, 900]], 1, 60],
    [
      'over all series',
      [
        [0, 300],
        [0, 300, 600],
        [0, 999],
      ],
      1,
      300,
    ],
    ['the round distance that drifting clocks are near to', [[0, 58, 121, 179, 242, 298]], 1, 60],
    ['none', [[0, 7, 9, 26, 40, 90, 91]], 1, undefined],
    ['none of one row', [[5]], 1, undefined],
    ['of counted steps only a common one', [[0, 58, 121, 181]], undefined, undefined],
  ])('%s', (_, series, unit, apart) => {
    expect(
      spacingOf(
        series.map((times) => Float64Array.from(times)),
        unit,
      ),
    ).toBe(apart);
  });
});
