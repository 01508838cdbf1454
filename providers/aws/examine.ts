import { DescribeInstancesCommand, GetSpotPlacementScoresCommand } from '@aws-sdk/client-ec2';
import { DescribeSavingsPlansCommand } from '@aws-sdk/client-savingsplans';
import { ListServiceQuotasCommand } from '@aws-sdk/client-service-quotas';
import { GetProductsCommand } from '@aws-sdk/client-pricing';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { ListClustersCommand } from '@aws-sdk/client-eks';
import { type Answer, type Failure } from '../../src/failure.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { Finding, PoolList } from '../../src/ports.ts';
import { queueRegion } from './interruptions.ts';
import { PERMISSIONS } from './permissions.ts';
import type { Place } from './places.ts';
import { GLOBAL_REGION } from './session.ts';

/** What works and what is missing, by calls that change nothing. */
export async function examinePlace(
  place: Place,
  fleet: Fleet,
  pools: () => Promise<Answer<PoolList>>,
): Promise<readonly Finding[]> {
  const who = await identity(place);
  if (who.some((f) => f.state !== 'ok' && f.about !== 'clock')) return who;
  const [reads, writes, found] = [await Promise.all(readsOf(place).map(tried)), writesOf(place, fleet), await pools()];
  return [...who, ...reads, ...writes, poolFinding(place, found)];
}

/** AWS refuses signatures that are more than five minutes off. */
const MOST_SKEW_S = 300;

async function identity({ session, region: { name: region } }: Place): Promise<Finding[]> {
  const what = `sts:GetCallerIdentity in ${region}`;
  let date: string | undefined;
  const client = session.sts(region);
  const asked = await session.ask({ region, class: 'read', api: 'sts:GetCallerIdentity' }, () => {
    const command = new GetCallerIdentityCommand({});
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { headers } = (result.response ?? {}) as { headers?: Readonly<Record<string, string>> };
        date = headers?.['date'];
        return result;
      },
      { step: 'deserialize', name: 'readDate', priority: 'low' },
    );
    return client.send(command);
  });
  if (!asked.ok) {
    const { failure } = asked;
    const about = failure.kind.is === 'transient' ? 'reach' : 'credentials';
    return [
      {
        about,
        what,
        state: 'failed',
        detail: wordsOf(failure),
        remedy:
          about === 'reach'
            ? `look whether ${region} can be reached from here`
            : 'check the credentials that the AWS tools find here',
      },
    ];
  }
  const { Arn: arn = 'an unnamed identity', Account: account = '?' } = asked.value;
  const found: Finding[] = [{ about: 'credentials', what, state: 'ok', detail: `${arn} of account ${account}` }];
  const skewS = date === undefined ? Number.NaN : (session.parts.clock.now() - Date.parse(date)) / 1000;
  if (Number.isNaN(skewS)) return found;
  const off = `this clock is ${Math.abs(skewS).toFixed(0)} s ${skewS < 0 ? 'behind' : 'ahead of'} AWS`;
  const wrong = Math.abs(skewS) > MOST_SKEW_S;
  found.push({
    about: 'clock',
    what: `Date of ${what}`,
    state: wrong ? 'failed' : 'ok',
    detail: off,
    ...(wrong && { remedy: 'set the clock of this machine, for instance with NTP' }),
  });
  return found;
}

interface Try {
  readonly about: Finding['about'];
  readonly permission: string;
  readonly where: string;
  readonly run: () => Promise<Answer<unknown>>;
}

