import type { SignalSpec, SumSource } from '../fleet/fleet.ts';
import { instant } from '../units.ts';
import type { ObservedSignal } from './signal.ts';

/**
 * The series that are sums of others, added up step by step, so that a forecast knows their peaks only where they meet:
 * quantiles of parts that are added up count every part's worst hour at once.
 *
 * A step at which any part is a gap is a gap: what is missing is not zero. The sum begins where all parts have begun and
 * ends where the last of them ends, so that it is as old as its oldest part.
 *
 * @param read the series that its parts are among; a sum of which one is not there is left out
 */
export function jointSignals(specs: readonly SignalSpec[], read: readonly ObservedSignal[]): readonly ObservedSignal[] {
  return specs.flatMap((spec) =>
    spec.sources.flatMap((source) => {
      const joint = source.kind === 'sum' ? sumOf(spec, source, read) : undefined;
      return joint ? [joint] : [];
    }),
  );
}

interface Part {
  readonly series: ObservedSignal;
  readonly factor: number;
}

function sumOf(
  spec: SignalSpec,
  { market, parts }: SumSource,
  read: readonly ObservedSignal[],
): ObservedSignal | undefined {
  const found = parts.flatMap(({ signal, factor }): Part[] => {
    const series = read.find((s) => s.name === signal && s.market === market);
    return series ? [{ series, factor }] : [];
  });
  if (found.length < parts.length || found.length === 0) return undefined;
  const stepMs = spec.step * 1000;
  const start = Math.max(...found.map(({ series }) => series.start));
  const end = Math.max(...found.map(({ series }) => series.start + series.values.length * stepMs));
  const values = new Float64Array(Math.max(0, Math.ceil((end - start) / stepMs)));
  for (const { series, factor } of found) {
    const offset = Math.round((start - series.start) / stepMs);
    for (let i = 0; i < values.length; i++) {
      values[i] = (values[i] as number) + factor * (series.values[i + offset] ?? Number.NaN);
    }
  }
  return {
    name: spec.name,
    market,
    unit: spec.unit,
    source: parts.map(({ signal, factor }) => (factor === 1 ? signal : `${factor} × ${signal}`)).join(' + '),
    start: instant(start),
    step: spec.step,
    values,
    faults: found.flatMap(({ series }) => series.faults),
  };
}
