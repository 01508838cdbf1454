import { afterEach, describe, expect, it } from 'vitest';
import { endpointOf } from '../../providers/aws/endpoints.ts';
import { grant, PERMISSIONS, policyDocument } from '../../providers/aws/permissions.ts';
import { queueRegion } from '../../providers/aws/interruptions.ts';
import { seconds } from '../../src/units.ts';
import { accepted, poolNamed, refOf, sizeOrder } from '../contract/subject.ts';
import { awsSubject, type AwsSubject } from './aws-subject.ts';

let subject: AwsSubject | undefined;
afterEach(async () => {
  await subject?.close();
  subject = undefined;
});

describe('permissions', () => {
  it('cover every call, and each is for a call', async () => {
    const s = (subject = await awsSubject());
    s.nodeGroup({ name: 'eksgw' });
    const provider = s.open();
    await provider.listOfferings(s.fleet);
    await provider.listCommitments(s.fleet);
    await provider.listInterruptions(s.fleet);
    await provider.examine(s.fleet);
    const pool = await poolNamed(provider, s.fleet, 'gatewaya');
    accepted(await provider.setSize(s.fleet, sizeOrder(pool, 5, 'op')));
    s.world.advance(seconds(1800));
    const [node] = (await poolNamed(provider, s.fleet, 'gatewaya')).live?.instances ?? [];
    accepted(await provider.deleteInstances(s.fleet, { opId: 'op-2', pool: refOf(pool), instances: [node?.id ?? ''] }));
    const granted = new Set(PERMISSIONS.flatMap((p) => p.calls));
    expect([...s.aws.seen].filter((api) => !granted.has(api))).toEqual([]);
    expect(s.aws.seen.size).toBeGreaterThan(18);
    expect(s.aws.complaints).toEqual([]);
  });

  it('are one policy: reads everywhere, writes on what carries the tag', () => {
    const text = JSON.stringify(
      policyDocument({ tag: { key: 'godwit.io/fleet', value: 'im' }, roleArn: 'arn:aws:iam::1:role/godwit' }),
    );
    const { Statement } = JSON.parse(text) as { Statement: { Sid: string; Action: string[]; Condition?: unknown }[] };
    const actions = Statement.flatMap((s) => s.Action);
    expect(actions.toSorted()).toEqual(PERMISSIONS.map((p) => p.permission).toSorted());
    expect(Statement.find((s) => s.Action.includes('sts:AssumeRole'))).toMatchObject({
      Resource: 'arn:aws:iam::1:role/godwit',
    });
    expect(JSON.stringify(policyDocument())).not.toContain('sts:AssumeRole');
    const resize = Statement.find((s) => s.Action.includes('autoscaling:SetDesiredCapacity'));
    expect(resize?.Condition).toEqual({ StringEquals: { 'aws:ResourceTag/godwit.io/fleet': 'im' } });
    const reads = Statement.find((s) => s.Sid === 'Read');
    expect(reads?.Action.filter((a) => !/:(?:Describe|List|Get)/.test(a))).toEqual([]);
  });

  it('grant what is missing and nothing else', () => {
    const text = grant(['pricing:GetProducts'], {});
    expect(JSON.parse(text)).toEqual({
      Version: '2012-10-17',
      Statement: [{ Sid: 'Read', Effect: 'Allow', Action: ['pricing:GetProducts'], Resource: '*' }],
    });
  });
});

describe('looking before the first cycle', () => {
  it('tells what is missing by the permission, and what cannot be tried', async () => {
    const s = (subject = await awsSubject());
    s.world.faults.add({ provider: 'aws', api: 'pricing:GetProducts', fault: { is: 'unauthorized' }, times: 9 });
    const found = await s.open().examine(s.fleet);
    expect(found.filter((f) => f.state === 'missing')).toMatchObject([
      { permission: 'pricing:GetProducts', remedy: 'allow pricing:GetProducts' },
      { permission: 'pricing:GetProducts' },
    ]);
    expect(found.filter((f) => f.state === 'unknown').map((f) => f.permission)).toContain(
      'autoscaling:SetDesiredCapacity',
    );
    expect(found.find((f) => f.about === 'credentials')?.detail).toContain('arn:aws:iam::123456789012:user/godwit');
  });

  it('tells that this clock is wrong', async () => {
    const s = (subject = await awsSubject());
    const clock = { now: () => (s.world.now() + 600_000) as ReturnType<typeof s.world.now> };
    const { awsProvider } = await import('../../providers/aws/index.ts');
    const found = await awsProvider({ ...s.parts, clock }).examine(s.fleet);
    expect(found.find((f) => f.about === 'clock')).toMatchObject({
      state: 'failed',
      detail: 'this clock is 600 s ahead of AWS',
    });
  });

  it('says that nobody is there, and asks no further', async () => {
    const s = (subject = await awsSubject());
    await s.aws.close();
    const found = await s.open().examine(s.fleet);
    expect(found.map((f) => [f.about, f.state])).toEqual([
      ['reach', 'failed'],
      ['reach', 'failed'],
    ]);
  });
});

