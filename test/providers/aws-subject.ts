import { awsProvider } from '../../providers/aws/index.ts';
import type { PoolSpec, SimPool, SimulatedWorld } from '../../providers/simulated/world-types.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { LiveProvider, ProviderParts } from '../../src/ports.ts';
import { seconds } from '../../src/units.ts';
import { fakeAws, type FakeAws } from '../clouds/aws.ts';
import type { AwsSetup } from '../clouds/aws-state.ts';
import { memoryShelf, partsOver } from '../contract/parts.ts';
import { smallWorld, TAG } from '../contract/small-world.ts';

export interface AwsSubject {
  readonly world: SimulatedWorld;
  readonly fleet: Fleet;
  readonly aws: FakeAws;
  readonly parts: ProviderParts;
  /** the adapter made anew on the same shelf, as another process would */
  open(): LiveProvider;
  pool(spec: Partial<PoolSpec> & { readonly name: string }): SimPool;
  /** a managed node group of cluster `im` */
  nodeGroup(spec: Partial<PoolSpec> & { readonly name: string }): SimPool;
  close(): Promise<void>;
}

export async function awsSubject(setup: Partial<AwsSetup> = {}): Promise<AwsSubject> {
  const { world, fleet: small } = smallWorld('aws');
  const aws = await fakeAws(world, setup);
  const env = { AWS_ENDPOINT_URL: aws.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const parts = {
    ...partsOver(
      world,
      memoryShelf(() => world.now()),
    ),
    env,
  };
  const fleet = { ...small, clouds: small.clouds.map((c) => ({ ...c, access: { interruptionQueue: aws.queueUrl } })) };
  const pool: AwsSubject['pool'] = (spec) => {
    const made = world.pools.open(
      {
        provider: 'aws',
        region: 'us-east-1',
        zone: 'us-east-1a',
        type: 'm7i.large',
        purchase: 'on-demand',
        target: 2,
        min: 0,
        max: 20,
        tags: { [TAG.key]: TAG.value },
        ...spec,
      },
      { by: 'setup' },
    );
    world.advance(seconds(1800));
    return world.pools.get(made.id) ?? made;
  };
  return {
    world,
    fleet,
    aws,
    parts,
    open: () => awsProvider(parts),
    pool,
    nodeGroup: (spec) =>
      pool({
        ...spec,
        tags: { [TAG.key]: TAG.value, 'eks:cluster-name': 'im', 'eks:nodegroup-name': spec.name, ...spec.tags },
      }),
    close: () => aws.close(),
  };
}
