import { describe, expect, it } from 'vitest';
import type { Offering } from '../../../src/catalog/offering.ts';
import type { Fleet } from '../../../src/fleet/fleet.ts';
import type { PoolList, Provider } from '../../../src/ports.ts';
import { bad, good, type Checked } from '../../../src/trouble.ts';
import { instant, seconds } from '../../../src/units.ts';
import { listingFindings } from '../../../src/world/live/examine.ts';
import { AT, fleetOf, offeringOf, poolOf } from '../../plan/world.ts';

const offering = offeringOf({ type: 'm7i.xlarge', usd: 0.2 });
const fleet: Fleet = fleetOf({ offerings: [offering], services: [] });
const clock = { now: () => AT };
const cloud = (pools: Checked<PoolList>, offerings: Checked<readonly Offering[]> = good([])): Provider => ({
  name: 'aws',
  listPools: async () => pools,
  listOfferings: async () => offerings,
  listCommitments: async () => good([]),
});
const list = (more: Partial<PoolList>): Checked<PoolList> => good({ pools: [], passedOver: [], doubts: [], ...more });
const short = (findings: Awaited<ReturnType<typeof listingFindings>>): readonly string[] =>
  findings.map(({ about, state, detail }) => `${state} ${about}: ${detail}`);

describe('what a first cycle would meet', () => {
  const dark = bad({ file: 'aws us-east-1', problem: 'these credentials may not', remedy: 'grant it' });
  const rows: readonly (readonly [why: string, pools: Checked<PoolList>, line: readonly string[]])[] = [
    ['pools are counted', list({ pools: [poolOf('a', offering, 7)] }), ['ok pools: 1 pool with 7 ready nodes']],
    ['none is missed, since a wrong tag finds none', list({}), ['missing pools: none found']],
    [
      'a listing that failed is told in its cloud’s words',
      dark,
      ['failed pools: aws us-east-1: these credentials may not; grant it'],
    ],
    [
      'what cannot be steered is told apart',
      list({
        pools: [poolOf('a', offering, 1)],
        passedOver: [{ name: 'b', place: 'aws/us-east-1', reason: 'it has 2 types' }],
      }),
      ['ok pools: 1 pool with 1 ready node', 'unknown pools: left alone: it has 2 types'],
    ],
    [
      'a doubt is a fault until it is cleared up',
      list({ pools: [poolOf('a', offering, 1)], doubts: ['b was not found there'] }),
      ['ok pools: 1 pool with 1 ready node', 'failed pools: b was not found there'],
    ],
  ];
  it.each(rows)('%s', async (_why, pools, lines) => {
    expect(short(await listingFindings(cloud(pools), fleet, clock))).toEqual(lines);
  });

  it('prices are told with their age, and those older than the fleet allows are a fault', async () => {
    const aged = (days: number): Fleet => ({
      ...fleet,
      policies: { ...fleet.policies, freshness: { ...fleet.policies.freshness, pricesAtMost: seconds(days * 86_400) } },
    });
    const old = { ...offering, price: { ...offering.price, asOf: instant(AT - 10 * 86_400_000) } };
    const provider = cloud(list({ pools: [poolOf('a', offering, 1)] }), good([old]));
    const lines = async (days: number): Promise<string | undefined> =>
      short(await listingFindings(provider, aged(days), clock))[1];
    expect(await lines(11)).toBe('ok prices: 1 price, listed, up to 10d old');
    expect(await lines(9)).toBe('failed prices: 1 price, listed, up to 10d old: over the 9d of freshness.pricesAtMost');
  });

  it('offerings that can’t be had are counted with the reasons', async () => {
    const sold = { ...offering, available: false, unavailableReason: 'not sold in us-east-1a' };
    const provider = cloud(list({ pools: [poolOf('a', offering, 1)] }), good([offering, sold]));
    expect(short(await listingFindings(provider, fleet, clock))).toContain(
      'ok quota: 1 of 2 offerings: not sold in us-east-1a',
    );
  });
});
