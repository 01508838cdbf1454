import { placeOf, type Offering } from '../catalog/offering.ts';
import { grouped, type Cluster } from './cluster.ts';
import type { ClusterNode } from './nodes.ts';
import { notesOn } from './notes.ts';
import type { AssessOptions, HomeOutcome } from './outcome.ts';
import type { ClusterPod } from './pods.ts';
import { proposalFrom } from './proposal.ts';
import type { Understood } from './understand.ts';
import type { Assessment, LeftOut, Now, OneMore, PriceUsed, ResourceUse, Stays, TypeUse, Unpriced } from './report.ts';

/** Puts what was found into the report that people and programs read. */
export function summarised(
  understood: Understood,
  outcomes: readonly HomeOutcome[],
  options: AssessOptions,
): Assessment {
  const { cluster, pods, objects } = understood;
  const priced = cluster.priced.size;
  const same = outcomes.length === 0 ? undefined : proposalFrom(cluster, outcomes);
  const across = outcomes.some((o) => o.across) ? proposalFrom(cluster, outcomes, (o) => o.across) : undefined;
  return {
    seen: {
      nodes: cluster.nodes.length,
      pods: pods.running.length,
      daemonPods: pods.running.filter((p) => p.role !== 'workload').length,
      waiting: pods.running.filter((p) => p.node === undefined).length,
      finished: pods.finished,
      ending: pods.ending,
      places: [...grouped(cluster.priced.values(), placeOf).keys()].toSorted(),
      ignored: [...objects.ignored].map(([kind, items]) => ({ kind, items })),
    },
    now: nowOf(cluster),
    ...(same && { sameCloud: same }),
    ...(across && { acrossClouds: across }),
    eachCloud: eachCloudOf(cluster, outcomes),
    unpriced: unpricedOf(understood),
    stays: outcomes
      .flatMap((o) => staysAt(cluster, o))
      .toSorted((a, b) => b.usdPerHour - a.usdPerHour || b.pods - a.pods),
    leftOut: leftOutOf(understood, outcomes),
    tiedToRegion: outcomes.reduce((n, { ready }) => n + tied(ready.fates.inRegion, ready.fates.kept), 0),
    notes: notesOn(understood, outcomes, options, { same, across }),
    prices: pricesUsed(cluster, outcomes),
    pricedShare: cluster.nodes.length === 0 ? 0 : priced / cluster.nodes.length,
  };
}

/** One more region of each cloud, the cheapest first. */
function eachCloudOf(cluster: Cluster, outcomes: readonly HomeOutcome[]): OneMore[] {
  const clouds = [...new Set(outcomes.flatMap((o) => [...o.withOne.keys()]))];
  return clouds
    .map((cloud) => ({
      places: [...new Set(outcomes.flatMap((o) => o.withOne.get(cloud)?.places.slice(1).map(placeOf) ?? []))],
      proposal: proposalFrom(cluster, outcomes, (o) => o.withOne.get(cloud)),
    }))
    .toSorted((a, b) => a.proposal.usdPerHour - b.proposal.usdPerHour);
}

const tied = (pods: ReadonlySet<ClusterPod>, kept: ReadonlyMap<ClusterPod, string>): number =>
  [...pods].filter((pod) => !kept.has(pod)).length;

function nowOf(cluster: Cluster): Now {
  const types = [...grouped(cluster.priced, ([, o]) => `${placeOf(o)} ${o.type} ${o.purchase}`).values()];
  return {
    nodes: cluster.priced.size,
    usdPerHour: [...cluster.priced.values()].reduce((sum, o) => sum + o.price.usdPerHour, 0),
    use: useOf(cluster, [...cluster.priced.keys()]),
    types: types.flatMap((nodes) => typeUse(cluster, nodes)).toSorted((a, b) => b.idleUsdPerHour - a.idleUsdPerHour),
  };
}

function useOf(cluster: Cluster, nodes: readonly ClusterNode[]): ResourceUse[] {
  const asked = new Map<string, number>();
  const there = new Map<string, number>();
  const count = (into: Map<string, number>, name: string, n: number): void =>
    void into.set(name, (into.get(name) ?? 0) + n);
  for (const node of nodes) {
    const room = node.allocatable;
    const formula = cluster.priced.get(node)?.allocatable;
    count(there, 'cpu', room?.cpu ?? formula?.cpu ?? 0);
    count(there, 'memory', room?.memory ?? formula?.memory ?? 0);
    count(there, 'pods', node.mostPods ?? formula?.pods ?? 0);
    for (const [name, n] of room?.others ?? []) if (name.endsWith('/gpu')) count(there, name, n);
    for (const pod of cluster.podsOn.get(node) ?? []) {
      count(asked, 'cpu', pod.requests.cpu);
      count(asked, 'memory', pod.requests.memory);
      count(asked, 'pods', 1);
      for (const [name, n] of pod.requests.others) if (name.endsWith('/gpu')) count(asked, name, n);
    }
  }
  const scale: Readonly<Record<string, readonly [number, string]>> = { cpu: [1000, 'cores'], memory: [1024, 'GiB'] };
  return [...there].map(([resource, allocatable]) => {
    const [by, unit] = scale[resource] ?? [1, ''];
    return { resource, requested: (asked.get(resource) ?? 0) / by, allocatable: allocatable / by, unit };
  });
}

