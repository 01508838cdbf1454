import type { GroupDemand } from '../demand/demand.ts';
import type { Forecast } from '../forecast/forecast.ts';
import type { Observation } from '../observation.ts';
import type { Placement } from '../placement/placement.ts';
import type { ObservedPool } from '../ports.ts';
import type { SignalFault } from '../signals/signal.ts';
import { shortened, shortenedTo } from '../trouble.ts';
import { counted, named, rateChange } from '../figures.ts';
import { forecastWarnings } from './forecast-warnings.ts';
import type { Waiting } from './plan.ts';
import { zoneText } from './usable.ts';

export interface Doubts {
  readonly observation: Pick<Observation, 'signals' | 'doubts' | 'passedOver' | 'contradictions'>;
  readonly forecasts: readonly Pick<Forecast, 'signal' | 'market' | 'notes'>[];
  readonly demand: readonly GroupDemand[];
  readonly placement: Pick<Placement, 'status' | 'conflict' | 'unplaced' | 'method'>;
  readonly unpriced: readonly ObservedPool[];
  readonly waiting: readonly Waiting[];
  readonly uncovered: Readonly<Record<string, number>>;
}

/** What was missing, doubtful or put off, and what was done about it: one sentence each, the gravest first. */
export function warningsFor(doubts: Doubts): readonly string[] {
  return [
    ...unplacedWarnings(doubts),
    ...uncoveredWarnings(doubts),
    ...doubtWarnings(doubts.observation),
    ...doubts.demand.filter((d) => d.setBy === 'hold' || d.setBy === 'maximum').map((d) => `${d.name}: ${d.reason}`),
    ...forecastWarnings(doubts.forecasts),
    ...doubts.unpriced.map(
      (pool) =>
        `pool ${pool.name} runs ${counted(pool.target, 'node')} of ${shortened(pool.type)} (${zoneText(pool)}, ${pool.purchase}), ` +
        `which the catalog does not price: it stays as it is, carries nothing in this plan and is in no total`,
    ),
    ...(doubts.observation.contradictions ?? []).map((sentence) => shortenedTo(400, sentence)),
    ...passedOverWarnings(doubts.observation),
    ...waitingWarnings(doubts.waiting),
    ...signalWarnings(doubts.observation),
  ];
}

function unplacedWarnings({ placement }: Doubts): string[] {
  if (placement.status === 'placed') return [];
  const short = Object.entries(placement.unplaced).map(([group, n]) => `${counted(n, 'replica')} of ${group}`);
  const clash = placement.conflict.length > 0 ? `; these clash: ${placement.conflict.join('; ')}` : '';
  return placement.status === 'infeasible'
    ? [`no placement keeps every rule, so nothing changes${clash}`]
    : [`no room for ${named(short)}: what has a place grows, nothing drains${clash}`];
}

function uncoveredWarnings({ uncovered }: Doubts): string[] {
  const short = Object.entries(uncovered).map(([group, n]) => `${counted(n, 'replica')} of ${group}`);
  return short.length === 0
    ? []
    : [`churn.startsPerCycle keeps this cycle from covering the demand: ${named(short)} wait for nodes`];
}

function doubtWarnings({ doubts = [] }: Pick<Observation, 'doubts'>): string[] {
  return doubts.map(({ provider, reason }) => `${provider}: ${shortenedTo(200, reason)}; none of its pools shrinks`);
}

/** One line for each reason. */
function passedOverWarnings({ passedOver = [] }: Pick<Observation, 'passedOver'>): string[] {
  const byReason = new Map<string, string[]>();
  for (const { name, place, reason } of passedOver)
    byReason.set(reason, [...(byReason.get(reason) ?? []), `${shortened(name)} (${shortened(place)})`]);
  return [...byReason].map(
    ([reason, names]) => `${named(names)} left alone, in no plan and in no total: ${shortenedTo(200, reason)}`,
  );
}

/** One line for each reason: a thousand pools that wait for the same thing are one piece of news. */
function waitingWarnings(waiting: readonly Waiting[]): string[] {
  const byReason = new Map<string, Waiting[]>();
  for (const w of waiting) {
    const key = `${w.kind} ${w.reason}`;
    byReason.set(key, [...(byReason.get(key) ?? []), w]);
  }
  return [...byReason.values()].map((same) => {
    const nodes = same.reduce((sum, w) => sum + w.nodes, 0);
    const usd = same.reduce((sum, w) => sum + w.usdPerHourDelta, 0);
    const pools = named(same.map((w) => w.pool));
    const what = same[0]?.kind === 'start' ? 'not started' : 'kept';
    return `${counted(nodes, 'node')} of ${pools} ${what} in this cycle (${rateChange(usd)} at list price put off): ${same[0]?.reason}`;
  });
}

/** Signals that break off together were most often read from one place: they are told together. */
function signalWarnings({ signals }: Pick<Observation, 'signals'>): string[] {
  const told = new Map<string, { readonly names: string[]; readonly sources: string[] }>();
  for (const { name, market, source, faults } of signals) {
    for (const { kind, count, first } of faults) {
      const words = `${counted(count, 'value')} ${FAULT[kind]}, first at ${shortened(first)}; not taken for a load`;
      const same = told.get(words) ?? { names: [], sources: [] };
      told.set(words, same);
      same.names.push(`${name}/${market}`);
      same.sources.push(shortened(source));
    }
  }
  return [...told].map(([words, { names, sources }]) => {
    const from = sources.length === 1 ? ` (${sources[0]})` : '';
    return `${names.length === 1 ? 'signal' : 'signals'} ${named(names, 6)}${from}: ${words}`;
  });
}

const FAULT: Readonly<Record<SignalFault['kind'], string>> = {
  gap: 'missing',
  'not-a-number': 'not a number',
  negative: 'negative',
  'time-backwards': 'out of order',
  duplicate: 'repeated',
};
