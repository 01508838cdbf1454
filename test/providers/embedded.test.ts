import { describe, expect, it } from 'vitest';
import { embeddedProvider } from '../../providers/embedded/index.ts';
import { readFleet } from '../../src/fleet/read.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { lineOf } from '../../src/trouble.ts';
import { embeddedCatalog } from '../../src/world/embedded.ts';
import { edited, SMALL } from '../fleet/small.ts';

const lists = embeddedCatalog();
const aws = embeddedProvider('aws', lists);
const own = embeddedProvider('kubernetes', lists);

function fleet(text = SMALL): Fleet {
  const read = readFleet(text, 'fleet.yaml');
  if (!read.ok) throw new Error(read.troubles.map(lineOf).join('\n'));
  return read.value;
}

async function offeringsOf(provider: typeof aws, of = fleet()) {
  const answer = await provider.listOfferings(of);
  if (!answer.ok) throw new Error(answer.troubles.map(lineOf).join('\n'));
  return answer.value;
}

describe('a cloud from the carried price list', () => {
  it('offers what its pools and templates can bring, in every zone of the fleet', async () => {
    const offerings = await offeringsOf(aws);
    expect(new Set(offerings.map((o) => o.family))).toEqual(new Set(['m5', 'm7i']));
    expect(new Set(offerings.map((o) => o.zone))).toEqual(new Set(['eu-central-1a', 'eu-central-1b', 'us-east-1a']));
    expect(offerings.filter((o) => o.family === 'm5').every((o) => o.type === 'm5.4xlarge')).toBe(true);
    expect(offerings.find((o) => o.id === 'aws/us-east-1/us-east-1a/m7i.large/on-demand')).toMatchObject({
      allocatable: { cpu: 1930, memory: 6903, pods: 29 },
      price: { usdPerHour: 0.1008, basis: 'listed' },
      available: true,
    });
    expect(new Set(offerings.map((o) => o.id)).size).toBe(offerings.length);
  });

  it('offers nothing of a cloud without pools and templates: nothing could be bought there', async () => {
    expect(await offeringsOf(embeddedProvider('gcp', lists))).toEqual([]);
  });

  it('has the declared pools, and takes what is declared as running', async () => {
    const answer = await aws.listPools(fleet());
    expect(answer).toEqual({
      ok: true,
      value: {
        pools: [
          {
            name: 'gw-a',
            provider: 'aws',
            region: 'eu-central-1',
            zone: 'eu-central-1a',
            type: 'm5.4xlarge',
            purchase: 'on-demand',
            target: 4,
            ready: 4,
            min: 0,
            max: 20,
            source: 'declared',
          },
        ],
        passedOver: [],
        doubts: [],
      },
    });
  });

  it('has the commitments of its own provider only', async () => {
    const answer = await aws.listCommitments(fleet());
    expect(answer.ok && answer.value.map((c) => c.id)).toEqual(['ri-1', 'sp-1']);
  });
});

describe('own clusters', () => {
  it('are offered as the fleet file states them', async () => {
    expect(await offeringsOf(own)).toEqual([
      {
        id: 'kubernetes/own-fra/rack-a/metal-32/on-demand',
        provider: 'kubernetes',
        region: 'own-fra',
        zone: 'rack-a',
        type: 'metal-32',
        purchase: 'on-demand',
        family: 'metal-32',
        arch: 'amd64',
        vcpu: 31,
        memory: 120 * 1024,
        allocatable: { cpu: 31_000, memory: 120 * 1024, pods: 110 },
        allocatableBasis: 'stated',
        price: { usdPerHour: 0.62, source: 'hosting contract', asOf: Date.parse('2026-03-01'), basis: 'stated' },
        available: true,
        atMost: 12,
        bootTime: 320,
      },
    ]);
  });
  it('need no price list', async () => {
    const none = embeddedProvider('kubernetes', { prices: () => Promise.reject(new Error('not asked for')) });
    expect((await none.listOfferings(fleet())).ok).toBe(true);
    expect((await none.listPools(fleet())).ok).toBe(true);
    expect((await none.lookUp(fleet(), 'kubernetes/own-fra/rack-a/metal-32/on-demand')).ok).toBe(true);
  });
});

describe('what the price list does not have is a trouble with the nearest name', () => {
  it.each([
    [
      'a region',
      SMALL.replaceAll('us-east-1', 'us-esat-1'),
      /clouds\.aws\.regions\.us-esat-1: .*did you mean us-east-1/,
    ],
    [
      'a type',
      edited('type: m5.4xlarge\n', 'type: m5.4xlrge\n'),
      /pools\.declared\.gw-a\.type is m5\.4xlrge: .*did you mean m5\.4xlarge/,
    ],
    [
      'a pattern',
      edited("types: ['m7i.*']", "types: ['m7j.*']"),
      /templates\.aws-general\.types is m7j\.\*: .*no type of aws like it/,
    ],
    [
      'a price',
      edited('type: m5.4xlarge\n', 'type: m9g.4xlarge\n'),
      /gw-a is m9g\.4xlarge on-demand: the price list has no on-demand price of m9g\.4xlarge in eu-central-1/,
    ],
  ])('%s', async (_what, text, line) => {
    const answer = await aws.listOfferings(fleet(text));
    const lines = answer.ok ? [] : answer.troubles.map(lineOf);
    expect(lines).toEqual([expect.stringMatching(line)]);
    expect(lines[0]).toMatch(/^fleet\.yaml/);
  });

  it('and a price list that cannot be read is passed on', async () => {
    const trouble = { file: 'data/catalog/aws.tsv.gz', problem: 'it is cut short', remedy: 'reinstall godwit' };
    const broken = embeddedProvider('aws', { prices: () => Promise.resolve({ ok: false, troubles: [trouble] }) });
    expect(await broken.listOfferings(fleet())).toEqual({ ok: false, troubles: [trouble] });
    expect(await broken.lookUp(fleet(), 'aws/x/y/z/spot')).toEqual({ ok: false, troubles: [trouble] });
  });
});

describe('looking up one offering', () => {
  it.each([
    ['one that no pool or template brings', 'aws/us-east-1/us-east-1a/c7g.large/spot', undefined],
    ['one of a zone outside the fleet', 'aws/us-east-1/us-east-1f/c7g.large/spot', undefined],
    [
      'a misspelt region',
      'aws/us-esat-1/us-east-1a/c7g.large/spot',
      /no region us-esat-1 at aws; did you mean us-east-1/,
    ],
    ['a misspelt type', 'aws/us-east-1/us-east-1a/c7g.lage/spot', /no type c7g\.lage at aws; did you mean c7g\.large/],
    ['another cloud', 'gcp/us-east1/us-east1-b/n2-standard-4/spot', /not an offering of aws/],
    ['no id at all', 'c7g.large', /write provider\/region\/zone\/type\/purchase/],
  ])('%s', async (_what, id, reason) => {
    const answer = await aws.lookUp(fleet(), id);
    if (!answer.ok) throw new Error('no price list');
    if (reason) expect(answer.value).toMatchObject({ kind: 'none', reason: expect.stringMatching(reason) });
    else expect(answer.value).toMatchObject({ kind: 'offering', offering: { id } });
  });
  it('of an own cluster', async () => {
    const answer = await own.lookUp(fleet(), 'kubernetes/own-fra/rack-a/metal-31/on-demand');
    expect(answer.ok && answer.value).toMatchObject({ reason: expect.stringMatching(/did you mean .*metal-32/) });
  });
});
