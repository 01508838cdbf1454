import {
  CreateFleetCommand,
  TerminateInstancesCommand,
  type CreateFleetCommandInput,
  type CreateFleetError,
  type Tag,
} from '@aws-sdk/client-ec2';
import { answered, failed, type Answer, type Failure } from '../../src/failure.ts';
import type { PoolRef } from '../../src/ports.ts';
import { POOL_TAG } from './direct.ts';
import { kindOfCode } from './failures.ts';
import type { Group } from './groups.ts';
import type { Session } from './session.ts';
import { clientToken } from './token.ts';

interface Launched {
  /** instance ids */
  readonly instances: readonly string[];
  /** one for each code that came: 200 with the refusal inside is how AWS says that there is nothing left */
  readonly failures: readonly Failure[];
}

const API = 'ec2:CreateFleet';

/**
 * Launches so many machines at once, of one type in one zone, and tells at once how many came.
 *
 * The token comes from the order, so a request whose answer was lost is answered again and not carried out again. Only
 * when AWS has answered that it was throttled inside does the next attempt have a token of its own.
 */
export async function launchFleet(
  session: Session,
  pool: PoolRef,
  group: Group,
  count: number,
  opId: string,
): Promise<Answer<Launched>> {
  let refusals = 0;
  const sent = await session.ask({ region: pool.region, class: 'launch', api: API }, async () => {
    const answer = await session
      .ec2(pool.region)
      .send(
        new CreateFleetCommand(inputOf(pool, group, count, clientToken(refusals === 0 ? opId : `${opId} ${refusals}`))),
      );
    const instances = (answer.Instances ?? []).flatMap((i) => i.InstanceIds ?? []);
    const failures = failuresIn(answer.Errors ?? [], answer.$metadata.requestId);
    const [first] = failures;
    if (instances.length === 0 && first && failures.every((f) => f.kind.is === 'throttled')) {
      refusals += 1;
      throw Object.assign(new Error(first.message), { name: first.code, $metadata: answer.$metadata });
    }
    return { instances, failures };
  });
  if (!sent.ok) return sent;
  const [first] = sent.value.failures;
  return sent.value.instances.length === 0 && first ? failed(first) : answered(sent.value);
}

function inputOf(pool: PoolRef, group: Group, count: number, token: string): CreateFleetCommandInput {
  const spot = pool.purchase === 'spot';
  const tags: Tag[] = (group.Tags ?? []).flatMap(({ Key, Value }) =>
    Key === undefined || Key.startsWith('aws:') ? [] : [{ Key, Value }],
  );
  return {
    Type: 'instant',
    ClientToken: token,
    TargetCapacitySpecification: { TotalTargetCapacity: count, DefaultTargetCapacityType: spot ? 'spot' : 'on-demand' },
    ...(spot
      ? { SpotOptions: { AllocationStrategy: 'price-capacity-optimized' } }
      : { OnDemandOptions: { AllocationStrategy: 'lowest-price' } }),
    LaunchTemplateConfigs: [
      {
        LaunchTemplateSpecification: {
          LaunchTemplateId: group.LaunchTemplate?.LaunchTemplateId,
          Version: group.LaunchTemplate?.Version,
        },
        Overrides: [
          {
            InstanceType: pool.type as NonNullable<
              NonNullable<
                NonNullable<CreateFleetCommandInput['LaunchTemplateConfigs']>[0]['Overrides']
              >[0]['InstanceType']
            >,
            ...(group.VPCZoneIdentifier === undefined
              ? { AvailabilityZone: pool.zone }
              : { SubnetId: group.VPCZoneIdentifier }),
          },
        ],
      },
    ],
    TagSpecifications: (['fleet', 'instance'] as const).map((ResourceType) => ({
      ResourceType,
      Tags: [...tags, { Key: POOL_TAG, Value: pool.id }],
    })),
  };
}

function failuresIn(errors: readonly CreateFleetError[], requestId: string | undefined): readonly Failure[] {
  const byCode = new Map<string, Failure>();
  for (const { ErrorCode: code = 'Unknown', ErrorMessage: message = '' } of errors) {
    const failure = { kind: kindOfCode(code, message), api: API, code, message: message.slice(0, 300) };
    byCode.set(code, { ...failure, status: 200, ...(requestId !== undefined && { requestId }) });
  }
  return [...byCode.values()];
}

/** Ends machines by name: a second time is harmless, and one that is gone is what was wanted. */
export async function terminate(
  session: Session,
  pool: Pick<PoolRef, 'region'>,
  ids: readonly string[],
): Promise<Answer<void>> {
  if (ids.length === 0) return answered(undefined);
  const sent = await session.ask({ region: pool.region, class: 'write', api: 'ec2:TerminateInstances' }, () =>
    session.ec2(pool.region).send(new TerminateInstancesCommand({ InstanceIds: [...ids] })),
  );
  return sent.ok ? answered(undefined) : sent;
}
