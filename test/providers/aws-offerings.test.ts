import { afterEach, describe, expect, it } from 'vitest';
import { awsProvider } from '../../providers/aws/index.ts';
import { quotaOf } from '../../providers/aws/quotas.ts';
import { regionOf } from '../../providers/simulated/setup.ts';
import { simulatedWorld } from '../../providers/simulated/world.ts';
import type { Offering } from '../../src/catalog/offering.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { LiveProvider } from '../../src/ports.ts';
import { lineOf } from '../../src/trouble.ts';
import { instant, seconds } from '../../src/units.ts';
import { fakeAws } from '../clouds/aws.ts';
import { memoryShelf, partsOver } from '../contract/parts.ts';
import { catalogOf, smallWorld, TAG } from '../contract/small-world.ts';
import { listed } from '../contract/subject.ts';
import { awsSubject, type AwsSubject } from './aws-subject.ts';

let subject: AwsSubject | undefined;
const setUp = async (...args: Parameters<typeof awsSubject>): Promise<AwsSubject> =>
  (subject = await awsSubject(...args));

afterEach(async () => {
  const complaints = subject?.aws.complaints ?? [];
  await subject?.close();
  subject = undefined;
  expect(complaints).toEqual([]);
});

async function offered(provider: LiveProvider, fleet: Fleet): Promise<readonly Offering[]> {
  const answer = await provider.listOfferings(fleet);
  if (!answer.ok) throw new Error(answer.troubles.map(lineOf).join('\n'));
  return answer.value;
}

const found = (all: readonly Offering[], id: string): Offering => {
  const one = all.find((o) => o.id === id);
  if (!one) throw new Error(`${id} is not offered`);
  return one;
};

describe('prices of AWS', () => {
  it('are Linux prices of shared machines, with their source and the time they were read', async () => {
    const s = await setUp();
    const all = await offered(s.open(), s.fleet);
    expect(found(all, 'aws/us-east-1/us-east-1a/m7i.large/on-demand').price).toEqual({
      usdPerHour: s.world.regions[0]?.onDemand('m7i.large'),
      source: 'AWS Price List (GetProducts)',
      asOf: s.world.now(),
      basis: 'listed',
    });
    expect(found(all, 'aws/us-east-1/us-east-1a/m7i.large/spot').price).toMatchObject({
      source: 'EC2 DescribeSpotPriceHistory',
      asOf: s.world.now(),
    });
  });

  it.each([
    'pricing:GetProducts',
    'ec2:DescribeSpotPriceHistory',
    'ec2:DescribeInstanceTypeOfferings',
    'servicequotas:ListServiceQuotas',
    'ec2:GetSpotPlacementScores',
    'ec2:DescribeInstances',
  ])('are the snapshot’s, with its age, where %s fails', async (api) => {
    const s = await setUp();
    s.world.faults.add({ provider: 'aws', api, fault: { is: 'serverError', status: 500 }, times: 100 });
    const all = await offered(s.open(), s.fleet);
    expect(s.world.faults.unfired()).toEqual([]);
    expect(all).toHaveLength(2 * 6 * (3 + 2));
    const { price } = found(all, `aws/us-east-1/us-east-1a/m7i.large/${api.includes('Spot') ? 'spot' : 'on-demand'}`);
    expect(price.usdPerHour).toBeGreaterThan(0);
    if (api === 'pricing:GetProducts') expect(price.asOf).toBeLessThan(s.world.now() - 86_400_000);
  });

  it('hold with their own date while the price list is down, longer than they are fresh', async () => {
    const s = await setUp();
    const read = found(await offered(s.open(), s.fleet), 'aws/us-east-1/us-east-1a/m7i.large/on-demand').price;
    s.world.advance(seconds(24 * 3600));
    s.world.faults.add({
      provider: 'aws',
      api: 'pricing:GetProducts',
      fault: { is: 'serverError', status: 503 },
      times: 100,
    });
    const later = found(await offered(s.open(), s.fleet), 'aws/us-east-1/us-east-1a/m7i.large/on-demand').price;
    expect(s.world.faults.unfired()).toEqual([]);
    expect(later).toEqual(read);
  });

  it('are not asked for again while they are on the shelf', async () => {
    const s = await setUp();
    await offered(s.open(), s.fleet);
    const before = s.aws.requests.length;
    await offered(s.open(), s.fleet);
    const again = s.aws.requests.slice(before).map((r) => r.api);
    expect(new Set(again)).toEqual(new Set(['autoscaling:DescribeAutoScalingGroups', 'ec2:DescribeInstances']));
  });
});

