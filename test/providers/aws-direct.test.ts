import { afterEach, describe, expect, it } from 'vitest';
import { later, seconds } from '../../src/units.ts';
import { TAG } from '../contract/small-world.ts';
import { accepted, listed, poolNamed, refOf, sizeOrder } from '../contract/subject.ts';
import { awsSubject, type AwsSubject } from './aws-subject.ts';

let subject: AwsSubject | undefined;

/** A pool that is a launch template and nothing else. */
async function setUp(): Promise<AwsSubject> {
  const s = (subject = await awsSubject());
  s.aws.setup.launchTemplates.set('lt-direct1', {
    region: 'us-east-1',
    name: 'burst',
    type: 'm7i.large',
    spot: false,
    tags: { [TAG.key]: TAG.value, 'godwit.io/direct': 'us-east-1b' },
  });
  return s;
}

afterEach(async () => {
  const complaints = subject?.aws.complaints;
  const unfired = subject?.world.faults.unfired();
  await subject?.close();
  expect(complaints).toEqual([]);
  expect(unfired).toEqual([]);
});

const grow = async (s: AwsSubject, size: number, opId: string) => {
  const provider = s.open();
  return provider.setSize(s.fleet, sizeOrder(await poolNamed(provider, s.fleet, 'burst'), size, opId));
};
const launchedIn = (s: AwsSubject): number =>
  [...s.world.charged().keys()].filter((id) => s.world.instance(id)?.tags['godwit.io/pool'] === 'lt-direct1').length;

describe('nodes launched directly, without a group', () => {
  it('are a pool that grows and shrinks like any other', async () => {
    const s = await setUp();
    expect(await poolNamed(s.open(), s.fleet, 'burst')).toMatchObject({
      target: 0,
      ready: 0,
      zone: 'us-east-1b',
      type: 'm7i.large',
      purchase: 'on-demand',
      live: { id: 'lt-direct1' },
    });
    const receipt = accepted(await grow(s, 3, 'op-1'));
    expect(receipt).toMatchObject({ state: 'running', asked: 3, accepted: 3, fulfilled: 0, errors: [] });
    s.world.advance(seconds(1800));
    expect(accepted(await s.open().readOperation(s.fleet, receipt.token))).toMatchObject({
      state: 'done',
      fulfilled: 3,
    });
    const pool = await poolNamed(s.open(), s.fleet, 'burst');
    expect(pool).toMatchObject({ target: 3, ready: 3 });
    const shrunk = accepted(await grow(s, 1, 'op-2'));
    s.world.advance(seconds(1800));
    expect(accepted(await s.open().readOperation(s.fleet, shrunk.token))).toMatchObject({ state: 'done', asked: 1 });
    expect((await poolNamed(s.open(), s.fleet, 'burst')).live?.instances).toHaveLength(1);
  });

  it('are ended by name', async () => {
    const s = await setUp();
    accepted(await grow(s, 2, 'op-1'));
    s.world.advance(seconds(1800));
    const pool = await poolNamed(s.open(), s.fleet, 'burst');
    const [first, second] = pool.live?.instances.map((i) => i.id) ?? [];
    const order = { opId: 'op-2', pool: refOf(pool), instances: [first ?? ''] };
    const receipt = accepted(await s.open().deleteInstances(s.fleet, order));
    s.world.advance(seconds(1800));
    expect(accepted(await s.open().readOperation(s.fleet, receipt.token))).toMatchObject({
      state: 'done',
      fulfilled: 1,
    });
    accepted(await s.open().deleteInstances(s.fleet, order));
    expect((await poolNamed(s.open(), s.fleet, 'burst')).live?.instances.map((i) => i.id)).toEqual([second]);
  });

  it('are bought once when the answer is lost, by the token and by looking', async () => {
    const s = await setUp();
    s.world.faults.add({ provider: 'aws', api: 'ec2:CreateFleet', fault: { is: 'lostAnswer' }, times: 2 });
    const provider = s.open();
    const order = sizeOrder(await poolNamed(provider, s.fleet, 'burst'), 3, 'op-1');
    accepted(await provider.setSize(s.fleet, order));
    accepted(await s.open().setSize(s.fleet, order));
    expect(launchedIn(s)).toBe(3);
  });

  it('come in part, and AWS says with 200 what did not', async () => {
    const s = await setUp();
    const used = s.world.quota('aws', 'us-east-1').find((q) => q.name === 'on-demand')?.used ?? 0;
    s.world.setQuota('aws', 'us-east-1', 'on-demand', used + 4);
    const receipt = accepted(await grow(s, 5, 'op-1'));
    expect(receipt).toMatchObject({
      asked: 5,
      accepted: 2,
      errors: [
        {
          offering: 'aws/us-east-1/us-east-1b/m7i.large/on-demand',
          failure: { kind: { is: 'quota' }, code: 'VcpuLimitExceeded' },
        },
      ],
    });
    s.world.advance(seconds(1800));
    const end = accepted(await s.open().readOperation(s.fleet, receipt.token));
    expect(end).toMatchObject({
      state: 'failed',
      asked: 5,
      accepted: 2,
      fulfilled: 2,
      errors: [{ failure: { kind: { is: 'quota' } } }],
    });
  });

  it('are refused for lack of capacity where none comes', async () => {
    const s = await setUp();
    s.world.sellOut({
      provider: 'aws',
      region: 'us-east-1',
      zone: 'us-east-1b',
      type: 'm7i.large',
      until: later(s.world.now(), seconds(9999)),
    });
    const answer = await grow(s, 2, 'op-1');
    expect(answer.ok ? undefined : answer.failure).toMatchObject({
      kind: { is: 'capacity', scope: 'type-in-zone' },
      code: 'InsufficientInstanceCapacity',
      status: 200,
    });
    expect(launchedIn(s)).toBe(0);
  });

  it('are asked for again when AWS was throttled inside its answer, which is no lack of capacity', async () => {
    const s = await setUp();
    s.aws.setup.fleetErrors.push({ code: 'RequestLimitExceeded', message: 'Request limit exceeded.' });
    expect(accepted(await grow(s, 2, 'op-1'))).toMatchObject({ accepted: 2, errors: [] });
    expect(launchedIn(s)).toBe(2);
  });

  it('make no listing where machines cannot be read: they are all there is of such a pool', async () => {
    const s = await setUp();
    await listed(s.open(), s.fleet);
    s.world.faults.add({
      provider: 'aws',
      api: 'ec2:DescribeInstances',
      fault: { is: 'serverError', status: 500 },
      times: 50,
    });
    expect((await s.open().listPools(s.fleet)).ok).toBe(false);
  });

  it('of another fleet are left alone', async () => {
    const s = await setUp();
    s.aws.setup.launchTemplates.set('lt-other', {
      region: 'us-east-1',
      name: 'other',
      type: 'm7i.large',
      spot: false,
      tags: { 'godwit.io/direct': 'us-east-1b' },
    });
    expect((await listed(s.open(), s.fleet)).pools.map((p) => p.name)).not.toContain('other');
  });
});
