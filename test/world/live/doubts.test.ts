import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObservedPool, PoolList } from '../../../src/ports.ts';
import { CONFIRM_AFTER_S, doubtsOf } from '../../../src/world/live/doubts.ts';

const pool = (region: string, nodes: number, more: Partial<ObservedPool> = {}): ObservedPool => ({
  name: `pool-${region}`,
  provider: 'aws',
  region,
  zone: `${region}a`,
  type: 'm7i.large',
  purchase: 'on-demand',
  target: nodes,
  ready: nodes,
  min: 0,
  max: 100,
  source: 'live',
  live: {
    id: region,
    instances: Array.from({ length: nodes }, (_, i) => ({ id: `i-${region}-${i}`, state: 'running' as const })),
  },
  ...more,
});
const list = (pools: readonly ObservedPool[], passedOver: PoolList['passedOver'] = []): PoolList => ({
  pools,
  passedOver,
  doubts: [],
});
const bare = (region: string, target: number, purchase: ObservedPool['purchase'] = 'on-demand') =>
  pool(region, 0, { target, purchase });

const CASES: readonly [string, PoolList, PoolList | undefined, readonly string[]][] = [
  ['nothing was seen before: an empty account is an empty account', list([]), undefined, []],
  ['nothing ran before', list([]), list([bare('us', 0)]), []],
  ['the same as before', list([pool('us', 3)]), list([pool('us', 3)]), []],
  [
    'all pools gone',
    list([]),
    list([pool('us', 3), pool('eu', 2)]),
    ['it lists no pool at all, where 2 pools with 5 nodes ran when last seen: taken for an outage'],
  ],
  [
    'all pools of one region gone',
    list([pool('us', 3)]),
    list([pool('us', 3), pool('eu', 1)]),
    ['it lists no pool in eu, where 1 pool with 1 node ran when last seen: taken for an outage'],
  ],
  [
    'no nodes where some ran and shall run',
    list([pool('us', 3), bare('eu', 2)]),
    list([pool('us', 3), pool('eu', 2)]),
    [
      'it lists no node in eu though pool-eu shall have some, where 1 pool with 2 nodes ran when last seen: taken for an outage',
    ],
  ],
  ['no nodes where none shall run', list([pool('us', 3), bare('eu', 0)]), list([pool('us', 3), pool('eu', 2)]), []],
  ['fewer nodes: a storm of reclaims is real', list([pool('us', 1, { target: 9 })]), list([pool('us', 9)]), []],
  [
    'a spot pool without nodes: all may have been taken back',
    list([pool('us', 3), bare('eu', 2, 'spot')]),
    list([pool('us', 3), pool('eu', 2, { purchase: 'spot' })]),
    [],
  ],
  [
    'no nodes on demand, beside some as spot: those do not vanish by themselves',
    list([bare('eu', 2), pool('eu', 1, { purchase: 'spot', name: 'spot-eu' })]),
    list([pool('eu', 2), pool('eu', 1, { purchase: 'spot', name: 'spot-eu' })]),
    [
      'it lists no node in eu though pool-eu shall have some, where 1 pool with 2 nodes ran when last seen: taken for an outage',
    ],
  ],
  [
    'one pool of several gone: people delete pools',
    list([pool('us', 1)]),
    list([pool('us', 1), pool('us', 5, { name: 'b' })]),
    [],
  ],
  [
    'a pool that cannot be steered any more is not gone',
    list([], [{ name: 'pool-us', place: 'aws/us', reason: 'over several zones' }]),
    list([pool('us', 3)]),
    [],
  ],
  [
    'nor is one of GCP, whose places are zones',
    list([], [{ name: 'pool-us-east4', place: 'gcp/us-east4-a', reason: 'over several types' }]),
    list([pool('us-east4', 3)]),
    [],
  ],
  [
    'a pool of westus2 that cannot be steered says nothing of westus',
    list([pool('eu', 1)], [{ name: 'x', place: 'westus2 aks-main', reason: 'over several zones' }]),
    list([pool('eu', 1), pool('westus', 3)]),
    ['it lists no pool in westus, where 1 pool with 3 nodes ran when last seen: taken for an outage'],
  ],
  ['nodes that start are nodes', list([pool('us', 1)]), list([pool('us', 3)]), []],
  [
    'declared pools count by what is ready',
    list([]),
    list([{ ...pool('us', 4), live: undefined } as never]),
    ['it lists no pool at all, where 1 pool with 4 nodes ran when last seen: taken for an outage'],
  ],
];

describe('doubts about a listing', () => {
  it.each(CASES)('%s', (_reason, now, before, doubts) => {
    expect(doubtsOf(now, before)).toEqual(doubts);
  });

  it('say how long ago the nodes were seen, and from some hours on that a person has to confirm', () => {
    const before = list([pool('us', 3)]);
    expect(doubtsOf(list([]), before, 600)).toEqual([
      'it lists no pool at all, where 1 pool with 3 nodes ran 10m ago: taken for an outage',
    ]);
    expect(doubtsOf(list([]), before, CONFIRM_AFTER_S)[0]).toContain(
      'if they are gone for good, say so with godwit believe aws/us',
    );
    // never by itself
    expect(doubtsOf(list([]), before, 100 * 24 * 3600)).toHaveLength(1);
  });

  it('an empty answer where anything ran is never believed, a full one always', () => {
    const pools = fc.array(
      fc.record({ region: fc.constantFrom('us', 'eu', 'ap'), nodes: fc.integer({ min: 0, max: 4 }) }),
    );
    fc.assert(
      fc.property(pools, (sizes) => {
        const before = list(sizes.map(({ region, nodes }, i) => pool(region, nodes, { name: `p${i}` })));
        expect(doubtsOf(list([]), before).length > 0).toBe(sizes.some(({ nodes }) => nodes > 0));
        expect(doubtsOf(before, before)).toEqual([]);
      }),
    );
  });
});
