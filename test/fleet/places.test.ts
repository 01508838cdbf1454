import { expect, test } from 'vitest';
import type { Cloud, Market, Region, Service } from '../../src/fleet/fleet.ts';
import { placesFor, placesOf, type Placeable } from '../../src/fleet/places.ts';
import { instant, milliCores, mib, usdPerGb, usdPerHour } from '../../src/units.ts';

const region = (provider: Region['provider'], name: string, zones: readonly string[]): Region => ({
  provider,
  name,
  zones,
});
const ownFra: Region = {
  ...region('kubernetes', 'own-fra', ['rack-a']),
  own: {
    egress: usdPerGb(0.005),
    nodeTypes: [
      {
        name: 'metal-32',
        arch: 'amd64',
        allocatable: { cpu: milliCores(31_000), memory: mib(122_880) },
        usdPerHour: usdPerHour(0.62),
        source: 'hosting contract',
        asOf: instant(0),
        atMostPerZone: 12,
      },
    ],
  },
};
const clouds: readonly Cloud[] = [
  { provider: 'aws', regions: [region('aws', 'eu-central-1', ['eu-central-1a', 'eu-central-1b'])] },
  { provider: 'gcp', regions: [region('gcp', 'us-east1', ['us-east1-b'])] },
  { provider: 'kubernetes', regions: [ownFra] },
];
const eu: Market = {
  name: 'eu',
  timeZone: 'Europe/Berlin',
  latencyMs: new Map([
    ['aws/eu-central-1', 12],
    ['gcp/us-east1', 95],
  ]),
  residency: ['aws/eu-*', 'kubernetes/*'],
};
const plain: Placeable = { name: 'router', allow: {}, holdsUserData: false };
const all = ['aws/eu-central-1', 'gcp/us-east1', 'kubernetes/own-fra'];

const rows: readonly [string, Partial<Service>, readonly string[], Readonly<Record<string, string>>][] = [
  ['nothing asked: every place', {}, all, {}],
  [
    'latency: too far, and not stated at all',
    { latencyAtMostMs: 60 },
    ['aws/eu-central-1'],
    {
      'gcp/us-east1': '95 ms from eu, over services.router.latencyAtMostMs of 60 ms',
      'kubernetes/own-fra': 'markets.eu.latencyMs does not say how far it is',
    },
  ],
  ['a latency at the limit is within it', { latencyAtMostMs: 12 }, ['aws/eu-central-1'], {}],
  [
    'users’ data stays in its residency',
    { holdsUserData: true },
    ['aws/eu-central-1', 'kubernetes/own-fra'],
    { 'gcp/us-east1': 'outside markets.eu.residency' },
  ],
  [
    'a provider not chosen',
    { allow: { provider: ['aws', 'gcp'] } },
    ['aws/eu-central-1', 'gcp/us-east1'],
    { 'kubernetes/own-fra': 'services.router.allow.provider has only aws, gcp' },
  ],
  ['regions by pattern', { allow: { region: ['eu-*', 'own-*'] } }, ['aws/eu-central-1', 'kubernetes/own-fra'], {}],
  ['places by pattern', { allow: { place: ['aws/*'] } }, ['aws/eu-central-1'], {}],
  [
    'a zone not chosen',
    { allow: { zone: ['eu-central-1b', 'rack-*'] } },
    ['aws/eu-central-1', 'kubernetes/own-fra'],
    { 'gcp/us-east1': 'services.router.allow.zone has none of its zones us-east1-b' },
  ],
  [
    'an own cluster without a fitting machine',
    { allow: { arch: ['arm64'] } },
    ['aws/eu-central-1', 'gcp/us-east1'],
    { 'kubernetes/own-fra': 'services.router.allow fits none of its node types' },
  ],
  ['an own cluster sells no spot', { allow: { purchase: ['spot'] } }, ['aws/eu-central-1', 'gcp/us-east1'], {}],
  ['an own cluster without the GPU', { allow: { gpu: ['l4'] } }, ['aws/eu-central-1', 'gcp/us-east1'], {}],
  ['an own type by pattern', { allow: { type: ['metal-*'] } }, all, {}],
  [
    'several rules against one place are all told',
    { allow: { provider: ['aws'] }, holdsUserData: true },
    ['aws/eu-central-1'],
    {
      'gcp/us-east1': 'services.router.allow.provider has only aws, outside markets.eu.residency',
    },
  ],
];

test.each(rows)('%s', (_reason, asks, allowed, ruledOut) => {
  const places = placesFor({ clouds }, { ...plain, ...asks }, eu);
  expect(places.allowed).toEqual(allowed);
  expect(Object.fromEntries(places.ruledOut)).toMatchObject(ruledOut);
  expect(new Set([...places.allowed, ...places.ruledOut.keys()])).toEqual(new Set(all));
});

test('without residency users’ data may lie anywhere', () => {
  const anywhere: Market = { name: 'eu', timeZone: eu.timeZone, latencyMs: eu.latencyMs };
  expect(placesFor({ clouds }, { ...plain, holdsUserData: true }, anywhere).allowed).toEqual(all);
});

test('the places of a fleet are in the order of its file', () => {
  expect(placesOf({ clouds })).toEqual(all);
});
