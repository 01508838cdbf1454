import { DescribeLaunchConfigurationsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import type { Purchase } from '../../src/catalog/offering.ts';
import { answered, type Answer } from '../../src/failure.ts';
import { seconds } from '../../src/units.ts';
import type { Group } from './groups.ts';
import { isFresh, isRecord, putKept, takeKept } from './kept.ts';
import type { Session } from './session.ts';

/** What the nodes of a pool are, or why that is not one thing. */
export type Make = { readonly type: string; readonly purchase: Purchase } | { readonly mixed: string };

/** What a launch template (or the older launch configuration) says. */
export interface Launch {
  readonly type?: string;
  readonly spot: boolean;
}

/**
 * The one type and purchase that a group's nodes have. A policy of several types leaves the choice to AWS, and so does
 * one that mixes purchases: such a group cannot be steered offering by offering.
 */
export async function makeOf(session: Session, region: string, group: Group): Promise<Answer<Make>> {
  const policy = group.MixedInstancesPolicy;
  const unit = group.DesiredCapacityType;
  if (unit !== undefined && unit !== '' && unit !== 'units')
    return answered({ mixed: `its size is counted in ${unit}, not in nodes` });
  if (!policy) {
    const launch = await launchOf(session, region, group);
    return launch.ok ? answered(single(launch.value, undefined)) : launch;
  }
  const overrides = policy.LaunchTemplate?.Overrides ?? [];
  if (overrides.some((o) => o.InstanceRequirements)) return answered({ mixed: 'AWS chooses its types by attributes' });
  if (overrides.some((o) => (o.WeightedCapacity ?? '1') !== '1'))
    return answered({ mixed: 'its size is counted in weights, not in nodes' });
  const types = [...new Set(overrides.flatMap((o) => o.InstanceType ?? []))];
  if (types.length > 1)
    return answered({ mixed: `AWS chooses among ${types.length} types: ${types.slice(0, 5).join(', ')}` });
  const { OnDemandBaseCapacity: base = 0, OnDemandPercentageAboveBaseCapacity: share = 100 } =
    policy.InstancesDistribution ?? {};
  if (share !== 100 && (share !== 0 || base > 0)) return answered({ mixed: 'it mixes on-demand and spot' });
  const purchase: Purchase = share === 0 ? 'spot' : 'on-demand';
  const [type] = types;
  if (type !== undefined) return answered({ type, purchase });
  const launch = await launchOf(session, region, group);
  return launch.ok ? answered(single(launch.value, purchase)) : launch;
}

const single = ({ type, spot }: Launch, purchase: Purchase | undefined): Make =>
  type === undefined
    ? { mixed: 'its launch template names no instance type' }
    : { type, purchase: purchase ?? (spot ? 'spot' : 'on-demand') };

/** A numbered version of a template never changes; the default one may at any time. */
async function launchOf(session: Session, region: string, group: Group): Promise<Answer<Launch>> {
  const spec = group.LaunchTemplate ?? group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  const version = spec?.Version ?? '$Default';
  const name = spec?.LaunchTemplateId ?? spec?.LaunchTemplateName ?? group.LaunchConfigurationName;
  if (name === undefined) return answered({ spot: false });
  const what = `launch/${name}/${spec ? version : 'configuration'}`;
  const kept = await takeKept(session, region, what, isLaunch);
  const lasting = version.startsWith('$') ? seconds(3600) : seconds(365 * 86_400);
  if (kept && isFresh(session, kept, lasting)) return answered(kept.value);
  const read = spec
    ? await readTemplate(session, region, { id: spec.LaunchTemplateId, name: spec.LaunchTemplateName, version })
    : await readConfiguration(session, region, name);
  if (!read.ok) return kept ? answered(kept.value) : read;
  await putKept(session, region, what, read.value);
  return read;
}

interface TemplateRef {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly version: string;
}

async function readTemplate(
  session: Session,
  region: string,
  { id, name, version }: TemplateRef,
): Promise<Answer<Launch>> {
  const read = await session.ask({ region, class: 'read', api: 'ec2:DescribeLaunchTemplateVersions' }, () =>
    session.ec2(region).send(
      new DescribeLaunchTemplateVersionsCommand({
        ...(id === undefined ? { LaunchTemplateName: name } : { LaunchTemplateId: id }),
        Versions: [version],
      }),
    ),
  );
  if (!read.ok) return read;
  const data = read.value.LaunchTemplateVersions?.[0]?.LaunchTemplateData;
  return answered({
    ...(data?.InstanceType !== undefined && { type: data.InstanceType }),
    spot: data?.InstanceMarketOptions?.MarketType === 'spot',
  });
}

async function readConfiguration(session: Session, region: string, name: string): Promise<Answer<Launch>> {
  const read = await session.ask({ region, class: 'read', api: 'autoscaling:DescribeLaunchConfigurations' }, () =>
    session.autoScaling(region).send(new DescribeLaunchConfigurationsCommand({ LaunchConfigurationNames: [name] })),
  );
  if (!read.ok) return read;
  const found = read.value.LaunchConfigurations?.[0];
  return answered({
    ...(found?.InstanceType !== undefined && { type: found.InstanceType }),
    spot: Boolean(found?.SpotPrice),
  });
}

const isLaunch = (value: unknown): value is Launch =>
  isRecord(value) &&
  typeof value['spot'] === 'boolean' &&
  (value['type'] === undefined || typeof value['type'] === 'string');
