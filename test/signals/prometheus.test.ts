import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQueryRange, type RangeSpec } from '../../src/signals/prometheus.ts';
import { lineOf, type Checked } from '../../src/trouble.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { instant, seconds } from '../../src/units.ts';

const T0 = 1_772_323_200;
const SPEC: RangeSpec = {
  name: 'connections',
  market: 'eu',
  unit: 'connections',
  step: seconds(300),
  scale: 2,
  query: 'sum(im_connections)',
  url: 'http://prometheus:9090',
  start: instant(T0 * 1000),
  end: instant((T0 + 1200) * 1000),
};

const at = (step: number, value: string): unknown => [T0 + step * 300, value];
const series = (values: readonly unknown[], metric: Record<string, string> = {}): unknown => ({ metric, values });
const answer = (...result: readonly unknown[]): string =>
  JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });

function signalOf(checked: Checked<ObservedSignal>): ObservedSignal {
  if (!checked.ok) throw new Error(checked.troubles.map(lineOf).join('\n'));
  return checked.value;
}

describe('an answer of query_range', () => {
  test.each<[why: string, answers: readonly string[], values: number[], faults: ObservedSignal['faults']]>([
    ['whole', [answer(series([0, 1, 2, 3, 4].map((i) => at(i, `${i}`))))], [0, 2, 4, 6, 8], []],
    [
      'in two ranges, the second without a series',
      [answer(series([at(0, '1'), at(1, '2')])), answer()],
      [2, 4, Number.NaN, Number.NaN, Number.NaN],
      [{ kind: 'gap', count: 3, first: '2026-03-01T00:10:00Z' }],
    ],
    [
      'in two ranges, labels in another order',
      [
        answer(series([at(0, '1')], { a: '1', b: '2' })),
        answer(series([at(1, '2'), at(2, '3'), at(3, '4'), at(4, '5')], { b: '2', a: '1' })),
      ],
      [2, 4, 6, 8, 10],
      [],
    ],
    [
      'history that begins later than asked starts where it begins, and its end is kept',
      [answer(series([at(2, '1'), at(3, '2')]))],
      [2, 4, Number.NaN],
      [{ kind: 'gap', count: 1, first: '2026-03-01T00:20:00Z' }],
    ],
    [
      'NaN, infinities, staleness and nonsense are gaps',
      [answer(series([at(0, 'NaN'), at(1, '+Inf'), at(2, '-Inf'), at(3, 'stale'), [T0 + 1200, 7]]))],
      Array.from({ length: 5 }, () => Number.NaN),
      [{ kind: 'not-a-number', count: 5, first: '2026-03-01T00:00:00Z' }],
    ],
    [
      'a value that the scale makes infinite is a gap too',
      [answer(series([at(0, '1.7e308'), at(1, '1'), at(2, '1'), at(3, '1'), at(4, '1')]))],
      [Number.NaN, 2, 2, 2, 2],
      [{ kind: 'not-a-number', count: 1, first: '2026-03-01T00:00:00Z' }],
    ],
    [
      'negative load is a gap',
      [answer(series([at(0, '1'), at(1, '-1'), at(2, '1'), at(3, '1'), at(4, '1')]))],
      [2, Number.NaN, 2, 2, 2],
      [{ kind: 'negative', count: 1, first: '2026-03-01T00:05:00Z' }],
    ],
    [
      'times may be off by the rounding of their decimals',
      [answer(series([0, 1, 2, 3, 4].map((i) => [T0 + i * 300 + 0.0004, '1'])))],
      [2, 2, 2, 2, 2],
      [],
    ],
  ])('%s', (_, answers, values, faults) => {
    const signal = signalOf(parseQueryRange(answers, SPEC));
    expect([...signal.values]).toEqual(values);
    expect(signal.faults).toEqual(faults);
    expect(signal.source).toBe('prometheus http://prometheus:9090');
  });

  test.each<[why: string, answers: readonly string[], words: RegExp]>([
    ['nothing', [''], /not answered with JSON/],
    ['cut off', [answer(series([at(0, '1')])).slice(0, -5)], /not answered with JSON/],
    ['HTML', ['<html>'], /not answered with JSON/],
    ['JSON that is no object', ['[1]'], /not answered with JSON/],
    [
      'an error',
      ['{"status":"error","errorType":"bad_data","error":"1:5: parse error"}'],
      /refused: bad_data: 1:5: parse error; correct the query/,
    ],
    ['an error without words', ['{"status":"error"}'], /refused: nothing: nothing/],
    ['JSON of something else', ['{"version":"1"}'], /JSON of another kind/],
    [
      'a vector, the answer of another path',
      ['{"status":"success","data":{"resultType":"vector","result":[]}}'],
      /with vector, not a matrix/,
    ],
    ['no result', ['{"status":"success","data":{"resultType":"matrix"}}'], /not a matrix/],
    ['no series', [answer()], /no series from 2026-03-01T00:00:00Z to 2026-03-01T00:20:00Z; check the metric name/],
    [
      'two series',
      [answer(series([at(0, '1')], { pod: 'a', job: 'im' }), series([at(0, '1')], { pod: 'b', job: 'im' }))],
      /2 series, which differ in pod; .*sum\(sum\(im_connections\)\)/,
    ],
    [
      'another series in the second range',
      [answer(series([at(0, '1')], { pod: 'a' })), answer(series([at(1, '1')], { pod: 'b' }))],
      /2 series, which differ in pod/,
    ],
    ['a label that only one has', [answer(series([at(0, '1')]), series([at(0, '1')], { pod: 'b' }))], /differ in pod/],
    [
      'histograms',
      [JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, histograms: [] }] } })],
      /with histograms; ask for plain numbers/,
    ],
    [
      'a series without values',
      [JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric: {} }] } })],
      /without values/,
    ],
    ['a sample that is no pair', [answer(series(['x']))], /sample without a time: x/],
    ['a sample with a time in words', [answer(series([['now', '1']]))], /sample without a time/],
    ['times beside the grid', [answer(series([[T0 + 10, '1']]))], /not on the grid of 300 s/],
    ['times before the range', [answer(series([at(-1, '1')]))], /not on the grid/],
    ['times after the range', [answer(series([at(5, '1')]))], /not on the grid/],
  ])('%s is a trouble', (_, answers, words) => {
    const checked = parseQueryRange(answers, SPEC);
    expect(checked.ok ? '' : checked.troubles.map((t) => `${t.problem}; ${t.remedy}`).join()).toMatch(words);
    expect(checked.ok ? [] : checked.troubles.map((t) => [t.file, t.at])).toEqual([[SPEC.url, SPEC.query]]);
  });

  test('what a server says never carries control characters', () => {
    const said = JSON.stringify({ status: 'error', errorType: 'x', error: 'a\u001b[2Jb\u202ec' });
    const checked = parseQueryRange([said], SPEC);
    expect(checked.ok ? '' : checked.troubles[0]?.problem).toBe('was refused: x: a [2Jb c');
  });

  test('whatever JSON comes, the reader answers and never throws', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('NaN', '1', '-1', '+Inf'));
    const sample = fc.oneof(
      fc.tuple(
        fc.integer({ min: -2, max: 7 }).map((i) => T0 + i * 300),
        value,
      ),
      fc.jsonValue(),
    );
    const one = fc.oneof(
      fc.record({ metric: fc.dictionary(fc.string(), fc.string()), values: fc.array(sample) }),
      fc.jsonValue(),
    );
    const body = fc.oneof(
      fc.array(one, { maxLength: 2 }).map((result) => answer(...result)),
      fc.json(),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(body, { maxLength: 3 }), (bodies) => {
        const checked = parseQueryRange(bodies, SPEC);
        if (!checked.ok) expect(checked.troubles).toHaveLength(1);
        else for (const v of checked.value.values) expect(Number.isNaN(v) || (v >= 0 && v < Infinity)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
