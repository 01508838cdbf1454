import type { Candidate, Group, Problem, Rules } from '../../src/placement/problem.ts';
import { mib, milliCores } from '../../src/units.ts';

/** An offering of so many cores and GiB; the id is made as providers make it. */
export function offering(
  cores: number,
  gib: number,
  usdPerHour: number,
  more: Partial<Candidate> & { readonly gpus?: number } = {},
): Candidate {
  const { gpus, ...rest } = more;
  const at = { provider: 'aws' as const, region: 'r1', zone: 'r1a', purchase: 'on-demand' as const, ...rest };
  const type = rest.type ?? `t${cores}x${gib}`;
  return {
    id: `${at.provider}/${at.region}/${at.zone}/${type}/${at.purchase}`,
    family: 't',
    arch: 'amd64',
    vcpu: cores,
    memory: mib(gib * 1024),
    allocatable: {
      cpu: milliCores(cores * 1000),
      memory: mib(gib * 1024),
      pods: 110,
      ...(gpus !== undefined && { devices: { 'nvidia.com/gpu': gpus } }),
    },
    usdPerHour,
    ...at,
    type,
  };
}

export function group(name: string, replicas: number, cores: number, gib: number, more: Partial<Group> = {}): Group {
  return {
    name,
    replicas,
    requests: { cpu: milliCores(cores * 1000), memory: mib(gib * 1024) },
    allow: {},
    ...more,
  };
}

export function problem(
  groups: readonly Group[],
  offerings: readonly Candidate[],
  rules: Partial<Rules> = {},
  more: Partial<Problem> = {},
): Problem {
  return {
    groups,
    offerings,
    rules: {
      vendorShareAtMost: new Map(),
      commitments: [],
      discounts: [],
      flows: [],
      resourceRates: new Map(),
      ...rules,
    },
    running: [],
    ...more,
  };
}

/** Replicas of a group over all nodes, by a part of the offering's id. */
export function replicasBy(
  nodes: readonly {
    readonly offering: string;
    readonly count: number;
    readonly replicas: Readonly<Record<string, number>>;
  }[],
  name: string,
  part: (id: string) => string,
): Record<string, number> {
  const out: Record<string, number> = {};
  for (const n of nodes) {
    const here = n.count * (n.replicas[name] ?? 0);
    if (here > 0) out[part(n.offering)] = (out[part(n.offering)] ?? 0) + here;
  }
  return out;
}

export const providerOf = (id: string): string => id.split('/')[0] ?? '';
export const zoneOf = (id: string): string => id.split('/')[2] ?? '';
export const typeOf = (id: string): string => id.split('/')[3] ?? '';
export const purchaseOf = (id: string): string => id.split('/')[4] ?? '';
