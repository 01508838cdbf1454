import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { beside } from '../../src/fleet/beside.ts';
import { durationText } from '../../src/fleet/check/duration-text.ts';
import { nearest } from '../../src/fleet/nearest.ts';
import { readFleet } from '../../src/fleet/read.ts';
import { parseDuration } from '../../src/quantity.ts';
import { lineOf } from '../../src/trouble.ts';
import { seconds } from '../../src/units.ts';
import { FULL } from './full.ts';
import { SMALL } from './small.ts';

/** Answers, and every trouble lies inside the text, says what is wrong and what would be right, on one line. */
function answersWell(text: string): void {
  const read = readFleet(text, 'fleet.yaml');
  if (read.ok) {
    expect(read.value.clouds.length).toBeGreaterThan(0);
    return;
  }
  expect(read.troubles.length).toBeGreaterThan(0);
  expect(read.troubles.length).toBeLessThanOrEqual(51);
  const lines = text.split('\n');
  for (const trouble of read.troubles) {
    expect(trouble.problem).not.toBe('');
    expect(trouble.remedy).not.toMatch(/^$|undefined|docs\/fleet\.md/);
    expect(lineOf(trouble)).not.toMatch(/\p{Cc}|undefined|\[object/u);
    if (trouble.line === undefined) continue;
    expect(trouble.line).toBeLessThanOrEqual(lines.length);
    expect(trouble.column ?? 1).toBeLessThanOrEqual((lines[trouble.line - 1] ?? '').length + 1);
  }
}

test('any text is answered', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), answersWell), { numRuns: 100 });
});

test('any text of YAML’s own characters is answered', () => {
  const unit = fc.constantFrom(
    ...'abc:-?[]{},&*!|>\'"%@`#~ \n\t0.1'.split(''),
    'version',
    'clouds',
    '\r\n',
    ': ',
    '- ',
  );
  fc.assert(fc.property(fc.string({ unit, maxLength: 80 }), answersWell), { numRuns: 300 });
});

test('a valid file with a piece cut out, doubled, replaced or moved is answered', () => {
  const source = fc.constantFrom(SMALL, FULL);
  const piece = fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      '\n',
      ':',
      '- ',
      '{',
      ']',
      'null',
      '-1',
      '1e999',
      '140%',
      'true',
      '*a',
      '&a ',
      '!!set',
      '\t',
      '__proto__: 1',
    ),
    fc.string({ maxLength: 5 }),
  );
  const mutated = fc.tuple(source, fc.nat(), fc.nat({ max: 40 }), piece).map(([text, at, length, put]) => {
    const from = at % text.length;
    return text.slice(0, from) + put + text.slice(from + length);
  });
  fc.assert(fc.property(mutated, answersWell), { numRuns: 120 });
});

test('a valid file with a line cut out, doubled or indented otherwise is answered', () => {
  const mutated = fc
    .tuple(fc.constantFrom(SMALL, FULL), fc.nat(), fc.constantFrom('cut', 'double', 'in', 'out', 'key'))
    .map(([text, at, how]) => {
      const lines = text.split('\n');
      const i = at % lines.length;
      const line = lines[i] ?? '';
      const changed = {
        cut: [],
        double: [line, line],
        in: [`  ${line}`],
        out: [line.replace(/^ {2}/, '')],
        key: [line.replace(/\w+:/, (key) => `x${key}`)],
      }[how];
      return [...lines.slice(0, i), ...changed, ...lines.slice(i + 1)].join('\n');
    });
  fc.assert(fc.property(mutated, answersWell), { numRuns: 80 });
});

test('a duration is written as it is read', () => {
  fc.assert(
    fc.property(fc.nat({ max: 400 * 86_400_000 }), (ms) => {
      const time = seconds(ms / 1000);
      expect(parseDuration(durationText(time))).toBeCloseTo(time, 6);
    }),
  );
});

test('a name with one letter wrong, missing, added or swapped is recognised', () => {
  const names = ['connections', 'messages', 'capacityPerReplica', 'eu-central-1'];
  const letter = fc.constantFrom(...'qwxz'.split(''));
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(), letter, fc.nat({ max: 3 }), (name, at, put, how) => {
      const i = at % (name.length - 1);
      const rest = name.slice(i + 1);
      const [next = ''] = rest;
      const typo = [put + rest, rest, put + name.slice(i), next + (name[i] ?? '') + rest.slice(1)][how] ?? '';
      expect(nearest(name.slice(0, i) + typo, names)).toBe(name);
    }),
  );
});

test.each([
  ['fleet.yaml', 'traffic/eu.csv', 'traffic/eu.csv', 'beside a file of this folder'],
  ['examples/im/fleet.yaml', 'traffic/eu.csv', 'examples/im/traffic/eu.csv', 'beside a file of another folder'],
  ['examples/im/fleet.yaml', './eu.csv', 'examples/im/eu.csv', 'a dot is the folder itself'],
  ['examples/im/fleet.yaml', '../../../data/eu.csv', '../data/eu.csv', 'up beyond the folder'],
  ['../fleet.yaml', '../eu.csv', '../../eu.csv', 'up from above'],
  ['/etc/fleet.yaml', '../../eu.csv', '/eu.csv', 'the root is the top'],
  ['/etc/fleet.yaml', '/data/eu.csv', '/data/eu.csv', 'an absolute path stays'],
  ['fleet.yaml', 'C:\\data\\eu.csv', 'C:\\data\\eu.csv', 'an absolute path of Windows stays'],
  ['C:\\godwit\\fleet.yaml', 'traffic/eu.csv', 'C:\\godwit/traffic/eu.csv', 'beside a file of Windows'],
])('%s names %s: %s (%s)', (file, path, found) => {
  expect(beside(file, path)).toBe(found);
});
