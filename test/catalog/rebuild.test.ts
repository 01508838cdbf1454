import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildTexts } from '../../scripts/catalog/build.ts';
import { cell, figure, readCsv } from '../../scripts/catalog/csv.ts';
import { decodeCatalog } from '../../src/catalog/decode.ts';
import { allocatableOf } from '../../src/catalog/reserve.ts';
import { isArch } from '../../src/catalog/snapshot.ts';
import { mib } from '../../src/units.ts';

/** The shared data folder beside the checkout; what the carried price list was built from. */
const FOLDER = fileURLToPath(new URL('../../../shared/data/catalog/', import.meta.url));
const CARRIED = fileURLToPath(new URL('../../data/catalog/', import.meta.url));
const there = existsSync(FOLDER);

const carried = (name: string): string => {
  const bytes = readFileSync(join(CARRIED, name));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};

it('the carried files stay small', () => {
  const sizes = readdirSync(CARRIED).map((name) => statSync(join(CARRIED, name)).size);
  expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThan(600_000);
});

describe.skipIf(!there)(`with the catalog data at hand in ${FOLDER}`, () => {
  it('a rebuild gives the carried texts again', () => {
    const built = buildTexts(FOLDER);
    expect([...built.texts.keys()].toSorted()).toEqual(readdirSync(CARRIED).toSorted());
    for (const [name, text] of built.texts) expect(carried(name) === text, name).toBe(true);
    // every price with a reason for its absence, and at least the zeros of Spain among them
    expect(built.quarantined.filter((q) => q.region === 'spaincentral' && q.usdPerHour === 0)).toHaveLength(6);
  });

  it('no Azure figure without a licence was carried over', () => {
    const azure = decodeCatalog('azure.tsv.gz', carried('azure.tsv.gz'), 'azure');
    if (!azure.ok) throw new Error(azure.troubles[0]?.problem);
    expect(carried('azure.tsv.gz')).not.toMatch(/^spot\t/m);
    const { indexOf, regions } = azure.value;
    const carriedOver: string[] = [];
    const notModelled: string[] = [];
    let unlicensed = 0;
    let spots = 0;
    for (const row of readCsv(FOLDER, 'full/azure_linux_all_regions.csv.gz')) {
      const prices = regions.get(cell(row, 'region'));
      const index = indexOf.get(cell(row, 'vm_size'));
      if (!prices || index === undefined) continue;
      const name = `${cell(row, 'region')} ${cell(row, 'vm_size')}`;
      const [onDemand = Number.NaN, spot = Number.NaN] = [prices.onDemand[index], prices.spot[index]];
      if (cell(row, 'od_basis') !== 'listed') {
        unlicensed += 1;
        if (!Number.isNaN(onDemand) || !Number.isNaN(spot)) carriedOver.push(name);
      } else if (!Number.isNaN(spot)) {
        spots += 1;
        if (spot !== Math.round(onDemand * 0.18 * 1e6) / 1e6) notModelled.push(name);
      }
    }
    expect(carriedOver).toEqual([]);
    expect(notModelled).toEqual([]);
    expect(unlicensed).toBeGreaterThan(500);
    expect(spots).toBeGreaterThan(10_000);
  });

  it("the EKS formula gives every allocatable figure of Karpenter's list to the MiB", () => {
    const off: string[] = [];
    let types = 0;
    for (const row of readCsv(FOLDER, 'full/aws_specs.csv.gz')) {
      const arch = cell(row, 'arch');
      if (!isArch(arch)) throw new Error(arch);
      const memoryMib = mib(figure(row, 'memory_gib') * 1024);
      const node = { vcpu: figure(row, 'vcpu'), memory: memoryMib, arch, maxPods: figure(row, 'max_pods') };
      const { cpu, memory } = allocatableOf('aws', node);
      const published = `${cell(row, 'alloc_cpu')} ${cell(row, 'alloc_memory')}`;
      if (`${cpu}m ${memory}Mi` !== published) off.push(`${cell(row, 'instance_type')} ${published}`);
      types += 1;
    }
    expect(off).toEqual([]);
    expect(types).toBeGreaterThan(1300);
  });
});
