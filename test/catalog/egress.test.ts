import { describe, expect, it } from 'vitest';
import { egressTable } from '../../src/catalog/egress.ts';
import { decodeEgress } from '../../src/catalog/egress-facts.ts';
import { usdPerGb } from '../../src/units.ts';

const TEXT = [
  ['godwit-egress', '1'],
  ['source', '2026-09-20', 'listed', 'a list'],
  ['source', '-', 'unverified', 'a guide'],
  ['area', 'azure/@eu', 'azure/westeurope azure/northeurope'],
  ['area', 'azure/@sa', 'azure/brazilsouth'],
  ['internet', 'aws/us-east-1', '1', '0:0.09 10240:0.085'],
  ['internet', 'aws/sa-east-1', '1', '0:0.15'],
  ['internet', 'azure/@eu', '2', '0:0.087'],
  ['internet', 'azure/@sa', '2', '0:0.181'],
  ['zones', 'aws/*', '1', '0.02'],
  ['zones', 'azure/*', '2', '0'],
  ['route', 'aws/us-east-1', 'aws/*', '1', '0.02'],
  ['route', 'aws/us-east-1', 'aws/us-east-2', '1', '0.01'],
  ['route', 'azure/@eu', 'azure/@eu', '2', '0.02'],
  ['route', 'azure/@eu', 'azure/*', '2', '0.05'],
  ['end', '14'],
]
  .map((fields) => fields.join('\t'))
  .join('\n');

function table() {
  const facts = decodeEgress('egress.tsv', TEXT);
  if (!facts.ok) throw new Error(facts.troubles[0]?.problem);
  return egressTable(facts.value, [{ place: 'kubernetes/own-fra', usdPerGb: usdPerGb(0.005), source: 'fleet.yaml' }]);
}

describe('what a GB costs', () => {
  it.each([
    ['a listed pair goes first', 'aws/us-east-1', 'aws/us-east-2', 0.01, 'listed'],
    ['then what the region charges to any other', 'aws/us-east-1', 'aws/eu-west-1', 0.02, 'listed'],
    ['within an area', 'azure/westeurope', 'azure/northeurope', 0.02, 'unverified'],
    ['out of an area', 'azure/westeurope', 'azure/brazilsouth', 0.05, 'unverified'],
    ['a route in no list falls back to the internet price', 'azure/brazilsouth', 'azure/westeurope', 0.181, 'fallback'],
    ['to the internet: the first tier', 'aws/us-east-1', 'internet', 0.09, 'listed'],
    ['to another cloud: as to the internet', 'aws/us-east-1', 'gcp/us-east4', 0.09, 'listed'],
    ['to an own cluster: as to the internet', 'azure/westeurope', 'kubernetes/own-fra', 0.087, 'unverified'],
    ['out of an own cluster: as the fleet states', 'kubernetes/own-fra', 'aws/us-east-1', 0.005, 'stated'],
    ['and to its users', 'kubernetes/own-fra', 'internet', 0.005, 'stated'],
    ['inside one place nothing is charged', 'aws/us-east-1', 'aws/us-east-1', 0, 'listed'],
    ['a region in no list: the dearest of its provider', 'aws/mx-central-1', 'internet', 0.15, 'fallback'],
    ['also to a sister region', 'aws/mx-central-1', 'aws/us-east-1', 0.15, 'fallback'],
  ])('%s', (_why, from, to, price, basis) => {
    expect(table().usdPerGb(from, to)).toBe(price);
    expect(table().routePrice(from, to)?.basis).toBe(basis);
  });

  it.each([
    ['a provider nobody knows', 'alibaba/cn-hangzhou', 'internet'],
    ['an own cluster that the fleet does not have', 'kubernetes/own-ber', 'aws/us-east-1'],
    ['and inside it', 'kubernetes/own-ber', 'kubernetes/own-ber'],
    ['the internet sends nothing', 'internet', 'aws/us-east-1'],
  ])('knows nothing of %s, and says so rather than 0', (_why, from, to) => {
    expect(table().usdPerGb(from, to)).toBeUndefined();
  });

  it('charges both ends between zones', () => {
    expect(table().interZoneUsdPerGb('aws/us-east-1')).toBe(0.02);
    expect(table().interZoneUsdPerGb('azure/westeurope'), '0 is a price here').toBe(0);
    expect(table().interZoneUsdPerGb('kubernetes/own-fra')).toBe(0);
    expect(table().interZoneUsdPerGb('alibaba/cn-hangzhou')).toBeUndefined();
  });

  it('carries the volume tiers with source and date', () => {
    expect(table().internetTiers('aws/us-east-1')).toEqual([
      { fromGbPerMonth: 0, usdPerGb: 0.09, source: 'a list', asOf: '2026-09-20', basis: 'listed' },
      { fromGbPerMonth: 10_240, usdPerGb: 0.085, source: 'a list', asOf: '2026-09-20', basis: 'listed' },
    ]);
    expect(table().internetTiers('kubernetes/own-fra')).toMatchObject([{ usdPerGb: 0.005, basis: 'stated' }]);
    expect(table().asOf).toBe('2026-09-20');
  });
});

describe('a damaged table is one clear trouble', () => {
  it.each([
    ['a negative price', '0:0.09', '0:-1', /not a figure from 0 to 10/],
    ['a price in cents', '0:0.09', '0:90', /not a figure from 0 to 10/],
    ['no price', '0:0.09', '0:', /not a figure from 0 to 10/],
    ['tiers that do not start at 0', '0:0.09', '5:0.09', /tiers do not rise from 0/],
    ['tiers out of order', '10240:0.085', '0:0.085', /tiers do not rise from 0/],
    ['an unknown source', 'aws/*\t1\t0.02\nzones', 'aws/*\t7\t0.02\nzones', /no such source/],
    ['a word for a date', '2026-09-20', 'last week', /date is not like/],
    ['a basis of its own', 'unverified', 'hearsay', /basis is not listed or unverified/],
    ['a line lost', 'route\taws/us-east-1\taws/us-east-2\t1\t0.01\n', '', /cut short/],
    ['a record of tomorrow', 'zones\taws', 'clouds\taws', /kind that this version does not know/],
  ])('%s', (_why, from, to, problem) => {
    expect(TEXT).toContain(from);
    const answer = decodeEgress('egress.tsv', TEXT.replace(from, to));
    expect(answer.ok ? [] : answer.troubles.map((t) => t.problem)).toEqual([expect.stringMatching(problem)]);
  });
});
