import { afterEach, describe, expect, it } from 'vitest';
import { seconds } from '../../src/units.ts';
import { accepted, listed, poolNamed, refOf, sizeOrder } from '../contract/subject.ts';
import { awsSubject, type AwsSubject } from './aws-subject.ts';

let subject: AwsSubject | undefined;
const setUp = async (...args: Parameters<typeof awsSubject>): Promise<AwsSubject> =>
  (subject = await awsSubject(...args));

afterEach(async () => {
  const complaints = subject?.aws.complaints;
  await subject?.close();
  expect(complaints).toEqual([]);
});

describe('managed node groups', () => {
  it('finds them by their own tags, which do not reach their Auto Scaling groups', async () => {
    const s = await setUp();
    s.nodeGroup({ name: 'eksgw', purchase: 'spot' });
    const provider = s.open();
    const pool = await poolNamed(provider, s.fleet, 'eksgw');
    expect(pool).toMatchObject({
      type: 'm7i.large',
      zone: 'us-east-1a',
      purchase: 'spot',
      target: 2,
      ready: 2,
      min: 0,
      max: 20,
    });
    expect(pool.live?.id).toMatch(/^arn:aws:eks:us-east-1:\d+:nodegroup\/im\/eksgw\//);
    expect(pool.live?.instances).toHaveLength(2);
  });

  it('does not ask for tags again while they are on the shelf', async () => {
    const s = await setUp();
    s.nodeGroup({ name: 'eksgw' });
    await listed(s.open(), s.fleet);
    const before = s.aws.requests.length;
    await listed(s.open(), s.fleet);
    expect(s.aws.requests.slice(before).filter((r) => r.api.startsWith('eks:'))).toEqual([]);
  });

  it('sees one that was made since, by its Auto Scaling group', async () => {
    const s = await setUp();
    s.nodeGroup({ name: 'first' });
    await listed(s.open(), s.fleet);
    s.nodeGroup({ name: 'second' });
    expect((await poolNamed(s.open(), s.fleet, 'second')).target).toBe(2);
  });

  it('resizes one through EKS, once for each order', async () => {
    const s = await setUp();
    s.nodeGroup({ name: 'eksgw' });
    const provider = s.open();
    const pool = await poolNamed(provider, s.fleet, 'eksgw');
    s.world.faults.add({ provider: 'aws', api: 'eks:UpdateNodegroupConfig', fault: { is: 'lostAnswer' } });
    const receipt = accepted(await provider.setSize(s.fleet, sizeOrder(pool, 5, 'op-1')));
    expect(s.world.faults.unfired()).toEqual([]);
    const sent = s.aws.requests.filter((r) => r.api === 'eks:UpdateNodegroupConfig').map((r) => r.input);
    expect(sent).toHaveLength(2);
    expect(sent[0]).toEqual(sent[1]);
    expect(sent[0]).toMatchObject({ scalingConfig: { minSize: 0, maxSize: 20, desiredSize: 5 } });
    s.world.advance(seconds(1800));
    expect(accepted(await s.open().readOperation(s.fleet, receipt.token))).toMatchObject({
      state: 'done',
      fulfilled: 5,
    });
    expect((await poolNamed(s.open(), s.fleet, 'eksgw')).live?.changedBy).toEqual({ who: 'godwit', opId: 'op-1' });
  });

  it('ends a node of one by name', async () => {
    const s = await setUp();
    s.nodeGroup({ name: 'eksgw', target: 3 });
    const provider = s.open();
    const pool = await poolNamed(provider, s.fleet, 'eksgw');
    const [victim] = pool.live?.instances ?? [];
    accepted(
      await provider.deleteInstances(s.fleet, { opId: 'op-2', pool: refOf(pool), instances: [victim?.id ?? ''] }),
    );
    s.world.advance(seconds(1800));
    const after = await poolNamed(provider, s.fleet, 'eksgw');
    expect(after.target).toBe(2);
    expect(after.live?.instances.map((i) => i.id)).not.toContain(victim?.id);
  });

  it('opens one like another, and finds it again when the answer was lost', async () => {
    const s = await setUp();
    s.nodeGroup({ name: 'eksgw' });
    const [template] = s.fleet.templates;
    const fleet = { ...s.fleet, templates: template ? [{ ...template, like: 'eks*' }] : [] };
    s.world.faults.add({ provider: 'aws', api: 'eks:CreateNodegroup', fault: { is: 'lostAnswer' } });
    const order = {
      opId: 'op-3',
      template: 'general',
      name: 'opened',
      region: 'us-east-1',
      zone: 'us-east-1b',
      type: 'm7i.xlarge',
      purchase: 'spot',
      size: 2,
    } as const;
    const receipt = accepted(await s.open().openPool(fleet, order));
    s.world.advance(seconds(1800));
    expect(accepted(await s.open().readOperation(fleet, receipt.token))).toMatchObject({ state: 'done', fulfilled: 2 });
    const pool = await poolNamed(s.open(), fleet, 'opened');
    expect(pool).toMatchObject({ zone: 'us-east-1b', type: 'm7i.xlarge', purchase: 'spot', target: 2, ready: 2 });
    const [sent] = s.aws.requests.filter((r) => r.api === 'eks:CreateNodegroup').map((r) => r.input);
    expect(sent).toMatchObject({ subnets: ['subnet-us-east-1b'], capacityType: 'SPOT', labels: { tier: 'gateway' } });
  });

  it('reads and resizes one whose Auto Scaling group does not show, as with emulators', async () => {
    const s = await setUp({ hideNodeGroups: true });
    s.nodeGroup({ name: 'eksgw' });
    const provider = s.open();
    const pool = await poolNamed(provider, s.fleet, 'eksgw');
    expect(pool).toMatchObject({ target: 2, zone: 'us-east-1a', type: 'm7i.large' });
    const receipt = accepted(await provider.setSize(s.fleet, sizeOrder(pool, 4, 'op-4')));
    expect(accepted(await s.open().readOperation(s.fleet, receipt.token))).toMatchObject({
      state: 'done',
      fulfilled: 4,
    });
    const ended = await provider.deleteInstances(s.fleet, { opId: 'op-5', pool: refOf(pool), instances: ['i-1'] });
    expect(ended.ok ? undefined : ended.failure.kind.is).toBe('invalid');
  });

  it('does without EKS where the role may not ask and no node group shows', async () => {
    const s = await setUp();
    s.world.faults.add({ provider: 'aws', api: 'eks:ListClusters', fault: { is: 'unauthorized' }, times: 9 });
    expect((await listed(s.open(), s.fleet)).pools).toHaveLength(5);
  });

  it('makes no listing where node groups show and EKS may not be asked', async () => {
    const s = await setUp();
    s.nodeGroup({ name: 'eksgw' });
    s.world.faults.add({ provider: 'aws', api: 'eks:ListClusters', fault: { is: 'unauthorized' }, times: 9 });
    expect((await s.open().listPools(s.fleet)).ok).toBe(false);
  });
});

describe('groups that are not steered, each with its reason', () => {
  const spec = { LaunchTemplateSpecification: { LaunchTemplateId: 'lt-m7i.large', Version: '1' } };
  it.each([
    ['several zones', { AvailabilityZones: ['us-east-1a', 'us-east-1b'] }, /lies over 2 zones/],
    [
      'several types',
      {
        MixedInstancesPolicy: {
          LaunchTemplate: { ...spec, Overrides: [{ InstanceType: 'm7i.large' }, { InstanceType: 'm7i.xlarge' }] },
        },
      },
      /chooses among 2 types/,
    ],
    [
      'types by attributes',
      {
        MixedInstancesPolicy: {
          LaunchTemplate: {
            ...spec,
            Overrides: [{ InstanceRequirements: { VCpuCount: { Min: 2 }, MemoryMiB: { Min: 4096 } } }],
          },
        },
      },
      /by attributes/,
    ],
    [
      'weights',
      {
        MixedInstancesPolicy: {
          LaunchTemplate: { ...spec, Overrides: [{ InstanceType: 'm7i.large', WeightedCapacity: '2' }] },
        },
      },
      /in weights/,
    ],
    [
      'both purchases',
      {
        MixedInstancesPolicy: {
          LaunchTemplate: { ...spec, Overrides: [{ InstanceType: 'm7i.large' }] },
          InstancesDistribution: { OnDemandBaseCapacity: 1, OnDemandPercentageAboveBaseCapacity: 0 },
        },
      },
      /mixes on-demand and spot/,
    ],
    [
      'a zone that the fleet does not use',
      { AvailabilityZones: ['us-east-1f'] },
      /us-east-1f, which the fleet does not use/,
    ],
    [
      'its launches suspended',
      { SuspendedProcesses: [{ ProcessName: 'Launch' }, { ProcessName: 'AZRebalance' }] },
      /suspended its Launch$/,
    ],
    ['its end before it', { Status: 'Delete in progress' }, /being deleted/],
    ['a size in vCPUs', { DesiredCapacityType: 'vcpu' }, /counted in vcpu/],
    [
      'nodes of another type left over',
      { LaunchTemplate: { LaunchTemplateId: 'lt-m7i.xlarge', Version: '2' } },
      /still runs m7i.large beside m7i.xlarge/,
    ],
  ])('%s', async (_name, settings, reason) => {
    const s = await setUp();
    const pool = s.pool({ name: 'odd' });
    s.aws.setup.groups.set(pool.id, settings);
    const { pools, passedOver } = await listed(s.open(), s.fleet);
    expect(pools.map((p) => p.name)).not.toContain('odd');
    expect(passedOver).toEqual([
      { name: 'odd', place: 'aws/us-east-1', reason: expect.stringMatching(reason) as string },
    ]);
  });

  it.each([
    [
      'one type and all spot',
      {
        MixedInstancesPolicy: {
          LaunchTemplate: { ...spec, Overrides: [{ InstanceType: 'm7i.large' }] },
          InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 0 },
        },
      },
      'spot',
    ],
    ['a policy whose type stands in the template', { MixedInstancesPolicy: { LaunchTemplate: spec } }, 'on-demand'],
    ['a launch configuration', { LaunchTemplate: undefined, LaunchConfigurationName: 'lc-m7i.large' }, 'on-demand'],
  ])('steers a group of %s', async (_name, settings, purchase) => {
    const s = await setUp();
    const pool = s.pool({ name: 'plain' });
    s.aws.setup.groups.set(pool.id, settings);
    expect(await poolNamed(s.open(), s.fleet, 'plain')).toMatchObject({ type: 'm7i.large', purchase });
  });
});

