import type { ProviderName, Purchase } from '../../src/catalog/offering.ts';
import type { WorldSetup } from './setup.ts';
import type { SimQuota } from './world-types.ts';

/** How many vCPUs the account may run in each region: on demand, as spot, and of single families on demand. */
export interface Quotas {
  list(provider: ProviderName, region: string): readonly SimQuota[];
  set(provider: ProviderName, region: string, name: string, limit: number): void;
  /** nodes that fit under every quota, and the one that is met first */
  room(node: Counted): { readonly nodes: number; readonly quota: string };
  /** counts nodes in, or out where `nodes` is negative */
  count(node: Counted, nodes: number): void;
}

interface Counted {
  readonly provider: ProviderName;
  readonly region: string;
  readonly family: string;
  readonly purchase: Purchase;
  readonly vcpu: number;
}

/** enough for a fleet of a few thousand nodes; a new account has far less */
const USUAL: Readonly<Record<string, number>> = { 'on-demand': 20_000, spot: 10_000 };

export function quotasOf(setup: WorldSetup): Quotas {
  const limits = new Map<string, Map<string, number>>();
  const used = new Map<string, number>();
  for (const { provider, name, quotas } of setup.regions) {
    limits.set(`${provider}/${name}`, new Map(Object.entries({ ...USUAL, ...setup.quotas, ...quotas })));
  }
  const usedOf = (place: string, name: string): number => used.get(`${place}/${name}`) ?? 0;
  return {
    list: (provider, region) => {
      const place = `${provider}/${region}`;
      return [...(limits.get(place) ?? [])].map(([name, limit]) => ({ name, limit, used: usedOf(place, name) }));
    },
    set: (provider, region, name, limit) => {
      const known = limits.get(`${provider}/${region}`);
      if (!known) throw new RangeError(`the world has no region ${provider}/${region}`);
      known.set(name, limit);
    },
    room: (node) => {
      const place = `${node.provider}/${node.region}`;
      let nodes = Infinity;
      let quota: string = node.purchase;
      for (const name of namesOf(node)) {
        const limit = limits.get(place)?.get(name) ?? Infinity;
        const fit = Math.max(0, Math.floor((limit - usedOf(place, name)) / node.vcpu + 1e-9));
        if (fit < nodes) [nodes, quota] = [fit, name];
      }
      return { nodes, quota };
    },
    count: (node, nodes) => {
      for (const name of namesOf(node)) {
        const key = `${node.provider}/${node.region}/${name}`;
        used.set(key, (used.get(key) ?? 0) + nodes * node.vcpu);
      }
    },
  };
}

const namesOf = ({ purchase, family }: Counted): readonly string[] =>
  purchase === 'spot' ? ['spot'] : ['on-demand', family];
