import { describe, expect, it } from 'vitest';
import type { MachineType } from '../../providers/gcp/machine-types.ts';
import { composed } from '../../providers/gcp/prices.ts';
import { mostBy } from '../../providers/gcp/quotas.ts';
import { ratesOf } from '../../providers/gcp/skus.ts';
import { mib } from '../../src/units.ts';

interface Row {
  readonly description: string;
  readonly group: string;
  readonly usd: number;
  readonly usage?: string;
  readonly unit?: string;
  readonly regions?: readonly string[];
}

const sku = ({ description, group, usd, usage = 'OnDemand', unit = 'h', regions = ['europe-west4'] }: Row) => ({
  description,
  category: { resourceFamily: 'Compute', resourceGroup: group, usageType: usage },
  serviceRegions: regions,
  pricingInfo: [
    {
      pricingExpression: {
        usageUnit: unit,
        tieredRates: [
          {
            unitPrice: {
              currencyCode: 'USD',
              units: String(Math.floor(usd)),
              nanos: Math.round((usd - Math.floor(usd)) * 1e9),
            },
          },
        ],
      },
    },
  ],
});

/** europe-west4 as Google listed it in August 2026, to the digit where it matters here. */
const SKUS: readonly Row[] = [
  { description: 'N2 Instance Core running in Netherlands', group: 'CPU', usd: 0.034806 },
  { description: 'N2 Instance Ram running in Netherlands', group: 'RAM', usd: 0.004664, unit: 'GiBy.h' },
  {
    description: 'Spot Preemptible N2 Instance Core running in Netherlands',
    group: 'CPU',
    usd: 0.00842,
    usage: 'Preemptible',
  },
  {
    description: 'Spot Preemptible N2 Instance Ram running in Netherlands',
    group: 'RAM',
    usd: 0.00113,
    usage: 'Preemptible',
  },
  { description: 'N2 Custom Instance Core running in Netherlands', group: 'CPU', usd: 9 },
  { description: 'N2 Sole Tenancy Instance Core running in Netherlands', group: 'CPU', usd: 9 },
  { description: 'Sole Tenancy Premium for N2 Instance Core running in Netherlands', group: 'CPU', usd: 9 },
  { description: 'Reserved N2 Instance Core in Netherlands', group: 'CPU', usd: 9 },
  { description: 'N2D AMD Instance Core running in Netherlands', group: 'CPU', usd: 0.030281 },
  { description: 'N2D AMD Instance Ram running in Netherlands', group: 'RAM', usd: 0.004058 },
  { description: 'N1 Predefined Instance Core running in Netherlands', group: 'N1Standard', usd: 0.0348 },
  { description: 'N1 Predefined Instance Ram running in Netherlands', group: 'N1Standard', usd: 0.004664 },
  { description: 'Compute optimized Core running in Netherlands', group: 'CPU', usd: 0.03739 },
  { description: 'Compute optimized Ram running in Netherlands', group: 'RAM', usd: 0.00501 },
  { description: 'E2 Instance Core running in Netherlands', group: 'CPU', usd: 0.024 },
  { description: 'E2 Instance Ram running in Netherlands', group: 'RAM', usd: 0.0032 },
  { description: 'G2 Instance Core running in Netherlands', group: 'CPU', usd: 0.0275 },
  { description: 'G2 Instance Ram running in Netherlands', group: 'RAM', usd: 0.0032 },
  { description: 'Nvidia L4 GPU running in Netherlands', group: 'GPU', usd: 0.62 },
  {
    description: 'Nvidia L4 GPU attached to Spot Preemptible VMs running in Netherlands',
    group: 'GPU',
    usd: 0.25,
    usage: 'Preemptible',
  },
  { description: 'C3 Instance Core running in Netherlands', group: 'CPU', usd: 0.0374 },
  { description: 'C3 Instance Ram running in Netherlands', group: 'RAM', usd: 0.005 },
  { description: 'SSD backed Local Storage in Netherlands', group: 'LocalSSD', usd: 0.088, unit: 'GiBy.mo' },
  { description: 'C4 Instance Core running in Netherlands', group: 'CPU', usd: 0.04 },
  { description: 'Commitment v1: Cpu in Netherlands for 1 Year', group: 'CPU', usd: 0.022, usage: 'Commit1Yr' },
  { description: 'Commitment v1: N2 Ram in Netherlands for 3 Year', group: 'RAM', usd: 0.0021, usage: 'Commit3Yr' },
  {
    description: 'Commitment: Compute optimized Core in Netherlands for 1 Year',
    group: 'CPU',
    usd: 0.0236,
    usage: 'Commit1Yr',
  },
  { description: 'Licensing Fee for Windows Server 2019 Datacenter Edition (CPU cost)', group: 'Google', usd: 0.046 },
  { description: 'Micro Instance with burstable CPU running in Netherlands', group: 'F1Micro', usd: 0.0084 },
  { description: 'N2 Instance Core running in Nowhere', group: 'CPU', usd: 0, regions: ['nowhere-1'] },
];

