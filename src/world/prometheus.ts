import type { PrometheusSource, PrometheusSpec, SignalSpec } from '../fleet/fleet.ts';
import type { Clock, TrafficSource } from '../ports.ts';
import { parseQueryRange, type RangeSpec } from '../signals/prometheus.ts';
import type { ObservedSignal } from '../signals/signal.ts';
import { bad, good, type Checked, type Trouble } from '../trouble.ts';
import { instant, type Instant } from '../units.ts';
import { getText, type Target } from './get-text.ts';

/** Prometheus refuses a range of more than 11,000 points a series. Source: prometheus/web/api/v1/api.go, query_range. */
const POINTS_AT_MOST = 11_000;
/** A point is about 30 bytes of JSON; 11,000 of them in a hundred series are 33 MB, which is no answer to sum(…). */
const BYTES_AT_MOST = 32 * 2 ** 20;

/** The environment that the token is looked up in. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Series from a Prometheus server, or what speaks its API, through `query_range`. Reads `history` up to the last
 * whole step, in as many ranges as the server's limit asks for. The token leaves this process in the Authorization
 * header alone: it is in no trouble, no URL and no log.
 */
export function prometheusTraffic(spec: PrometheusSpec, clock: Clock, env: Env): TrafficSource {
  return {
    async read(signal, until) {
      const target = targetOf(spec, env);
      if (!target.ok) return target;
      const end = until === 'latest' ? clock.now() : until;
      const sources = signal.sources.filter((source) => source.kind === 'prometheus');
      const reads = await Promise.all(sources.map((source) => readSource(target.value, spec, signal, source, end)));
      const series: ObservedSignal[] = [];
      const troubles: Trouble[] = [];
      for (const read of reads) {
        if (read.ok) series.push(read.value);
        else troubles.push(...read.troubles);
      }
      return troubles.length > 0 ? bad(...troubles) : good(series);
    },
  };
}

async function readSource(
  target: Target,
  prometheus: PrometheusSpec,
  signal: SignalSpec,
  source: PrometheusSource,
  until: Instant,
): Promise<Checked<ObservedSignal>> {
  const stepMs = signal.step * 1000;
  const end = Math.floor(until / stepMs) * stepMs;
  const start = end - Math.floor(prometheus.history / signal.step) * stepMs;
  const { query, market, scale } = source;
  const { name, unit, step } = signal;
  const range: RangeSpec = {
    name,
    unit,
    step,
    market,
    scale,
    query,
    url: target.shown,
    start: instant(start),
    end: instant(end),
  };
  const answers: string[] = [];
  for (let from = start; from <= end; from += POINTS_AT_MOST * stepMs) {
    const to = Math.min(end, from + (POINTS_AT_MOST - 1) * stepMs);
    const parameters = { query, start: String(from / 1000), end: String(to / 1000), step: String(step) };
    const answer = await getText(target, parameters, { bytesAtMost: BYTES_AT_MOST, timeout: prometheus.timeout });
    if (!answer.ok) return bad(...answer.troubles.map((t) => ({ ...t, at: query })));
    answers.push(answer.value);
  }
  return parseQueryRange(answers, range);
}

function targetOf(spec: PrometheusSpec, env: Env): Checked<Target> {
  const url = URL.canParse(spec.url) ? new URL(spec.url) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return bad({ file: 'prometheus.url', problem: 'not an http or https URL', remedy: 'write http://prometheus:9090' });
  }
  if (url.username !== '' || url.password !== '' || url.search !== '') {
    const remedy = 'leave it out, and name the variable that holds a bearer token in prometheus.tokenEnv';
    return bad({ file: 'prometheus.url', problem: 'holds a user, a password or parameters', remedy });
  }
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/query_range`;
  url.hash = '';
  const target = { url, shown: `${url.origin}${url.pathname.slice(0, -'/api/v1/query_range'.length)}` };
  if (spec.tokenEnv === undefined) return good(target);
  const token = env[spec.tokenEnv]?.trim() ?? '';
  if (!/^[\x21-\x7e]+$/.test(token)) {
    const problem = token === '' ? `is not set` : 'holds characters that no bearer token has';
    const remedy = 'put the bearer token into it, or leave prometheus.tokenEnv out';
    return bad({ file: target.shown, problem: `the variable ${spec.tokenEnv} ${problem}`, remedy });
  }
  return good({ ...target, token });
}
