import { bad, good, type Checked, type Trouble } from '../trouble.ts';
import { instant, isoOf, type Instant, type Seconds } from '../units.ts';
import { onGrid } from './grid.ts';
import type { ObservedSignal } from './signal.ts';

/** What was asked for: `query_range` from `start` to `end`, both on the grid of `step`. */
export interface RangeSpec {
  readonly name: string;
  readonly market: string;
  readonly unit: string;
  readonly step: Seconds;
  /** multiplied onto every value */
  readonly scale: number;
  readonly query: string;
  /** the server, without secrets */
  readonly url: string;
  readonly start: Instant;
  readonly end: Instant;
}

/**
 * The answers of `query_range` to one query over consecutive ranges → one series up to `end`.
 *
 * NaN, infinities (a division by zero in the query) and anything else that is no number are gaps with a fault; so are
 * steps without a sample. An answer that is an error, empty, truncated, not a matrix, of more than one series or off
 * the grid is a trouble.
 * Format: prometheus.io/docs/prometheus/latest/querying/api, "Range queries".
 */
export function parseQueryRange(answers: readonly string[], spec: RangeSpec): Checked<ObservedSignal> {
  const series = new Map<string, Labels>();
  const samples: unknown[] = [];
  for (const text of answers) {
    const found = matrixOf(text, spec);
    if (!found.ok) return found;
    for (const { labels, values } of found.value) {
      series.set(identityOf(labels), labels);
      for (const sample of values) samples.push(sample);
    }
  }
  if (series.size > 1) return bad(severalSeries([...series.values()], spec));
  if (samples.length === 0) return bad(noSeries(spec));
  return signalOf(samples, spec);
}

type Labels = Readonly<Record<string, unknown>>;
interface Series {
  readonly labels: Labels;
  readonly values: readonly unknown[];
}

const trouble = (spec: RangeSpec, problem: string, remedy: string): Trouble => ({
  file: spec.url,
  at: spec.query,
  problem,
  remedy,
});

function matrixOf(text: string, spec: RangeSpec): Checked<readonly Series[]> {
  const body = parsed(text);
  if (!isObject(body)) {
    return bad(
      trouble(spec, 'was not answered with JSON', 'check that the URL is a Prometheus server; was it cut off?'),
    );
  }
  if (body['status'] === 'error') {
    const said = `${textOf(body['errorType'])}: ${textOf(body['error'])}`;
    return bad(trouble(spec, `was refused: ${said}`, 'correct the query'));
  }
  const data = body['data'];
  if (body['status'] !== 'success' || !isObject(data)) {
    return bad(trouble(spec, 'was answered with JSON of another kind', 'check that the URL is a Prometheus server'));
  }
  const { resultType, result } = data;
  if (resultType !== 'matrix' || !Array.isArray(result)) {
    return bad(
      trouble(spec, `was answered with ${textOf(resultType)}, not a matrix`, 'let the URL lead to query_range'),
    );
  }
  const series: Series[] = [];
  for (const one of result as unknown[]) {
    const labels = isObject(one) ? one['metric'] : undefined;
    const values = isObject(one) ? one['values'] : undefined;
    if (!isObject(labels) || !Array.isArray(values)) {
      const histogram = isObject(one) && 'histograms' in one;
      const problem = histogram ? 'was answered with histograms' : 'was answered with a series without values';
      return bad(trouble(spec, problem, 'ask for plain numbers: histogram_count(…), histogram_sum(…) or a rate'));
    }
    series.push({ labels, values });
  }
  return good(series);
}

function signalOf(samples: readonly unknown[], spec: RangeSpec): Checked<ObservedSignal> {
  const stepMs = spec.step * 1000;
  const times = new Float64Array(samples.length);
  const values = new Float64Array(samples.length);
  for (const [i, sample] of samples.entries()) {
    const [at, value] = Array.isArray(sample) ? (sample as unknown[]) : [];
    if (typeof at !== 'number' || !Number.isFinite(at)) {
      return bad(
        trouble(spec, `has a sample without a time: ${textOf(sample)}`, 'check what stands before Prometheus'),
      );
    }
    const steps = (at * 1000 - spec.start) / stepMs;
    const k = Math.round(steps);
    // times come as float seconds with three decimals
    if (Math.abs(steps - k) * stepMs > 1 || k < 0 || spec.start + k * stepMs > spec.end) {
      return bad(offGrid(at, spec));
    }
    times[i] = spec.start + k * stepMs;
    values[i] = numberOf(value) * spec.scale;
    if (!Number.isFinite(values[i])) values[i] = Number.NaN;
  }
  const place = (row: number): string => isoOf(instant(times[row] ?? 0));
  const rows = { count: samples.length, times, columns: [values], place };
  const refuse = {
    tooLong: () => bad(trouble(spec, 'reaches over too many steps', 'shorten prometheus.history or lengthen the step')),
    disorder: () => bad(trouble(spec, 'was answered out of order', 'check what stands before Prometheus')),
  };
  const grids = onGrid(rows, spec.step, refuse, spec.end);
  if (!grids.ok) return grids;
  const [grid] = grids.value;
  if (!grid) return bad(noSeries(spec));
  const { name, market, unit, step } = spec;
  return good({ name, market, unit, source: `prometheus ${spec.url}`, step, ...grid });
}

/** A sample's value is a string: `"12.5"`, `"NaN"`, `"+Inf"`. */
function numberOf(value: unknown): number {
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

function severalSeries(series: readonly Labels[], spec: RangeSpec): Trouble {
  const names = [...new Set(series.flatMap((labels) => Object.keys(labels)))];
  const differ = names.filter((name) => new Set(series.map((labels) => textOf(labels[name]))).size > 1);
  const problem = `was answered with ${series.length} series, which differ in ${differ.slice(0, 6).join(', ')}`;
  return trouble(spec, problem, `write one that gives one series: sum(${spec.query})`);
}

function noSeries(spec: RangeSpec): Trouble {
  const problem = `was answered with no series from ${isoOf(spec.start)} to ${isoOf(spec.end)}`;
  return trouble(spec, problem, 'check the metric name and its labels, and that Prometheus scrapes it');
}

function offGrid(at: number, spec: RangeSpec): Trouble {
  const problem = `was answered for the time ${at}, which is not on the grid of ${spec.step} s that was asked for`;
  return trouble(spec, problem, 'check what stands before Prometheus: a cache may align the range');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** On one line and without control characters: a server's words end up on a terminal. */
const textOf = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')).slice(0, 200).replaceAll(/\p{C}/gu, ' ');

/** Labels have no order, so two answers may spell the same series differently. */
const identityOf = (labels: Labels): string =>
  JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
