import type { Offering, ProviderName } from '../catalog/offering.ts';
import type { Labels } from './labels.ts';
import type { ClusterNode } from './nodes.ts';
import type { ClusterPod } from './pods.ts';
import type { VolumeDemand } from './volumes.ts';

/** The cluster as it was read, with the price of each node. */
export interface Cluster {
  readonly nodes: readonly ClusterNode[];
  readonly pods: readonly ClusterPod[];
  readonly nodeOf: ReadonlyMap<string, ClusterNode>;
  readonly podsOn: ReadonlyMap<ClusterNode, readonly ClusterPod[]>;
  /** the offering each priced node was bought as */
  readonly priced: ReadonlyMap<ClusterNode, Offering>;
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly volumesOf: (pod: ClusterPod) => VolumeDemand;
}

/** The nodes of one cloud region, which is where one cluster lives: pods move among them and their like. */
export interface Home {
  readonly provider: ProviderName;
  readonly region: string;
  /** the zones its nodes are in; `['']` where they are in none */
  readonly zones: readonly string[];
  readonly nodes: readonly ClusterNode[];
}

/** Priced nodes by cloud and region, the largest number first. */
export function homesOf(priced: ReadonlyMap<ClusterNode, Offering>): readonly Home[] {
  const homes = new Map<string, { provider: ProviderName; region: string; zones: Set<string>; nodes: ClusterNode[] }>();
  for (const [node, { provider, region }] of priced) {
    const key = `${provider}/${region}`;
    const home = homes.get(key) ?? { provider, region, zones: new Set<string>(), nodes: [] };
    homes.set(key, home);
    home.nodes.push(node);
    home.zones.add(node.zone);
  }
  return [...homes.values()]
    .map((home) => ({ ...home, zones: [...home.zones].toSorted() }))
    .toSorted((a, b) => b.nodes.length - a.nodes.length || (a.region < b.region ? -1 : 1));
}

export function grouped<K, V>(values: Iterable<V>, keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const value of values) {
    const key = keyOf(value);
    const list = groups.get(key);
    if (list) list.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
