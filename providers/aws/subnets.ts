import { DescribeSubnetsCommand, type DescribeSubnetsCommandInput, type Subnet } from '@aws-sdk/client-ec2';
import { allPages } from '../../src/calls/pages.ts';
import { answered, failed, type Answer } from '../../src/failure.ts';
import type { Session } from './session.ts';

const API = 'ec2:DescribeSubnets';

/** Zones, by name, that the subnets lie in. */
export async function zonesOfSubnets(
  session: Session,
  region: string,
  ids: readonly string[],
): Promise<Answer<readonly string[]>> {
  if (ids.length === 0) return answered([]);
  const found = await listSubnets(session, region, { SubnetIds: [...ids] });
  return found.ok ? answered([...new Set(found.value.flatMap((s) => s.AvailabilityZone ?? []))].toSorted()) : found;
}

/**
 * Subnets of a zone for a pool made like one that lies in `like`: those of its own subnets that are in the zone, else
 * one of the same network and of the same kind (public or not, load-balancer tags), the one with the most free
 * addresses.
 */
export async function subnetsIn(
  session: Session,
  region: string,
  zone: string,
  like: readonly string[],
): Promise<Answer<readonly string[]>> {
  const own = like.length === 0 ? answered([]) : await listSubnets(session, region, { SubnetIds: [...like] });
  if (!own.ok) return own;
  const inZone = own.value.filter((s) => s.AvailabilityZone === zone).flatMap((s) => s.SubnetId ?? []);
  if (inZone.length > 0) return answered(inZone);
  const [model] = own.value;
  const vpc = model?.VpcId;
  if (!model || vpc === undefined) return none(`the model names no subnet, so its network is not known`);
  const others = await listSubnets(session, region, {
    Filters: [
      { Name: 'vpc-id', Values: [vpc] },
      { Name: 'availability-zone', Values: [zone] },
    ],
  });
  if (!others.ok) return others;
  const [best] = others.value
    .filter((s) => s.AvailabilityZone === zone && kindOf(s) === kindOf(model) && s.State !== 'pending')
    .toSorted(
      (a, b) =>
        (b.AvailableIpAddressCount ?? 0) - (a.AvailableIpAddressCount ?? 0) ||
        ((a.SubnetId ?? '') < (b.SubnetId ?? '') ? -1 : 1),
    );
  if (best?.SubnetId === undefined) return none(`network ${vpc} has no subnet in ${zone} of the model's kind`);
  return answered([best.SubnetId]);
}

const kindOf = (s: Subnet): string =>
  JSON.stringify([
    s.MapPublicIpOnLaunch ?? false,
    (s.Tags ?? [])
      .map((t) => t.Key ?? '')
      .filter((k) => k.startsWith('kubernetes.io/role/'))
      .toSorted(),
  ]);

const listSubnets = (
  session: Session,
  region: string,
  which: DescribeSubnetsCommandInput,
): Promise<Answer<readonly Subnet[]>> =>
  allPages<Subnet, string>(async (token) => {
    const page = await session.ask({ region, class: 'read', api: API }, () =>
      session
        .ec2(region)
        .send(new DescribeSubnetsCommand({ ...which, ...(token !== undefined && { NextToken: token }) })),
    );
    if (!page.ok) return page;
    return answered({ items: page.value.Subnets ?? [], ...(page.value.NextToken && { next: page.value.NextToken }) });
  });

const none = (message: string): Answer<never> =>
  failed({ kind: { is: 'invalid' }, api: API, code: 'NoSubnet', message });
