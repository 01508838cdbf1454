import { readFile } from 'node:fs/promises';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { declareAssess } from '../../src/cli/assess.ts';
import type { Io } from '../../src/cli/io.ts';
import { readStream } from '../../src/cli/stdin.ts';
import { eksNode, list, pod } from '../support/kube.ts';

async function run(
  ...argv: string[]
): Promise<{ readonly code: number | undefined; readonly out: string; readonly err: string }> {
  let [out, err, code] = ['', '', undefined as number | undefined];
  const io: Io = { out: (t) => void (out += t), err: (t) => void (err += t), colour: false, width: undefined };
  const program = new Command('godwit').exitOverride().configureOutput({ writeOut: io.out, writeErr: io.err });
  declareAssess(program, io, (c) => (code = c));
  for (const command of program.commands)
    command.exitOverride().configureOutput({ writeOut: io.out, writeErr: io.err });
  try {
    await program.parseAsync(['assess', ...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof Error) || !('exitCode' in error)) throw error;
    code = Number(error.exitCode);
  }
  return { code, out, err };
}

const FIXTURES = 'test/assess/fixtures';
const folder = mkdtempSync(join(tmpdir(), 'godwit-assess-'));
function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('godwit assess', () => {
  it.each(['eks', 'aks', 'gke'])('reads what kubectl prints of %s, end to end', async (cloud) => {
    const { code, out, err } = await run(`${FIXTURES}/${cloud}.json`, '--no-across');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^You pay \$\d+\.\d\d\/h .* at list price for /);
    expect(out).toMatch(/The cheapest safe placement of the same pods on \w+ [a-z0-9-]+\s+costs/);
    expect(out).not.toContain('failed its check');
    expect(out).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('prints JSON and nothing else', async () => {
    const { code, out } = await run(`${FIXTURES}/gke.json`, '-o', 'json');
    const found = JSON.parse(out) as {
      readonly sameCloud: { readonly usdPerHour: number };
      readonly acrossClouds: { readonly usdPerHour: number };
    };
    expect(code).toBe(0);
    expect(found).toMatchObject({ schemaVersion: 1, pricedShare: 1 });
    expect(found.acrossClouds.usdPerHour).toBeLessThanOrEqual(found.sameCloud.usdPerHour);
  });

  it('prints Markdown', async () => {
    const { out } = await run(`${FIXTURES}/gke.json`, '--no-across', '-o', 'markdown');
    expect(out).toMatch(/^# What the nodes cost\n\n\*\*You pay/);
  });

  it('exits 4 when less than half of the nodes has a price, and still says what it found', async () => {
    const items = [
      eksNode('a'),
      eksNode('b', { type: 'm99.large' }),
      eksNode('c', { type: 'm99.large' }),
      pod({ name: 'p', node: 'a', owner: 'Deployment/p' }),
    ];
    const { code, out, err } = await run(file('odd.json', list(items)), '--no-across');
    expect(code).toBe(4);
    expect(out).toMatch(/for the 1 of 3 nodes that have a price/);
    expect(err).toMatch(/only 33% of the nodes have a price, and at least 50% are needed/);
  });

  it('exits 4 when no node has a price', async () => {
    const { code, out } = await run(
      file('none.json', list([eksNode('b', { type: 'm99.large' }), pod({ name: 'p', node: 'b' })])),
    );
    expect([code, out.split('\n')[0]]).toEqual([4, 'None of 1 node could be priced.']);
  });

  const refused: readonly (readonly [why: string, argv: () => string[], says: RegExp])[] = [
    ['a file that is not there', () => ['nowhere.json'], /nowhere\.json: there is no such file/],
    ['a folder', () => [folder], /it is a folder/],
    ['an empty file', () => [file('empty.json', '')], /it is empty/],
    ['YAML', () => [file('a.yaml', 'apiVersion: v1\n')], /add -o json/],
    ['two troubles in two files', () => [file('cut.json', '{"a":'), 'gone.json'], /gone\.json: there is no such file/],
    ['bytes that are no text', () => [file('bin.json', new Uint8Array([0x80, 0x81, 0xfe]))], /not UTF-8/],
    [
      'a share that is none',
      () => ['--spot', 'half', 'x.json'],
      /--spot is half: it is not a share; write it like 0\.5 or 50%/,
    ],
    ['a share over all', () => ['--spot', '140%', 'x.json'], /it is not a share/],
    ['requests that are none', () => ['--default-requests', '100m', 'x.json'], /write it like 100m,128Mi/],
    ['an architecture that nobody makes', () => ['--arch', 'amd64,mips', 'x.json'], /architecture that is not known/],
    ['a format that is not there', () => ['-o', 'xml', 'x.json'], /Allowed choices are table, json, markdown/],
    [
      'a type that is nowhere',
      () => ['--types', 'm7i.*,m7i.lrage', `${FIXTURES}/eks.json`],
      /^godwit: command line: --types is m7i\.lrage: .*did you mean m7i\.large\?\n$/,
    ],
    [
      'types that are nowhere',
      () => ['--types', 'nosuch', `${FIXTURES}/eks.json`],
      /--types is nosuch: .*none like it/,
    ],
  ];
  it.each(refused)('refuses %s', async (_why, argv, says) => {
    const { code, out, err } = await run(...argv());
    expect(code === 64 || code === 1).toBe(true);
    expect(out).toBe('');
    expect(err).toMatch(says);
    expect(err).not.toMatch(/ at .*\.ts:\d+/);
  });

  it('reads what Windows PowerShell writes: UTF-16 with its mark', async () => {
    const text = list([eksNode('a'), pod({ name: 'p', node: 'a', owner: 'Deployment/p' })]);
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    const { code } = await run(file('ps.json', bytes), '--no-across');
    expect(code).toBe(0);
  });

  it('says in its help how it exits and that it reads stdin', async () => {
    const { out } = await run('--help');
    expect(out).toMatch(/Exit codes: 0 .* 4 .* 64 /);
    expect(out).toMatch(/stdin when none is named or\s+it is -/);
  });

  it('says in its help that nothing is sent anywhere', async () => {
    const { out } = await run('--help');
    expect(out).toMatch(/Nothing is sent anywhere/);
    expect(out).toMatch(/kubectl get nodes,pods -A -o json \| godwit assess/);
  });

  it('keeps its fixtures in the shape kubectl prints', async () => {
    const eks = JSON.parse(await readFile(`${FIXTURES}/eks.json`, 'utf8')) as {
      readonly kind: string;
      readonly items: readonly { readonly kind: string }[];
    };
    expect(eks.kind).toBe('List');
    expect(new Set(eks.items.map((i) => i.kind))).toEqual(
      new Set(['Node', 'Pod', 'PersistentVolume', 'PersistentVolumeClaim', 'PodDisruptionBudget']),
    );
  });
});

describe('readStream', () => {
  it('reads chunks, and stops at the limit', async () => {
    expect(await readStream(Readable.from(['{"a"', ':1}']), 'stdin', 100)).toEqual({ ok: true, value: '{"a":1}' });
    const long = await readStream(Readable.from(['x'.repeat(3 * 2 ** 20)]), 'stdin', 2 ** 20);
    expect(long).toMatchObject({ ok: false, troubles: [{ problem: 'it is larger than 1 MB' }] });
  });
});