function typeUse(cluster: Cluster, entries: readonly (readonly [ClusterNode, Offering])[]): TypeUse[] {
  const first = entries[0]?.[1];
  if (!first) return [];
  const use = useOf(
    cluster,
    entries.map(([node]) => node),
  );
  const shareOf = (name: string): number => {
    const found = use.find((u) => u.resource === name);
    return found && found.allocatable > 0 ? Math.min(1, found.requested / found.allocatable) : 0;
  };
  const devices = use.filter((u) => u.resource.endsWith('/gpu')).map((u) => shareOf(u.resource));
  const usdPerHour = entries.reduce((sum, [, o]) => sum + o.price.usdPerHour, 0);
  const { provider, region, type, purchase } = first;
  const [cpuShare, memoryShare] = [shareOf('cpu'), shareOf('memory')];
  return [
    {
      provider,
      region,
      type,
      purchase,
      nodes: entries.length,
      usdPerHour,
      cpuShare,
      memoryShare,
      idleUsdPerHour: usdPerHour * (1 - Math.max(cpuShare, memoryShare, ...devices)),
    },
  ];
}

function unpricedOf({ cluster, prices }: Understood): Unpriced[] {
  const missing = [...prices].flatMap(([node, price]) => (price.ok ? [] : [{ node, price }]));
  const keyOf = ({ node, price }: (typeof missing)[number]): string =>
    [node.type, node.provider, node.region, node.purchase, price.reason].join(' ');
  return [...grouped(missing, keyOf).values()].flatMap((alike) => {
    const [first] = alike;
    if (!first) return [];
    const { node, price } = first;
    return [
      {
        type: node.type ?? 'no type',
        place: [node.provider, node.region].filter((part) => part !== undefined).join('/') || 'unknown',
        purchase: node.purchase,
        nodes: alike.length,
        pods: alike.reduce(
          (n, a) => n + (cluster.podsOn.get(a.node) ?? []).filter((p) => p.role === 'workload').length,
          0,
        ),
        reason: price.reason,
        ...(price.nearest && {
          nearest: {
            name: `${price.nearest.type} in ${placeOf(price.nearest)}`,
            usdPerHour: price.nearest.price.usdPerHour,
          },
        }),
      },
    ];
  });
}

/** Each node that stays is counted once, under the reason that holds most of its pods; its own comes first. */
function staysAt(cluster: Cluster, { ready }: HomeOutcome): Stays[] {
  const reasons = new Map<string, { pods: ClusterPod[]; nodes: number; usdPerHour: number }>();
  const of = (reason: string): { pods: ClusterPod[]; nodes: number; usdPerHour: number } => {
    const known = reasons.get(reason) ?? { pods: [], nodes: 0, usdPerHour: 0 };
    reasons.set(reason, known);
    return known;
  };
  for (const [pod, reason] of ready.fates.kept) of(reason).pods.push(pod);
  for (const [node, own] of ready.staying) {
    const held = (cluster.podsOn.get(node) ?? []).flatMap((pod) => ready.fates.kept.get(pod) ?? []);
    const [most] = [...grouped(held, (r) => r)].toSorted(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
    const first = of(own ?? most?.[0] ?? '');
    first.nodes++;
    first.usdPerHour += cluster.priced.get(node)?.price.usdPerHour ?? 0;
  }
  return [...reasons].map(([reason, { pods, nodes, usdPerHour }]) => ({
    reason,
    pods: pods.length,
    nodes,
    usdPerHour,
    workloads: workloadsOf(pods),
  }));
}

const workloadsOf = (pods: readonly ClusterPod[]): readonly string[] =>
  [...new Set(pods.map((p) => p.workload))].toSorted();

function leftOutOf({ astray, pods }: Understood, outcomes: readonly HomeOutcome[]): LeftOut[] {
  const out = new Map<ClusterPod, string>(outcomes.flatMap((o) => [...o.ready.fates.leftOut]));
  for (const pod of astray) out.set(pod, 'its node is not in the input');
  if (outcomes.length === 0) {
    for (const pod of pods.running)
      if (pod.node === undefined) out.set(pod, 'it waits for a node, and no node is priced');
  }
  return [...grouped(out, ([, reason]) => reason)].map(([reason, entries]) => ({
    reason,
    pods: entries.length,
    workloads: workloadsOf(entries.map(([pod]) => pod)),
  }));
}

function pricesUsed(cluster: Cluster, outcomes: readonly HomeOutcome[]): PriceUsed[] {
  const offerings = [
    ...cluster.priced.values(),
    ...outcomes.flatMap((o) =>
      [o.same, o.across].flatMap((r) => r?.packing.seats.map((seat) => seat.host.offering) ?? []),
    ),
  ];
  const keyOf = ({ provider, price }: Offering): string => [provider, price.source, price.basis, price.asOf].join(' ');
  return [...grouped(offerings, keyOf).values()].flatMap(([first]) => {
    if (!first) return [];
    const { source, basis, asOf } = first.price;
    return [{ provider: first.provider, source, basis, asOf }];
  });
}
