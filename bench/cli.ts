/**
 * What a user waits for: whole processes, the compiled command, nothing warm but the disk.
 *
 * npx tsx bench/cli.ts [runs]    (after npm ci, which compiles)
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bigCluster } from '../test/support/big-cluster.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const RUNS = Number(process.argv[2] ?? 5);

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly mostSeconds: number;
  readonly mostMb?: number;
}

interface Run {
  readonly wallS: number;
  readonly cpuS: number;
  readonly rssMb: number;
}

const folder = mkdtempSync(join(tmpdir(), 'godwit-bench-'));
try {
  const cluster = join(folder, 'cluster.json');
  writeFileSync(cluster, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: bigCluster(500, 5000) }));
  const bin = join(ROOT, 'bin', 'godwit.js');
  const example = join(ROOT, 'examples', 'im-fleet', 'fleet.yaml');
  const cases: readonly Case[] = [
    { name: 'godwit --help', args: [bin, '--help'], mostSeconds: 0.15 },
    {
      name: 'godwit plan examples/im-fleet --offline',
      args: [bin, 'plan', example, '--offline'],
      mostSeconds: 2,
      mostMb: 400,
    },
    { name: 'godwit assess, 5,000 pods on 500 nodes', args: [bin, 'assess', cluster], mostSeconds: 3, mostMb: 400 },
    { name: 'godwit prices check', args: [bin, 'prices', 'check'], mostSeconds: 1 },
  ];
  const rows = cases.map((c) => ({ ...c, runs: Array.from({ length: RUNS + 1 }, () => measured(c.args)).slice(1) }));
  console.table(
    rows.map(({ name, mostSeconds, mostMb, runs }) => ({
      command: name,
      'wall s, median': median(runs.map((r) => r.wallS)).toFixed(3),
      'min…max': `${Math.min(...runs.map((r) => r.wallS)).toFixed(2)}…${Math.max(...runs.map((r) => r.wallS)).toFixed(2)}`,
      'wanted s': mostSeconds,
      'CPU s': median(runs.map((r) => r.cpuS)).toFixed(3),
      'peak RSS MB': median(runs.map((r) => r.rssMb)).toFixed(0),
      'wanted MB': mostMb ?? '',
    })),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** One process; it reports its own peak memory and CPU time as it ends. */
function measured(args: readonly string[]): Run {
  const report =
    "process.on('exit',()=>{const u=process.resourceUsage();process.stderr.write('\\n#usage '+JSON.stringify([u.maxRSS,u.userCPUTime+u.systemCPUTime])+'\\n')})";
  const started = process.hrtime.bigint();
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(report)}`, ...args],
    { encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  const wallS = Number(process.hrtime.bigint() - started) / 1e9;
  const usage = /#usage (\[.*\])/.exec(stderr)?.[1];
  if (usage === undefined || status === null || status === 1 || status === 64)
    throw new Error(`${args.join(' ')}: ${stderr}`);
  const [rssKb, cpuUs] = JSON.parse(usage) as [number, number];
  return { wallS, cpuS: cpuUs / 1e6, rssMb: rssKb / 1024 };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
