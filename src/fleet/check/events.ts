import type { DeclaredEvent } from '../fleet.ts';
import type { Finding, Path } from '../finding.ts';
import type { Check } from './check.ts';
import { unlessKnown } from './known.ts';

export const checkEvents: Check = (_document, { events = [], markets }) => [
  ...eventFindings(events),
  ...events.flatMap(({ markets: named = [] }, i) =>
    named.flatMap((market, m) =>
      unlessKnown(
        ['events', i, 'markets', m],
        market,
        markets.map((each) => each.name),
        'market',
      ),
    ),
  ),
];

/** What does not fit together in a list of events, whatever file it stands in. */
export function eventFindings(events: readonly DeclaredEvent[]): readonly Finding[] {
  const names = [...new Set(events.map(({ name }) => name))];
  return events.flatMap((event, i) => {
    const at = (field: string): Path => ['events', i, field];
    const others = names.filter((name) => name !== event.name);
    return [
      ...(event.like === undefined ? [] : unlessKnown(at('like'), event.like, others, 'other event in this list')),
      ...orderFindings(event, at),
      ...effectFindings(event, at),
    ];
  });
}

function orderFindings({ from, to }: DeclaredEvent, at: (field: string) => Path): readonly Finding[] {
  if (to === undefined) return [];
  if ((from.kind === 'zoned') !== (to.kind === 'zoned')) {
    return [
      { path: at('to'), problem: 'one end is local and the other is not', remedy: 'write both with a zone, or none' },
    ];
  }
  return to.ms > from.ms
    ? []
    : [{ path: at('to'), problem: 'not after from', remedy: 'write the first moment after it; to is exclusive' }];
}

function effectFindings(event: DeclaredEvent, at: (field: string) => Path): readonly Finding[] {
  const { times, between, ramp, like, outage } = event;
  if (outage) {
    return (['times', 'between', 'ramp', 'like'] as const)
      .filter((field) => event[field] !== undefined)
      .map((field) => ({
        path: at(field),
        problem: 'an outage has no effect to plan for',
        remedy: 'leave one of them out',
      }));
  }
  const findings: Finding[] = [];
  if (between && !(between[0] < between[1])) {
    findings.push({ path: at('between'), problem: 'not in order', remedy: 'write the lower bound first, like [2, 5]' });
  } else if (between && times !== undefined && !(between[0] <= times && times <= between[1])) {
    findings.push({ path: at('times'), problem: 'not within between', remedy: 'write bounds around it' });
  }
  if (like !== undefined && (times !== undefined || between)) {
    findings.push({
      path: at('like'),
      problem: 'its effect is stated already',
      remedy: 'leave out like, or times and between',
    });
  }
  if (ramp !== undefined && times === undefined && !between) {
    findings.push({
      path: at('ramp'),
      problem: 'a ramp to an effect that is not stated',
      remedy: 'state times, or leave it out',
    });
  }
  return findings;
}
