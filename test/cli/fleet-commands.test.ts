import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Io } from '../../src/cli/io.ts';
import { run } from '../../src/cli/main.ts';
import { starterFiles } from '../../src/fleet/starter.ts';
import { instant } from '../../src/units.ts';
import { SMALL } from '../fleet/small.ts';

const root = mkdtempSync(join(tmpdir(), 'godwit-fleet-'));
afterAll(() => rmSync(root, { recursive: true }));
let folder = root;
let nth = 0;
beforeEach(() => {
  folder = join(root, String(nth++));
  mkdirSync(folder);
});

async function godwit(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const io: Io = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    colour: false,
    width: undefined,
  };
  return { code: await run(argv, io), out, err };
}

const put = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe('godwit validate', () => {
  test('says what was understood', async () => {
    const file = put('fleet.yaml', SMALL);
    expect(await godwit('validate', file)).toEqual({
      code: 0,
      err: '',
      out: `${file}: small is valid
  places        4 regions with 5 zones
    aws         eu-central-1, us-east-1
    gcp         europe-west4
    kubernetes  own-fra
  markets       eu, na
  signals       connections (connections), messages (messages/s)
  services      gateway, router (eu only)
  groups        3: each service in each of its markets
  traffic       1 flow
  pools         2 pools with 14 nodes
  templates     aws-general
  contracts     3 commitments, 2 discounts
`,
    });
  });

  test('says the same to programs', async () => {
    const file = put('fleet.yaml', SMALL);
    const { code, out, err } = await godwit('validate', file, '-o', 'json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      file,
      valid: true,
      fleet: 'small',
      places: [{ place: 'aws/eu-central-1', zones: 2 }, {}, {}, { place: 'kubernetes/own-fra', zones: 1 }],
      nodes: 14,
      services: [{ name: 'gateway', signal: 'connections', markets: ['eu', 'na'] }, { name: 'router' }],
      groups: 3,
    });
  });

  test('tells each trouble on a line of its own and exits 64', async () => {
    const file = put('fleet.yaml', SMALL.replace('cycle: 5m', 'cycle: 5').replace('4Gi', '4'));
    const { code, out, err } = await godwit('validate', file);
    expect({ code, out }).toEqual({ code: 64, out: '' });
    const [first = '', second = '', ...rest] = err.split('\n');
    expect(first).toMatch(/^godwit: .*fleet\.yaml:3:8: cycle is 5: not a duration; write /);
    expect(second).toMatch(/^godwit: .*fleet\.yaml:52:33: services\.gateway\.requests\.memory is 4: /);
    expect(rest).toEqual(['']);
  });

  test('tells troubles to programs on stdout alone, and exits 64 too', async () => {
    const file = put('fleet.yaml', SMALL.replace('cycle: 5m', 'cycle: 5'));
    const { code, out, err } = await godwit('validate', file, '-o', 'json');
    expect({ code, err }).toEqual({ code: 64, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      valid: false,
      troubles: [{ file, line: 3, column: 8, at: 'cycle', value: '5', problem: 'not a duration' }],
    });
  });

  test.each([
    ['no-such.yaml', 'there is no such file; check the path, or write a fleet file to start from with godwit init'],
    ['', 'it is a folder; name a file in it'],
  ])('%j: %s', async (name, words) => {
    const { code, err } = await godwit('validate', join(folder, name));
    expect({ code, err }).toEqual({ code: 64, err: `godwit: ${join(folder, name)}: ${words}\n` });
  });

  test('a format it does not know exits 64', async () => {
    expect((await godwit('validate', put('fleet.yaml', SMALL), '-o', 'yaml')).code).toBe(64);
  });
});

test('godwit schema prints a JSON Schema that holds the fleet file to its form', async () => {
  const { code, out, err } = await godwit('schema');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(out) as object);
  expect(validate(parse(SMALL))).toBe(true);
  expect(validate({ ...(parse(SMALL) as object), cycel: '5m' })).toBe(false);
});

describe('godwit init', () => {
  test('says in its help how it exits', async () => {
    expect((await godwit('init', '--help')).out).toMatch(/Exit codes: 0 the files are written · 64 /);
  });

  const written = (): readonly string[] => readdirSync(folder, { recursive: true }).map(String).toSorted();

  test('writes a fleet that is valid as it stands, and nothing else', async () => {
    const { code, out, err } = await godwit('init', folder);
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.split(/\s{2,}/)[0])).toEqual([
      join(folder, 'traffic', 'load.csv'),
      join(folder, 'fleet.schema.json'),
      join(folder, 'fleet.yaml'),
      '',
    ]);
    expect(err).toContain(`next: godwit validate ${join(folder, 'fleet.yaml')}`);
    expect(written()).toEqual(['fleet.schema.json', 'fleet.yaml', 'traffic', join('traffic', 'load.csv')]);
    expect(await godwit('validate', join(folder, 'fleet.yaml'))).toMatchObject({ code: 0, err: '' });
  });

  test('writes a fleet that can be planned at once, offline', async () => {
    // at a stated time: the plan is made as of the last row, and the price list it is made on ages
    for (const { path, text } of starterFiles(instant(Date.parse('2026-11-23T08:00Z')))) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      put(path, text);
    }
    const { code, out, err } = await godwit('plan', join(folder, 'fleet.yaml'), '--offline', '-o', 'json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { placement, policies } = JSON.parse(out) as {
      placement: { status: string };
      policies: readonly { verdict: string }[];
    };
    expect(placement.status).toBe('placed');
    expect(policies.filter(({ verdict }) => verdict !== 'allow')).toEqual([]);
  });

  test('makes the folder when it is missing', async () => {
    const inner = join(folder, 'a', 'b');
    expect(await godwit('init', inner)).toMatchObject({ code: 0 });
    expect(await godwit('validate', join(inner, 'fleet.yaml'))).toMatchObject({ code: 0 });
  });

  test('touches no file that is there, in one line', async () => {
    const file = put('fleet.yaml', 'mine');
    const { code, out, err } = await godwit('init', folder);
    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err).toBe(
      `godwit: ${file}: it is there already; nothing was written; name another folder, or overwrite with --force\n`,
    );
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(written()).toEqual(['fleet.yaml']);
  });

  test('overwrites when it is told to', async () => {
    const file = put('fleet.yaml', 'mine');
    expect(await godwit('init', folder, '--force')).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toContain('name: my-fleet');
  });

  test('a folder that stands where a file should go is told, and no draft is left behind', async () => {
    mkdirSync(join(folder, 'fleet.yaml'));
    const { code, err } = await godwit('init', folder, '--force');
    expect(code).toBe(64);
    expect(err.split('\n')).toHaveLength(2);
    expect(written().filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('a path through a file is told in one line', async () => {
    const file = put('plain', '');
    const { code, err } = await godwit('init', join(file, 'below'));
    expect(code).toBe(64);
    expect(err).toMatch(/cannot be written \(a part of the path is a file\).*\n$/);
  });
});
