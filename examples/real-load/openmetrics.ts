/**
 * Prints the recordings that fleet.yaml names as OpenMetrics text, to fill a Prometheus server with:
 *
 *   npx tsx examples/real-load/openmetrics.ts > load.om
 *   promtool tsdb create-blocks-from openmetrics load.om prometheus-data
 *
 * Values are as recorded: the factor in `scale` belongs to the query, as it would with a live server.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { SignalSpec } from '../../src/fleet/fleet.ts';
import { readFleet } from '../../src/fleet/read.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { lineOf, type Checked } from '../../src/trouble.ts';
import { csvTraffic } from '../../src/world/csv-traffic.ts';

/** What each signal's recording counts, as a metric name: Prometheus wants the unit in it. */
const METRICS: Readonly<Record<string, string>> = {
  connections: 'players_online',
  rooms: 'room_messages_per_hour',
  assistant: 'assistant_tokens_per_second',
};

/** As far back as fleet.prometheus.yaml looks; a server is filled in blocks of two hours, and years would be many. */
const DAYS = 28;

interface Recorded {
  readonly metric: string;
  readonly labels: { readonly market: string };
  /** times in ms */
  readonly samples: readonly (readonly [timeMs: number, value: number])[];
}

/** @throws Error with a line for each recording that is missing or unreadable */
export async function recordings(fleetFile: string, days = DAYS): Promise<readonly Recorded[]> {
  const fleet = valueOf(readFleet(await readFile(fleetFile, 'utf8'), fleetFile));
  const reads = await Promise.all(fleet.signals.map((signal) => csvTraffic.read(unscaled(signal), 'latest')));
  const troubles = reads.flatMap((read) => (read.ok ? [] : read.troubles));
  if (troubles.length > 0) throw new Error(troubles.map(lineOf).join('\n'));
  return reads.flatMap((read) => valueOf(read).map((signal) => recorded(signal, days)));
}

function recorded({ name, market, start, step, values }: ObservedSignal, days: number): Recorded {
  const from = Math.max(0, values.length - (days * 86_400) / step);
  const samples = [...values].flatMap((value, i) =>
    // a gap is a sample that was never taken
    i < from || Number.isNaN(value) ? [] : [[start + i * step * 1000, value] as const],
  );
  return { metric: METRICS[name] ?? name, labels: { market }, samples };
}

const unscaled = (signal: SignalSpec): SignalSpec => ({
  ...signal,
  sources: signal.sources.map((source) => ({ ...source, scale: 1 })),
});

function valueOf<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw new Error(checked.troubles.map(lineOf).join('\n'));
}

/** All samples of a metric stand together, and the text ends with # EOF. Source: openmetrics.io */
function openMetrics(all: readonly Recorded[]): string {
  const metrics = [...new Set(all.map(({ metric }) => metric))];
  const families = metrics.map((metric) => {
    const lines = all
      .filter((series) => series.metric === metric)
      .flatMap(({ labels, samples }) =>
        samples.map(([ms, v]) => `${metric}{market="${labels.market}"} ${v} ${ms / 1000}\n`),
      );
    return `# TYPE ${metric} gauge\n${lines.join('')}`;
  });
  return `${families.join('')}# EOF\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const fleetFile = fileURLToPath(new URL('fleet.yaml', import.meta.url));
  try {
    process.stdout.write(openMetrics(await recordings(fleetFile)));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
