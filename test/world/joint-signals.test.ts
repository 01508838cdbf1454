import { expect, test } from 'vitest';
import { readFleet } from '../../src/fleet/read.ts';
import type { TrafficSource } from '../../src/ports.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { good, lineOf } from '../../src/trouble.ts';
import { instant, seconds } from '../../src/units.ts';
import { dryRunWorld } from '../../src/world/dry-run.ts';
import { embeddedCatalog } from '../../src/world/embedded.ts';
import { SMALL } from '../fleet/small.ts';

const AT = instant(Date.UTC(2026, 2, 2, 18, 0));
const text = SMALL.replace(
  'services:\n',
  '  work: { unit: units/s, markets: { eu: { sum: { messages: 1, connections: 0.5 } } } }\nservices:\n',
);
const read = readFleet(text, 'fleet.yaml');
if (!read.ok) throw new Error(read.troubles.map(lineOf).join('\n'));
const fleet = read.value;

/** Answers each series that is read somewhere with its three values; a sum is read nowhere. */
const traffic: TrafficSource = {
  read: async ({ name, unit, sources }) =>
    good(
      sources
        .filter(({ kind }) => kind !== 'sum')
        .map(({ market }): ObservedSignal => ({
          name,
          market,
          unit,
          source: 'a test',
          start: instant(AT - 600_000),
          step: seconds(300),
          values: Float64Array.of(10, 20, 30),
          faults: [],
        })),
    ),
};
const world = (source: TrafficSource) =>
  dryRunWorld({
    fleet,
    providers: [],
    traffic: source,
    catalog: embeddedCatalog(),
    clock: { now: () => AT },
  });

test('an observation holds the sums of what was read, so that a replay forecasts them alike', async () => {
  const seen = await world(traffic).observe();
  if (!seen.ok) throw new Error(seen.troubles.map(lineOf).join('\n'));
  const work = seen.value.signals.filter(({ name }) => name === 'work');
  expect(work.map(({ market, unit, values }) => [market, unit, [...values]])).toEqual([
    ['eu', 'units/s', [15, 30, 45]],
  ]);
});
