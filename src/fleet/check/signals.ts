import type { FleetDocument } from '../document/document.ts';
import { BESIDE_SUM } from '../document/signals.ts';
import type { Finding, Path } from '../finding.ts';
import type { Check } from './check.ts';
import { durationText } from './duration-text.ts';
import { unlessKnown } from './known.ts';

/** Most steps in a forecast: 28 days at 2 minutes. */
const MOST_STEPS = 20_160;

type Source = FleetDocument['signals'][string]['markets'][string];

export const checkSignals: Check = (document) => {
  const markets = Object.keys(document.markets);
  return [
    ...checkHorizon(document),
    ...Object.entries(document.signals).flatMap(([name, signal]) => [
      ...checkStep(document, name),
      ...Object.entries(signal.markets).flatMap(([market, source]) => {
        const path = ['signals', name, 'markets', market];
        return [
          ...unlessKnown(path, market, markets, 'market', true),
          ...(source.sum === undefined
            ? checkSource(source, path, document)
            : checkSum(source, { path, name, market }, document)),
        ];
      }),
    ]),
  ];
};

function checkHorizon({ cycle, horizon }: FleetDocument): readonly Finding[] {
  if (horizon >= cycle) return [];
  const remedy = `look ahead by at least one cycle, ${durationText(cycle)}`;
  return [{ path: ['horizon'], problem: 'the next decision lies beyond it', remedy }];
}

function checkStep({ signals, horizon, policies }: FleetDocument, name: string): readonly Finding[] {
  const step = signals[name]?.step ?? horizon;
  const path = ['signals', name, 'step'];
  const { signalsAtMost } = policies.freshness;
  if (step > horizon) {
    return [{ path, problem: `longer than the horizon of ${durationText(horizon)}`, remedy: 'look further ahead' }];
  }
  if (horizon / step > MOST_STEPS) {
    const problem = `a horizon of ${durationText(horizon)} has more than ${MOST_STEPS} such steps`;
    return [{ path, problem, remedy: 'choose a longer step or a shorter horizon' }];
  }
  if (step > signalsAtMost) {
    const problem = `its last value is mostly older than policies.freshness.signalsAtMost, ${durationText(signalsAtMost)}`;
    return [{ path, problem, remedy: `allow at least ${durationText(step)} there, or read it more often` }];
  }
  return [];
}

function checkSource(source: Source, path: Path, { prometheus }: FleetDocument): readonly Finding[] {
  if (source.csv === undefined && source.query === undefined) {
    return [{ path, onKey: true, problem: 'it says not where its series is', remedy: 'write csv, query or sum' }];
  }
  if (source.query === undefined) return [];
  const columns = (['csv', 'time', 'value', 'endsAt'] as const).filter((key) => source[key] !== undefined);
  const besideQuery = columns.map((key) => ({
    path: [...path, key],
    onKey: true,
    problem: 'it stands beside a query',
    remedy: 'keep one of csv and query; time, value and endsAt belong to a CSV file',
  }));
  if (prometheus !== undefined) return besideQuery;
  const unasked = {
    path: [...path, 'query'],
    problem: 'no server to ask',
    remedy: 'add prometheus: { url: … } to the file',
  };
  return [...besideQuery, unasked];
}

/** A sum is of series that are read, on the same grid: a sum of sums could go in a circle. */
function checkSum(
  source: Source,
  { path, name, market }: { readonly path: Path; readonly name: string; readonly market: string },
  { signals }: FleetDocument,
): readonly Finding[] {
  const beside = BESIDE_SUM.filter((key) => source[key] !== undefined).map((key) => ({
    path: [...path, key],
    onKey: true,
    problem: 'it stands beside a sum',
    remedy: 'keep one of csv, query and sum; what is read is scaled where it is read',
  }));
  const others = Object.keys(signals).filter((other) => other !== name);
  const parts = Object.keys(source.sum ?? {}).flatMap((part): readonly Finding[] => {
    const at = { path: [...path, 'sum', part], onKey: true };
    const unknown = unlessKnown(at.path, part, others, 'signal', true);
    if (unknown.length > 0) return unknown;
    const there = signals[part]?.markets[market];
    if (there === undefined)
      return [{ ...at, problem: `it has no series for ${market}`, remedy: 'add one, or leave it out' }];
    if (there.sum !== undefined)
      return [{ ...at, problem: 'it is a sum itself', remedy: 'name the signals that it adds up' }];
    const [step, own] = [signals[part]?.step, signals[name]?.step];
    if (step === own || step === undefined || own === undefined) return [];
    const problem = `its step is ${durationText(step)}, that of the sum ${durationText(own)}`;
    return [{ ...at, problem, remedy: 'give all of them one step' }];
  });
  return [...beside, ...parts];
}
