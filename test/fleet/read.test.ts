import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readFleet } from '../../src/fleet/read.ts';
import { lineOf } from '../../src/trouble.ts';
import { FULL, FULL_FLEET } from './full.ts';
import type { Row } from './row.ts';
import { edited, SMALL } from './small.ts';
import { FIELDS } from './wrong-fields.ts';
import { MEANING } from './wrong-meaning.ts';
import { YAML } from './wrong-yaml.ts';

/** the lines a user would read, without the file's name */
function linesFor(text: string): readonly string[] {
  const read = readFleet(text, 'fleet.yaml');
  return read.ok ? [] : read.troubles.map((trouble) => lineOf(trouble).replace(/^fleet\.yaml:(?! )/, ''));
}

test('every field is read, in its unit', () => {
  expect(readFleet(FULL, 'fleets/full/fleet.yaml')).toEqual({ ok: true, value: FULL_FLEET });
});

test('what is left out has its default', () => {
  const read = readFleet(SMALL, 'fleet.yaml');
  expect(read).toMatchObject({ ok: true });
  if (!read.ok) return;
  const { services, signals, policies } = read.value;
  expect(services[1]).toMatchObject({ minReplicas: 1, maxReplicas: 10_000, spotAtMost: 0, holdsUserData: true });
  expect(services[1]?.markets).toEqual(['eu']);
  expect(signals[1]).toMatchObject({ step: 300, sources: [{ timeColumn: 'timestamp', scale: 1 }] });
  expect(policies).toMatchObject({
    budget: { over: 'hold' },
    churn: { payback: 21_600 },
    freshness: { pricesAtMost: 90 * 86_400, signalsAtMost: 1800 },
  });
});

test.each(['startsPerCycle', 'drainsPerCycle'])('a fleet may be frozen: %s takes 0, and nothing below', (limit) => {
  const churn = (n: number): string => edited('  headroom: 5%', `  headroom: 5%\n  churn: { ${limit}: ${n} }`);
  const read = readFleet(churn(0), 'fleet.yaml');
  expect(read.ok && read.value.policies.churn).toMatchObject({ [limit]: 0 });
  expect(readFleet(churn(-1), 'fleet.yaml')).toMatchObject({
    ok: false,
    troubles: [{ at: `policies.churn.${limit}`, value: '-1' }],
  });
});

const table = (rows: readonly Row[]): void => {
  test.each(rows)('%s', (_why, from, to, lines) => {
    expect(linesFor(edited(from, to))).toEqual(lines);
  });
};
describe('a field that is wrong', () => table(FIELDS));
describe('fields that do not fit together', () => table(MEANING));
describe('text that is not YAML as a fleet file may use it', () => table(YAML));

