import { DescribeInstancesCommand, type Filter, type Instance } from '@aws-sdk/client-ec2';
import { allPages } from '../../src/calls/pages.ts';
import { answered, type Answer } from '../../src/failure.ts';
import type { Session } from './session.ts';

/** An instance of the account, in a pool or not, with what is used of it. */
export interface Machine {
  readonly id: string;
  readonly type: string;
  readonly zone: string;
  readonly spot: boolean;
  readonly state: string;
  readonly startedAt?: number;
  /** name of its Kubernetes node, where the cluster names nodes as EKS does */
  readonly node?: string;
  readonly group?: string;
  readonly tags: ReadonlyMap<string, string>;
}

/** Every machine of the region that costs something or is about to. */
export async function listMachines(
  session: Session,
  region: string,
  filters: readonly Filter[] = [],
): Promise<Answer<readonly Machine[]>> {
  return allPages<Machine, string>(async (token) => {
    const page = await session.ask({ region, class: 'read', api: 'ec2:DescribeInstances' }, () =>
      session.ec2(region).send(
        new DescribeInstancesCommand({
          Filters: [
            { Name: 'instance-state-name', Values: ['pending', 'running', 'shutting-down', 'stopping'] },
            ...filters,
          ],
          MaxResults: 1000,
          ...(token !== undefined && { NextToken: token }),
        }),
      ),
    );
    if (!page.ok) return page;
    const items = (page.value.Reservations ?? []).flatMap((r) => r.Instances ?? []).flatMap((i) => machineOf(i) ?? []);
    return answered({ items, ...(page.value.NextToken && { next: page.value.NextToken }) });
  });
}

function machineOf(i: Instance): Machine | undefined {
  const { InstanceId: id, InstanceType: type } = i;
  const zone = i.Placement?.AvailabilityZone;
  if (!id || !type || !zone) return undefined;
  const tags = new Map(
    (i.Tags ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? ''] as const])),
  );
  const startedAt = i.LaunchTime?.getTime();
  const group = tags.get('aws:autoscaling:groupName');
  return {
    id,
    type,
    zone,
    spot: i.InstanceLifecycle === 'spot',
    state: i.State?.Name ?? 'running',
    ...(startedAt !== undefined && !Number.isNaN(startedAt) && { startedAt }),
    ...(i.PrivateDnsName && { node: i.PrivateDnsName }),
    ...(group !== undefined && { group }),
    tags,
  };
}
