import type { Offering } from '../catalog/offering.ts';
import { add, nothing } from './amounts.ts';
import { grouped, type Cluster, type Home } from './cluster.ts';
import { frontOf } from './front.ts';
import type { PodGroup } from './groups.ts';
import type { ClusterNode } from './nodes.ts';
import { without, type Offer } from './offers.ts';
import type { ClusterPod } from './pods.ts';
import type { Room } from './room.ts';
import { keysOf, matchesNode } from './selectors.ts';
import { diskSlots, DISKS } from './slots.ts';
import { tolerates, type Taint } from './taints.ts';

/** A node that pods can be put on: a new one of an offer and a colour, or one that stays for the pods it must keep. */
export interface Host {
  readonly id: string;
  readonly offering: Offering;
  readonly room: Room;
  readonly label: (key: string) => string | undefined;
  readonly taints: readonly Taint[];
  readonly atHome: boolean;
  readonly colour: number;
  readonly usdPerHour: number;
  readonly allZones: boolean;
  /** the same in other zones */
  readonly elsewhere: readonly Host[];
  readonly stays?: { readonly node: ClusterNode; readonly pods: ReadonlySet<ClusterPod> };
}

export function newHosts(offers: readonly Offer[], colours: number): readonly Host[] {
  return offers.flatMap((offer, i) =>
    Array.from({ length: colours }, (_, colour): Host => {
      const host = newHost(offer, `new ${i}.${colour}`, colour);
      return { ...host, elsewhere: offer.elsewhere.map((other) => newHost(other, host.id, colour)) };
    }),
  );
}

const newHost = (offer: Offer, id: string, colour: number): Host => ({
  ...offer,
  id,
  colour,
  usdPerHour: offer.offering.price.usdPerHour,
  elsewhere: [],
});

/**
 * Nodes that stay and have room left. Those that are closed, not ready, or run the control plane take nothing more.
 *
 * @param kept pods that do not move
 */
export function stayingHosts(
  cluster: Cluster,
  home: Home,
  staying: ReadonlySet<ClusterNode>,
  kept: ReadonlyMap<ClusterPod, string>,
): readonly Host[] {
  return home.nodes.flatMap((node): Host[] => {
    const offering = cluster.priced.get(node);
    if (!offering || !staying.has(node) || !node.allocatable) return [];
    if (node.cordoned || !node.ready || node.controlPlane) return [];
    const fixed = (cluster.podsOn.get(node) ?? []).filter((pod) => pod.role !== 'workload' || kept.has(pod));
    const amounts = nothing();
    let disks = 0;
    for (const pod of fixed) {
      add(amounts, pod.requests);
      disks += cluster.volumesOf(pod).disks + (pod.ownsDisk ? 1 : 0);
    }
    amounts.others.set(DISKS, disks);
    const others = new Map(node.allocatable.others);
    others.set(DISKS, diskSlots(offering.provider, offering.type, offering.vcpu));
    const all: Room = {
      amounts: { ...node.allocatable, others },
      pods: node.mostPods ?? offering.allocatable.pods ?? 110,
    };
    return [
      {
        id: `stays ${node.name}`,
        offering,
        room: without(all, { amounts, pods: fixed.length }),
        label: (key) => node.labels.get(key),
        taints: node.taints.filter((t) => t.effect === 'NoSchedule' || t.effect === 'NoExecute'),
        atHome: true,
        colour: 0,
        usdPerHour: offering.price.usdPerHour,
        allZones: true,
        elsewhere: [],
        stays: { node, pods: new Set(fixed) },
      },
    ];
  });
}

/**
 * Answers which of the groups may be on a host, apart from whether they fit. Hosts that read the same to every group
 * get the same answer, worked out once.
 */
export function permissions(groups: readonly PodGroup[]): (host: Host) => readonly PodGroup[] {
  const keys = [...new Set(groups.flatMap((group) => group.demand.rules.flatMap(keysOf)))];
  const answers = new Map<string, readonly PodGroup[]>();
  return (host) => {
    const { purchase, arch, gpu, zone } = host.offering;
    const reading = JSON.stringify([
      [host.stays?.node.name, host.colour, host.atHome, host.allZones, purchase, arch, gpu?.name, zone],
      keys.map((key) => host.label(key)),
      host.taints,
    ]);
    let answer = answers.get(reading);
    if (!answer) {
      answer = groups.filter((group) => may(group, host));
      answers.set(reading, answer);
    }
    return answer;
  };
}

function may(group: PodGroup, host: Host): boolean {
  const { demand } = group;
  const { offering } = host;
  if (group.colour !== undefined && group.colour !== host.colour) return false;
  if (group.zoneSkew !== undefined && !host.allZones) return false;
  if (offering.purchase === 'spot' && group.spotAtMost === 0) return false;
  if (!host.atHome && demand.inRegion) return false;
  if (demand.zone !== undefined && (!host.atHome || demand.zone !== offering.zone)) return false;
  if (!demand.arches.includes(offering.arch)) return false;
  if (demand.gpus.length > 0 && !(offering.gpu && demand.gpus.includes(offering.gpu.name))) return false;
  for (const pod of group.shuns) if (host.stays?.pods.has(pod) === true) return false;
  return demand.rules.every((rule) => matchesNode(rule, host.label)) && tolerates(demand.tolerations, host.taints);
}

export function fitsAlone(group: PodGroup, { room }: Host): boolean {
  const { cpu, memory, storage, devices } = group.requests;
  if (room.pods < 1 || cpu > room.amounts.cpu || memory > room.amounts.memory) return false;
  if ((storage ?? 0) > room.amounts.storage) return false;
  return Object.entries(devices ?? {}).every(([name, count]) => count <= (room.amounts.others.get(name) ?? 0));
}

/**
 * Leaves out hosts for which another is as good for every group, no dearer and no smaller. Nodes that stay are all kept.
 *
 * @param classOf hosts of one class are open to the same groups and interchangeable in place
 * @returns those worth keeping, each with what it could as well be in other zones, itself among them
 */
export function worthwhile(
  hosts: readonly Host[],
  classOf: (host: Host) => string,
): ReadonlyMap<Host, readonly Host[]> {
  const kept = new Map<Host, readonly Host[]>();
  for (const host of hosts) if (host.stays) kept.set(host, [host]);
  const fresh = hosts.filter((host) => !host.stays);
  for (const members of grouped(fresh, classOf).values()) {
    const twins = grouped(members, (h) =>
      [
        h.offering.provider,
        h.offering.region,
        h.offering.type,
        h.offering.purchase,
        h.usdPerHour,
        roomKey(h.room),
      ].join(' '),
    );
    const same = new Map([...twins.values()].flatMap((alike) => (alike[0] ? [[alike[0], alike] as const] : [])));
    for (const host of frontOf(
      [...same.keys()],
      (h) => h.usdPerHour,
      (h) => h.room,
    )) {
      kept.set(
        host,
        (same.get(host) ?? [host]).flatMap((h) => [h, ...h.elsewhere]),
      );
    }
  }
  return kept;
}

const roomKey = ({ amounts: a, pods }: Room): string =>
  [a.cpu, a.memory, a.storage, pods, ...[...a.others].flat()].join(',');
