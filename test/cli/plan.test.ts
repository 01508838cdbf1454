import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { declareExplain } from '../../src/cli/explain.ts';
import { declarePlan } from '../../src/cli/plan.ts';
import { declareWhyNot } from '../../src/cli/why-not.ts';

/** Two kinds of own machines; the load is a sine over the day, so that everything here is quick and needs no price list. */
const FLEET = `
version: 1
name: tiny
cycle: 1h
horizon: 12h
clouds:
  kubernetes:
    clusters:
      own-fra:
        zones: [rack-a, rack-b]
        egressUsdPerGb: 0.005
        nodeTypes:
          large: { arch: amd64, allocatable: { cpu: 16, memory: 64Gi, pods: 110 }, usdPerHour: 0.62, source: hosting contract, asOf: 2026-03-01, atMostPerZone: 12 }
          dear: { arch: amd64, allocatable: { cpu: 16, memory: 64Gi, pods: 110 }, usdPerHour: 0.9, source: hosting contract, asOf: 2026-03-01, atMostPerZone: 12 }
pools:
  declared:
    - { name: large-a, provider: kubernetes, region: own-fra, zone: rack-a, type: large, purchase: on-demand, nodes: 2, min: 0, max: 12 }
    - { name: dear-a, provider: kubernetes, region: own-fra, zone: rack-a, type: dear, purchase: on-demand, nodes: 3, min: 0, max: 12 }
daemonsets: { cpu: 250m, memory: 1Gi, pods: 4 }
markets:
  eu: { timeZone: Europe/Berlin, latencyMs: { kubernetes/own-fra: 9 } }
signals:
  connections:
    unit: connections
    step: 1h
    markets:
      eu: { csv: load.csv, time: timestamp, value: eu }
services:
  gateway:
    signal: connections
    capacityPerReplica: 1000
    requests: { cpu: 2, memory: 4Gi }
    quantile: 0.99
    replicas: { min: 2, max: 400 }
    startUp: 60s
    drain: 15m
policies:
  freshness: { signalsAtMost: 2h, pricesAtMost: 400d }
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'godwit-plan-'));
  const rows = Array.from({ length: 7 * 24 + 10 }, (_, h) => {
    const load = Math.round(20_000 + 8000 * Math.sin(((h - 8) / 12) * Math.PI));
    return `${new Date(Date.UTC(2026, 2, 1, h)).toISOString()},${load}`;
  });
  await writeFile(join(folder, 'load.csv'), ['timestamp,eu', ...rows].join('\n'));
  await writeFile(join(folder, 'fleet.yaml'), FLEET);
  await writeFile(join(folder, 'poor.yaml'), `${FLEET}  budget: { usdPerHour: 1, over: stop }\n`);
  await writeFile(join(folder, 'strict.yaml'), `${FLEET}  budget: { usdPerHour: 1, over: hold }\n`);
  await writeFile(join(folder, 'no-load.yaml'), FLEET.replace('load.csv', 'nowhere.csv'));
  await writeFile(join(folder, 'broken.yaml'), FLEET.replace('capacityPerReplica: 1000', 'capacityPerReplica: -1'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function godwit(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [code, out, err] = [-1, '', ''];
  const program = new Command().exitOverride();
  const io = {
    out: (t: string) => void (out += t),
    err: (t: string) => void (err += t),
    colour: false,
    width: undefined,
  };
  for (const declare of [declarePlan, declareExplain, declareWhyNot]) declare(program, io, (c) => (code = c));
  await program.parseAsync(
    argv.map((a) => (a.endsWith('.yaml') ? join(folder, a) : a)),
    { from: 'user' },
  );
  return { code, out, err };
}

describe('godwit plan', () => {
  it('prints the plan and exits 0', async () => {
    const { code, out, err } = await godwit('plan', 'fleet.yaml', '--offline');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Plan for tiny {2}as of 2026-03-08 09:00 UTC/);
    expect(out).toContain('drain  dear-a       3  → 0');
    expect(out).toContain('no plan that keeps the rules costs less than');
  });

  it('prints JSON and nothing else, and the same as YAML', async () => {
    const json = await godwit('plan', 'fleet.yaml', '--offline', '-o', 'json');
    const yaml = await godwit('plan', 'fleet.yaml', '--offline', '-o', 'yaml');
    expect(JSON.parse(json.out)).toMatchObject({ schemaVersion: 1, fleet: 'tiny', verdict: 'allow' });
    expect(parse(yaml.out)).toEqual(JSON.parse(json.out));
  });

  it.each([
    ['markdown', '## Plan for tiny'],
    ['html', '<!doctype html>'],
  ])('prints %s', async (format, start) => {
    const { code, out } = await godwit('plan', 'fleet.yaml', '--offline', '-o', format);
    expect(code).toBe(0);
    expect(out.startsWith(start)).toBe(true);
  });

  const exits: readonly (readonly [why: string, argv: readonly string[], code: number, err: RegExp])[] = [
    ['steps, where asked for', ['fleet.yaml', '--detailed-exitcode'], 2, /^$/],
    ['a budget that goes before the load', ['poor.yaml'], 3, /^godwit: stop by budget: \$2\.48\/h, at most \$1\.00\/h/],
    ['a budget that only holds', ['strict.yaml', '--detailed-exitcode'], 3, /^godwit: hold by budget: /],
    [
      'load that is older than the fleet allows',
      ['fleet.yaml', '--at', '2026-03-08T15:00Z'],
      4,
      /^godwit: hold by freshness: signal connections\/eu was last seen 6h ago.*; the load of gateway\/eu is not known$/m,
    ],
    ['load that is not there', ['no-load.yaml'], 4, /nowhere\.csv: .*there is no such file/],
    ['a time before the load begins', ['fleet.yaml', '--at', '2026-01-01T00:00Z'], 4, /load\.csv: /],
    ['a fleet file that is not there', ['nothing.yaml'], 64, /nothing\.yaml: there is no such file/],
    ['a fleet file that is wrong', ['broken.yaml'], 64, /broken\.yaml:\d+:\d+: services\.gateway\.capacityPerReplica/],
    [
      'a time that is none',
      ['fleet.yaml', '--at', 'yesterday'],
      64,
      /^godwit: command line: --at is yesterday: it is no time/,
    ],
    ['a bare number for a time', ['fleet.yaml', '--at', '5'], 64, /--at is 5: it is no time/],
  ];
  it.each(exits)('exits for %s', async (_, argv, expected, pattern) => {
    const { code, err } = await godwit('plan', '--offline', ...argv);
    expect(code).toBe(expected);
    expect(err).toMatch(pattern);
    expect(
      err
        .split('\n')
        .slice(0, -1)
        .every((line) => line.startsWith('godwit: ')),
    ).toBe(true);
  });

  it('writes a plan that is stopped too, whole and under its own name only', async () => {
    const out = join(folder, 'out', 'plan.json');
    const { code } = await godwit('plan', '--offline', 'poor.yaml', '--out', out);
    expect(code).toBe(3);
    expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({ schemaVersion: 1, verdict: 'stop' });
    expect(await readdir(join(folder, 'out'))).toEqual(['plan.json']);
  });

  it('prints the plan and says in one line that its file cannot be written', async () => {
    const { code, out, err } = await godwit(
      'plan',
      '--offline',
      'fleet.yaml',
      '--out',
      join(folder, 'load.csv', 'plan.json'),
    );
    expect(code).toBe(1);
    expect(out).toContain('large-a');
    expect(err).toMatch(/^godwit: .*plan\.json: it cannot be written \(a part of the path is a file\); .*\n$/);
  });

  it.each([
    ['a folder', ''],
    ['a folder that is not there, written as one', 'nowhere/'],
  ])('refuses %s as the file of a plan before anything is decided', async (_why, out) => {
    const answer = await godwit('plan', '--offline', 'fleet.yaml', '--out', `${folder}/${out}`);
    expect([answer.code, answer.out]).toEqual([64, '']);
    expect(answer.err).toMatch(/: it is a folder; nothing was written; name a file\n$/);
  });
});

describe('godwit explain and why-not', () => {
  it('explains a pool', async () => {
    const { code, out } = await godwit('explain', 'large-a', 'fleet.yaml', '--offline');
    expect(code).toBe(0);
    expect(out).toContain('large-a: 2 → 4 nodes of kubernetes/own-fra/rack-a/large/on-demand');
  });

  it('explains as JSON', async () => {
    const { out } = await godwit('explain', 'gateway/eu', 'fleet.yaml', '--offline', '-o', 'json');
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      kind: 'group',
      group: { capacityPerReplica: 1000, placed: 26 },
    });
  });

  it('tells what keeps an offering out', async () => {
    const { code, out } = await godwit('why-not', 'dear', 'fleet.yaml', '--offline');
    expect(code).toBe(0);
    expect(out).toContain('it enters at −31.1% of its list price, $0.6200/h');
    expect(out).toContain('no pool has it and no template may open one');
  });

  it('answers as JSON', async () => {
    const { out } = await godwit('why-not', 'dear', 'fleet.yaml', '--offline', '-o', 'json', '--limit', '1');
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      asked: 'dear',
      more: 1,
      answers: [{ because: 'dearer' }],
    });
  });

  it('tells what the rules and the vendors of a fleet cost', async () => {
    const { code, out } = await godwit('explain', '--rules', 'fleet.yaml', '--offline');
    expect(code).toBe(0);
    expect(out).toContain('What the rules of tiny cost');
    expect(out).toContain('kubernetes has ');
  });

  it('and as JSON', async () => {
    const { code, out } = await godwit('explain', '--rules', 'fleet.yaml', '--offline', '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      kind: 'rules',
      fleet: 'tiny',
      oneMore: { 'gateway/eu': {} },
    });
  });

  it('takes no subject beside --rules', async () => {
    const { code, out, err } = await godwit('explain', '--rules', 'gateway/eu', 'fleet.yaml', '--offline');
    expect([code, out]).toEqual([64, '']);
    expect(err).toContain('fleet.yaml: --rules is about the whole fleet and takes no subject');
  });

  it('tells of a vendor that the fleet is not on, and of one it is on', async () => {
    const missing = await godwit('why-not', 'azure', 'fleet.yaml', '--offline');
    expect([missing.code, missing.out]).toEqual([64, 'azure\n  the fleet is not on azure\n']);
    const used = await godwit('why-not', 'kubernetes', 'fleet.yaml', '--offline');
    expect(used.code).toBe(0);
    expect(used.out).toContain('kubernetes has ');
  });

  it.each([
    ['explain', 'gatewy', /did you mean gateway\?/],
    ['explain', 'gateway/xx', /no such pool, service, group or offering: gateway\/xx; did you mean gateway\/eu\?/],
    ['explain', ' ', /<subject>: it is empty/],
    ['why-not', '', /<offering>: it is empty/],
    ['why-not', 'lrge', /did you mean large\?/],
  ])('%s of a name that is not there exits 64', async (command, name, words) => {
    const { code, out, err } = await godwit(command, name, 'fleet.yaml', '--offline');
    expect(code).toBe(64);
    expect(out + err).toMatch(words);
  });
});
