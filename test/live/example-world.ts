import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { regionOf, type RegionSetup } from '../../providers/simulated/setup.ts';
import type { SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { simulatedWorld } from '../../providers/simulated/world.ts';
import type { Cloud, Fleet } from '../../src/fleet/fleet.ts';
import { readFleet } from '../../src/fleet/read.ts';
import { wantedTypes } from '../../src/fleet/wanted.ts';
import { lineOf } from '../../src/trouble.ts';
import { instant, seconds } from '../../src/units.ts';
import { fakeAws, type FakeAws } from '../clouds/aws.ts';
import { fakeAzure, type FakeAzure } from '../clouds/azure.ts';
import { fakeGcp, type FakeGcp } from '../clouds/gcp.ts';
import { catalogOf, TAG } from '../contract/small-world.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/im-fleet/', import.meta.url));
const SUBSCRIPTION = '6f9e1c1a-52d3-4d0e-9a55-0c1f4f3b7a10';
const PROJECT = 'im-fleet-project';

/** Three clouds on sockets of this machine, a fleet file that names access to them, and what a process needs to reach them. */
export interface ExampleWorld {
  readonly world: SimulatedWorld;
  /** path of the fleet file */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  readonly aws: FakeAws;
  readonly azure: FakeAzure;
  readonly gcp: FakeGcp;
  close(): Promise<void>;
}

export interface ExampleOptions {
  /** pools of one node each, on top of the example's, spread over all regions */
  readonly morePools?: number;
  /** further regions: cloud → region → zones */
  readonly moreRegions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** types that the templates may open, by cloud, in place of the example's */
  readonly types?: Readonly<Record<string, readonly string[]>>;
}

/**
 * The example fleet, its vendors live: the pools that its file declares run in a simulated world, carry the fleet's tag
 * and are found through the vendors' own protocols. Its own cluster stays declared.
 */
export async function exampleWorld(options: ExampleOptions = {}): Promise<ExampleWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-live-'));
  const declared = await liveFile(folder, options);
  const world = worldOf(declared, options);
  const [aws, azure, gcp] = await Promise.all([
    fakeAws(world),
    fakeAzure(world, { subscription: SUBSCRIPTION }),
    fakeGcp(world, { project: PROJECT }),
  ]);
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, azure.ca);
  return {
    world,
    file: join(folder, 'fleet.yaml'),
    env: {
      GODWIT_CACHE_DIR: join(folder, 'cache'),
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AZURE_AUTHORITY_HOST: azure.url,
      AZURE_TENANT_ID: '2f1e3b0c-8d3f-4a52-9c11-6b7d1f0a9e33',
      AZURE_CLIENT_ID: '7a9b2c4d-1e5f-4b6a-8c7d-9e0f1a2b3c4d',
      AZURE_CLIENT_SECRET: 'test-secret',
      GODWIT_AZURE_ENDPOINT: azure.url,
      GODWIT_AZURE_PRICES_ENDPOINT: azure.url,
      GODWIT_CA_FILE: ca,
      ...gcp.env,
    },
    aws,
    azure,
    gcp,
    async close() {
      await Promise.all([aws.close(), azure.close(), gcp.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Writes the fleet file and answers the fleet with its pools still declared, which is what the world is made of. */
async function liveFile(folder: string, { moreRegions = {}, types = {} }: ExampleOptions): Promise<Fleet> {
  const document = parseDocument(await readFile(join(EXAMPLE, 'fleet.yaml'), 'utf8'));
  for (const [cloud, regions] of Object.entries(moreRegions))
    for (const [region, zones] of Object.entries(regions))
      document.setIn(['clouds', cloud, 'regions', region], document.createNode({ zones }));
  const templates = (document.toJS() as { pools: { templates: { provider: string }[] } }).pools.templates;
  templates.forEach(({ provider }, i) => {
    const wanted = types[provider];
    if (wanted) document.setIn(['pools', 'templates', i, 'types'], wanted);
  });
  const declared = readFleet(document.toString(), join(EXAMPLE, 'fleet.yaml'));
  if (!declared.ok) throw new Error(declared.troubles.map(lineOf).join('\n'));
  document.setIn(['clouds', 'aws', 'access'], document.createNode({}));
  document.setIn(['clouds', 'azure', 'access'], document.createNode({ subscription: SUBSCRIPTION }));
  document.setIn(['clouds', 'gcp', 'access'], document.createNode({ project: PROJECT }));
  document.setIn(['pools', 'findByTag'], document.createNode(TAG));
  const own = declared.value.pools.filter(({ provider }) => provider === 'kubernetes');
  document.setIn(['pools', 'declared'], document.createNode(own));
  await symlink(join(EXAMPLE, 'traffic'), join(folder, 'traffic'));
  await writeFile(join(folder, 'fleet.yaml'), document.toString());
  return declared.value;
}

function worldOf(fleet: Fleet, { morePools = 0 }: ExampleOptions): SimulatedWorld {
  const clouds = fleet.clouds.filter(({ provider }) => provider !== 'kubernetes');
  const regions = clouds.flatMap((cloud) => regionsOf(cloud, fleet));
  // the wire's own clocks: what is signed and dated must be of today
  const start = instant(Date.now() - 3_600_000);
  const world = simulatedWorld({ seed: 7, start, regions, spot: { steady: true } });
  const tags = { [TAG.key]: TAG.value };
  for (const { nodes, ...pool } of fleet.pools.filter(({ provider }) => provider !== 'kubernetes'))
    world.pools.open({ ...pool, target: nodes, tags }, { by: 'setup' });
  for (let i = 0; i < morePools; i++) {
    const region = regions[i % regions.length];
    const type = region?.types[i % region.types.length];
    const zone = type && region.zones.find((z) => type.zones?.includes(z) ?? true);
    if (!region || !type || zone === undefined) continue;
    world.pools.open(
      {
        provider: region.provider,
        region: region.name,
        zone,
        name: `more-${String(i).padStart(3, '0')}`,
        type: type.type.name,
        purchase: 'on-demand',
        target: 1,
        min: 0,
        max: 50,
        tags,
      },
      { by: 'setup' },
    );
  }
  world.advance(seconds(3600));
  return world;
}

function regionsOf({ provider, regions }: Cloud, fleet: Fleet): readonly RegionSetup[] {
  if (provider === 'kubernetes') return [];
  const catalog = catalogOf(provider);
  const wants = wantedTypes(fleet, provider);
  return regions.map(({ name, zones }) => {
    const prices = catalog.regions.get(name);
    const types = catalog.types.filter((type, i) => wants(type.name) && Number.isFinite(prices?.onDemand[i] ?? NaN));
    return regionOf(catalog, { region: name, zones, types: types.map((type) => type.name) });
  });
}
