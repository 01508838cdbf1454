import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { committedRate } from '../../src/catalog/commitment-rates.ts';
import { coreAndMemoryRate } from '../../src/catalog/core-rates.ts';
import { egressTable } from '../../src/catalog/egress.ts';
import { offeringsOf } from '../../src/catalog/offerings.ts';
import { absurd } from '../../src/catalog/sane.ts';
import { priceOf, type ProviderCatalog } from '../../src/catalog/snapshot.ts';
import type { Checked } from '../../src/trouble.ts';
import { CLOUDS, embeddedCatalog, type CloudName } from '../../src/world/embedded.ts';

const lists = embeddedCatalog();
const must = <T>(checked: Checked<T>): T => {
  if (!checked.ok) throw new Error(checked.troubles[0]?.problem);
  return checked.value;
};
const catalogs = new Map<CloudName, ProviderCatalog>();
for (const cloud of CLOUDS) catalogs.set(cloud, must(await lists.prices(cloud)));
const catalogOf = (cloud: CloudName): ProviderCatalog => {
  const catalog = catalogs.get(cloud);
  if (!catalog) throw new Error(`no ${cloud}`);
  return catalog;
};

function find(cloud: CloudName, region: string, type: string, purchase: 'on-demand' | 'spot' = 'on-demand') {
  const catalog = catalogOf(cloud);
  const prices = catalog.regions.get(region);
  const index = catalog.indexOf.get(type);
  return prices && index !== undefined ? priceOf(catalog, prices, index, purchase) : undefined;
}

