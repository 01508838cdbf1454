import { afterEach, describe, expect, it } from 'vitest';
import type { SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { gcpProvider } from '../../providers/gcp/index.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { LiveProvider, OpenOrder, ProviderParts } from '../../src/ports.ts';
import { later, seconds, type Instant } from '../../src/units.ts';
import { loopbackCertificate } from '../clouds/azure-certificate.ts';
import { CLUSTER_TAG } from '../clouds/gcp-state.ts';
import { fakeGcp, type FakeGcp, type FakeGcpOptions } from '../clouds/gcp.ts';
import { memoryShelf, partsOver } from '../contract/parts.ts';
import { POOLS, smallWorld, TAG } from '../contract/small-world.ts';
import { accepted, listed, poolNamed, refOf, sizeOrder } from '../contract/subject.ts';

interface Scene {
  readonly world: SimulatedWorld;
  readonly fleet: Fleet;
  readonly fake: FakeGcp;
  readonly parts: ProviderParts;
  readonly provider: LiveProvider;
}

const open: FakeGcp[] = [];
afterEach(async () => {
  for (const fake of open.splice(0)) {
    expect(fake.complaints).toEqual([]);
    await fake.close();
  }
});

async function scene(options: FakeGcpOptions = {}, { pools = 0, gke = false } = {}): Promise<Scene> {
  const { world, fleet } = smallWorld('gcp', { pools });
  if (gke) {
    const base = { provider: 'gcp', region: 'us-east4', min: 0, max: 1000, type: 'n2-standard-4' } as const;
    const tags = { [TAG.key]: TAG.value, [CLUSTER_TAG]: 'im' };
    for (const [name, zone, purchase] of [
      ['router', 'us-east4-a', 'on-demand'],
      ['router-spot', 'us-east4-b', 'spot'],
    ] as const) {
      world.pools.open({ ...base, name, zone, purchase, target: 2, tags }, { by: 'setup' });
    }
    world.advance(seconds(600));
  }
  const fake = await fakeGcp(world, options);
  open.push(fake);
  const parts = {
    ...partsOver(
      world,
      memoryShelf(() => world.now()),
    ),
    env: fake.env,
  };
  return { world, fleet, fake, parts, provider: gcpProvider(parts) };
}

const apisOf = (fake: FakeGcp): readonly string[] => fake.requests.map(({ api }) => api);

describe('node pools of GKE', () => {
  it('are listed by their own name, with the names of their nodes', async () => {
    const { provider, fleet } = await scene({}, { gke: true });
    const pool = await poolNamed(provider, fleet, 'router');
    expect(pool).toMatchObject({ zone: 'us-east4-a', type: 'n2-standard-4', target: 2, ready: 2 });
    expect(pool.live?.id).toBe('projects/im-fleet-project/locations/us-east4/clusters/im/nodePools/router');
    for (const { id, node } of pool.live?.instances ?? []) expect(node, 'a node is named as its machine').toBe(id);
  });

  it('are resized through GKE and never behind its back', async () => {
    const { provider, fleet, fake, world } = await scene({}, { gke: true });
    const pool = await poolNamed(provider, fleet, 'router');
    const receipt = accepted(await provider.setSize(fleet, sizeOrder(pool, 4, 'op-gke')));
    expect(receipt).toMatchObject({ state: 'running', asked: 4, accepted: 4 });
    world.advance(seconds(900));
    expect(accepted(await provider.readOperation(fleet, receipt.token))).toMatchObject({ state: 'done', fulfilled: 4 });
    expect(apisOf(fake)).toContain('container.nodePools.setSize');
    expect(apisOf(fake)).not.toContain('compute.instanceGroupManagers.resize');
  });

  it("lose the nodes named through their group, as GKE's own autoscaler does it", async () => {
    const { provider, fleet, world } = await scene({}, { gke: true });
    const pool = await poolNamed(provider, fleet, 'router');
    const [first = ''] = (pool.live?.instances ?? []).map(({ id }) => id);
    const receipt = accepted(
      await provider.deleteInstances(fleet, { opId: 'op-cut', pool: refOf(pool), instances: [first] }),
    );
    world.advance(seconds(900));
    expect(accepted(await provider.readOperation(fleet, receipt.token))).toMatchObject({ state: 'done', fulfilled: 1 });
    const after = await poolNamed(provider, fleet, 'router');
    expect(after).toMatchObject({ target: 1, ready: 1 });
    expect(after.live?.instances.map(({ id }) => id)).not.toContain(first);
  });

  it('are opened in the cluster of the one they are like, once', async () => {
    const { provider, fleet, world, fake } = await scene({}, { gke: true });
    const like = { ...fleet, templates: fleet.templates.map((template) => ({ ...template, like: 'router*' })) };
    const order: OpenOrder = {
      opId: 'op-new',
      template: 'general',
      name: 'wide',
      region: 'us-east4',
      zone: 'us-east4-c',
      type: 'n2d-standard-8',
      purchase: 'spot',
      size: 3,
    };
    world.faults.add({ provider: 'gcp', api: 'container.nodePools.create', fault: { is: 'lostAnswer' } });
    const receipt = accepted(await provider.openPool(like, order));
    expect(receipt).toMatchObject({ asked: 3, accepted: 3, errors: [] });
    world.advance(seconds(900));
    expect(accepted(await provider.readOperation(like, receipt.token))).toMatchObject({ state: 'done', fulfilled: 3 });
    const pool = await poolNamed(provider, like, 'wide');
    expect(pool).toMatchObject({ zone: 'us-east4-c', type: 'n2d-standard-8', purchase: 'spot', target: 3 });
    expect(pool.live?.id).toBe(receipt.pool);
    expect(fake.requests.filter(({ api }) => api === 'container.nodePools.create')).toHaveLength(2);
    expect(world.faults.unfired()).toEqual([]);
  });

  it("are passed over while GKE's autoscaler steers them, and say so", async () => {
    const { provider, fleet } = await scene({ autoscaled: ['router'] }, { gke: true });
    const { pools, passedOver } = await listed(provider, fleet);
    expect(pools.map(({ name }) => name)).not.toContain('router');
    expect(passedOver).toEqual([
      { name: 'router', place: 'gcp/us-east4-a', reason: expect.stringContaining('autoscaler') as string },
    ]);
  });
});

describe('a list that the credentials may not read', () => {
  it.each([
    ['container.clusters.list', ['router', 'router-spot'].map((name) => `gke-im-${name}-grp`)],
    ['compute.autoscalers.aggregatedList', [POOLS.gatewayA]],
  ])('%s: what it would tell of is passed over, and the rest is listed', async (api, names) => {
    const link = 'https://www.googleapis.com/compute/v1/projects/im-fleet-project/zones/us-east4-a/autoscalers/a';
    const { provider, fleet, world } = await scene({ autoscaledGroups: { gatewaya: link } }, { gke: true });
    world.faults.add({ provider: 'gcp', api, fault: { is: 'unauthorized' }, times: 9 });
    const { pools, passedOver } = await listed(provider, fleet);
    expect(passedOver.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    expect(pools.map(({ name }) => name)).toContain(POOLS.gatewayB);
  });

  it('is a failure where it only did not answer now', async () => {
    const { provider, fleet, world } = await scene({}, { gke: true });
    const fault = { is: 'serverError', status: 500 } as const;
    world.faults.add({ provider: 'gcp', api: 'container.clusters.list', fault, times: 9 });
    expect((await provider.listPools(fleet)).ok).toBe(false);
  });
});

describe('what cannot be steered', () => {
  const HOME = 'https://www.googleapis.com/compute/v1/projects/im-fleet-project';

  it('is a regional group: passed over with the reason', async () => {
    const regional = {
      name: 'spread',
      region: `${HOME}/regions/us-east4`,
      selfLink: `${HOME}/regions/us-east4/instanceGroupManagers/spread`,
      instanceTemplate: `${HOME}/global/instanceTemplates/template-of-gatewaya`,
      targetSize: 6,
    };
    const { provider, fleet } = await scene({ regional: [regional] });
    const { pools, passedOver } = await listed(provider, fleet);
    expect(pools).toHaveLength(5);
    expect(passedOver).toEqual([
      { name: 'spread', place: 'gcp/us-east4', reason: expect.stringContaining('regional') as string },
    ]);
  });

  it.each([
    ['ON', 'it would undo whatever is set', 4],
    ['OFF', 'its bounds are all that is left of it', 5],
  ])('is a group under an autoscaler in mode %s: %s', async (mode, _why, pools) => {
    const link = `${HOME}/zones/us-east4-a/autoscalers/a`;
    const policy = { mode, minNumReplicas: 1, maxNumReplicas: 12 };
    const autoscaler = { name: 'a', selfLink: link, autoscalingPolicy: policy };
    const { provider, fleet } = await scene({ autoscalers: [autoscaler], autoscaledGroups: { gatewaya: link } });
    const list = await listed(provider, fleet);
    expect(list.pools).toHaveLength(pools);
    expect(list.passedOver.map(({ name }) => name)).toEqual(mode === 'ON' ? [POOLS.gatewayA] : []);
    if (mode === 'OFF') {
      expect(list.pools.find(({ name }) => name === POOLS.gatewayA)).toMatchObject({ min: 1, max: 12 });
    }
  });
});

describe('a list with a hole', () => {
  it.each([
    ['zones/us-east4-b', 'a zone of the fleet: its pools would look gone', false],
    ['zones/asia-east1-b', 'a zone that the fleet is not in', true],
  ])('that leaves out %s (%s)', async (place, _why, ok) => {
    const { provider, fleet } = await scene({ unreachable: [place] });
    const list = await provider.listPools(fleet);
    expect(list.ok).toBe(ok);
    if (!list.ok) expect(list.troubles[0]?.problem).toContain(place);
  });
});

describe('a template that takes its time', () => {
  it('is waited for by nobody: the next reading sends the rest, of whichever process', async () => {
    const { provider, fleet, world, parts, fake } = await scene({ templateReadyS: 8 });
    const order: OpenOrder = {
      opId: 'op-slow',
      template: 'general',
      name: 'opened',
      region: 'us-east4',
      zone: 'us-east4-c',
      type: 'c3-standard-4',
      purchase: 'spot',
      size: 2,
    };
    const first = accepted(await provider.openPool(fleet, order));
    expect(first).toMatchObject({ state: 'running', asked: 2 });
    const early = accepted(await provider.readOperation(fleet, first.token));
    expect(early.state).toBe('running');
    expect(world.pools.list('gcp').some(({ name }) => name === 'opened')).toBe(false);
    world.advance(seconds(10));
    const second = accepted(await gcpProvider(parts).readOperation(fleet, early.token));
    expect(second).toMatchObject({ state: 'running', accepted: 2 });
    world.advance(seconds(900));
    // the first token leads there too
    for (const { token } of [second, first]) {
      const end = accepted(await gcpProvider(parts).readOperation(fleet, token));
      if (token === second.token) expect(end).toMatchObject({ state: 'done', fulfilled: 2 });
      else expect(end.errors).toEqual([]);
    }
    const pool = await poolNamed(provider, fleet, 'opened');
    expect(pool).toMatchObject({ type: 'c3-standard-4', purchase: 'spot', zone: 'us-east4-c', ready: 2 });
    expect(world.pools.list('gcp').filter(({ name }) => name === 'opened')).toHaveLength(1);
    const made = fake.requests.find(({ api }) => api === 'compute.instanceTemplates.insert')?.body;
    expect(made).toMatchObject({
      properties: {
        machineType: 'c3-standard-4',
        labels: { 'godwit-io-fleet': 'im-fleet' },
        scheduling: { provisioningModel: 'SPOT', instanceTerminationAction: 'DELETE' },
        networkInterfaces: [{ network: 'global/networks/default' }],
      },
    });
  });
});

describe('a pool that cannot be opened', () => {
  it.each([
    ['Gateway_1', 'us-east4', 'gateway*', 'name of a group'],
    ['opened', 'us-east4', 'nothing-like-it', 'is named like'],
    ['opened', 'us-east4', undefined, 'names no pool'],
  ])('as %s in %s like %s leaves nothing behind', async (name, region, like, words) => {
    const { provider, fleet, fake } = await scene();
    const { name: template, provider: at, types, purchase, max } = fleet.templates[0] ?? {};
    if (!template || !at || !types || !purchase || max === undefined) throw new Error('no template');
    const templates = [{ name: template, provider: at, types, purchase, max, ...(like !== undefined && { like }) }];
    const order: OpenOrder = {
      opId: 'op-no',
      template: 'general',
      name,
      region,
      zone: `${region}-a`,
      type: 'n2-standard-4',
      purchase: 'spot',
      size: 1,
    };
    const answer = await provider.openPool({ ...fleet, templates }, order);
    expect(answer.ok ? undefined : answer.failure).toMatchObject({
      kind: { is: 'invalid' },
      message: expect.stringContaining(words) as string,
    });
    expect(apisOf(fake).filter((api) => api.endsWith('insert'))).toEqual([]);
  });
});

describe('few calls', () => {
  it('lists 200 pools in two regions with as many calls as five, and reads templates and prices once', async () => {
    const { provider, fleet, fake, parts } = await scene({}, { pools: 195 });
    await listed(provider, fleet);
    await provider.listOfferings(fleet);
    const cold = fake.requests.length;
    const next = gcpProvider(parts);
    await listed(next, fleet);
    await next.listOfferings(fleet);
    await next.listCommitments(fleet);
    await next.listInterruptions(fleet);
    const warm = apisOf(fake).slice(cold);
    expect(warm.toSorted()).toEqual([
      'compute.globalOperations.aggregatedList',
      'compute.globalOperations.aggregatedList',
      'compute.instanceGroupManagers.aggregatedList',
      'compute.instances.aggregatedList',
      'compute.regionCommitments.aggregatedList',
      'compute.regions.list',
    ]);
  });

  it('asks for the machines of the fleet alone', async () => {
    const { provider, fleet, fake } = await scene();
    await listed(provider, fleet);
    const machines = fake.requests.find(({ api }) => api === 'compute.instances.aggregatedList');
    expect(new URL(machines?.url ?? '', fake.url).searchParams.get('filter')).toBe(
      'labels.godwit-io-fleet = "im-fleet"',
    );
  });
});

describe('machines that were made before their group was labelled', () => {
  it('are found all the same: the group counts them', async () => {
    const { provider, fleet, fake } = await scene({ unlabelled: [POOLS.gatewayA] });
    expect(await poolNamed(provider, fleet, POOLS.gatewayA)).toMatchObject({ target: 3, ready: 3 });
    const lists = fake.requests.filter(({ api }) => api === 'compute.instances.aggregatedList');
    expect(lists.map(({ url }) => url.includes('filter='))).toEqual([true, false]);
  });
});

describe('a cloud that takes fewer filters than are documented', () => {
  it('is read without them, to the same end', async () => {
    const [plain, picky] = [await scene(), await scene({ refuseFilters: /zone|labels|insertTime/ })];
    for (const read of ['listPools', 'listOfferings', 'listInterruptions'] as const) {
      const [one, other] = [await plain.provider[read](plain.fleet), await picky.provider[read](picky.fleet)];
      expect(other.ok, read).toBe(true);
      expect(other, read).toEqual(one);
    }
    expect(apisOf(picky.fake).filter((api) => api === 'compute.machineTypes.list')).toHaveLength(5);
  });
});

describe('who changed a pool last', () => {
  it('is told by the request id that Google shows with the operation', async () => {
    const { provider, fleet, world, parts } = await scene();
    const pool = await poolNamed(provider, fleet, POOLS.gatewayA);
    accepted(await provider.setSize(fleet, sizeOrder(pool, 4, 'op-mark')));
    world.advance(seconds(60));
    expect((await poolNamed(gcpProvider(parts), fleet, POOLS.gatewayA)).live?.changedBy?.who).toBe('godwit');
    const [sim] = world.pools.list('gcp').filter(({ name }) => name === POOLS.gatewayA);
    world.pools.resize(sim?.id ?? '', 6, { by: 'alice' });
    expect((await poolNamed(provider, fleet, POOLS.gatewayA)).live?.changedBy).toEqual({
      who: 'other',
      name: 'alice@example.com',
    });
  });
});

describe('what takes machines away', () => {
  it('is told of the fleet alone', async () => {
    const { provider, fleet, world } = await scene();
    const { region, zone, type } = world.pools.list('gcp').find(({ name }) => name === POOLS.push) ?? {};
    if (region === undefined || zone === undefined || type === undefined) throw new Error('no spot pool');
    // its machines' names begin like those of the fleet's own
    const name = `${POOLS.push}-batch`;
    const foreign = { provider: 'gcp', purchase: 'spot', min: 0, max: 9, tags: {} } as const;
    world.pools.open({ ...foreign, name, region, zone, type, target: 1 }, { by: 'setup' });
    world.advance(seconds(600));
    const victims = [POOLS.push, name].map(
      (of) => world.pools.list('gcp').find((pool) => pool.name === of)?.instances[0]?.id ?? '',
    );
    for (const victim of victims) world.interrupt(victim);
    // of a process that has listed nothing yet
    const told = await provider.listInterruptions(fleet);
    expect(told.ok ? told.value.map(({ instance }) => instance) : told.failure).toEqual(victims.slice(0, 1));
  });

  it('is history after an hour', async () => {
    const { provider, fleet, world } = await scene();
    world.interrupt(world.pools.list('gcp').find(({ name }) => name === POOLS.push)?.instances[0]?.id ?? '');
    world.advance(seconds(3700));
    expect(await provider.listInterruptions(fleet)).toEqual({ ok: true, value: [] });
  });

  it('may be a maintenance, told ahead and until it is settled', async () => {
    const maintenance = new Map<string, Instant>();
    const { provider, fleet, world } = await scene({ maintenance });
    const machine = world.pools.list('gcp').find(({ name }) => name === POOLS.gatewayA)?.instances[0]?.id ?? '';
    maintenance.set(machine, later(world.now(), seconds(7200)));
    await listed(provider, fleet);
    const told = await provider.listInterruptions(fleet);
    const [notice] = told.ok ? told.value : [];
    expect(notice).toMatchObject({
      instance: machine,
      kind: 'maintenance',
      zone: 'us-east4-a',
      endsAt: maintenance.get(machine),
    });
    await provider.settleInterruptions(fleet, [notice?.receipt ?? '']);
    expect(await provider.listInterruptions(fleet)).toEqual({ ok: true, value: [] });
  });
});

describe('prices', () => {
  it('are those of the price list, with its date, and outlive its failing', async () => {
    const { provider, fleet, world, parts } = await scene();
    const before = world.now();
    const first = await provider.listOfferings(fleet);
    if (!first.ok) throw new Error('no offerings');
    for (const { price } of first.value) {
      expect(price).toMatchObject({ source: 'google cloud billing catalog', basis: 'listed', asOf: before });
    }
    world.faults.add({
      provider: 'gcp',
      api: 'billing.skus.list',
      fault: { is: 'serverError', status: 500 },
      times: 99,
    });
    world.advance(seconds(13 * 3600));
    const after = await gcpProvider(parts).listOfferings(fleet);
    if (!after.ok) throw new Error('no offerings');
    expect(after.value.map(({ id }) => id)).toEqual(first.value.map(({ id }) => id));
    expect(new Set(after.value.map(({ price }) => price.asOf)), 'as old as they are').toEqual(new Set([before]));
    expect(world.faults.unfired()).toEqual([]);
  });

  it("are the package's where the list never could be read", async () => {
    const { provider, fleet, world } = await scene();
    world.faults.add({ provider: 'gcp', api: 'billing.skus.list', fault: { is: 'unauthorized' } });
    const answer = await provider.listOfferings(fleet);
    const offerings = answer.ok ? answer.value : [];
    expect(offerings.length).toBeGreaterThan(20);
    expect(offerings.map(({ price }) => price.source)).not.toContain('google cloud billing catalog');
  });
});

describe('commitments', () => {
  it('cost what the committed rates of the price list say', async () => {
    const region = 'https://www.googleapis.com/compute/v1/projects/im-fleet-project/regions/us-east4';
    const commitment = {
      name: 'n2-for-a-year',
      region,
      status: 'ACTIVE',
      type: 'GENERAL_PURPOSE_N2',
      plan: 'TWELVE_MONTH',
      endTimestamp: '2027-05-01T00:00:00.000-07:00',
      resources: [
        { type: 'VCPU', amount: '40' },
        { type: 'MEMORY', amount: String(160 * 1024) },
      ],
    };
    const { provider, fleet, world } = await scene({ commitments: [commitment, { ...commitment, status: 'EXPIRED' }] });
    const owned = await provider.listCommitments(fleet);
    if (!owned.ok) throw new Error('no commitments');
    expect(owned.value).toHaveLength(1);
    const [own] = owned.value;
    // ten of n2-standard-4 at 37% off
    const listedAt = world.regions.find(({ name }) => name === 'us-east4')?.onDemand('n2-standard-4') ?? 0;
    expect(own).toMatchObject({ kind: 'resources', region: 'us-east4', family: 'n2', vcpu: 40, memory: 160 * 1024 });
    expect((own?.usdPerHour ?? 0) / (10 * listedAt * 0.63)).toBeCloseTo(1, 4);
    expect(own?.until).toBe(Date.UTC(2027, 4, 1, 7));
  });
});

describe('an endpoint of one’s own', () => {
  it.each([
    ['http://10.0.0.7:8080', 'a token would cross the network in the clear'],
    ['ftp://127.0.0.1', 'no HTTP'],
    ['not a url', 'nothing'],
  ])('%s is refused (%s)', async (endpoint) => {
    const { fleet, parts, fake } = await scene();
    const env = { ...parts.env, GODWIT_GCP_ENDPOINT: endpoint };
    const list = await gcpProvider({ ...parts, env }).listPools(fleet);
    expect(list.ok ? '' : list.troubles[0]?.problem).toContain('GODWIT_GCP_ENDPOINT');
    expect(fake.requests).toEqual([]);
  });

  it('is asked over TLS where its certificate is known, and told nothing where it is not', async () => {
    const { fleet, parts, fake } = await scene({ tls: loopbackCertificate() });
    const list = await gcpProvider(parts).listPools(fleet);
    expect(list.ok ? list.value.pools.length : list.troubles).toBe(5);
    const asked = fake.requests.length;
    const { GODWIT_CA_FILE: _, ...env } = parts.env;
    expect((await gcpProvider({ ...parts, env }).listPools(fleet)).ok).toBe(false);
    const astray = await gcpProvider({ ...parts, env: { ...env, GODWIT_CA_FILE: '/no/ca' } }).listPools(fleet);
    expect(astray.ok ? '' : astray.troubles[0]?.problem).toContain('GODWIT_CA_FILE cannot be read');
    expect(fake.requests).toHaveLength(asked);
  });

  it('is not asked at all without credentials', async () => {
    const { fleet, parts, fake } = await scene();
    const env = { ...parts.env, GOOGLE_APPLICATION_CREDENTIALS: '/nowhere/at/all.json' };
    const list = await gcpProvider({ ...parts, env }).listPools(fleet);
    expect(list.ok ? '' : list.troubles[0]?.problem).toContain('these credentials may not');
    expect(fake.requests).toEqual([]);
  });
});