describe('what can be had', () => {
  it.each([
    ['m7i.large', 'on-demand', 'L-1216C47A'],
    ['m7i.large', 'spot', 'L-34B43A08'],
    ['im4gn.large', 'on-demand', 'L-1216C47A'],
    ['g5.xlarge', 'on-demand', 'L-DB2E81BA'],
    ['p4d.24xlarge', 'spot', 'L-7212CCBC'],
    ['p5.48xlarge', 'spot', 'L-C4BD4855'],
    ['p5en.48xlarge', 'spot', 'L-C4BD4855'],
    ['p5.48xlarge', 'on-demand', 'L-417A185B'],
    ['c5.large', 'spot', 'L-34B43A08'],
    ['inf2.xlarge', 'on-demand', 'L-1945791B'],
    ['trn1.2xlarge', 'on-demand', 'L-2C3B7624'],
    ['dl1.24xlarge', 'on-demand', 'L-6E869C2A'],
    ['mac1.metal', 'on-demand', undefined],
    ['hpc7a.96xlarge', 'on-demand', undefined],
  ] as const)('%s %s counts against %s', (type, purchase, code) => {
    expect(quotaOf(type, purchase)).toBe(code);
  });

  it('is no more than the quota leaves beside all that runs, and what the pool has already', async () => {
    const s = await setUp();
    const used = s.world.quota('aws', 'us-east-1').find((q) => q.name === 'on-demand')?.used ?? 0;
    s.world.setQuota('aws', 'us-east-1', 'on-demand', used + 5);
    const all = await offered(s.open(), s.fleet);
    expect(
      found(all, 'aws/us-east-1/us-east-1a/m7i.large/on-demand').atMost,
      'three of the pool and two more of 2 vCPUs',
    ).toBe(5);
    expect(found(all, 'aws/us-east-1/us-east-1c/m7i.large/on-demand').atMost).toBe(2);
    expect(found(all, 'aws/us-east-1/us-east-1c/m5.4xlarge/on-demand').atMost).toBe(0);
  });

  it('is no more spot than runs where AWS scores a zone lowest, and zones go by the names of this account', async () => {
    const s = await setUp({ scores: new Map([['us-east-1a', 1]]) });
    const all = await offered(s.open(), s.fleet);
    expect(found(all, 'aws/us-east-1/us-east-1a/c7i.xlarge/spot').atMost, 'the four of the pool').toBe(4);
    expect(found(all, 'aws/us-east-1/us-east-1a/m7i.large/spot').atMost).toBe(0);
    expect(found(all, 'aws/us-east-1/us-east-1b/m7i.large/spot').atMost).toBeGreaterThan(10);
  });
});

describe('what it costs to ask', { timeout: 60_000 }, () => {
  const REGIONS = ['us-east-1', 'us-west-2', 'eu-central-1', 'eu-west-1', 'ap-southeast-1'];

  it('is 20 calls for a cycle over five regions and 70 pools when prices are on the shelf', async () => {
    const s = await big(70, 6);
    try {
      await s.cycle();
      s.world.advance(seconds(300));
      const before = s.aws.requests.length;
      const { pools } = await s.cycle();
      expect(pools).toHaveLength(70);
      const calls = s.aws.requests.slice(before).map((r) => `${r.api} ${r.region}`);
      expect(calls.length, calls.join('\n')).toBeLessThanOrEqual(20);
      expect(s.aws.complaints).toEqual([]);
    } finally {
      await s.aws.close();
    }
  });

  it('lists thousands of offerings with their prices', async () => {
    const s = await big(5, 250);
    try {
      const { offerings } = await s.cycle();
      expect(offerings.length).toBeGreaterThan(6000);
      expect(offerings.filter((o) => o.price.source.startsWith('AWS Price List')).length).toBeGreaterThan(2500);
      expect(s.aws.complaints).toEqual([]);
    } finally {
      await s.aws.close();
    }
  });

  async function big(pools: number, types: number) {
    const catalog = catalogOf('aws');
    const common = catalog.types.filter(
      (t) => t.vcpu <= 64 && REGIONS.every((r) => catalog.regions.get(r)?.onDemand[catalog.indexOf.get(t.name) ?? -1]),
    );
    const names = common.slice(0, types).map((t) => t.name);
    const regions = REGIONS.map((region) =>
      regionOf(catalog, { region, zones: ['a', 'b', 'c'].map((z) => region + z), types: names }),
    );
    const world = simulatedWorld({
      seed: 1,
      start: instant(Date.UTC(2026, 10, 2, 6)),
      regions,
      spot: { steady: true },
    });
    for (let i = 0; i < pools; i++) {
      const region = regions[i % regions.length];
      world.pools.open(
        {
          provider: 'aws',
          region: region?.name ?? '',
          zone: region?.zones[i % 3] ?? '',
          type: names[0] ?? '',
          purchase: 'on-demand',
          name: `pool${i}`,
          target: 3,
          min: 0,
          max: 50,
          tags: { [TAG.key]: TAG.value },
        },
        { by: 'setup' },
      );
    }
    world.advance(seconds(1800));
    const aws = await fakeAws(world);
    const parts = {
      ...partsOver(
        world,
        memoryShelf(() => world.now()),
      ),
      env: { AWS_ENDPOINT_URL: aws.url, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
    };
    const { fleet: small } = smallWorld('aws');
    const [template] = small.templates;
    const fleet: Fleet = {
      ...small,
      clouds: [
        {
          provider: 'aws',
          access: { interruptionQueue: aws.queueUrl },
          regions: regions.map((r) => ({ provider: 'aws', name: r.name, zones: r.zones })),
        },
      ],
      templates: template ? [{ ...template, types: names }] : [],
    };
    const cycle = async () => {
      const provider = awsProvider(parts);
      const [{ pools: seen }, offerings] = [await listed(provider, fleet), await offered(provider, fleet)];
      await provider.listCommitments(fleet);
      await provider.listInterruptions(fleet);
      return { pools: seen, offerings };
    };
    return { world, aws, cycle };
  }
});