describe('the carried prices', () => {
  // as the vendors' own price pages show them
  it.each<[CloudName, string, string, number]>([
    ['aws', 'us-east-1', 'm5.large', 0.096],
    ['aws', 'us-east-1', 'm7i.large', 0.1008],
    ['aws', 'us-east-1', 'c7g.xlarge', 0.145],
    ['aws', 'us-east-1', 't3.medium', 0.0416],
    ['aws', 'us-east-1', 'g5.xlarge', 1.006],
    ['aws', 'eu-west-1', 'm5.large', 0.107],
    ['aws', 'ap-southeast-1', 'c5.large', 0.098],
    ['azure', 'eastus', 'Standard_D4s_v5', 0.192],
    ['azure', 'westeurope', 'Standard_D4s_v5', 0.23],
    ['azure', 'eastus', 'Standard_E8s_v5', 0.504],
    ['azure', 'eastus', 'Standard_NC4as_T4_v3', 0.526],
    ['gcp', 'us-central1', 'n2-standard-4', 0.194236],
    ['gcp', 'us-central1', 'e2-standard-4', 0.134023],
    ['gcp', 'us-central1', 'n2d-standard-8', 0.337968],
    ['gcp', 'us-central1', 'a2-highgpu-1g', 3.673385],
    ['gcp', 'europe-west4', 'n2-standard-4', 0.213832],
  ])('%s %s %s is %f USD/h', (cloud, region, type, usd) => {
    expect(find(cloud, region, type)).toMatchObject({ usdPerHour: usd, basis: 'listed' });
  });

  it.each<[CloudName, readonly string[]]>([
    [
      'aws',
      [
        'us-east-1',
        'us-east-2',
        'us-west-2',
        'eu-central-1',
        'eu-west-1',
        'ap-northeast-1',
        'ap-southeast-1',
        'ap-south-1',
        'sa-east-1',
        'me-central-1',
      ],
    ],
    [
      'azure',
      [
        'eastus',
        'eastus2',
        'westus2',
        'westus3',
        'westeurope',
        'northeurope',
        'germanywestcentral',
        'southeastasia',
        'centralindia',
        'brazilsouth',
        'uksouth',
        'japaneast',
      ],
    ],
    [
      'gcp',
      [
        'us-central1',
        'us-east1',
        'us-east4',
        'us-west1',
        'europe-west1',
        'europe-west4',
        'asia-southeast1',
        'asia-northeast1',
        'asia-south1',
        'southamerica-east1',
      ],
    ],
  ])('cover the regions of %s where messengers run', (cloud, regions) => {
    for (const region of regions) {
      const onDemand = catalogOf(cloud).regions.get(region)?.onDemand ?? new Float64Array();
      expect(onDemand.filter((price) => price > 0).length, region).toBeGreaterThan(150);
    }
  });

  it.each(CLOUDS)('of %s are all sane: above 0, not absurd, spot below on-demand', (cloud) => {
    const catalog = catalogOf(cloud);
    const wrong: string[] = [];
    for (const region of catalog.regions.values()) {
      catalog.types.forEach((type, i) => {
        const onDemand = priceOf(catalog, region, i, 'on-demand');
        const spot = priceOf(catalog, region, i, 'spot');
        if (onDemand && absurd(onDemand.usdPerHour, type) !== undefined) wrong.push(`${region.name} ${type.name}`);
        if (spot && !(onDemand && spot.usdPerHour < 1.05 * onDemand.usdPerHour))
          wrong.push(`${region.name} ${type.name} spot`);
      });
    }
    expect(wrong).toEqual([]);
  });

  it('model every Azure spot price, list none, and offer none where Azure sells none', () => {
    const catalog = catalogOf('azure');
    const wrong: string[] = [];
    let modelled = 0;
    for (const region of catalog.regions.values()) {
      catalog.types.forEach((type, i) => {
        const spot = priceOf(catalog, region, i, 'spot');
        if (!spot) return;
        modelled += 1;
        const share = spot.usdPerHour / (region.onDemand[i] ?? 0);
        if (spot.basis !== 'modelled' || Math.abs(share - 0.18) > 0.001 || type.family.startsWith('B')) {
          wrong.push(`${region.name} ${type.name}`);
        }
      });
    }
    expect(wrong).toEqual([]);
    expect(modelled).toBeGreaterThan(10_000);
    expect(find('azure', 'eastus', 'Standard_B2s_v2', 'spot')).toBeUndefined();
  });

  it('keep obsolete families and sizes with switched-off vCPUs out', () => {
    const has = (cloud: CloudName, pattern: RegExp) =>
      catalogOf(cloud)
        .types.filter((t) => pattern.test(t.name))
        .map((t) => t.name);
    expect(has('aws', /^(?:a1|m1|m3|t1|t2|c1|c3|r3)\./)).toEqual([]);
    expect(has('azure', /^Basic_|^Standard_A\d|-\d+[a-z]*_|_Promo$/)).toEqual([]);
    expect(has('gcp', /^(?:f1|g1)-/)).toEqual([]);
  });

  it('call one chip by one name on every cloud', () => {
    const chips = CLOUDS.map((cloud) => new Set(catalogOf(cloud).types.map((t) => t.gpu?.name)));
    for (const chip of ['h100', 'a100', 'a100-80gb'])
      expect(
        chips.every((names) => names.has(chip)),
        chip,
      ).toBe(true);
    expect(catalogOf('azure').types.find((t) => t.name === 'Standard_NV6ads_A10_v5')?.gpu?.name).toBe('a10-partial');
    expect(catalogOf('gcp').types.find((t) => t.name === 'g4-standard-6')?.gpu).toEqual({
      name: 'rtx-pro-6000-partial',
      count: 1,
    });
  });

  it.each(CLOUDS)('of %s leave less for pods than the machine has', (cloud) => {
    const catalog = catalogOf(cloud);
    const [region] = catalog.regions.keys();
    const offerings = offeringsOf(catalog, { region: region ?? '', zones: ['z'] });
    expect(offerings.length).toBeGreaterThan(100);
    const wrong = offerings.filter((o) => o.allocatable.cpu >= o.vcpu * 1000 || o.allocatable.memory >= o.memory);
    expect(wrong.map((o) => o.id)).toEqual([]);
  });

  it('name the zones where Google does', () => {
    const offerings = offeringsOf(catalogOf('gcp'), {
      region: 'us-central1',
      zones: ['us-central1-a', 'us-central1-d'],
      wants: (t) => t.name === 'n2-standard-4' || t.family === 'a2',
    });
    expect(offerings.some((o) => o.available)).toBe(true);
    expect(offerings.filter((o) => !o.available).every((o) => o.unavailableReason?.startsWith('not sold in'))).toBe(
      true,
    );
  });
});

