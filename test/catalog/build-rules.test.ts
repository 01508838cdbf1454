import { describe, expect, it } from 'vitest';
import { seriesOf } from '../../scripts/catalog/azure.ts';
import { LeftOut, type Facts, type Found } from '../../scripts/catalog/facts.ts';
import { gpuOf } from '../../scripts/catalog/gpu.ts';
import { median, weigh } from '../../scripts/catalog/quarantine.ts';
import { mib } from '../../src/units.ts';
import { READ_ON } from './sample.ts';

describe('the series of an Azure size', () => {
  it.each([
    ['Standard_D4s_v5', 'Dsv5'],
    ['Standard_D4ds_v5', 'Ddsv5'],
    ['Standard_D2pls_v6', 'Dplsv6'],
    ['Standard_E16-4ads_v6', 'Eadsv6'],
    ['Standard_E104is_v5', 'Esv5'],
    ['Standard_DS13-2_v2', 'DSv2'],
    ['Standard_D15_v2', 'Dv2'],
    ['Standard_B2ms', 'Bs'],
    ['Standard_B2ats_v2', 'Basv2'],
    ['Standard_F8s_v2', 'Fsv2'],
    ['Standard_NC4as_T4_v3', 'NCasT4v3'],
    ['Standard_ND96isr_H100_v5', 'NDsrH100v5'],
    ['Standard_NV36ads_A10_v5', 'NVadsA10v5'],
    ['Standard_M416s_10_v3', 'Msv3'],
    ['Standard_HB120rs_v3', 'HBrsv3'],
  ])('%s is %s', (size, series) => {
    expect(seriesOf(size)).toBe(series);
  });
  it('says so when it cannot tell', () => {
    expect(() => seriesOf('Basic_A1')).toThrow(/Basic_A1/);
  });
});

describe('a GPU', () => {
  it.each([
    ['gcp', 'a3-highgpu-8g', 8, 'h100-80gb', { name: 'h100', count: 8 }],
    ['gcp', 'g4-standard-6', 0.125, 'rtx6000', { name: 'rtx-pro-6000-partial', count: 1 }],
    ['aws', 'g6f.large', 0, 'l4', { name: 'l4-partial', count: 1 }],
    ['aws', 'p4de.24xlarge', 8, 'a100', { name: 'a100-80gb', count: 8 }],
    ['azure', 'Standard_NV12ads_A10_v5', 1, 'A10', { name: 'a10-partial', count: 1 }],
    ['azure', 'Standard_NV72ads_A10_v5', 2, 'A10', { name: 'a10', count: 2 }],
    ['aws', 'm7i.large', 0, '', undefined],
  ])('%s %s', (provider, type, count, name, gpu) => {
    expect(gpuOf(provider, type, count, name)).toEqual(gpu);
  });
});

const REGIONS = ['r1', 'r2', 'r3', 'r4', 'r5'];

/** Four types in five regions at 0.05 USD per vCPU, and one price of them changed. */
function weighed(change: Partial<Found> & { readonly spotUsd?: number }) {
  const types = new Map(
    [2, 4, 8, 16].map((vcpu) => {
      const name = `d${vcpu}`;
      return [name, { name, family: 'd', arch: 'amd64' as const, vcpu, memory: mib(vcpu * 4096), spot: true }];
    }),
  );
  const prices = REGIONS.flatMap((region) =>
    [...types.values()].map((t): Found => {
      const changed = region === 'r1' && t.name === 'd4';
      const { spotUsd, ...more } = change;
      const base = { region, type: t.name, onDemand: t.vcpu * 0.05, source: 0, ...(changed && more) };
      const spot = changed && spotUsd !== undefined ? spotUsd : base.onDemand * 0.4;
      return { ...base, spot: { usdPerHour: spot, source: 0 } };
    }),
  );
  const source = { name: 'list', asOf: READ_ON, basis: 'listed' as const, licence: 'MIT' };
  const facts: Facts = { provider: 'azure', sources: [source], types, prices, leftOut: new LeftOut() };
  return weigh(facts);
}

describe('a price that cannot be is put aside with its reason', () => {
  it.each([
    ['zero', { onDemand: 0 }, /not above 0/],
    ['missing', { onDemand: Number.NaN }, /not a number/],
    ['a Windows price', { onDemand: 0.2 + 4 * 0.046 }, /Windows price/],
    ["a month's price", { onDemand: 0.2 * 730 }, /over 12 times|month's price/],
    ['cents', { onDemand: 20 }, /over 12 times|cents/],
    ['four times the usual', { onDemand: 0.8 }, /more than 3 times off the 0\.2000/],
    ['a quarter of the usual', { onDemand: 0.05 }, /more than 3 times off the 0\.2000/],
  ])('%s', (_why, change, reason) => {
    const { kept, quarantined } = weighed(change);
    expect(quarantined).toMatchObject([
      { region: 'r1', type: 'd4', kind: 'on-demand', reason: expect.stringMatching(reason) },
    ]);
    expect(kept).toHaveLength(19);
  });

  it.each([
    ['dearer than on-demand', { spotUsd: 0.22 }, /1\.10 times on-demand/],
    ['zero', { spotUsd: 0 }, /not above 0/],
    ['next to nothing', { spotUsd: 0.0001 }, /under 1%/],
  ])('spot: %s; on-demand stays', (_why, change, reason) => {
    const { kept, quarantined } = weighed(change);
    expect(quarantined).toMatchObject([{ kind: 'spot', reason: expect.stringMatching(reason) }]);
    expect(kept).toHaveLength(20);
    expect(kept.filter((k) => !k.spot)).toMatchObject([{ region: 'r1', type: 'd4', onDemand: 0.2 }]);
  });

  it.each([
    ['the usual', {}],
    ['a dear region', { onDemand: 0.3 }],
    ['spot as dear as on-demand', { spotUsd: 0.2 }],
  ])('kept: %s', (_why, change) => {
    expect(weighed(change).quarantined).toEqual([]);
  });
});

it.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[], Number.NaN],
])('the median of %j is %f', (all, middle) => {
  expect(median(all)).toEqual(middle);
});
