import type * as sdk from '@aws-sdk/client-ec2';
import type { SimInstance } from '../../providers/simulated/world-types.ts';
import { AwsError, groupName, handler, pageOf, zoneId, type Call, type Handler } from './aws-state.ts';

const regionOf = ({ world, region }: Call) => world.regions.find((r) => r.provider === 'aws' && r.name === region);

const valuesOf = (filters: readonly sdk.Filter[] | undefined, name: string): readonly string[] | undefined =>
  filters?.find((f) => f.Name === name)?.Values;

/** Filters that are not known are refused by AWS, so they are here. */
function onlyKnown(filters: readonly sdk.Filter[] | undefined, ...known: string[]): void {
  const stray = filters?.find((f) => !known.includes(f.Name ?? ''));
  if (stray) throw new AwsError(400, 'InvalidParameterValue', `The filter '${stray.Name}' is invalid`);
}

function dry({ DryRun }: { DryRun?: boolean | undefined }): void {
  if (DryRun) throw new AwsError(412, 'DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');
}

const allowed = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(text);

export const EC2: Readonly<Record<string, Handler>> = {
  'ec2:DescribeInstances': handler<sdk.DescribeInstancesCommandInput>((input, call) => {
    dry(input);
    onlyKnown(input.Filters, 'instance-state-name', 'tag:godwit.io/pool');
    const { world, region, empty } = call;
    const states = valuesOf(input.Filters, 'instance-state-name');
    const pools = new Map(world.pools.list('aws', region).map((p) => [p.id, p]));
    const instances = (empty ? [] : [...world.charged().keys()])
      .flatMap((id) => world.instance(id) ?? [])
      .filter((i) => i.provider === 'aws' && i.region === region)
      .filter((i) => states === undefined || states.includes(STATE[i.state]))
      .filter((i) => valuesOf(input.Filters, 'tag:godwit.io/pool')?.includes(i.tags['godwit.io/pool'] ?? '') ?? true)
      .map((i) => instanceOf(i, pools.get(i.pool ?? '')));
    const { page, next } = pageOf(instances, input.MaxResults ?? 1000, input.NextToken);
    return {
      Reservations: page.length === 0 ? [] : [{ ReservationId: 'r-1', OwnerId: '123456789012', Instances: page }],
      ...(next !== undefined && { NextToken: next }),
    };
  }),

  'ec2:DescribeInstanceTypeOfferings': handler<sdk.DescribeInstanceTypeOfferingsCommandInput>((input, call) => {
    onlyKnown(input.Filters, 'location', 'instance-type');
    const [zones, types] = [valuesOf(input.Filters, 'location'), valuesOf(input.Filters, 'instance-type')];
    const region = regionOf(call);
    const found = (region?.zones ?? [])
      .filter((z) => zones === undefined || zones.includes(z.name))
      .flatMap((z) =>
        (region?.types ?? [])
          .filter((t) => z.sells(t.name) && (types === undefined || types.some((p) => allowed(p, t.name))))
          .map((t) => ({
            InstanceType: t.name as sdk._InstanceType,
            LocationType: 'availability-zone' as const,
            Location: z.name,
          })),
      );
    const { page, next } = pageOf(found, input.MaxResults ?? 1000, input.NextToken);
    return { InstanceTypeOfferings: page, ...(next !== undefined && { NextToken: next }) };
  }),

  'ec2:DescribeInstanceTypes': handler<sdk.DescribeInstanceTypesCommandInput>((input, call) => {
    const types = regionOf(call)?.types ?? [];
    const unknown = (input.InstanceTypes ?? []).find((name) => !types.some((t) => t.name === name));
    if (unknown !== undefined)
      throw new AwsError(
        400,
        'InvalidInstanceType',
        `The following supplied instance types do not exist: [${unknown}]`,
      );
    return {
      InstanceTypes: types
        .filter((t) => input.InstanceTypes === undefined || input.InstanceTypes.includes(t.name as sdk._InstanceType))
        .map((t) => ({
          InstanceType: t.name as sdk._InstanceType,
          SupportedUsageClasses: t.spot ? ['on-demand' as const, 'spot' as const] : ['on-demand' as const],
          ProcessorInfo: { SupportedArchitectures: [t.arch === 'arm64' ? ('arm64' as const) : ('x86_64' as const)] },
          VCpuInfo: { DefaultVCpus: t.vcpu },
          MemoryInfo: { SizeInMiB: t.memory },
          NetworkInfo: { MaximumNetworkInterfaces: 3, Ipv4AddressesPerInterface: 10 },
        })),
    };
  }),

  'ec2:DescribeSpotPriceHistory': handler<sdk.DescribeSpotPriceHistoryCommandInput>((input, call) => {
    onlyKnown(input.Filters, 'availability-zone');
    const { world } = call;
    const region = regionOf(call);
    const zones = valuesOf(input.Filters, 'availability-zone');
    const products = input.ProductDescriptions ?? ['Linux/UNIX', 'Windows'];
    const found = (region?.zones ?? [])
      .filter((z) => zones === undefined || zones.includes(z.name))
      .flatMap((z) =>
        (region?.types ?? [])
          .filter((t) => input.InstanceTypes === undefined || input.InstanceTypes.includes(t.name as sdk._InstanceType))
          .flatMap((t) => {
            const usd = z.spot(t.name);
            const set = z.spotHistory(t.name, world.now()).at(-1)?.at ?? world.now();
            return usd === undefined
              ? []
              : products
                  .filter((p) => p !== 'Linux/UNIX (Amazon VPC)')
                  .map((ProductDescription) => ({
                    AvailabilityZone: z.name,
                    InstanceType: t.name as sdk._InstanceType,
                    ProductDescription: ProductDescription as sdk.RIProductDescription,
                    SpotPrice: (ProductDescription === 'Windows' ? usd * 2 : usd).toFixed(6),
                    Timestamp: new Date(set),
                  }));
          }),
      );
    const { page, next } = pageOf(found, input.MaxResults ?? 1000, input.NextToken);
    // this listing ends with an empty token, not without one
    return { SpotPriceHistory: page, NextToken: next ?? '' };
  }),

  'ec2:GetSpotPlacementScores': handler<sdk.GetSpotPlacementScoresCommandInput>((input, call) => {
    dry(input);
    return {
      SpotPlacementScores: (regionOf(call)?.zones ?? []).map((z) => ({
        Region: call.region,
        AvailabilityZoneId: zoneId(call.region, z.name),
        Score: (input.InstanceTypes ?? []).length < 3 ? 1 : (call.state.scores.get(z.name) ?? 9),
      })),
    };
  }),

  'ec2:DescribeAvailabilityZones': handler<sdk.DescribeAvailabilityZonesCommandInput>((_input, call) => ({
    AvailabilityZones: (regionOf(call)?.zones ?? []).map((z) => ({
      RegionName: call.region,
      ZoneName: z.name,
      ZoneId: zoneId(call.region, z.name),
      State: 'available' as const,
    })),
  })),

  'ec2:DescribeLaunchTemplateVersions': handler<sdk.DescribeLaunchTemplateVersionsCommandInput>((input, call) => {
    const direct = call.state.launchTemplates.get(input.LaunchTemplateId ?? '');
    if (direct) {
      const data = {
        InstanceType: direct.type as sdk._InstanceType,
        ...(direct.spot && { InstanceMarketOptions: { MarketType: 'spot' as const } }),
      };
      return {
        LaunchTemplateVersions: [
          { LaunchTemplateId: input.LaunchTemplateId, VersionNumber: 1, LaunchTemplateData: data },
        ],
      };
    }
    const id = input.LaunchTemplateId ?? `lt-${input.LaunchTemplateName ?? ''}`;
    if (!id.startsWith('lt-'))
      throw new AwsError(
        400,
        'InvalidLaunchTemplateId.NotFound',
        `The specified launch template, with template ID ${id}, does not exist.`,
      );
    return {
      LaunchTemplateVersions: [
        {
          LaunchTemplateId: id,
          VersionNumber: 1,
          LaunchTemplateData: { InstanceType: id.slice(3) as sdk._InstanceType },
        },
      ],
    };
  }),

  'ec2:DescribeLaunchTemplates': handler<sdk.DescribeLaunchTemplatesCommandInput>((input, { state, region }) => {
    onlyKnown(input.Filters, 'tag-key');
    const keys = valuesOf(input.Filters, 'tag-key');
    const unknown = input.LaunchTemplateIds?.find((id) => !state.launchTemplates.has(id));
    if (unknown !== undefined)
      throw new AwsError(
        400,
        'InvalidLaunchTemplateId.NotFound',
        `The specified launch template, with template ID ${unknown}, does not exist.`,
      );
    return {
      LaunchTemplates: [...state.launchTemplates]
        .filter(
          ([id, t]) =>
            t.region === region &&
            (input.LaunchTemplateIds?.includes(id) ?? true) &&
            (keys?.some((k) => k in t.tags) ?? true),
        )
        .map(([id, t]) => ({
          LaunchTemplateId: id,
          LaunchTemplateName: t.name,
          DefaultVersionNumber: 1,
          Tags: Object.entries(t.tags).map(([Key, Value]) => ({ Key, Value })),
        })),
    };
  }),

  'ec2:CreateFleet': handler<sdk.CreateFleetCommandInput>((input, { world, state, region }) => {
    if (input.Type !== 'instant')
      throw new AwsError(400, 'InvalidParameterValue', 'this cloud serves instant fleets only');
    const first = state.fleets.get(input.ClientToken ?? '');
    if (first && JSON.stringify(first.input) !== JSON.stringify(input))
      throw new AwsError(
        400,
        'IdempotentParameterMismatch',
        'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
      );
    if (first) return first.answer;
    const [config] = input.LaunchTemplateConfigs ?? [];
    const [override] = config?.Overrides ?? [];
    const { TotalTargetCapacity = 0, DefaultTargetCapacityType } = input.TargetCapacitySpecification ?? {};
    const purchase = DefaultTargetCapacityType === 'spot' ? 'spot' : 'on-demand';
    const type = override?.InstanceType ?? '';
    const zone = override?.AvailabilityZone ?? override?.SubnetId?.replace(/^subnet-/, '') ?? '';
    const tags = Object.fromEntries(
      (input.TagSpecifications?.find((t) => t.ResourceType === 'instance')?.Tags ?? []).map((t) => [
        t.Key ?? '',
        t.Value ?? '',
      ]),
    );
    const scripted = state.fleetErrors.shift();
    const launched = scripted
      ? { instances: [], shortages: [] }
      : world.launch({
          provider: 'aws',
          region,
          choices: [{ type, zone }],
          purchase,
          count: TotalTargetCapacity,
          tags,
        });
    const place = {
      LaunchTemplateSpecification: config?.LaunchTemplateSpecification,
      Overrides: { InstanceType: override?.InstanceType, AvailabilityZone: zone },
    };
    const errors = [
      ...(scripted ? [scripted] : []),
      ...launched.shortages.map((s) =>
        s.why === 'capacity'
          ? {
              code: 'InsufficientInstanceCapacity',
              message: `We currently do not have sufficient ${s.type} capacity in the Availability Zone you requested (${s.zone}).`,
            }
          : {
              code: purchase === 'spot' ? 'MaxSpotInstanceCountExceeded' : 'VcpuLimitExceeded',
              message:
                'You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket.',
            },
      ),
    ];
    const answer = {
      FleetId: `fleet-${state.fleets.size + 1}`,
      Errors: errors.map(({ code, message }) => ({
        LaunchTemplateAndOverrides: place,
        Lifecycle: purchase,
        ErrorCode: code,
        ErrorMessage: message,
      })),
      Instances:
        launched.instances.length === 0
          ? []
          : [
              {
                LaunchTemplateAndOverrides: place,
                Lifecycle: purchase,
                InstanceIds: launched.instances.map((i) => i.id),
                InstanceType: override?.InstanceType,
              },
            ],
    };
    state.fleets.set(input.ClientToken ?? '', { input, answer });
    return answer;
  }),

  'ec2:TerminateInstances': handler<sdk.TerminateInstancesCommandInput>((input, { world }) => {
    const unknown = input.InstanceIds?.find((id) => world.instance(id) === undefined);
    if (unknown !== undefined)
      throw new AwsError(400, 'InvalidInstanceID.NotFound', `The instance ID '${unknown}' does not exist`);
    for (const id of input.InstanceIds ?? []) world.terminate(id);
    return { TerminatingInstances: (input.InstanceIds ?? []).map((InstanceId) => ({ InstanceId })) };
  }),

  'ec2:DescribeSubnets': handler<sdk.DescribeSubnetsCommandInput>((input, call) => {
    onlyKnown(input.Filters, 'vpc-id', 'availability-zone');
    const zones = valuesOf(input.Filters, 'availability-zone');
    const all = (regionOf(call)?.zones ?? []).map((z) => ({
      SubnetId: `subnet-${z.name}`,
      VpcId: `vpc-${call.region}`,
      AvailabilityZone: z.name,
      AvailableIpAddressCount: 1000,
      State: 'available' as const,
    }));
    const missing = (input.SubnetIds ?? []).find((id) => !all.some((s) => s.SubnetId === id));
    if (missing !== undefined)
      throw new AwsError(400, 'InvalidSubnetID.NotFound', `The subnet ID '${missing}' does not exist`);
    return {
      Subnets: all.filter(
        (s) => (input.SubnetIds?.includes(s.SubnetId) ?? true) && (zones?.includes(s.AvailabilityZone) ?? true),
      ),
    };
  }),

  'ec2:DescribeReservedInstances': handler<sdk.DescribeReservedInstancesCommandInput>((input, { state, region }) => {
    onlyKnown(input.Filters, 'state');
    const states = valuesOf(input.Filters, 'state');
    return {
      ReservedInstances: (state.reservedInstances.get(region) ?? []).filter(
        (r) => states?.includes(r.State ?? '') ?? true,
      ),
    };
  }),
};

const STATE: Readonly<Record<SimInstance['state'], sdk.InstanceStateName>> = {
  pending: 'pending',
  running: 'running',
  ending: 'shutting-down',
  ended: 'terminated',
};

function instanceOf(i: SimInstance, pool: Parameters<typeof groupName>[0] | undefined): sdk.Instance {
  const tags = { ...i.tags, ...(pool && { ...pool.tags, 'aws:autoscaling:groupName': groupName(pool) }) };
  return {
    InstanceId: i.id,
    InstanceType: i.type as sdk._InstanceType,
    Placement: { AvailabilityZone: i.zone, Tenancy: 'default' },
    State: { Name: STATE[i.state] },
    LaunchTime: new Date(i.launchedAt),
    PrivateDnsName: `${i.id}.ec2.internal`,
    ...(i.purchase === 'spot' && { InstanceLifecycle: 'spot' as const }),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}