/** One small read of every kind; EC2 can be asked without doing it, and answers 412 where it would. */
function readsOf({ session, access, region: { name: region } }: Place): Try[] {
  const ask = (about: Finding['about'], api: string, send: () => Promise<unknown>, where = region): Try => ({
    about,
    permission: api,
    where,
    run: () => session.ask({ region: where, class: 'read', api, attempts: 2 }, send),
  });
  const queue = access.interruptionQueue;
  return [
    ask('permission', 'autoscaling:DescribeAutoScalingGroups', () =>
      session.autoScaling(region).send(new DescribeAutoScalingGroupsCommand({ MaxRecords: 1 })),
    ),
    ask('permission', 'ec2:DescribeInstances', () =>
      session.ec2(region).send(new DescribeInstancesCommand({ DryRun: true })),
    ),
    ask('permission', 'ec2:GetSpotPlacementScores', () =>
      session.ec2(region).send(
        new GetSpotPlacementScoresCommand({
          DryRun: true,
          TargetCapacity: 1,
          InstanceTypes: ['m7i.large', 'm6i.large', 'm5.large'],
          RegionNames: [region],
        }),
      ),
    ),
    ask('permission', 'eks:ListClusters', () => session.eks(region).send(new ListClustersCommand({ maxResults: 1 }))),
    ask(
      'prices',
      'pricing:GetProducts',
      () => session.pricing().send(new GetProductsCommand({ ServiceCode: 'AmazonEC2', MaxResults: 1 })),
      GLOBAL_REGION,
    ),
    ask('quota', 'servicequotas:ListServiceQuotas', () =>
      session.quotas(region).send(new ListServiceQuotasCommand({ ServiceCode: 'ec2', MaxResults: 1 })),
    ),
    ask(
      'permission',
      'savingsplans:DescribeSavingsPlans',
      () => session.savingsPlans().send(new DescribeSavingsPlansCommand({ maxResults: 1 })),
      GLOBAL_REGION,
    ),
    ...(queue === undefined
      ? []
      : [
          ask(
            'permission',
            'sqs:GetQueueAttributes',
            () =>
              session
                .sqs(queueRegion(queue) ?? region)
                .send(
                  new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: ['ApproximateNumberOfMessages'] }),
                ),
            queueRegion(queue) ?? region,
          ),
        ]),
  ];
}

async function tried({ about, permission, where, run }: Try): Promise<Finding> {
  const what = `${permission} in ${where}`;
  const asked = await run();
  if (asked.ok || asked.failure.code === 'DryRunOperation') return { about, what, state: 'ok', detail: 'allowed' };
  const { failure } = asked;
  const known = PERMISSIONS.find((p) => p.permission === permission);
  const without = known?.needed === 'optional' ? 'it works without, knowing less' : 'it is needed';
  if (failure.kind.is === 'unauthorized') {
    return {
      about,
      what,
      state: 'missing',
      detail: `${wordsOf(failure)} (for ${known?.why ?? 'reading'}; ${without})`,
      remedy: `allow ${permission}`,
      permission,
    };
  }
  return {
    about,
    what,
    state: 'failed',
    detail: wordsOf(failure),
    remedy: "the package's own figures hold where AWS does not tell its",
  };
}

/** Neither Auto Scaling nor EKS can be asked whether they would. */
function writesOf({ region: { name: region } }: Place, fleet: Fleet): Finding[] {
  const opens = fleet.templates.some((t) => t.provider === 'aws' && t.like !== undefined);
  const hears = fleet.clouds.some((c) => c.access?.interruptionQueue !== undefined);
  const needed = PERMISSIONS.filter(
    (p) =>
      p.calls.length > 0 &&
      (p.needed === 'scale' || (opens && p.needed === 'open')) &&
      (hears || !p.permission.startsWith('sqs:')),
  );
  return needed.map(({ permission, why }) => ({
    about: 'permission',
    what: `${permission} in ${region}`,
    state: 'unknown',
    detail: `for ${why}; AWS tells only when it is done`,
    remedy: `compare the policy of these credentials with deploy/permissions, or simulate ${permission} with iam:SimulatePrincipalPolicy`,
    permission,
  }));
}

function poolFinding({ region: { name: region } }: Place, found: Answer<PoolList>): Finding {
  const what = `pools in ${region}`;
  if (!found.ok)
    return {
      about: 'pools',
      what,
      state: 'failed',
      detail: wordsOf(found.failure),
      remedy: 'nothing is changed while pools cannot be read',
    };
  const { pools, passedOver } = found.value;
  const detail = `${pools.length} to steer${
    passedOver.length > 0
      ? `, ${passedOver.length} passed over: ${passedOver
          .slice(0, 3)
          .map((p) => `${p.name} (${p.reason})`)
          .join(', ')}`
      : ''
  }`;
  if (pools.length > 0) return { about: 'pools', what, state: 'ok', detail };
  return {
    about: 'pools',
    what,
    state: 'missing',
    detail,
    remedy: "put the fleet's tag on its Auto Scaling groups or managed node groups",
  };
}

const wordsOf = ({ code, message, status }: Failure): string =>
  `${code}${status === undefined ? '' : ` (HTTP ${status})`}: ${message}`;
