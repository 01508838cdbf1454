import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toMicro } from '../../src/catalog/cells.ts';
import { decodeCatalog, fillSpot } from '../../src/catalog/decode.ts';
import { encodeCatalog } from '../../src/catalog/encode.ts';
import { emptyRegion, NO_BAND, priceOf, zonesOf, type ProviderCatalog } from '../../src/catalog/snapshot.ts';
import { lineOf } from '../../src/trouble.ts';
import { sampleCatalog } from './sample.ts';

const text = encodeCatalog(sampleCatalog());
const decode = (t: string) => decodeCatalog('prices.tsv', t, 'aws');

describe('a price list', () => {
  it('reads back what was written', () => {
    expect(decode(text)).toEqual({ ok: true, value: sampleCatalog() });
  });

  it('is the same text for the same catalog', () => {
    expect(encodeCatalog(sampleCatalog())).toBe(text);
  });

  it('reads back whatever prices it holds', () => {
    const price = fc.oneof(fc.double({ min: 0.001, max: 300, noNaN: true }).map(toMicro), fc.constant(Number.NaN));
    const spot = fc.record({ share: fc.integer({ min: 1, max: 104 }), band: fc.constantFrom(0, 1, 2, 3, 4, NO_BAND) });
    const region = fc.array(fc.tuple(price, fc.option(spot), fc.integer({ min: 0, max: 2 })), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.array(region, { minLength: 1, maxLength: 4 }), (regions) => {
        const catalog = withRegions(regions);
        expect(decode(encodeCatalog(catalog))).toEqual({ ok: true, value: catalog });
      }),
    );
  });

  it('carries the spot of a modelled cloud as the model, not as figures', () => {
    const base = sampleCatalog();
    const catalog: ProviderCatalog = {
      ...base,
      spotModel: { shareOfOnDemand: 0.18, source: 1 },
      types: base.types.map((t) => ({ ...t, spot: t.family !== 'g6' })),
      regions: new Map(
        [...base.regions].map(([name, r]) => {
          const bare = emptyRegion(name, 3, r.quarantined);
          bare.onDemand.set(r.onDemand);
          return [name, bare];
        }),
      ),
    };
    for (const region of catalog.regions.values()) fillSpot(catalog.types, region, 0.18, 1);
    const written = encodeCatalog(catalog);
    expect(written).not.toMatch(/^spot\t/m);
    const read = decode(written);
    expect(read).toEqual({ ok: true, value: catalog });
    const east = catalog.regions.get('us-east-1');
    expect(east && priceOf(catalog, east, 1, 'spot')).toMatchObject({ usdPerHour: 0.018144, source: 'an advisor' });
    expect(east && priceOf(catalog, east, 0, 'spot'), 'a family without spot').toBeUndefined();
  });

  it('says what a price is, where it comes from and when', () => {
    const catalog = sampleCatalog();
    const east = catalog.regions.get('us-east-1');
    if (!east) throw new Error('no us-east-1');
    expect(priceOf(catalog, east, 1, 'on-demand')).toEqual({
      usdPerHour: 0.1008,
      source: 'a list',
      asOf: Date.parse('2026-07-20'),
      basis: 'listed',
    });
    expect(priceOf(catalog, east, 2, 'spot'), 'NaN is no price').toBeUndefined();
    expect(priceOf(catalog, east, 99, 'spot'), 'nor is a type that is not there').toBeUndefined();
    expect(zonesOf(east)).toEqual(['us-east-1-a', 'us-east-1-c']);
  });
});

describe('a damaged price list is one clear trouble', () => {
  const replaced = (from: string | RegExp, to: string): string => {
    expect(text).toMatch(from);
    return text.replace(from, to);
  };
  it.each<[string, string, RegExp]>([
    ['nothing in it', '', /first line is not "godwit-catalog 1 aws"/],
    ['a web page instead', '<!doctype html>\n<html>', /first line is not/],
    ['another provider', replaced('1\taws', '1\tgcp'), /first line is not/],
    ['another version', replaced('godwit-catalog\t1', 'godwit-catalog\t2'), /first line is not/],
    ['cut in the middle of a line', text.slice(0, text.length / 2), /cut short/],
    ['cut between two lines', text.split('\n').slice(0, 9).join('\n'), /cut short/],
    ['a line lost', replaced(/price\tm7i.*\n/, ''), /cut short: it holds \d+ records/],
    ['NaN for a price', replaced('0.1008', 'NaN'), /a cell is not a figure above 0/],
    ['a price of 0', replaced('0.1008', '0'), /a cell is not a figure above 0/],
    ['a negative price', replaced('0.1008', '-0.1'), /a cell is not a figure above 0/],
    ['an unknown family', replaced('price\tm7i', 'price\tm8i'), /no such family/],
    ['an unknown source', replaced('price\tm7i\t1', 'price\tm7i\t9'), /no such source/],
    ['source 0', replaced('price\tm7i\t1', 'price\tm7i\t0'), /source is not a whole number of at least 1/],
    ['more prices than types', replaced('0.1008 =', '0.1008 = ='), /more cells than the 2 types/],
    ['no memory', replaced('m7i.large\t2\t8', 'm7i.large\t2\t0'), /GiB of memory is not a number above 0/],
    ['an architecture nobody has', replaced('m7i\tamd64', 'm7i\tz80'), /arch is not amd64 or arm64/],
    ['a type twice', replaced('m7i.xlarge', 'm7i.large'), /the type is there twice/],
    ['a region twice', replaced('us-west-9', 'us-east-1'), /the region is there twice/],
    ['a date that is none', replaced('2026-07-20', '2026-13-45'), /date is not a date/],
    ['a basis that is none', replaced('listed', 'rumoured'), /basis is not listed, derived or modelled/],
    ['a record of tomorrow', replaced('zones\t', 'quotas\t'), /kind that this version does not know/],
    ['zones that are no letters', replaced('\tac', '\tA1'), /not a row of letters/],
  ])('%s', (_what, damaged, problem) => {
    const answer = decode(damaged);
    expect(answer.ok).toBe(false);
    if (answer.ok) return;
    expect(answer.troubles).toHaveLength(1);
    const [trouble] = answer.troubles;
    expect(trouble?.problem).toMatch(problem);
    expect(trouble && lineOf(trouble)).toMatch(/^prices\.tsv.*reinstall godwit/);
  });

  it('whatever byte is changed, it answers and never throws', () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, char) => {
        const answer = decode(text.slice(0, at) + char + text.slice(at + 1));
        if (!answer.ok) return;
        for (const region of answer.value.regions.values()) {
          for (const price of [...region.onDemand, ...region.spot]) expect(price > 0 || Number.isNaN(price)).toBe(true);
        }
      }),
    );
  });
});

type RegionDraw = readonly (readonly [number, { share: number; band: number } | null, number])[];

function withRegions(regions: readonly RegionDraw[]): ProviderCatalog {
  const base = sampleCatalog();
  const named = regions.map((draw, r) => {
    const region = emptyRegion(`r-${r}`, base.types.length, r);
    draw.forEach(([price, spot, source], i) => {
      if (!(price > 0)) return;
      region.onDemand[i] = price;
      region.onDemandSource[i] = source;
      if (!spot) return;
      region.spot[i] = toMicro((price * spot.share) / 100);
      region.spotSource[i] = 1;
      region.band[i] = spot.band;
    });
    return [region.name, region] as const;
  });
  return { ...base, regions: new Map(named) };
}