describe('who changed a pool', () => {
  it('is another where the size is not what was set last, by name where AWS tells', async () => {
    const s = await setUp();
    const pool = await poolNamed(s.open(), s.fleet, 'gatewaya');
    accepted(await s.open().setSize(s.fleet, sizeOrder(pool, 4, 'op-6')));
    expect((await poolNamed(s.open(), s.fleet, 'gatewaya')).live?.changedBy).toEqual({ who: 'godwit', opId: 'op-6' });
    const [sim] = s.world.pools.list('aws', 'us-east-1').filter((p) => p.name === 'gatewaya');
    s.world.pools.resize(sim?.id ?? '', 7, { by: 'cpu-high' });
    expect((await poolNamed(s.open(), s.fleet, 'gatewaya')).live?.changedBy).toEqual({
      who: 'other',
      name: 'alarm cpu-high',
    });
    const before = s.aws.requests.length;
    await listed(s.open(), s.fleet);
    expect(
      s.aws.requests.slice(before).map((r) => r.api),
      'asked once for each change',
    ).not.toContain('autoscaling:DescribeScalingActivities');
  });
});

describe('pools of a fleet file without a tag', () => {
  it('are looked up by name, and what is not there is said', async () => {
    const s = await setUp();
    const { findPoolsByTag: _, ...fleet } = s.fleet;
    const declared = {
      provider: 'aws',
      region: 'us-east-1',
      zone: 'us-east-1a',
      type: 'm7i.large',
      purchase: 'on-demand',
      nodes: 3,
      min: 0,
      max: 9,
    } as const;
    const list = await listed(s.open(), {
      ...fleet,
      pools: [
        { ...declared, name: 'gatewaya' },
        { ...declared, name: 'nowhere' },
      ],
    });
    expect(list.pools.map((p) => p.name)).toEqual(['gatewaya']);
    expect(list.passedOver).toMatchObject([{ name: 'nowhere' }]);
  });
});
