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
import { readFleet } from '../../src/fleet/read.ts';
import type { SignalSpec } from '../../src/fleet/fleet.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { lineOf, type Checked } from '../../src/trouble.ts';
import { csvTraffic } from '../../src/world/csv-traffic.ts';

/** As far back as fleet.prometheus.yaml looks; a server is filled in blocks of two hours, and years would be many. */
const DAYS = 28;

/** What each signal's recording counts, as a metric name: Prometheus wants the unit in it. */
const METRICS: Readonly<Record<string, string>> = {
  connections: 'players_online',
  rooms: 'room_messages_per_hour',
  assistant: 'assistant_tokens_per_second',
};

export async function openMetricsOf(fleetFile: string): Promise<string> {
  const fleet = valueOf(readFleet(await readFile(fleetFile, 'utf8'), fleetFile));
  const families: string[] = [];
  for (const signal of fleet.signals)
    families.push(family(signal, valueOf(await csvTraffic.read(unscaled(signal), 'latest'))));
  return `${families.join('')}# EOF\n`;
}

function family(signal: SignalSpec, series: readonly ObservedSignal[]): string {
  const metric = METRICS[signal.name] ?? signal.name;
  const lines = series.flatMap(({ market, start, step, values }) => {
    const from = Math.max(0, values.length - (DAYS * 86_400) / step);
    return [...values].flatMap((value, i) =>
      // a gap is a sample that was never taken
      i < from || Number.isNaN(value) ? [] : [`${metric}{market="${market}"} ${value} ${start / 1000 + i * step}\n`],
    );
  });
  return `# TYPE ${metric} gauge\n${lines.join('')}`;
}

const unscaled = (signal: SignalSpec): SignalSpec => ({
  ...signal,
  sources: signal.sources.map((source) => ({ ...source, scale: 1 })),
});

function valueOf<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw new Error(checked.troubles.map(lineOf).join('\n'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(await openMetricsOf(fileURLToPath(new URL('fleet.yaml', import.meta.url))));
}
