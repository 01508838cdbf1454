import type { Arch, ProviderName } from '../catalog/offering.ts';
import type { Candidate, Group, Problem } from '../placement/problem.ts';
import { parseMemory, parseQuantity, type Resources } from '../quantity.ts';
import { mib, milliCores, share } from '../units.ts';
import type { AllowEntry, GroupEntry, OfferingEntry, ProblemFile } from './problem-file.ts';
import { isDevice, type Amounts, type Quantity } from './resources.ts';

/** A checked problem file in the terms of the placement stage. */
export function problemOf(file: ProblemFile): Problem {
  const { vendorShareAtMost = {} } = file.rules ?? {};
  const disksCount = file.groups.some((g) => (parseQuantity(g.requests['ephemeral-storage'] ?? 0) ?? 0) > 0);
  return {
    groups: file.groups.map(groupOf),
    offerings: file.offerings.map((o) => candidateOf(o, disksCount)),
    rules: {
      vendorShareAtMost: new Map(Object.entries(vendorShareAtMost)),
      commitments: [],
      discounts: [],
      flows: [],
      resourceRates: new Map(),
    },
    running: file.running ?? [],
    ...(file.change && {
      change: {
        launchUsd: file.change.launchUsd ?? 0,
        moveUsdPerReplica: file.change.moveUsdPerReplica ?? 0,
        horizonHours: file.change.horizonHours ?? 1,
      },
    }),
  };
}

function groupOf(entry: GroupEntry): Group {
  const { name, replicas, requests, allow, perNodeAtMost, spotAtMost, zoneSkew, survive } = entry;
  return {
    name,
    replicas,
    requests: resourcesOf(requests),
    allow: allow ? allowedOf(allow) : {},
    ...(perNodeAtMost !== undefined && { perNodeAtMost }),
    ...(spotAtMost !== undefined && { spotAtMost }),
    ...(zoneSkew !== undefined && { zoneSkew: { most: zoneSkew, within: 'all' } }),
    ...(survive && { survive: { loss: survive.loss, share: share(survive.share) } }),
  };
}

/** The stage compares the names of providers and architectures and knows none of them: a file may have its own. */
function allowedOf({ provider, arch, ...rest }: AllowEntry): Group['allow'] {
  return {
    ...rest,
    ...(provider && { provider: provider as readonly ProviderName[] }),
    ...(arch && { arch: arch as readonly Arch[] }),
  };
}

/** @param disksCount whether any group asks for local disk: what an offering does not state is then none */
function candidateOf(entry: OfferingEntry, disksCount: boolean): Candidate {
  const { id, provider, region, zone, type, arch, purchase, usdPerHour, atMost } = entry;
  const allocatable = resourcesOf(entry.allocatable);
  return {
    id,
    provider: provider as ProviderName,
    region,
    zone,
    type,
    family: familyOf(type),
    arch: arch as Arch,
    purchase,
    vcpu: Math.ceil(allocatable.cpu / 1000),
    memory: allocatable.memory,
    usdPerHour,
    allocatable: disksCount && allocatable.storage === undefined ? { ...allocatable, storage: mib(0) } : allocatable,
    ...(atMost !== undefined && { atMost }),
  };
}

/** `m7i` of `m7i.large`, `n2d` of `n2d-standard-8`: what commitments are bought for, and a file has none. */
const familyOf = (type: string): string => /^[^.-]+/.exec(type)?.[0] ?? type;

function resourcesOf(amounts: Amounts): Resources {
  const { 'ephemeral-storage': storage, pods } = amounts;
  const devices: Record<string, number> = {};
  for (const [name, amount] of Object.entries(amounts)) {
    if (isDevice(name)) devices[name] = parseQuantity(amount) ?? 0;
  }
  return {
    cpu: milliCores(millicoresOf(amounts['cpu'] ?? 0)),
    memory: parseMemory(amounts['memory'] ?? 0) ?? mib(0),
    ...(storage !== undefined && { storage: parseMemory(storage) ?? mib(0) }),
    ...(pods !== undefined && { pods: parseQuantity(pods) ?? 0 }),
    ...(Object.keys(devices).length > 0 && { devices }),
  };
}

/**
 * Fractions kept: rounding up, as the kubelet does with requests, would find room on a node that has none. Twelve
 * digits shave off the binary fraction's own error: 0.57 cores are 570 millicores, not 569.9999999999999.
 */
const millicoresOf = (amount: Quantity): number => Number(((parseQuantity(amount) ?? 0) * 1000).toPrecision(12));