const rates = ratesOf(SKUS.map(sku));

const type = (name: string, vcpu: number, gib: number, more: Partial<MachineType> = {}): MachineType => ({
  name,
  family: name.split('-')[0] ?? '',
  arch: 'amd64',
  vcpu,
  memory: mib(gib * 1024),
  spot: true,
  ssdGib: 0,
  ...more,
});

describe("a machine's price out of a price list that has no machines", () => {
  it.each([
    ['its vCPUs and its memory', type('n2-standard-8', 8, 32), 'on-demand', 8 * 0.034806 + 32 * 0.004664],
    ['as spot', type('n2-standard-8', 8, 32), 'spot', 8 * 0.00842 + 32 * 0.00113],
    [
      'another family whose name begins alike',
      type('n2d-standard-8', 8, 32),
      'on-demand',
      8 * 0.030281 + 32 * 0.004058,
    ],
    ['a family without its name in the list', type('c2-standard-4', 4, 16), 'on-demand', 4 * 0.03739 + 16 * 0.00501],
    ['the first family', type('n1-standard-1', 1, 3.75), 'on-demand', 0.0348 + 3.75 * 0.004664],
    ['half a core of a shared one', type('e2-small', 2, 2), 'on-demand', 0.5 * 0.024 + 2 * 0.0032],
    [
      'with a GPU',
      type('g2-standard-4', 4, 16, { gpu: { name: 'l4', count: 1 } }),
      'on-demand',
      4 * 0.0275 + 16 * 0.0032 + 0.62,
    ],
    [
      'with disks, priced by the month',
      type('c3-standard-4-lssd', 4, 16, { ssdGib: 375 }),
      'on-demand',
      4 * 0.0374 + 16 * 0.005 + (375 * 0.088) / 730,
    ],
    ['priced whole', type('f1-micro', 1, 0.6), 'on-demand', 0.0084],
  ] as const)('%s', (_why, machine, purchase, usd) => {
    expect(composed('europe-west4', machine, purchase, rates)).toBeCloseTo(usd, 9);
  });

  it.each([
    ['its memory has no price', 'europe-west4', type('c4-standard-4', 4, 15)],
    ['its GPU has none', 'europe-west4', type('g2-standard-4', 4, 16, { gpu: { name: 'b200', count: 1 } })],
    ['a price of nothing is none', 'nowhere-1', type('n2-standard-8', 8, 32)],
    ['the region is not in the list', 'us-east4', type('n2-standard-8', 8, 32)],
  ] as const)('is none at all where %s: a machine without a part would look cheap', (_why, region, machine) => {
    expect(composed(region, machine, 'on-demand', rates)).toBeUndefined();
  });

  it('has committed rates apart', () => {
    expect(Object.fromEntries([...rates].filter(([key]) => key.includes('commit')))).toEqual({
      'europe-west4 commit-1y n1 cpu': 0.022,
      'europe-west4 commit-3y n2 ram': 0.0021,
      'europe-west4 commit-1y c2 cpu': 0.0236,
    });
  });
});

describe('what quotas leave room for', () => {
  const quotas = new Map([
    ['CPUS', { limit: 100, used: 90 }],
    ['N2_CPUS', { limit: 64, used: 32 }],
    ['PREEMPTIBLE_CPUS', { limit: 0, used: 0 }],
    ['NVIDIA_L4_GPUS', { limit: 2, used: 1 }],
    ['INSTANCES', { limit: 1000, used: 10 }],
  ]);
  const running = [
    { name: 'a', zone: 'z', type: 'n2-standard-8', purchase: 'on-demand', target: 3, base: 'a' },
  ] as const;
  const g2 = type('g2-standard-4', 4, 16, { gpu: { name: 'l4', count: 1 } });
  const most = mostBy(quotas, running, new Map([[g2.name, g2]]));
  const ask = (name: string, vcpu: number, purchase: 'on-demand' | 'spot', zone = 'z') =>
    most({ type: name, vcpu, family: name.split('-')[0] ?? '', zone, purchase });

  it.each([
    ['those that run and those that fit', ask('n2-standard-8', 8, 'on-demand'), 3 + 4],
    ['in another zone only those that fit', ask('n2-standard-8', 8, 'on-demand', 'y'), 4],
    ['spot draws on the family where it has no quota of its own', ask('n2-standard-8', 8, 'spot'), 4],
    ['the first families share one', ask('e2-standard-4', 4, 'on-demand'), 2],
    ['GPUs have their own', ask('g2-standard-4', 4, 'on-demand'), 1],
    ['what has no quota here is bound by the number of machines', ask('c4-standard-4', 4, 'on-demand'), 990],
  ])('%s', (_why, found, expected) => {
    expect(found).toBe(expected);
  });
});
