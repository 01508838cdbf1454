import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { csvOf } from '../../src/cli/csv-cell.ts';
import type { Io } from '../../src/cli/io.ts';
import { checkPrices } from '../../src/cli/prices-check.ts';
import { listPrices } from '../../src/cli/prices-list.ts';
import { declarePrices, type Given } from '../../src/cli/prices.ts';
import { DAY, READ_ON, sampleCatalog } from '../catalog/sample.ts';

function capture() {
  const [out, err]: [string[], string[]] = [[], []];
  const io: Io = { out: (t) => out.push(t), err: (t) => err.push(t), colour: false, width: undefined };
  return { io, out: () => out.join(''), err: () => err.join('') };
}
const NOW = READ_ON + 10 * DAY;
function list(given: Given) {
  const seen = capture();
  const code = listPrices(seen.io, [sampleCatalog()], given, NOW);
  return { code, out: seen.out(), err: seen.err() };
}
function check(given: Given) {
  const seen = capture();
  const code = checkPrices(seen.io, [sampleCatalog()], given, NOW);
  return { code, out: seen.out(), err: seen.err() };
}
const typesOf = (csv: string) =>
  csv
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(',').slice(1, 3).join(' '));

describe('prices list', () => {
  it('shows unit, basis, source, date and age on every row', () => {
    const { code, out, err } = list({ output: 'table', sort: 'price' });
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('USD/h');
    expect(out).toMatch(
      /aws +us-east-1 +m7i\.large +amd64 +2 +8 GiB +spot +0\.0454 +0\.0227 +derived +2026-06-20 +40d +\[1\]/,
    );
    expect(out).toMatch(/\[1\] an advisor\n/);
    expect(out).toMatch(/1 l4/);
  });

  it.each<[string, Given, string[]]>([
    ['by region', { region: 'us-w*' }, ['us-west-9 m7i.large', 'us-west-9 m7i.xlarge']],
    ['by type and purchase', { type: 'm7i.*', purchase: 'spot' }, ['us-east-1 m7i.large']],
    ['any GPU', { gpu: true }, ['us-east-1 g6.xlarge', 'us-east-1 g6.xlarge']],
    ['a GPU by name', { gpu: 'l4', purchase: 'on-demand' }, ['us-east-1 g6.xlarge']],
    ['by vCPUs', { minVcpu: '4', gpu: 'l4', purchase: 'spot' }, ['us-east-1 g6.xlarge']],
    ['by memory', { minMemory: '16Gi', region: 'us-west-9' }, ['us-west-9 m7i.xlarge']],
    ['by price', { maxPrice: '0.1' }, ['us-east-1 m7i.large']],
    ['nothing answers', { arch: 'arm64' }, []],
    ['the first two', { limit: '2' }, ['us-east-1 m7i.large', 'us-east-1 m7i.large']],
    ['by $/vCPU', { sort: 'price-per-vcpu', limit: '1', purchase: 'on-demand' }, ['us-east-1 m7i.large']],
    ['by name', { sort: 'name', limit: '1' }, ['us-east-1 g6.xlarge']],
  ])('%s', (_why, given, types) => {
    const { code, out, err } = list({ output: 'csv', ...given });
    expect(code).toBe(0);
    expect(typesOf(out)).toEqual(types);
    if (types.length === 0) expect(err).toBe('godwit: no price answers to all of these\n');
  });

  it('says on stderr what it did not show', () => {
    expect(list({ limit: '2', output: 'table' }).err).toBe('godwit: 2 of 7 prices; --limit 0 shows all\n');
  });

  it('leaves out what can be spared where the terminal is too narrow, and says so', () => {
    const seen = capture();
    listPrices({ ...seen.io, width: 80 }, [sampleCatalog()], { output: 'table' }, NOW);
    const [head = '', ...rows] = seen.out().split('\n\n')[0]?.split('\n') ?? [];
    expect(Math.max(...[head, ...rows].map((line) => line.length))).toBeLessThanOrEqual(80);
    for (const name of ['provider', 'region', 'type', 'purchase', 'USD/h', 'as of']) expect(head).toContain(name);
    expect(head).not.toContain('age');
    expect(seen.err()).toMatch(/^godwit: too narrow for .*age.*; -o csv has them all\n$/);
  });

  it('keeps what a price is and of what, however narrow the terminal', () => {
    const seen = capture();
    listPrices({ ...seen.io, width: 1 }, [sampleCatalog()], { output: 'table' }, NOW);
    expect(seen.out().split('\n')[0]?.split(/ {2,}/)).toEqual(['provider', 'region', 'type', 'purchase', 'USD/h']);
  });

  it('is nothing but JSON with -o json', () => {
    const { out } = list({ output: 'json', type: 'm7i.large', purchase: 'spot' });
    expect(JSON.parse(out)).toEqual({
      schemaVersion: 1,
      prices: [
        {
          provider: 'aws',
          region: 'us-east-1',
          type: 'm7i.large',
          family: 'm7i',
          arch: 'amd64',
          vcpu: 2,
          memoryGiB: 8,
          purchase: 'spot',
          usdPerHour: 0.04536,
          interruptionPerHour: 0.000035,
          source: 'an advisor',
          basis: 'derived',
          asOf: '2026-06-20T00:00:00Z',
          ageS: 40 * 86_400,
        },
      ],
    });
  });

  it.each<[string, Given, RegExp]>([
    ['a misspelt region', { region: 'us-esat-1' }, /--region is us-esat-1: .*did you mean us-east-1\?/],
    ['a type that is not there', { type: 'm7x.*' }, /--type is m7x\.\*: /],
    ['a GPU that is not there', { gpu: 'l5' }, /--gpu is l5: .*did you mean l4\?/],
    ['an architecture', { arch: 'amd46' }, /--arch is amd46: .*did you mean amd64\?/],
    ['a purchase', { purchase: 'reserved' }, /--purchase is reserved: .*on-demand, spot/],
    ['a sort', { sort: 'cheap' }, /--sort is cheap: /],
    ['a format', { output: 'xml' }, /--output is xml: /],
    ['a limit below 0', { limit: '-3' }, /--limit is -3: /],
    ['no number', { maxPrice: 'ten' }, /--max-price is ten: /],
    ['a memory without its unit', { minMemory: '64' }, /--min-memory is 64: it has no unit; write 64Gi/],
    ['a memory in thousandths of a byte', { minMemory: '64m' }, /--min-memory is 64m: /],
    ['less than a mebibyte', { minMemory: '64k' }, /--min-memory is 64k: it is less than 1 MiB/],
    ['no memory', { minMemory: '16 bananas' }, /--min-memory is 16 bananas: /],
    ['an escape sequence is shown, not obeyed', { region: '\u001b[2J' }, /--region is \\u001b\[2J: /],
  ])('refuses %s', (_why, given, line) => {
    const { code, out, err } = list(given);
    expect([code, out]).toEqual([64, '']);
    expect(err).toMatch(line);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('names every trouble at once', () => {
    expect(list({ region: 'x', arch: 'y', limit: 'z' }).err.trim().split('\n')).toHaveLength(3);
  });
});

describe('prices check', () => {
  it('sums up sources and regions', () => {
    const { code, out } = check({ output: 'table' });
    expect(code).toBe(0);
    expect(out).toMatch(/aws +4 +listed +2026-07-20 +10d +a list/);
    expect(out).toMatch(/aws +us-east-1 +3 +3 +2 +2 +0 +2 +2026-06-20 +40d/);
  });
  it('exits 4 when a price is too old, and says which', () => {
    const { code, err } = check({ maxAge: '30d' });
    expect(code).toBe(4);
    expect(err).toBe('godwit: 2 aws prices of an advisor are up to 40d old, over the 30d of --max-age\n');
    expect(check({ maxAge: '40d' }).code).toBe(0);
  });
  it('looks at the asked-for regions only', () => {
    expect(check({ region: 'us-west-9', maxAge: '30d' }).code).toBe(0);
  });
  it('prints JSON and CSV with ages in seconds', () => {
    expect(JSON.parse(check({ output: 'json' }).out)).toMatchObject({
      schemaVersion: 1,
      sources: [{ source: 'a list', ageS: 864_000 }, { source: 'an advisor' }, { source: 'a neighbour' }],
      regions: [{ region: 'us-east-1', quarantined: 2, ageS: 3_456_000 }, { region: 'us-west-9' }],
    });
    expect(check({ output: 'csv' }).out).toMatch(/aws,us-west-9,2,2,0,1,0,0,2026-07-20,864000,a list\r\n/);
  });
  it.each([
    [{ maxAge: 'old' }, /--max-age is old/],
    [{ region: 'nowhere' }, /--region is nowhere/],
  ])('refuses %j', (given, line) => {
    const { code, err } = check(given);
    expect(code).toBe(64);
    expect(err).toMatch(line);
  });
});

describe('the command', () => {
  async function run(...argv: string[]) {
    const seen = capture();
    const program = new Command('godwit')
      .exitOverride()
      .configureOutput({ writeErr: seen.io.err, writeOut: seen.io.out });
    let code: number | undefined;
    declarePrices(program, seen.io, (c) => (code = c));
    await program.parseAsync(['prices', ...argv], { from: 'user' }).catch(() => (code = 64));
    return { code, out: seen.out(), err: seen.err() };
  }
  it('lists carried prices', async () => {
    const { code, out } = await run(
      'list',
      '--provider',
      'aws',
      '--region',
      'us-east-1',
      '--type',
      'm7i.large',
      '-o',
      'csv',
    );
    expect(code).toBe(0);
    expect(out).toMatch(
      /aws,us-east-1,m7i\.large,m7i,amd64,2,8,,,on-demand,0\.1008,,listed,karpenter-provider-aws,2026-07-20,/,
    );
  });
  it('refuses a provider nobody knows', async () => {
    expect(await run('check', '--provider', 'asw')).toMatchObject({
      code: 64,
      err: expect.stringMatching(/did you mean aws\?/),
    });
  });
  it('refuses an unknown option', async () => {
    expect((await run('list', '--regoin', 'x')).code).toBe(64);
  });
});

it.each([
  ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\tx', "'\tx"],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  ['plain', 'plain'],
  [-1.5, '-1.5'],
  [undefined, ''],
])('a CSV cell %j is written %s', (cell, text) => {
  expect(csvOf(['h'], [[cell]])).toBe(`h\r\n${text}\r\n`);
});
