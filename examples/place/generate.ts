/**
 * Writes problem.json: a messenger's European services on three clouds in Frankfurt, with prices from the list that
 * Godwit carries.
 *
 *   npx tsx examples/place/generate.ts
 *
 * Without a clock or chance: the same bytes every time, as long as the price list is the same.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Offering } from '../../src/catalog/offering.ts';
import { offeringsOf } from '../../src/catalog/offerings.ts';
import type { ChangeEntry, GroupEntry, OfferingEntry, RunningEntry } from '../../src/interchange/problem-file.ts';
import { lineOf } from '../../src/trouble.ts';
import { type CloudName, embeddedCatalog } from '../../src/world/embedded.ts';

/** Two zones of each cloud's Frankfurt region; general, memory-heavy and GPU types. */
const PLACES: readonly { cloud: CloudName; region: string; zones: readonly string[]; types: readonly string[] }[] = [
  {
    cloud: 'aws',
    region: 'eu-central-1',
    zones: ['eu-central-1a', 'eu-central-1b'],
    types: ['m7g.xlarge', 'm7g.2xlarge', 'm7a.2xlarge', 'r7g.2xlarge', 'g6.xlarge'],
  },
  {
    cloud: 'azure',
    region: 'germanywestcentral',
    zones: ['germanywestcentral-1', 'germanywestcentral-2'],
    types: ['Standard_D4ps_v6', 'Standard_D8ps_v6', 'Standard_D8as_v5', 'Standard_E8as_v5', 'Standard_NC4as_T4_v3'],
  },
  {
    cloud: 'gcp',
    region: 'europe-west3',
    zones: ['europe-west3-a', 'europe-west3-b'],
    types: ['c4a-standard-4', 'c4a-standard-8', 'n2d-standard-8', 'n2d-highmem-8', 'g2-standard-4'],
  },
];

/** Spot nodes that can be had at once of one type in one zone. */
const SPOT_AT_MOST = 8;

const GROUPS: readonly GroupEntry[] = [
  {
    name: 'gateway',
    replicas: 120,
    requests: { cpu: 1, memory: '2Gi' },
    perNodeAtMost: 6,
    spotAtMost: 0.2,
    survive: { loss: 'provider', share: 0.6 },
  },
  { name: 'router', replicas: 60, requests: { cpu: '500m', memory: '1Gi' }, spotAtMost: 0.5, zoneSkew: 2 },
  { name: 'push', replicas: 40, requests: { cpu: '250m', memory: '512Mi' } },
  {
    name: 'storage',
    replicas: 18,
    requests: { cpu: 2, memory: '12Gi' },
    allow: { arch: ['amd64'], purchase: ['on-demand'] },
    perNodeAtMost: 2,
    survive: { loss: 'zone', share: 0.66 },
  },
  { name: 'media', replicas: 24, requests: { cpu: 2, memory: '3Gi', 'ephemeral-storage': '10Gi' }, spotAtMost: 0.7 },
  {
    name: 'inference',
    replicas: 5,
    requests: { cpu: 3, memory: '10Gi', 'nvidia.com/gpu': 1 },
    spotAtMost: 0.4,
  },
];

/** The daemonsets that run on every node: logs, metrics, network. */
const DAEMONSETS = { cpu: 250, memoryMib: 400, pods: 6 };

/** What years have left behind: everything on demand, bought before ARM was allowed. */
const RUNNING: readonly RunningEntry[] = [
  ...['a', 'b'].map((zone) => ({
    offering: `aws/eu-central-1/eu-central-1${zone}/m7a.2xlarge/on-demand`,
    count: 10,
    replicas: { gateway: 5, router: 2, push: 2 },
  })),
  ...['1', '2'].map((zone) => ({
    offering: `azure/germanywestcentral/germanywestcentral-${zone}/Standard_E8as_v5/on-demand`,
    count: 5,
    replicas: { storage: 2, media: 1 },
  })),
  ...['a', 'b'].map((zone) => ({
    offering: `gcp/europe-west3/europe-west3-${zone}/n2d-standard-8/on-demand`,
    count: 7,
    replicas: { gateway: 2, router: 1, media: 1 },
  })),
  { offering: 'gcp/europe-west3/europe-west3-a/g2-standard-4/on-demand', count: 5, replicas: { inference: 1 } },
];

const CHANGE: ChangeEntry = { launchUsd: 0.02, moveUsdPerReplica: 0.001, horizonHours: 6 };

/** The text of problem.json: an offering a line, so that a person finds one. */
export async function problemText(): Promise<string> {
  const catalog = embeddedCatalog();
  const offerings: OfferingEntry[] = [];
  for (const { cloud, region, zones, types } of PLACES) {
    const prices = await catalog.prices(cloud);
    if (!prices.ok) throw new Error(prices.troubles.map(lineOf).join('\n'));
    const listed = offeringsOf(prices.value, { region, zones, wants: ({ name }) => types.includes(name) });
    offerings.push(...listed.filter((o) => o.available).map(entryOf));
  }
  const rules = { vendorShareAtMost: { aws: 0.45, azure: 0.45, gcp: 0.45 } };
  const parts = { schemaVersion: 1, groups: GROUPS, offerings, rules, running: RUNNING, change: CHANGE };
  const lines = Object.entries(parts).map(([name, part]) => {
    if (!Array.isArray(part)) return `  ${JSON.stringify(name)}: ${spaced(part)}`;
    return `  ${JSON.stringify(name)}: [\n${part.map((one) => `    ${spaced(one)}`).join(',\n')}\n  ]`;
  });
  return `{\n${lines.join(',\n')}\n}\n`;
}

/** JSON on one line, with a space after each colon and comma. Texts in it have neither. */
const spaced = (part: unknown): string => JSON.stringify(part).replaceAll(/(?<=["\d\]}])([,:])/g, '$1 ');

function entryOf({ id, provider, region, zone, type, arch, purchase, price, allocatable }: Offering): OfferingEntry {
  const { cpu, memory, pods, storage, devices = {} } = allocatable;
  return {
    id,
    provider,
    region,
    zone,
    type,
    arch,
    purchase,
    usdPerHour: price.usdPerHour,
    allocatable: {
      cpu: `${cpu - DAEMONSETS.cpu}m`,
      memory: `${memory - DAEMONSETS.memoryMib}Mi`,
      'ephemeral-storage': `${storage ?? 0}Mi`,
      pods: (pods ?? 110) - DAEMONSETS.pods,
      ...devices,
    },
    ...(purchase === 'spot' && { atMost: SPOT_AT_MOST }),
  };
}

const FILE = fileURLToPath(new URL('problem.json', import.meta.url));
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(FILE, await problemText());
