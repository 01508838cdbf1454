import { expect } from 'vitest';
import { awsProvider } from '../../providers/aws/index.ts';
import { memoryShelf, partsOver } from '../contract/parts.ts';
import { providerContract } from '../contract/provider-contract.ts';
import { smallWorld } from '../contract/small-world.ts';
import { fakeAws } from '../clouds/aws.ts';

providerContract('aws', async () => {
  const { world, fleet } = smallWorld('aws');
  const aws = await fakeAws(world);
  const shelf = memoryShelf(() => world.now());
  const env = { AWS_ENDPOINT_URL: aws.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  return {
    fleet: { ...fleet, clouds: fleet.clouds.map((c) => ({ ...c, access: { interruptionQueue: aws.queueUrl } })) },
    world,
    open: async () => awsProvider({ ...partsOver(world, shelf), env }),
    api: {
      listPools: 'autoscaling:DescribeAutoScalingGroups',
      setSize: 'autoscaling:SetDesiredCapacity',
      deleteInstances: 'autoscaling:TerminateInstanceInAutoScalingGroup',
      openPool: 'autoscaling:CreateAutoScalingGroup',
      readOperation: 'autoscaling:DescribeAutoScalingGroups by name',
      listOfferings: 'ec2:DescribeSpotPriceHistory',
    },
    close: async () => {
      await aws.close();
      expect(aws.complaints, 'what AWS would not have understood').toEqual([]);
    },
  };
});
