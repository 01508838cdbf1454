import { readTextFile } from './files.ts';
import type { CsvSource, SignalSpec } from '../fleet/fleet.ts';
import type { TrafficSource } from '../ports.ts';
import { parseColumns, type CsvTable } from '../signals/csv.ts';
import type { ObservedSignal } from '../signals/signal.ts';
import { bad, good, type Checked, type Trouble } from '../trouble.ts';
import type { Instant } from '../units.ts';

/** Series from CSV files. A file that holds several markets' columns is read and parsed once. */
export const csvTraffic: TrafficSource = {
  async read(signal, until) {
    const series: ObservedSignal[] = [];
    const troubles: Trouble[] = [];
    for (const sources of byTable(signal).values()) {
      const read = await readTable(signal, sources, until);
      if (!read.ok) troubles.push(...read.troubles);
      else series.push(...read.value);
    }
    return troubles.length > 0 ? bad(...troubles) : good(series);
  },
};

/** The signal's CSV sources by what they share: the file, its time column and where it is moved to. */
function byTable(signal: SignalSpec): Map<string, CsvSource[]> {
  const tables = new Map<string, CsvSource[]>();
  for (const source of signal.sources) {
    if (source.kind !== 'csv') continue;
    const key = JSON.stringify([source.file, source.timeColumn, source.endsAt]);
    tables.set(key, [...(tables.get(key) ?? []), source]);
  }
  return tables;
}

async function readTable(
  signal: SignalSpec,
  sources: readonly CsvSource[],
  until: Instant | 'latest',
): Promise<Checked<readonly ObservedSignal[]>> {
  const [first] = sources;
  if (!first) return good([]);
  const text = await readTextFile(first.file);
  if (!text.ok) {
    const at = `signals.${signal.name}.markets.${first.market}.csv`;
    return bad(
      ...text.troubles.map((t) => ({ ...t, at, remedy: `${t.remedy}, or name another file in the fleet file` })),
    );
  }
  const table: CsvTable = {
    file: first.file,
    timeColumn: first.timeColumn,
    step: signal.step,
    ...(first.endsAt !== undefined && { endsAt: first.endsAt }),
    ...(until !== 'latest' && { until }),
  };
  const columns = sources.map(({ market, valueColumn, scale }) => ({
    name: signal.name,
    unit: signal.unit,
    market,
    valueColumn,
    scale,
  }));
  return parseColumns(text.value, table, columns);
}