describe('Google prices taken apart into vCPUs and memory', () => {
  it.each([
    // cloud.google.com/compute/vm-instance-pricing, Iowa
    ['n2', 0.031611, 0.004237],
    ['n2d', 0.027502, 0.003686],
    ['e2', 0.021812, 0.002923],
    ['n1', 0.031611, 0.004237],
    ['c3', 0.03465, 0.003938],
    ['c2d', 0.029563, 0.003959],
  ])('%s', (family, perVcpu, perGib) => {
    const rate = coreAndMemoryRate(catalogOf('gcp'), 'us-central1', family);
    expect(rate?.perVcpu).toBeCloseTo(perVcpu, 5);
    expect(rate?.perGib).toBeCloseTo(perGib, 5);
  });

  it.each(['n1', 'n2', 'n2d', 'n4', 'e2', 'c2', 'c2d', 'c3', 'c3d', 'c4', 'c4a', 't2d'])(
    'of %s give the list price of every plain type back, in every region',
    (family) => {
      let regions = 0;
      for (const region of catalogOf('gcp').regions.keys()) {
        const rate = coreAndMemoryRate(catalogOf('gcp'), region, family);
        if (!rate) continue;
        regions += 1;
        expect(rate.worstError, region).toBeLessThan(2e-5);
      }
      expect(regions).toBeGreaterThan(15);
    },
  );

  it.each([
    ['a GPU in the price', 'a2', 'us-central1'],
    ['disks in the price', 'z3', 'us-central1'],
    ['no such family', 'm7i', 'us-central1'],
    ['no such region', 'n2', 'mars-north1'],
  ])('is not known with %s', (_why, family, region) => {
    expect(coreAndMemoryRate(catalogOf('gcp'), region, family)).toBeUndefined();
  });
});

describe('what else is carried', () => {
  it('traffic prices', async () => {
    const table = egressTable(must(await lists.egress()));
    expect(table.usdPerGb('aws/us-east-1', 'aws/us-east-2')).toBe(0.01);
    expect(table.usdPerGb('aws/us-east-1', 'internet')).toBe(0.09);
    expect(table.usdPerGb('aws/ap-southeast-1', 'gcp/asia-southeast1')).toBe(0.12);
    expect(table.interZoneUsdPerGb('aws/eu-central-1')).toBe(0.02);
    expect(table.interZoneUsdPerGb('gcp/europe-west4')).toBe(0.01);
    expect(table.interZoneUsdPerGb('azure/westeurope')).toBe(0);
    for (const [cloud, catalog] of catalogs) {
      for (const region of catalog.regions.keys()) {
        const tiers = table.internetTiers(`${cloud}/${region}`);
        expect(tiers.length, `${cloud}/${region}`).toBeGreaterThan(0);
        for (const [i, tier] of tiers.entries()) expect(tier.usdPerGb).toBeLessThanOrEqual(tiers[i - 1]?.usdPerGb ?? 1);
      }
    }
  });

  it('committed rates', async () => {
    const facts = must(await lists.commitments());
    // AWS: reserved m5.large without upfront payment in us-east-1; Google: 37% and 55% off for general purpose
    const m5 = committedRate(facts, catalogOf('aws'), 'us-east-1', 'm5.large', '1y');
    expect(m5).toMatchObject({ usdPerHour: expect.closeTo(0.06, 2), basis: 'listed' });
    expect(committedRate(facts, catalogOf('gcp'), 'us-central1', 'n2-standard-4', '3y')?.saving).toBeCloseTo(0.55, 2);
    expect(committedRate(facts, catalogOf('gcp'), 'me-west1', 'n2-standard-4', '1y')).toMatchObject({
      saving: expect.closeTo(0.37, 2),
      basis: 'modelled',
    });
    expect(committedRate(facts, catalogOf('azure'), 'eastus', 'Standard_D4s_v5', '1y')).toBeUndefined();
  });
});

describe('a damaged package is one clear trouble', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-catalog-'));
  afterAll(() => rm(folder, { recursive: true }));
  const broken = embeddedCatalog(pathToFileURL(`${folder}/`));
  const whole = gzipSync('godwit-catalog\t1\taws\nend\t0\n');
  it.each<[string, CloudName, Uint8Array | undefined, RegExp]>([
    ['a file cut short', 'aws', whole.subarray(0, whole.length - 9), /cannot be read/],
    ['a file that is no gzip', 'azure', Buffer.from('not found'), /cannot be read/],
    ['no file', 'gcp', undefined, /cannot be read.*ENOENT/],
  ])('%s', async (_why, cloud, bytes, problem) => {
    if (bytes) await writeFile(join(folder, `${cloud}.tsv.gz`), bytes);
    const answer = await broken.prices(cloud);
    expect(answer.ok ? [] : answer.troubles).toEqual([
      expect.objectContaining({ file: `data/catalog/${cloud}.tsv.gz`, problem: expect.stringMatching(problem) }),
    ]);
  });
});
