import type { PrometheusSpec, SignalSource } from '../fleet/fleet.ts';
import type { Clock, TrafficSource } from '../ports.ts';
import type { ObservedSignal } from '../signals/signal.ts';
import { bad, good, type Trouble } from '../trouble.ts';
import { csvTraffic } from './csv-traffic.ts';
import { prometheusTraffic, type Env } from './prometheus.ts';

export interface TrafficOptions {
  /** of the fleet file */
  readonly prometheus?: PrometheusSpec;
  /** true: nothing is asked over the network, and a signal that needs it is a trouble */
  readonly offline: boolean;
  readonly clock: Clock;
  readonly env: Env;
  /** names the fleet file in troubles */
  readonly file: string;
}

/**
 * Reads every market of a signal from where the fleet file says; the series come in the order of its sources. Sums of
 * others are read nowhere: see `jointSignals`.
 */
export function trafficOf(options: TrafficOptions): TrafficSource {
  return {
    async read(signal, until) {
      const kinds = [...new Set(signal.sources.map((source) => source.kind))].filter((kind) => kind !== 'sum');
      const series: ObservedSignal[] = [];
      const troubles: Trouble[] = [];
      for (const kind of kinds) {
        const adapter = adapterFor(kind, options);
        if ('problem' in adapter) {
          troubles.push({ ...adapter, at: `signals.${signal.name}` });
          continue;
        }
        const read = await adapter.read(signal, until);
        if (read.ok) series.push(...read.value);
        else troubles.push(...read.troubles);
      }
      if (troubles.length > 0) return bad(...troubles);
      const order = new Map(signal.sources.map(({ market }, i) => [market, i]));
      return good(series.toSorted((a, b) => (order.get(a.market) ?? 0) - (order.get(b.market) ?? 0)));
    },
  };
}

function adapterFor(kind: Exclude<SignalSource['kind'], 'sum'>, options: TrafficOptions): TrafficSource | Trouble {
  const { prometheus, offline, clock, env, file } = options;
  switch (kind) {
    case 'csv':
      return csvTraffic;
    case 'prometheus':
      if (offline) {
        const remedy = 'leave --offline out, or give the signal a CSV file';
        return { file, problem: 'is read from Prometheus, and --offline forbids the network', remedy };
      }
      if (!prometheus) {
        const remedy = 'state prometheus.url';
        return { file, problem: 'has a query, but the fleet names no Prometheus server', remedy };
      }
      return prometheusTraffic(prometheus, clock, env);
    default:
      return kind satisfies never;
  }
}
