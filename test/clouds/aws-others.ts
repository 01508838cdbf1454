import { createHash } from 'node:crypto';
import type * as prices from '@aws-sdk/client-pricing';
import type * as plans from '@aws-sdk/client-savingsplans';
import type * as quotas from '@aws-sdk/client-service-quotas';
import type * as sqs from '@aws-sdk/client-sqs';
import type { SimNotice } from '../../providers/simulated/world-types.ts';
import { isoOf } from '../../src/units.ts';
import { ACCOUNT, AwsError, handler, pageOf, type Call, type Handler } from './aws-state.ts';

/** Prices, quotas, savings plans, the queue and who one is. */
export const OTHERS: Readonly<Record<string, Handler>> = {
  'pricing:GetProducts': handler<prices.GetProductsCommandInput>((input, { world }) => {
    if (input.ServiceCode !== 'AmazonEC2')
      throw new AwsError(400, 'NotFoundException', `no service ${input.ServiceCode}`);
    const wanted = Object.fromEntries((input.Filters ?? []).map((f) => [f.Field ?? '', f.Value ?? '']));
    const found = world.regions
      .filter((r) => r.provider === 'aws')
      .flatMap((r) => r.types.flatMap((t) => products(r.name, t.name, r.onDemand(t.name))))
      .filter(({ product: { attributes } }) =>
        Object.entries(wanted).every(([key, value]) => (attributes as Record<string, string>)[key] === value),
      );
    const { page, next } = pageOf(found, input.MaxResults ?? 100, input.NextToken);
    return {
      FormatVersion: 'aws_v1',
      PriceList: page.map((p) => JSON.stringify(p)),
      ...(next !== undefined && { NextToken: next }),
    };
  }),

  'servicequotas:ListServiceQuotas': handler<quotas.ListServiceQuotasCommandInput>((input, { world, region }) => {
    const limits = new Map(world.quota('aws', region).map((q) => [q.name, q.limit]));
    const listed = [
      ...Array.from({ length: 120 }, (_, i) => ({
        QuotaCode: `L-0000${String(i).padStart(4, '0')}`,
        QuotaName: `Another ${i}`,
        Value: 5,
      })),
      {
        QuotaCode: 'L-1216C47A',
        QuotaName: 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances',
        Value: limits.get('on-demand') ?? 0,
      },
      {
        QuotaCode: 'L-34B43A08',
        QuotaName: 'All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests',
        Value: limits.get('spot') ?? 0,
      },
    ].map((q) => ({ ServiceCode: 'ec2', ...q }));
    const { page, next } = pageOf(limits.size === 0 ? [] : listed, input.MaxResults ?? 100, input.NextToken);
    return { Quotas: page, ...(next !== undefined && { NextToken: next }) };
  }),

  'savingsplans:DescribeSavingsPlans': handler<plans.DescribeSavingsPlansCommandInput>((input, { state }) => ({
    savingsPlans: state.savingsPlans.filter((p) => input.states?.includes(p.state ?? 'active') ?? true),
  })),
  'savingsplans:DescribeSavingsPlanRates': handler<plans.DescribeSavingsPlanRatesCommandInput>((input, { state }) => ({
    savingsPlanId: input.savingsPlanId,
    searchResults: state.rates.get(input.savingsPlanId ?? '') ?? [],
  })),

  'sqs:ReceiveMessage': handler<sqs.ReceiveMessageCommandInput>((input, call) => {
    const { world, state } = call;
    const waiting = [...messagesOf(call)]
      .filter(([id]) => (state.hiddenUntil.get(id) ?? 0) <= world.now())
      .slice(0, input.MaxNumberOfMessages ?? 1);
    for (const [id] of waiting) state.hiddenUntil.set(id, world.now() + (input.VisibilityTimeout ?? 30) * 1000);
    if (waiting.length === 0) return {};
    return {
      Messages: waiting.map(([id, Body]) => ({
        MessageId: id,
        ReceiptHandle: `handle ${id}`,
        Body,
        MD5OfBody: createHash('md5').update(Body).digest('hex'),
      })),
    };
  }),
  'sqs:DeleteMessageBatch': handler<sqs.DeleteMessageBatchCommandInput>((input, { world, state }) => {
    for (const { ReceiptHandle = '' } of input.Entries ?? []) {
      const id = ReceiptHandle.replace(/^handle /, '');
      state.messages.delete(id);
      world.settle(id);
    }
    return { Successful: (input.Entries ?? []).map(({ Id }) => ({ Id })), Failed: [] };
  }),
  'sqs:GetQueueAttributes': handler<sqs.GetQueueAttributesCommandInput>((_input, call) => ({
    Attributes: { ApproximateNumberOfMessages: String(messagesOf(call).size) },
  })),

  'sts:GetCallerIdentity': handler<object>(() => ({
    Account: ACCOUNT,
    Arn: `arn:aws:iam::${ACCOUNT}:user/godwit`,
    UserId: 'AIDA',
  })),
  'sts:AssumeRole': handler<{ RoleArn: string }>(({ RoleArn }, { world }) => ({
    Credentials: {
      AccessKeyId: 'ASIAROLE',
      SecretAccessKey: 'role',
      SessionToken: RoleArn,
      Expiration: new Date(world.now() + 3_600_000),
    },
  })),
};

/** What a type costs, and what stands beside it in the real list: Windows, and reserved capacity for nothing. */
function products(region: string, type: string, usd: number | undefined) {
  if (usd === undefined) return [];
  const rows = [
    { operatingSystem: 'Windows', capacitystatus: 'Used', usd: usd + 0.092 },
    { operatingSystem: 'Linux', capacitystatus: 'UnusedCapacityReservation', usd: 0 },
    { operatingSystem: 'Linux', capacitystatus: 'Used', usd },
  ];
  return rows.map(({ usd: price, ...attributes }, i) => ({
    product: {
      productFamily: 'Compute Instance',
      sku: `${type}${i}`,
      attributes: {
        instanceType: type,
        regionCode: region,
        preInstalledSw: 'NA',
        marketoption: 'OnDemand',
        tenancy: 'Shared',
        ...attributes,
      },
    },
    serviceCode: 'AmazonEC2',
    terms: {
      OnDemand: {
        [`${type}${i}.JRTC`]: {
          priceDimensions: { [`${type}${i}.JRTC.6YS6`]: { unit: 'Hrs', pricePerUnit: { USD: price.toFixed(10) } } },
        },
      },
    },
  }));
}

function messagesOf({ world, state }: Call): ReadonlyMap<string, string> {
  return new Map([
    ...state.messages,
    ...world
      .notices('aws')
      .map((n) => [n.receipt, eventOf(n, world.instance(n.instance)?.region ?? 'us-east-1')] as const),
  ]);
}

const eventOf = ({ kind, instance, at, receipt }: SimNotice, region: string): string =>
  JSON.stringify({
    version: '0',
    id: receipt,
    'detail-type':
      kind === 'reclaim' ? 'EC2 Spot Instance Interruption Warning' : 'EC2 Instance Rebalance Recommendation',
    source: 'aws.ec2',
    account: ACCOUNT,
    time: isoOf(at),
    region,
    resources: [`arn:aws:ec2:${region}:${ACCOUNT}:instance/${instance}`],
    detail: { 'instance-id': instance, ...(kind === 'reclaim' && { 'instance-action': 'terminate' }) },
  });
