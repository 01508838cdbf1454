import type { Nodegroup } from '@aws-sdk/client-eks';
import { answered, type Answer } from '../../src/failure.ts';
import type { Group } from './groups.ts';
import { zonesOfSubnets } from './subnets.ts';
import type { Session } from './session.ts';

/**
 * A managed node group whose Auto Scaling group does not show, put in the same shape: emulators keep the one without
 * the other. Its instances are not known then.
 */
export async function unseenGroup(
  session: Session,
  region: string,
  node: Nodegroup,
): Promise<Answer<Group | { reason: string }>> {
  const { desiredSize, minSize, maxSize } = node.scalingConfig ?? {};
  if (desiredSize === undefined || minSize === undefined || maxSize === undefined)
    return answered({ reason: 'it has no scaling configuration' });
  if (node.status === 'DELETING') return answered({ reason: 'it is being deleted' });
  const zones = await zonesOfSubnets(session, region, node.subnets ?? []);
  if (!zones.ok) return zones;
  const percentage = node.capacityType === 'SPOT' ? 0 : 100;
  return answered({
    AutoScalingGroupName: node.resources?.autoScalingGroups?.[0]?.name ?? node.nodegroupName ?? '',
    AutoScalingGroupARN: node.nodegroupArn ?? '',
    MinSize: minSize,
    MaxSize: maxSize,
    DesiredCapacity: desiredSize,
    DefaultCooldown: 0,
    AvailabilityZones: [...zones.value],
    HealthCheckType: 'EC2',
    CreatedTime: node.createdAt ?? new Date(0),
    MixedInstancesPolicy: {
      InstancesDistribution: { OnDemandBaseCapacity: 0, OnDemandPercentageAboveBaseCapacity: percentage },
      LaunchTemplate: {
        ...(node.launchTemplate && {
          LaunchTemplateSpecification: {
            ...(node.launchTemplate.id !== undefined && { LaunchTemplateId: node.launchTemplate.id }),
            ...(node.launchTemplate.id === undefined && { LaunchTemplateName: node.launchTemplate.name }),
            Version: node.launchTemplate.version ?? '$Default',
          },
        }),
        Overrides: (node.instanceTypes ?? []).map((InstanceType) => ({ InstanceType })),
      },
    },
    Tags: [],
  });
}
