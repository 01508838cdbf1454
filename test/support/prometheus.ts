import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** A real Prometheus for tests: history is written into its store before it starts, so nothing waits for scrapes. */

/** One metric of one label set; times in ms. A value that is not in the list is a gap. */
export interface MetricSeries {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [timeMs: number, value: number])[];
}

export interface RunningPrometheus {
  readonly url: string;
  stop(): Promise<void>;
}

export const hasPrometheus = ['prometheus', 'promtool'].every((program) =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program))),
);

/** For the name of a suite that needs it, so that a skipped run says why. */
export const needsPrometheus = hasPrometheus
  ? ''
  : ' (skipped: prometheus and promtool are missing, run node scripts/test-needs.js)';

/** Writes the series into a store of its own in a new temporary folder and serves it on a free loopback port. */
export async function startPrometheus(series: readonly MetricSeries[]): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-prometheus-'));
  try {
    const metrics = join(folder, 'metrics.txt');
    const config = join(folder, 'prometheus.yml');
    await writeFile(metrics, openMetrics(series));
    await writeFile(config, 'global: {}\n');
    const store = join(folder, 'data');
    await promisify(execFile)('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', metrics, store]);
    return await serve(folder, config, store);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A port that was free a moment ago may be taken by the time it is bound, so a few are tried. */
async function serve(folder: string, config: string, store: string): Promise<RunningPrometheus> {
  let words = '';
  for (let attempt = 0; attempt < 5; attempt++) {
    const port = await freePort();
    const child = spawn(
      'prometheus',
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${store}`,
        '--storage.tsdb.retention.time=100y',
        `--web.listen-address=127.0.0.1:${port}`,
        // a gap of one step must stay a gap: the default looks back five minutes for a value
        '--query.lookback-delta=1s',
        '--log.level=error',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const killWithUs = (): void => void child.kill('SIGKILL');
    process.once('exit', killWithUs);
    child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
    const url = `http://127.0.0.1:${port}`;
    if (await isReady(url, child)) {
      return {
        url,
        async stop() {
          process.off('exit', killWithUs);
          await end(child);
          await rm(folder, { recursive: true, force: true });
        },
      };
    }
    process.off('exit', killWithUs);
    await end(child);
  }
  throw new Error(`prometheus did not become ready: ${words.slice(-2000)}`);
}

async function isReady(url: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  const force = setTimeout(() => child.kill('SIGKILL'), 5000);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(force);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Format: openmetrics.io. All samples of a metric family stand together, and the file ends with # EOF. */
function openMetrics(series: readonly MetricSeries[]): string {
  const lines: string[] = [];
  for (const metric of new Set(series.map((one) => one.metric))) {
    lines.push(`# TYPE ${metric} gauge`);
    for (const { labels, samples } of series.filter((one) => one.metric === metric)) {
      const names = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      for (const [time, value] of samples) lines.push(`${metric}{${names.join(',')}} ${value} ${time / 1000}`);
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