describe('nothing is refused that is only written another way', () => {
  test.each([
    ['Windows line ends', SMALL.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${SMALL}`],
    ['a document start', `---\n${SMALL}...\n`],
    ['comments and blank lines', SMALL.replaceAll('\n', ' # why\n\n')],
    ['quoted keys', edited('name: small', '"name": \'small\'')],
    [
      'an anchor and its alias',
      SMALL.replace('{ cpu: 2, memory: 4Gi }', '&some { cpu: 2, memory: 4Gi }').replace(
        'requests:\n      cpu: 500m\n      memory: 1Gi',
        'requests: *some',
      ),
    ],
    ['JSON, which is YAML', JSON.stringify(parse(SMALL))],
    [
      'a share to survive with of nothing asks for nothing',
      edited('loss: provider, share: 70%', 'loss: zone, share: 0%'),
    ],
    ['a directive of an older YAML changes nothing', `%YAML 1.1\n---\n${SMALL}`],
    ['more nodes than the pool’s most: it was lowered since', edited('nodes: 4\n', 'nodes: 40\n')],
    ['shares that reach the whole exactly', edited('{ aws: 60% }', '{ aws: 70%, gcp: 20%, kubernetes: 10% }')],
  ])('%s', (_way, text) => {
    expect(linesFor(text)).toEqual([]);
  });
});

const EMPTY = '1:1: the file is empty; `godwit init` writes one to start from';
test.each([
  ['', EMPTY],
  [' \n\n', EMPTY],
  ['# nothing but a comment\n', EMPTY],
  ['---\n', EMPTY],
  ['null', EMPTY],
  ['~', EMPTY],
  ['42', '1:1: is 42: not a set of fields; write fields such as version, name, cycle, each on a line of its own'],
  ['- a\n- b', '1:1: not a set of fields; write fields such as version, name, cycle, each on a line of its own'],
  ['\0', '1:1: is \\u0000: not a set of fields; write fields such as version, name, cycle, each on a line of its own'],
])('%j as a whole file', (text, line) => {
  expect(linesFor(text)).toEqual([line]);
});

test('lines are counted the same with Windows line ends and a byte order mark', () => {
  const [, from, to, lines] = FIELDS.find(([why]) => why === 'a share over the whole') ?? FIELDS[0] ?? [];
  expect(linesFor(`\uFEFF${edited(from ?? '', to ?? '').replaceAll('\n', '\r\n')}`)).toEqual(lines);
});

test('all troubles are told at once, in the order of the file', () => {
  const broken = SMALL.replace('cycle: 5m', 'cycle: soon')
    .replace('headroom: 5%', 'headroom: 140%')
    .replace('4Gi', '4');
  expect(linesFor(broken).map((line) => line.split(': ')[1])).toEqual([
    'cycle is soon',
    'services.gateway.requests.memory is 4',
    'policies.headroom is 140%',
  ]);
});

test('beyond fifty troubles only their number is told', () => {
  const pool = '    - { name: a, provider: azure, region: x, zone: x, type: x, nodes: 1, max: 1 }\n';
  const lines = linesFor(edited('  templates:', `${pool.repeat(70)}  templates:`));
  expect(lines).toHaveLength(51);
  expect(lines[50]).toMatch(/^fleet\.yaml: and \d+ more; mend those above first$/);
});

test('a step longer than the horizon cannot be forecast', () => {
  const text = SMALL.replace('horizon: 24h', 'horizon: 1h').replace('    step: 5m\n', '    step: 2h\n');
  expect(linesFor(text)).toEqual([
    '40:11: signals.connections.step is 2h: longer than the horizon of 1h; look further ahead',
  ]);
});

describe('bombs are answered, not obeyed', () => {
  const unfold = (name: string): string => Array.from({ length: 10 }, () => `*${name}`).join(', ');
  const laughs = 'bcdefghij'.split('').map((name, i) => `${name}: &${name} [${unfold('abcdefghi'[i] ?? '')}]`);
  const billion = ['a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]', ...laughs].join('\n');
  test.each([
    ['20,000 open brackets', '['.repeat(20_000), 'nested too deeply'],
    ['20,000 pairs of brackets', '['.repeat(20_000) + ']'.repeat(20_000), 'nested too deeply'],
    ['maps in maps', '{a: '.repeat(20_000), 'nested too deeply'],
    ['dashes on one line', '- '.repeat(20_000), 'nested too deeply'],
    ['keys of keys', '? '.repeat(20_000), 'nested too deeply'],
    ['ever deeper lines', Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 'nested too deeply'],
    ['a billion laughs', billion, 'its aliases unfold to more values than a fleet file may have'],
    ['a billion laughs among zones', `${billion}\n${SMALL.replace('[rack-a]', '*j')}`, 'its aliases unfold'],
    ['closing brackets alone', ']'.repeat(200_000), 'Unexpected flow-seq-end'],
    ['commas alone', `[${','.repeat(200_000)}`, 'Unexpected ,'],
    ['anchors alone', '&a '.repeat(100_000), 'at most one anchor'],
    ['a quantity of 300,000 digits', edited('1Gi', `${'1'.repeat(300_000)}Gii`), 'longer than 4000 characters'],
    ['two million letters', 'x'.repeat(2_000_000), 'it is longer than 1,000,000 characters'],
    ['empty lines', '\n'.repeat(900_000), 'more fields than a fleet file may have'],
  ])('%s', (_what, text, phrase) => {
    const lines = linesFor(text);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(phrase);
  });
});
