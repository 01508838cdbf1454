import { afterEach, describe, expect, it } from 'vitest';
import { reservedOf } from '../../providers/aws/commitments.ts';
import { awsSubject, type AwsSubject } from './aws-subject.ts';

let subject: AwsSubject | undefined;
afterEach(async () => {
  const complaints = subject?.aws.complaints ?? [];
  await subject?.close();
  subject = undefined;
  expect(complaints).toEqual([]);
});

const END = new Date('2027-06-01T00:00:00Z');
const YEAR_S = 365 * 86_400;
const RI = {
  ReservedInstancesId: 'ri-1',
  InstanceType: 'm7i.large' as const,
  InstanceCount: 10,
  State: 'active' as const,
  ProductDescription: 'Linux/UNIX' as const,
  InstanceTenancy: 'default' as const,
  Scope: 'Region' as const,
  End: END,
  Duration: YEAR_S,
};

describe('reserved instances', () => {
  it.each([
    [
      'no upfront: what each hour costs, for all of them',
      { RecurringCharges: [{ Amount: 0.06, Frequency: 'Hourly' as const }] },
      0.6,
    ],
    [
      'partial: the upfront payment is spread over the term',
      { FixedPrice: 87.6, RecurringCharges: [{ Amount: 0.05, Frequency: 'Hourly' as const }] },
      0.6,
    ],
    ['all upfront: paid already, and still what an unused hour loses', { FixedPrice: 876, RecurringCharges: [] }, 1],
  ])('%s', (_reason, paid, usdPerHour) => {
    expect(reservedOf({ ...RI, ...paid }, 'us-east-1')?.usdPerHour).toBeCloseTo(usdPerHour, 6);
  });

  it('hold in one zone where they were bought for it', () => {
    expect(
      reservedOf({ ...RI, Scope: 'Availability Zone', AvailabilityZone: 'us-east-1a' }, 'us-east-1'),
    ).toMatchObject({ zone: 'us-east-1a', type: 'm7i.large', count: 10, until: END.getTime() });
    expect(reservedOf({ ...RI, AvailabilityZone: 'us-east-1a' }, 'us-east-1')).not.toHaveProperty('zone');
  });

  it.each([
    ['are over', { State: 'retired' as const }],
    ['cover Windows', { ProductDescription: 'Windows' as const }],
    ['cover dedicated machines', { InstanceTenancy: 'dedicated' as const }],
    ['name no end', { End: undefined }],
  ])('are left out where they %s', (_reason, member) => {
    expect(reservedOf({ ...RI, ...member }, 'us-east-1')).toBeUndefined();
  });
});

describe('what an account owns', () => {
  const PLAN = {
    savingsPlanId: 'sp-1',
    state: 'active' as const,
    end: END.toISOString(),
    commitment: '12.5',
    savingsPlanType: 'Compute' as const,
    productTypes: ['EC2' as const],
    termDurationInSeconds: YEAR_S,
  };

  it('is read from AWS, a plan’s discount from its own rates', async () => {
    const s = (subject = await awsSubject());
    s.aws.setup.reservedInstances.set('us-east-1', [
      { ...RI, RecurringCharges: [{ Amount: 0.06, Frequency: 'Hourly' }] },
    ]);
    s.aws.setup.savingsPlans.push(PLAN);
    const onDemand = s.world.regions[0]?.onDemand('m7i.large') ?? 0;
    s.aws.setup.rates.set('sp-1', [
      { rate: String(onDemand * 0.7), currency: 'USD', properties: [{ name: 'instanceType', value: 'm7i.large' }] },
    ]);
    const owned = await s.open().listCommitments(s.fleet);
    expect(owned.ok && owned.value).toEqual([
      {
        kind: 'reserved-nodes',
        id: 'ri-1',
        provider: 'aws',
        region: 'us-east-1',
        type: 'm7i.large',
        count: 10,
        usdPerHour: expect.closeTo(0.6, 6) as number,
        until: END.getTime(),
      },
      {
        kind: 'spend',
        id: 'sp-1',
        provider: 'aws',
        usdPerHour: 12.5,
        until: END.getTime(),
        discount: expect.closeTo(0.3, 3) as number,
      },
    ]);
  });

  it.each([
    ['a Compute plan of a year', PLAN, 0.26],
    ['a Compute plan of three', { ...PLAN, termDurationInSeconds: 3 * YEAR_S }, 0.48],
    [
      'an EC2 Instance plan of a year',
      { ...PLAN, savingsPlanType: 'EC2Instance' as const, region: 'us-east-1', ec2InstanceFamily: 'm7i' },
      0.37,
    ],
  ])('takes the usual discount where rates are not told: %s', async (_name, plan, discount) => {
    const s = (subject = await awsSubject());
    s.aws.setup.savingsPlans.push(plan);
    const owned = await s.open().listCommitments(s.fleet);
    expect(owned.ok && owned.value).toMatchObject([{ id: 'sp-1', discount }]);
  });

  it('counts once what the fleet file names too, and keeps what only the file knows', async () => {
    const s = (subject = await awsSubject());
    s.aws.setup.savingsPlans.push(PLAN);
    const first = await s.open().listCommitments(s.fleet);
    const [plan] = first.ok ? first.value : [];
    if (!plan) throw new Error('no plan');
    const fleet = { ...s.fleet, commitments: [plan, { ...plan, id: 'of-the-payer' }] };
    const owned = await s.open().listCommitments(fleet);
    expect(owned.ok && owned.value.map((c) => c.id)).toEqual(['sp-1', 'of-the-payer']);
  });

  it('does without savings plans where the role may not see them', async () => {
    const s = (subject = await awsSubject());
    s.world.faults.add({ provider: 'aws', api: 'savingsplans:DescribeSavingsPlans', fault: { is: 'unauthorized' } });
    expect(await s.open().listCommitments(s.fleet)).toEqual({ ok: true, value: [] });
    expect(s.world.faults.unfired()).toEqual([]);
  });
});
