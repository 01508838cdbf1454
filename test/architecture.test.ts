import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Rooms that every other may use: quantities, troubles, the words for figures. */
const COMMON = ['units', 'quantity', 'trouble', 'failure', 'figures'];

/**
 * Which rooms a room may import, beside itself and the common ones. Stages stand in the order in which data flows;
 * each knows only what lies upstream. `policy` is what a policy is and the gate, apart from any plan.
 */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  units: [],
  quantity: ['units'],
  trouble: [],
  failure: [],
  figures: [],
  catalog: [],
  fleet: ['catalog'],
  manifest: [],
  signals: ['catalog', 'fleet'],
  forecast: ['catalog', 'fleet', 'signals'],
  demand: ['catalog', 'fleet', 'signals', 'forecast'],
  ports: ['catalog', 'fleet', 'signals'],
  'cluster-port': ['catalog', 'ports'],
  observation: ['catalog', 'ports', 'signals'],
  placement: ['catalog', 'fleet', 'signals', 'forecast', 'demand', 'ports', 'observation'],
  interchange: ['catalog', 'fleet', 'placement'],
  proof: ['interchange'],
  policy: ['catalog', 'fleet'],
  plan: ['catalog', 'fleet', 'signals', 'forecast', 'demand', 'placement', 'policy', 'ports', 'observation'],
  assess: ['catalog', 'fleet', 'manifest', 'placement', 'ports'],
  baselines: ['fleet', 'placement', 'ports'],
  cycle: ['catalog', 'fleet', 'forecast', 'demand', 'placement', 'plan', 'policy', 'ports', 'observation'],
  world: [
    'catalog',
    'fleet',
    'signals',
    'forecast',
    'placement',
    'plan',
    'ports',
    'cluster-port',
    'observation',
    'calls',
    'cycle',
  ],
  actuate: ['catalog', 'ports', 'cluster-port'],
  calls: ['catalog', 'ports'],
  providers: ['catalog', 'fleet', 'manifest', 'ports', 'cluster-port', 'calls'],
  policies: ['policy'],
  wire: ['catalog', 'fleet', 'plan', 'ports', 'calls', 'cycle', 'world', 'providers', 'policies'],
  cli: [
    'catalog',
    'fleet',
    'signals',
    'forecast',
    'demand',
    'placement',
    'plan',
    'policy',
    'assess',
    'baselines',
    'interchange',
    'proof',
    'observation',
    'ports',
    'world',
    'wire',
  ],
};

/** Rooms that touch the world. All others are functions from data to data. */
const EFFECTFUL = ['calls', 'world', 'cli', 'wire', 'providers'];

const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  fleet: ['yaml', 'zod'],
  plan: [],
  world: ['highs', 'piscina'],
  providers: ['zod'],
  cli: ['commander', 'picocolors', 'yaml'],
};

/** Whose SDK each cloud's folder may use, by the beginning of the packages' names. */
const SDKS: Readonly<Record<string, string>> = {
  aws: '@aws-sdk/',
  azure: '@azure/',
  gcp: '@google-cloud/',
  kubernetes: '@kubernetes/client-node',
};

