/**
 * Three live clouds of five regions each, 200 node pools, some 6,000 offerings, on sockets of this machine: how many
 * calls a cycle takes, how long listing takes, what a whole `godwit plan` takes.
 *
 * npx tsx bench/providers.ts [runs]    (after npm ci, which compiles)
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fleet } from '../src/fleet/fleet.ts';
import { seconds } from '../src/units.ts';
import { readFleetFile } from '../src/world/read-fleet.ts';
import { exampleWorld } from '../test/live/example-world.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const SCRIPT = fileURLToPath(import.meta.url);
const POOLS = 200;
/** so many that the example's places and those below make some 6,000 offerings */
const TYPES = {
  aws: ['m7*.xlarge', 'm7*.4xlarge', 'c7*.xlarge', 'c7*.4xlarge', 'r7*.2xlarge', 'm6*.4xlarge', 'c6*.4xlarge', 'm5.*'],
  azure: ['Standard_D*as_v5', 'Standard_D*s_v6', 'Standard_F*s_v2', 'Standard_NC*'],
  gcp: ['n2-*', 'n2d-*', 'c3-*', 'g2-*'],
};
const REGIONS = {
  azure: { northeurope: ['1', '2', '3'], uksouth: ['1', '2', '3'] },
  gcp: { 'us-west1': ['us-west1-a', 'us-west1-b'] },
};

const [, , asked = '3', fleetFile = ''] = process.argv;
if (asked === '--serve') await serve();
else if (asked === '--list') await list(fleetFile);
else await bench(Number(asked));

/** The clouds, in a process of their own; says where they are, and ends with its parent. */
async function serve(): Promise<void> {
  const live = await exampleWorld({ morePools: POOLS - 52, moreRegions: REGIONS, types: TYPES });
  process.stdout.write(`${JSON.stringify({ file: live.file, env: live.env })}\n`);
  // who looks at it later must not find a clock that stands still
  setInterval(() => live.world.advance(seconds(10)), 10_000);
  process.on('SIGTERM', () => {
    void live.close().then(() => process.exit(0));
  });
}

/** What a cycle asks of the clouds, first with nothing known and then with prices known. */
async function list(file: string): Promise<void> {
  const { parts, live } = await wired(file);
  const { fleet, providers } = live;
  const rows: object[] = [];
  for (const what of ['nothing known', 'prices known']) {
    const [sent, started, cpu] = [total(parts.caller.sent), process.hrtime.bigint(), process.cpuUsage()];
    const listed = await Promise.all(
      providers.map(async (provider) => {
        const pools = await provider.listPools(fleet);
        const [offerings] = await Promise.all([provider.listOfferings(fleet), provider.listCommitments(fleet)]);
        const notices = await provider.listInterruptions(fleet);
        if (!pools.ok || !offerings.ok || !notices.ok)
          throw new Error(`${provider.name}: ${JSON.stringify([pools, offerings, notices])}`);
        return { pools: pools.value.pools.length, offerings: offerings.value.length };
      }),
    );
    const { user, system } = process.cpuUsage(cpu);
    rows.push({
      what,
      pools: listed.reduce((sum, { pools }) => sum + pools, 0),
      offerings: listed.reduce((sum, { offerings }) => sum + offerings, 0),
      calls: total(parts.caller.sent) - sent,
      wallS: Number(process.hrtime.bigint() - started) / 1e9,
      cpuS: (user + system) / 1e6,
    });
  }
  process.stdout.write(`${JSON.stringify({ rows, sent: [...parts.caller.sent] })}\n`);
}

async function wired(file: string) {
  const { liveProviders } = await import('../src/wire/adapters.ts');
  const { providerParts } = await import('../src/wire/parts.ts');
  const read = await readFleetFile(file);
  if (!read.ok) throw new Error(JSON.stringify(read.troubles));
  const fleet: Fleet = read.value;
  const parts = await providerParts();
  return { parts, live: { fleet, providers: await liveProviders(fleet, parts) } };
}

interface Ran {
  readonly out: string;
  readonly wallS: number;
  readonly cpuS: number;
  readonly rssMb: number;
}

async function bench(runs: number): Promise<void> {
  const clouds = spawn(process.execPath, [...process.execArgv, SCRIPT, '--serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const { file, env } = JSON.parse(await firstLine(clouds.stdout)) as { file: string; env: Record<string, string> };
    const cold = await ran([...process.execArgv, SCRIPT, '--list', file], env);
    const { rows, sent } = JSON.parse(cold.out) as {
      readonly rows: readonly object[];
      readonly sent: readonly (readonly [string, number])[];
    };
    console.table(rows);
    console.table(sent.map(([call, n]) => ({ call, n })));
    const bin = join(ROOT, 'bin', 'godwit.js');
    const plans: Ran[] = [];
    for (let i = 0; i < runs; i++) plans.push(await ran([bin, 'plan', file], env));
    rmSync(env['GODWIT_CACHE_DIR'] ?? '', { recursive: true, force: true });
    const first = await ran([bin, 'plan', file], env);
    console.table(
      [['prices known', ...plans] as const, ['nothing known', first] as const].flatMap(([what, ...all]) =>
        all.map(({ wallS, cpuS, rssMb }) => ({ command: `godwit plan, live, ${what}`, wallS, cpuS, rssMb })),
      ),
    );
  } finally {
    clouds.kill('SIGTERM');
  }
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.slice(0, text.indexOf('\n'));
}

/** One process, on a machine where the clouds answer from another; it reports its own peak memory and CPU time. */
function ran(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  const report =
    "process.on('exit',()=>{const u=process.resourceUsage();process.stderr.write('\\n#usage '+JSON.stringify([u.maxRSS,u.userCPUTime+u.systemCPUTime])+'\\n')})";
  const started = process.hrtime.bigint();
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(report)}`, ...args], {
    env: { ...process.env, ...env },
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  return new Promise((resolve, reject) => {
    child.on('close', () => {
      const wallS = Number(process.hrtime.bigint() - started) / 1e9;
      const usage = /#usage (\[.*\])/.exec(err)?.[1];
      if (usage === undefined || out === '') return reject(new Error(`${args.join(' ')}: ${err}`));
      const [rssKb, cpuUs] = JSON.parse(usage) as [number, number];
      resolve({ out, wallS, cpuS: cpuUs / 1e6, rssMb: rssKb / 1024 });
    });
  });
}

function total(sent: ReadonlyMap<string, number>): number {
  return [...sent.values()].reduce((sum, n) => sum + n, 0);
}