describe('a role', () => {
  it('is taken on where the fleet names one, and its account is the shelf’s', async () => {
    const s = (subject = await awsSubject());
    const access = { roleArn: 'arn:aws:iam::210987654321:role/godwit' };
    const fleet = { ...s.fleet, clouds: s.fleet.clouds.map((c) => ({ ...c, access })) };
    expect((await s.open().listPools(fleet)).ok).toBe(true);
    expect(s.aws.requests.find((r) => r.api === 'sts:AssumeRole')?.input).toMatchObject({ RoleArn: access.roleArn });
    expect(await s.parts.shelf.get('aws/210987654321/us-east-1/pools-seen/im-fleet')).toBeDefined();
    expect(s.aws.complaints).toEqual([]);
  });

  it('that may not be taken on is told as such', async () => {
    const s = (subject = await awsSubject());
    s.world.faults.add({ provider: 'aws', api: 'sts:AssumeRole', fault: { is: 'unauthorized' }, times: 99 });
    const access = { roleArn: 'arn:aws:iam::210987654321:role/godwit' };
    const listed = await s.open().listPools({ ...s.fleet, clouds: s.fleet.clouds.map((c) => ({ ...c, access })) });
    expect(listed.ok ? [] : listed.troubles.map((t) => t.remedy)).toContain('grant sts:AssumeRole');
  });
});

describe('where AWS is', () => {
  it.each([
    [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:5000' }, 'http://127.0.0.1:5000', 'this machine'],
    [{ AWS_ENDPOINT_URL: 'https://aws.example' }, 'https://aws.example', 'encrypted'],
    [
      { AWS_ENDPOINT_URL: 'https://a.example', AWS_ENDPOINT_URL_EC2: 'https://b.example' },
      'https://b.example',
      'that of the service goes first',
    ],
    [
      { AWS_ENDPOINT_URL: 'https://a.example', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
      undefined,
      'told to pass it over',
    ],
    [{}, undefined, 'at AWS'],
  ] as readonly (readonly [Readonly<Record<string, string>>, string | undefined, string])[])(
    '%o is %s: %s',
    (env, url) => {
      expect(endpointOf(env, 'EC2')).toEqual({ ok: true, value: url });
    },
  );

  it.each([
    [{ AWS_ENDPOINT_URL: 'http://aws.example' }, 'credentials in the clear'],
    [{ AWS_ENDPOINT_URL: 'http://169.254.169.254' }, 'the address of machine credentials'],
    [{ AWS_ENDPOINT_URL: 'http://127.0.0.1.evil.example' }, 'a name that begins like this machine'],
    [{ AWS_ENDPOINT_URL: 'elsewhere' }, 'no URL'],
  ])('%o is refused: %s', async (env) => {
    expect(endpointOf(env, 'EC2').ok).toBe(false);
    const s = (subject = await awsSubject());
    const { awsProvider } = await import('../../providers/aws/index.ts');
    const listed = await awsProvider({ ...s.parts, env: { ...s.parts.env, ...env } }).listPools(s.fleet);
    expect(listed.ok).toBe(false);
    expect(s.aws.requests).toEqual([]);
  });

  it.each([
    ['https://sqs.eu-central-1.amazonaws.com/123456789012/q', 'eu-central-1'],
    ['https://sqs.us-gov-west-1.amazonaws.com/123456789012/q', 'us-gov-west-1'],
    ['https://eu-west-1.queue.amazonaws.com/1/q', 'eu-west-1'],
    ['https://vpce-1.sqs.us-east-1.vpce.amazonaws.com/1/q', 'us-east-1'],
    ['http://127.0.0.1:4566/1/q', 'us-east-1'],
    ['https://queue.example/1/q', undefined],
    ['https://sqs.us-east-1.attacker.example/1/q', undefined],
    ['https://sqs.us-east-1.amazonaws.com.example/1/q', undefined],
    ['no queue', undefined],
  ])('a queue at %s is in %s', (url, region) => {
    expect(queueRegion(url)).toBe(region);
  });
});