/** What a pure function never asks for: the clock, chance, the environment, the network, the terminal. */
const IMPURE = [
  /\bDate\.now\s*\(/,
  /\bnew Date\(\s*\)/,
  /\bMath\.random\s*\(/,
  /\bprocess\./,
  /\bperformance\./,
  /\bfetch\s*\(/,
  /\bconsole\./,
  /\bsetTimeout\s*\(/,
];

interface Import {
  readonly file: string;
  readonly to: string;
  readonly lazy: boolean;
  readonly typeOnly: boolean;
}

const files = ['src', 'providers', 'policies'].flatMap((folder) => sourcesUnder(join(ROOT, folder)));
const imports = files.flatMap(importsOf);

describe('the arrows between rooms', () => {
  it('finds the code at all', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(imports.length).toBeGreaterThan(400);
  });

  it.each(Object.entries(ARROWS))('%s imports only what it may', (room, allowed) => {
    const may = new Set([room, ...COMMON, ...allowed]);
    const strays = imports
      .filter((i) => roomOf(i.file) === room && i.to.startsWith('.'))
      .map((i) => ({ ...i, target: resolved(i) }))
      .filter(({ target }) => !may.has(roomOf(target)))
      .map(({ file, target }) => `${file} → ${target}`);
    expect(strays).toEqual([]);
  });

  it('every file has a room', () => {
    expect(files.filter((file) => !(roomOf(file) in ARROWS))).toEqual([]);
  });

  it('the arrows themselves have no cycle', () => {
    const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
      (ARROWS[from] ?? []).some((next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))));
    expect(Object.keys(ARROWS).filter((room) => reaches(room, room))).toEqual([]);
  });

  it('the verification of an answer runs none of the code that found it', () => {
    const proof = files.filter((file) => roomOf(file) === 'proof');
    const rooms = new Set(proof.flatMap((file) => staticClosure(file).files.map(roomOf)));
    expect(proof.length).toBeGreaterThan(0);
    expect([...rooms].toSorted()).toEqual(['proof', 'quantity', 'units']);
    expect(imports.filter((i) => roomOf(i.file) === 'proof' && i.lazy)).toEqual([]);
  });

  it('providers never import one another', () => {
    const strays = imports.filter((i) => {
      const [, own] = i.file.split('/');
      const target = i.to.startsWith('.') ? resolved(i).split('/') : [];
      return roomOf(i.file) === 'providers' && target[0] === 'providers' && target[1] !== own;
    });
    expect(strays).toEqual([]);
  });
});

describe('effects stay at the edge', () => {
  const pure = (file: string): boolean => !EFFECTFUL.includes(roomOf(file));

  it('no stage imports a Node built-in', () => {
    const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
    expect(imports.filter((i) => pure(i.file) && builtins.has(i.to)).map((i) => `${i.file} → ${i.to}`)).toEqual([]);
  });

  it('no stage asks for time, chance, environment, network or terminal', () => {
    const strays = files.filter(pure).flatMap((file) => {
      const code = withoutComments(readFileSync(join(ROOT, file), 'utf8'));
      return IMPURE.filter((pattern) => pattern.test(code)).map((pattern) => `${file}: ${pattern.source}`);
    });
    expect(strays).toEqual([]);
  });

  it('packages are used only by the rooms they were chosen for', () => {
    const strays = imports
      .filter((i) => !i.to.startsWith('.') && !i.to.startsWith('node:'))
      .filter((i) => !(PACKAGES[roomOf(i.file)] ?? []).includes(i.to) && !i.to.startsWith(sdkOf(i.file)))
      .map((i) => `${i.file} → ${i.to}`);
    expect(strays).toEqual([]);
  });

  it('no vendor’s SDK is loaded before a fleet names its cloud', () => {
    const loaded = staticClosure('src/wire.ts');
    expect(loaded.files.filter((file) => roomOf(file) === 'providers')).toEqual([]);
    const sdks = Object.values(SDKS);
    expect(loaded.packages.filter((name) => sdks.some((sdk) => name.startsWith(sdk)))).toEqual([]);
  });

  it('the command line starts light: nothing heavy is imported before a command runs', () => {
    const heavy = ['zod', 'yaml', 'highs'];
    const loaded = staticClosure('src/cli/main.ts');
    expect(loaded.packages.filter((name) => heavy.includes(name))).toEqual([]);
    expect(
      loaded.files.filter((file) => ['placement', 'forecast', 'fleet', 'world', 'wire'].includes(roomOf(file))),
    ).toEqual([]);
  });
});

function sourcesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => relative(ROOT, join(folder, name)).split(sep).join('/'));
}

function importsOf(file: string): Import[] {
  const code = withoutComments(readFileSync(join(ROOT, file), 'utf8'));
  const found: Import[] = [];
  for (const [, type, to] of code.matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(type\s+)?[^'";]*?from\s*['"]([^'"]+)['"]/g,
  )) {
    found.push({ file, to: to ?? '', lazy: false, typeOnly: type !== undefined });
  }
  for (const [, to] of code.matchAll(/(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g)) {
    found.push({ file, to: to ?? '', lazy: false, typeOnly: false });
  }
  for (const [, to] of code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) {
    found.push({ file, to: to ?? '', lazy: true, typeOnly: false });
  }
  return found;
}

function withoutComments(code: string): string {
  return code.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/[^\n]*/g, '$1');
}

function resolved(i: Import): string {
  return posix.normalize(posix.join(posix.dirname(i.file), i.to));
}

/** `src/units.ts` → units, `src/plan/render/html.ts` → plan, `providers/…` → providers. */
function roomOf(file: string): string {
  const [top, next] = file.split('/');
  return top === 'src' ? (next ?? '').replace(/\.ts$/, '') : (top ?? '');
}

/** The beginning of the names of the packages that a cloud's folder may use; of no package elsewhere. */
function sdkOf(file: string): string {
  const [top, cloud = ''] = file.split('/');
  return (top === 'providers' ? SDKS[cloud] : undefined) ?? 'none';
}

/** What is loaded when a file is: its static imports and theirs, types left out. */
function staticClosure(entry: string): { files: string[]; packages: string[] } {
  const seen = new Set([entry]);
  const packages = new Set<string>();
  const queue = [entry];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    for (const i of imports.filter((x) => x.file === file && !x.lazy && !x.typeOnly)) {
      if (!i.to.startsWith('.')) packages.add(i.to);
      else if (!seen.has(resolved(i))) {
        seen.add(resolved(i));
        queue.push(resolved(i));
      }
    }
  }
  return { files: [...seen], packages: [...packages] };
}
