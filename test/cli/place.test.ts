import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.ts';
import type { AnswerFile } from '../../src/interchange/answer-file.ts';
import type { GroupEntry, OfferingEntry, ProblemFile } from '../../src/interchange/problem-file.ts';
import { readProblemFile } from '../../src/interchange/read-problem.ts';
import { verify } from '../../src/proof/verify.ts';
import { EXIT } from '../../src/trouble.ts';

const folder = mkdtempSync(join(tmpdir(), 'godwit-place-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function godwit(...argv: readonly string[]): Promise<Said> {
  const said = { out: '', err: '' };
  const code = await run(['place', ...argv], {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    colour: false,
    width: 100,
  });
  return { code, out: said.out, err: said.err.replaceAll(`${folder}/`, '') };
}

let files = 0;
function file(content: string | object | Uint8Array): string {
  const path = join(folder, `${files++}.json`);
  const raw = typeof content === 'string' || content instanceof Uint8Array;
  writeFileSync(path, raw ? content : JSON.stringify(content, null, 2));
  return path;
}

const offering = (provider: string, more: Partial<OfferingEntry> = {}): OfferingEntry => {
  const at = { provider, region: 'r1', zone: 'a', type: 't4', purchase: 'on-demand' as const, ...more };
  return {
    id: `${at.provider}/${at.region}/${at.zone}/${at.type}/${at.purchase}`,
    arch: 'amd64',
    usdPerHour: provider === 'aws' ? 0.1 : 0.11,
    allocatable: { cpu: 4, memory: '16Gi', pods: 20 },
    ...at,
  };
};
const group = (name: string, replicas: number, more: Partial<GroupEntry> = {}): GroupEntry => ({
  name,
  replicas,
  requests: { cpu: 1, memory: '2Gi' },
  ...more,
});
const problem = (more: Partial<ProblemFile> = {}): ProblemFile => ({
  schemaVersion: 1,
  groups: [group('gateway', 6), group('router', 3)],
  offerings: [offering('aws'), offering('gcp')],
  ...more,
});

async function answered(content: ProblemFile, ...more: readonly string[]): Promise<AnswerFile> {
  const { out } = await godwit(file(content), '-o', 'json', ...more);
  return JSON.parse(out) as AnswerFile;
}

describe('godwit place', () => {
  it('prints a table for people and exits 0', async () => {
    const { code, out, err } = await godwit(file(problem()));
    expect(out).toMatch(/^All replicas have a place/);
    expect(out).toMatch(/\$0\.3000\/h .* 3 nodes of 1 offering for 9 replicas/);
    expect(out).toMatch(/aws\/r1\/a\/t4\/on-demand +3 +\$0\.1000 +\$0\.30/);
    expect(out).not.toContain('On each node');
    expect({ code, err }).toEqual({ code: EXIT.ok, err: '' });
  });

  it('with --full tells what is on each node', async () => {
    expect((await godwit(file(problem()), '--full')).out).toMatch(/On each node[\s\S]*gateway/);
  });

  it('prints JSON and nothing else; --out writes the same, and an answer holds', async () => {
    const out = join(folder, 'new', 'answer.json');
    const path = file(problem({ rules: { vendorShareAtMost: { aws: 0.7 } } }));
    const said = await godwit(path, '-o', 'json', '--out', out);
    expect({ code: said.code, err: said.err }).toEqual({ code: EXIT.ok, err: '' });
    expect(readFileSync(out, 'utf8')).toBe(said.out);
    expect((JSON.parse(said.out) as AnswerFile).schemaVersion).toBe(1);
    const checked = await godwit('--verify', path, out);
    expect(checked.out).toMatch(/^The answer holds/);
    expect(checked.code).toBe(EXIT.ok);
  });

  it.each(['karpenter', 'ca-least-waste', 'ca-price', 'ffd'])(
    '--strategy %s answers in the same shape',
    async (name) => {
      const answer = await answered(problem(), '--strategy', name);
      expect(answer).toMatchObject({ schemaVersion: 1, status: 'placed', method: name });
      expect(answer.usdPerHour).toBeGreaterThanOrEqual(0.3 - 1e-9);
    },
  );

  it('an answer whose figures are not its nodes’ does not hold, and exits 3', async () => {
    const path = file(problem());
    const answer = JSON.parse((await godwit(path, '-o', 'json')).out) as AnswerFile;
    const { code, out } = await godwit('--verify', path, file({ ...answer, usdPerHour: 0.2 }), '-o', 'json');
    expect(code).toBe(EXIT.violation);
    expect(JSON.parse(out)).toMatchObject({ schemaVersion: 1, holds: false });
  });

  it.each<[string, Partial<ProblemFile>, string, RegExp]>([
    [
      'no node is large enough',
      { groups: [group('gateway', 2, { requests: { cpu: 64 } })] },
      'infeasible',
      /gateway fits on none of 2 offerings/,
    ],
    [
      'one rule alone',
      { rules: { vendorShareAtMost: { aws: 0.4, gcp: 0.5 } } },
      'infeasible',
      /at most 40% of the \$\/h/,
    ],
    [
      'two rules together',
      {
        groups: [group('gateway', 6, { survive: { loss: 'provider', share: 0.5 }, spotAtMost: 0 })],
        offerings: [offering('aws'), offering('gcp', { purchase: 'spot' })],
      },
      'infeasible',
      /keep 50% of its 6 replicas after the loss of any one provider/,
    ],
    [
      'nodes that run out',
      { offerings: [offering('aws', { atMost: 1 })] },
      'partial',
      /nodes that can be had of aws\/r1\/a\/t4\/on-demand are at most 1/,
    ],
  ])('says what clashes and exits 3: %s', async (_, more, status, says) => {
    const { code, out } = await godwit(file(problem(more)), '-o', 'json');
    const answer = JSON.parse(out) as AnswerFile;
    expect(code).toBe(EXIT.violation);
    expect(answer.status).toBe(status);
    expect(answer.conflict.join('\n')).toMatch(says);
    expect(Object.values(answer.unplaced).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(0);
  });

  it('prints what clashes above all else', async () => {
    const { out } = await godwit(file(problem({ offerings: [offering('aws', { atMost: 1 })] })));
    expect(out).toMatch(/^Some replicas have no place/);
    expect(out.indexOf('What clashes')).toBeLessThan(out.indexOf('Nodes'));
  });

  it('places nothing where nothing is asked for', async () => {
    const { code, out } = await godwit(file(problem({ groups: [] })));
    expect(out).toContain('no group asks for a replica: nothing to place');
    expect(code).toBe(EXIT.ok);
  });

  it('reads what an editor on Windows writes: a byte order mark and CRLF', async () => {
    const text = `\uFEFF${JSON.stringify(problem(), null, 2).replaceAll('\n', '\r\n')}`;
    expect((await godwit(file(text))).code).toBe(EXIT.ok);
  });
});

describe('a file that is wrong is refused with place, value and remedy, and exits 64', () => {
  const changed = (from: string, to: string): string => JSON.stringify(problem(), null, 1).replace(from, to);
  it.each<[string, () => string, RegExp]>([
    ['is not there', () => join(folder, 'nowhere.json'), /nowhere\.json: there is no such file/],
    ['is a folder', () => folder, /it is a folder/],
    ['is empty', () => file(''), /:1:1: the file is empty/],
    ['is YAML', () => file('groups:\n  - name: a\n'), /:1:1: expected a value, found groups/],
    ['is a list', () => file('[]'), /:1:1: it is a list, not an object/],
    ['is not text', () => file(new Uint8Array([0xff, 0xfe, 0x80, 0x7b])), /it is not UTF-8 text/],
    ['ends with a comma', () => file('{"schemaVersion": 1,}'), /:1:20: a comma stands before }/],
    [
      'has a field misspelt',
      () => file(changed('"replicas"', '"replicsa"')),
      /replicsa: no such field; did you mean replicas\?/,
    ],
    ['has a negative count', () => file(changed(': 6', ': -6')), /groups\[0\]\.replicas is -6: it is less than 0/],
    ['has half a replica', () => file(changed(': 6', ': 6.5')), /is 6\.5: it is not a whole number/],
    ['has more than can be counted', () => file(changed(': 6', ': 1e12')), /it is more than 1000000000/],
    ['has a number that is none', () => file(changed('0.1,', 'NaN,')), /expected a value, found NaN/],
    ['has a number too large', () => file(changed('0.1,', '1e400,')), /is 1e400: it is no number/],
    [
      'has a percentage',
      () => file(problem({ rules: { vendorShareAtMost: { aws: 60 } } })),
      /is 60: .* write 0\.6 for 60%/,
    ],
    ['has a unit of its own', () => file(changed('"2Gi"', '"2GiB"')), /is "2GiB": it is no quantity/],
    [
      'names a group twice',
      () => file(problem({ groups: [group('a', 1), group('a', 2)] })),
      /groups\[1\]\.name is "a": groups\[0\] has the same name/,
    ],
    [
      'runs replicas of a group that is not there',
      () => file(problem({ running: [{ offering: 'aws/r1/a/t4/on-demand', count: 1, replicas: { gatway: 1 } }] })),
      /running\[0\]\.replicas\.gatway: there is no such group; did you mean gateway\?/,
    ],
    [
      'runs nodes of an offering that is not there',
      () => file(problem({ running: [{ offering: 'aws/r1/a/t5/on-demand', count: 1 }] })),
      /there is no such offering; did you mean aws\/r1\/a\/t4\/on-demand\?/,
    ],
  ])('%s', async (_, path, says) => {
    const { code, out, err } = await godwit(path());
    expect(err).toMatch(says);
    expect(err).not.toMatch(/\bat .*\.ts:|internal error/);
    expect({ code, out }).toEqual({ code: EXIT.usage, out: '' });
  });

  it('tells the first 50 of its mistakes and how many more there are', async () => {
    const groups = Array.from({ length: 60 }, (_, i) => group(`g${i}`, -1));
    const { err } = await godwit(file(problem({ groups })));
    const lines = err.trimEnd().split('\n');
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toContain('and 10 more');
  });
});

describe('a command line that is wrong exits 64', () => {
  const there = file(problem());
  it.each<[string, readonly string[], RegExp]>([
    ['a limit without a unit', [there, '--time-limit', '5'], /--time-limit is 5: it is no time/],
    ['no time at all', [there, '--time-limit', '0s'], /it is no time/],
    ['a strategy nobody knows', [there, '--strategy', 'best'], /Allowed choices are godwit, karpenter/],
    ['an answer to check without --verify', [there, there], /add --verify/],
    ['--verify without an answer', ['--verify', there], /there is no answer to check/],
    ['stdin for both', ['--verify', '-', '-'], /stdin cannot be both/],
    ['a folder to write to', [there, '--out', folder], /it is a folder; nothing was written/],
    ['a limit to a check', ['--verify', there, there, '--time-limit', '1s'], /it does not go with --verify/],
  ])('%s', async (_, argv, says) => {
    const { code, err } = await godwit(...argv);
    expect(err).toMatch(says);
    expect(code).toBe(EXIT.usage);
  });

  it('what was found is printed before it is known that it can’t be written', async () => {
    const { code, out, err } = await godwit(there, '-o', 'json', '--out', join(there, 'answer.json'));
    expect(JSON.parse(out)).toMatchObject({ status: 'placed' });
    expect(err).toMatch(/it cannot be written/);
    expect(code).toBe(EXIT.error);
  });

  it.skipIf(!existsSync('/dev/null'))('a device is written to, and stays one', async () => {
    expect((await godwit(there, '--out', '/dev/null')).code).toBe(EXIT.ok);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe('at the time limit', () => {
  /** Nothing the solver does ends within a millisecond. */
  const AT_ONCE = ['--time-limit', '1ms'];

  it('an answer without the solver is given, labelled, and holds', async () => {
    const zones = ['a', 'b'];
    const hard = problem({
      groups: [
        group('gateway', 24, { survive: { loss: 'provider', share: 0.6 }, spotAtMost: 0.25, perNodeAtMost: 3 }),
        group('router', 10, { zoneSkew: 1 }),
        group('push', 30),
      ],
      offerings: ['aws', 'gcp', 'azure'].flatMap((provider) =>
        zones.flatMap((zone) => [
          offering(provider, { zone }),
          offering(provider, { zone, purchase: 'spot', usdPerHour: 0.03, atMost: 3 }),
        ]),
      ),
      rules: { vendorShareAtMost: { aws: 0.4, gcp: 0.4, azure: 0.4 } },
    });
    const path = file(hard);
    const { code, out } = await godwit(path, '-o', 'json', ...AT_ONCE);
    const answer = JSON.parse(out) as AnswerFile;
    expect(answer).toMatchObject({ status: 'placed', method: 'greedy-fallback' });
    expect(answer.conflict[0]).toContain('no answer within 0.001 s');
    expect(answer.lowerBoundUsdPerHour).toBeGreaterThan(0.2 * answer.usdPerHour);
    const read = readProblemFile(path, readFileSync(path, 'utf8'));
    const found = read.ok ? verify(read.value, answer).findings : [];
    expect(found.filter(({ verdict }) => verdict === 'fails')).toEqual([]);
    expect(found.length).toBeGreaterThan(8);
    expect(code).toBe(EXIT.ok);
  });

  it('a rule that can’t be kept is never broken: nothing is placed, and it is said why', async () => {
    const path = file(problem({ rules: { vendorShareAtMost: { aws: 0.3, gcp: 0.3 } } }));
    const { code, out } = await godwit(path, '-o', 'json', ...AT_ONCE);
    const answer = JSON.parse(out) as AnswerFile;
    expect(answer).toMatchObject({ status: 'infeasible', nodes: [], unplaced: { gateway: 6, router: 3 } });
    expect(answer.conflict.join(' ')).toMatch(/has .*% of the \$\/h, over 30%/);
    expect(code).toBe(EXIT.violation);
  });

  it('with time enough the answer is the solver’s own', async () => {
    const { seconds: _, ...answer } = await answered(problem(), '--time-limit', '1m');
    const { seconds: __, ...unhurried } = await answered(problem());
    expect(answer).toEqual(unhurried);
  });
});
