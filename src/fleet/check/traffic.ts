import type { Finding } from '../finding.ts';
import type { Fleet, TrafficEdge } from '../fleet.ts';
import type { Check } from './check.ts';
import { unlessKnown } from './known.ts';
import { INTERNET } from './services.ts';

export const checkTraffic: Check = (_document, fleet) => {
  const services = fleet.services.map((service) => service.name);
  const keys = fleet.traffic.map(({ from, to, signal }) => `${from} ${to} ${signal}`);
  return fleet.traffic.flatMap((edge, i) => {
    const at = (key: string): readonly (string | number)[] => ['traffic', i, key];
    const unknown = [
      ...unlessKnown(at('from'), edge.from, services, 'service'),
      ...unlessKnown(at('to'), edge.to, [...services, INTERNET], 'service'),
      ...unlessKnown(
        at('signal'),
        edge.signal,
        fleet.signals.map((signal) => signal.name),
        'signal',
      ),
    ];
    if (unknown.length > 0) return unknown;
    if (edge.from === edge.to) {
      return [{ path: at('to'), problem: 'it is where the flow starts', remedy: 'name another service, or internet' }];
    }
    if (keys.indexOf(keys[i] ?? '') < i) {
      return [
        { path: ['traffic', i], onKey: true, problem: 'this flow is stated already', remedy: 'add the two up in one' },
      ];
    }
    return [...checkUnit(edge, i, fleet), ...checkMarkets(edge, i, fleet)];
  });
};

/** Counted per message, so a signal that is no rate (connections) would be off by orders of magnitude. */
function checkUnit(edge: TrafficEdge, index: number, fleet: Fleet): readonly Finding[] {
  const unit = fleet.signals.find((signal) => signal.name === edge.signal)?.unit ?? '';
  if (/(?:\/|per )\s*(?:s|sec|second)$/i.test(unit)) return [];
  return [
    {
      path: ['traffic', index, 'signal'],
      problem: `it counts ${unit}, not something per second`,
      remedy: 'name a signal whose unit is a rate, like messages/s',
    },
  ];
}

/** A flow is counted market by market: there must be a series for each, and someone at the other end. */
function checkMarkets(edge: TrafficEdge, index: number, fleet: Fleet): readonly Finding[] {
  const from = fleet.services.find((service) => service.name === edge.from);
  const to = fleet.services.find((service) => service.name === edge.to);
  const counted = fleet.signals.find((signal) => signal.name === edge.signal)?.sources.map((source) => source.market);
  return (from?.markets ?? []).flatMap((market) => {
    if (counted?.includes(market) === false) {
      const problem = `it has no series for ${market}, which ${edge.from} serves`;
      return [{ path: ['traffic', index, 'signal'], problem, remedy: `add signals.${edge.signal}.markets.${market}` }];
    }
    if (to?.markets.includes(market) === false) {
      const problem = `it does not serve ${market}, where ${edge.from} sends from`;
      return [{ path: ['traffic', index, 'to'], problem, remedy: `add ${market} to services.${edge.to}.markets` }];
    }
    return [];
  });
}
