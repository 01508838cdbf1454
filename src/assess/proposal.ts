import { placeOf, type Offering } from '../catalog/offering.ts';
import { grouped, type Cluster } from './cluster.ts';
import type { ClusterNode } from './nodes.ts';
import type { HomeOutcome } from './outcome.ts';
import type { Repacked } from './propose.ts';
import type { MixLine, Proposal } from './report.ts';

/** A node of the proposal: a new one, or one that runs today. */
interface ProposedNode {
  readonly offering: Offering;
  readonly runs: boolean;
  readonly pods: number;
}

interface HomeProposal {
  readonly nodes: readonly ProposedNode[];
  readonly usdPerHour: number;
  readonly lowerBoundUsdPerHour: number;
  readonly unchanged: boolean;
  readonly staying: { readonly nodes: number; readonly usdPerHour: number };
}

/**
 * The proposals of all homes as one. Where nothing cheaper was found than what runs, what runs is the proposal; where
 * nothing cheaper was found than at home, home is.
 *
 * @param elsewhere a home's packing with more places open; absent = at home alone
 */
export function proposalFrom(
  cluster: Cluster,
  outcomes: readonly HomeOutcome[],
  elsewhere: (outcome: HomeOutcome) => Repacked | undefined = () => undefined,
): Proposal {
  const homes = outcomes.map((outcome) => {
    const same = homeProposal(cluster, outcome, outcome.same);
    const packing = elsewhere(outcome);
    if (!packing) return same;
    const other = homeProposal(cluster, outcome, packing);
    if (other.usdPerHour <= same.usdPerHour) return other;
    return { ...same, lowerBoundUsdPerHour: Math.min(other.lowerBoundUsdPerHour, same.usdPerHour) };
  });
  const sum = (of: (home: HomeProposal) => number): number => homes.reduce((total, home) => total + of(home), 0);
  const usdPerHour = sum((home) => home.usdPerHour);
  const lowerBoundUsdPerHour = sum((home) => home.lowerBoundUsdPerHour);
  const nodes = homes.flatMap((home) => home.nodes);
  return {
    kind: homes.every((home) => home.unchanged) ? 'unchanged' : 'new',
    places: [...new Set(nodes.map((node) => placeOf(node.offering)))].toSorted(),
    nodes: nodes.length,
    usdPerHour,
    lowerBoundUsdPerHour,
    gap: lowerBoundUsdPerHour > 0 ? Math.max(0, usdPerHour / lowerBoundUsdPerHour - 1) : 0,
    savedUsdPerHour: costToday(cluster, [...cluster.priced.keys()]) - usdPerHour,
    mix: mixOf(nodes),
    staying: { nodes: sum((h) => h.staying.nodes), usdPerHour: sum((h) => h.staying.usdPerHour) },
  };
}

function homeProposal(cluster: Cluster, { home, ready }: HomeOutcome, { packing, breaches }: Repacked): HomeProposal {
  const today = costToday(cluster, home.nodes);
  const stays = [...ready.staying.keys()];
  const stayCost = costToday(cluster, stays);
  const found = packing.usdPerHour + stayCost;
  const bound = packing.lowerBoundUsdPerHour + stayCost;
  if (found >= today || breaches.length > 0) {
    const nodes = home.nodes.flatMap((node) => running(cluster, node, podsOn(cluster, node)));
    const staying = { nodes: nodes.length, usdPerHour: today };
    return { nodes, usdPerHour: today, lowerBoundUsdPerHour: Math.min(bound, today), unchanged: true, staying };
  }
  const put = new Map(
    packing.seats.flatMap((seat) => (seat.host.stays ? [[seat.host.stays.node, seat.pods.length] as const] : [])),
  );
  const nodes: ProposedNode[] = [
    ...packing.seats.flatMap(({ host, pods }) =>
      host.stays ? [] : [{ offering: host.offering, runs: false, pods: pods.length }],
    ),
    ...stays.flatMap((node) => {
      const kept = (cluster.podsOn.get(node) ?? []).filter((pod) => ready.fates.kept.has(pod)).length;
      return running(cluster, node, kept + (put.get(node) ?? 0));
    }),
  ];
  const staying = { nodes: stays.length, usdPerHour: stayCost };
  return { nodes, usdPerHour: found, lowerBoundUsdPerHour: bound, unchanged: false, staying };
}

function running(cluster: Cluster, node: ClusterNode, pods: number): ProposedNode[] {
  const offering = cluster.priced.get(node);
  return offering ? [{ offering, runs: true, pods }] : [];
}

const podsOn = (cluster: Cluster, node: ClusterNode): number =>
  (cluster.podsOn.get(node) ?? []).filter((pod) => pod.role === 'workload').length;

function costToday(cluster: Cluster, nodes: readonly ClusterNode[]): number {
  return nodes.reduce((sum, node) => sum + (cluster.priced.get(node)?.price.usdPerHour ?? 0), 0);
}

function mixOf(nodes: readonly ProposedNode[]): readonly MixLine[] {
  const keyOf = ({ offering: o }: ProposedNode): string => `${placeOf(o)} ${o.type} ${o.purchase}`;
  const lines = [...grouped(nodes, keyOf).values()].flatMap((alike): MixLine[] => {
    const first = alike[0]?.offering;
    if (!first) return [];
    const { provider, region, type, purchase, price } = first;
    const zones = [...new Set(alike.map((node) => node.offering.zone))].filter((zone) => zone !== '');
    return [
      {
        provider,
        region,
        zones: zones.toSorted(),
        type,
        purchase,
        nodes: alike.length,
        staying: alike.filter((node) => node.runs).length,
        usdPerHourEach: price.usdPerHour,
        pods: alike.reduce((n, node) => n + node.pods, 0),
        priceBasis: price.basis,
      },
    ];
  });
  return lines.toSorted((a, b) => b.nodes * b.usdPerHourEach - a.nodes * a.usdPerHourEach);
}
