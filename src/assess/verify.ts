import { placeOf } from '../catalog/offering.ts';
import { add, nothing } from '../manifest/amounts.ts';
import type { Cluster } from './cluster.ts';
import type { Fates } from './fate.ts';
import { HOSTNAME, ZONE_KEYS, zoneLabel } from './labels.ts';
import type { ClusterPod } from './pods.ts';
import type { Place } from './prices.ts';
import type { Seat } from './seats.ts';
import { matchesNode } from './selectors.ts';
import { tolerates } from './taints.ts';
import type { Rule } from './topology.ts';
import { DISKS } from './slots.ts';
import type { Unit } from './units.ts';

/**
 * Checks a proposal pod by pod against what the pods themselves state, as the scheduler would, with none of the
 * grouping, merging or colouring that led to it. Answers every breach in words; none is the only acceptable answer.
 *
 * @param places the regions of the seats, with the zones there are
 * @param seats nodes with the pods put on them; a node that stays also holds the pods it kept
 */
export function breaches(
  cluster: Cluster,
  places: readonly Place[],
  seats: readonly Seat[],
  units: readonly Unit[],
  rules: readonly Rule[],
  fates: Fates,
): readonly string[] {
  const found: string[] = [];
  const seatOf = new Map<ClusterPod, Seat>();
  const nameOf = new Map(seats.map((seat, i) => [seat, seat.host.stays?.node.name ?? `new node ${i}`]));
  const zonesOf = new Map(places.map((place) => [placeOf(place), place.zones]));
  for (const seat of seats) {
    for (const pod of seat.pods) {
      if (seatOf.has(pod)) found.push(`${pod.key} has two nodes`);
      seatOf.set(pod, seat);
      found.push(...misfits(cluster, pod, seat, fates));
    }
    found.push(...overfull(cluster, seat), ...portClashes(seat));
  }
  for (const unit of units) {
    for (const pod of unit.pods) if (!seatOf.has(pod)) found.push(`${pod.key} has no node`);
    const spot = unit.pods.filter((pod) => seatOf.get(pod)?.host.offering.purchase === 'spot').length;
    if (spot > unit.spotAtMost) found.push(`${unit.workload} has ${spot} pods on spot, ${unit.spotAtMost} may be`);
  }
  for (const rule of rules) found.push(...broken(cluster, rule, { seatOf, nameOf, zonesOf }));
  return found;
}

interface Seating {
  readonly seatOf: ReadonlyMap<ClusterPod, Seat>;
  readonly nameOf: ReadonlyMap<Seat, string>;
  /** `provider/region` → its zones */
  readonly zonesOf: ReadonlyMap<string, readonly string[]>;
}

function misfits(cluster: Cluster, pod: ClusterPod, { host }: Seat, fates: Fates): string[] {
  const found: string[] = [];
  const says = (what: string): number => found.push(`${pod.key} on ${host.offering.id}: ${what}`);
  if (!matchesNode(pod.nodeRule, host.label)) says('its node selector does not match');
  if (!cluster.volumesOf(pod).rules.every((rule) => matchesNode(rule, host.label))) says('its volume is not there');
  if (!tolerates(pod.tolerations, host.taints)) says('it does not tolerate a taint');
  const zone = fates.zone.get(pod);
  if (zone !== undefined && (!host.atHome || host.offering.zone !== zone)) says(`it must stay in zone ${zone}`);
  if (fates.inRegion.has(pod) && !host.atHome) says('it must stay in its region');
  return found;
}

function overfull(cluster: Cluster, { host, pods }: Seat): string[] {
  const sum = nothing();
  for (const pod of pods) {
    add(sum, pod.requests);
    const disks = cluster.volumesOf(pod).disks + (pod.ownsDisk ? 1 : 0);
    if (disks > 0) sum.others.set(DISKS, (sum.others.get(DISKS) ?? 0) + disks);
  }
  const { amounts, pods: slots } = host.room;
  const short: string[] = [];
  if (pods.length > slots) short.push('pods');
  // requests are sums of binary fractions: a millionth over is none
  if (sum.cpu > amounts.cpu * (1 + 1e-6)) short.push('cpu');
  if (sum.memory > amounts.memory * (1 + 1e-6)) short.push('memory');
  if (sum.storage > amounts.storage * (1 + 1e-6)) short.push('ephemeral-storage');
  for (const [name, value] of sum.others) if (value > (amounts.others.get(name) ?? 0) + 1e-6) short.push(name);
  return short.map((what) => `${host.offering.id} carries more ${what} than it has`);
}

function portClashes({ host, pods }: Seat): string[] {
  const taken = new Set([...(host.stays?.pods ?? [])].flatMap((pod) => pod.hostPorts));
  const found: string[] = [];
  for (const pod of pods) {
    for (const port of pod.hostPorts) {
      if (taken.has(port)) found.push(`${pod.key} on ${host.offering.id}: host port ${port} is taken`);
      taken.add(port);
    }
  }
  return found;
}

function broken(cluster: Cluster, { term, owners, targets }: Rule, seating: Seating): string[] {
  const domainOf = (pod: ClusterPod): string | undefined => domain(cluster, term.over, pod, seating);
  const counts = new Map<string, number>();
  for (const pod of targets) {
    const here = domainOf(pod);
    if (here !== undefined) counts.set(here, (counts.get(here) ?? 0) + 1);
  }
  const least = new Map<string, number>();
  return owners.flatMap((owner) => {
    const here = domainOf(owner);
    const seat = seating.seatOf.get(owner);
    if (here === undefined || !seat) return [];
    const count = counts.get(here) ?? 0;
    const others = count - (targets.has(owner) ? 1 : 0);
    if (term.kind === 'apart' ? others === 0 : term.kind === 'together' && (others > 0 || targets.has(owner)))
      return [];
    if (term.kind === 'spread') {
      const place = placeOf(seat.host.offering);
      const fewest = least.get(place) ?? fewestIn(term.over, owner, seat, counts, seating);
      least.set(place, fewest);
      if (count - fewest <= (term.maxSkew ?? 1)) return [];
    }
    return [`${owner.key}: its rule ${term.kind} over ${term.over} does not hold`];
  });
}

function domain(cluster: Cluster, over: string, pod: ClusterPod, seating: Seating): string | undefined {
  const seat = seating.seatOf.get(pod);
  const node = pod.node === undefined ? undefined : cluster.nodeOf.get(pod.node);
  if (over === HOSTNAME) return seat ? seating.nameOf.get(seat) : pod.node;
  if (!ZONE_KEYS.includes(over)) return seat ? seat.host.label(over) : node?.labels.get(over);
  const offering = seat?.host.offering ?? (node && cluster.priced.get(node));
  return offering && `${placeOf(offering)} ${offering.zone}`;
}

/**
 * Pods in the zone of the owner's region that has fewest, among those its own selectors leave it. Over nodes the fewest
 * is taken for none: an empty node may be there at any time.
 */
function fewestIn(
  over: string,
  owner: ClusterPod,
  { host }: Seat,
  counts: ReadonlyMap<string, number>,
  { zonesOf }: Seating,
): number {
  if (!ZONE_KEYS.includes(over)) return 0;
  const place = placeOf(host.offering);
  const eligible = (zonesOf.get(place) ?? []).filter((zone) => {
    const there = zoneLabel({ ...host.offering, zone });
    return matchesNode(owner.nodeRule, (key) => (ZONE_KEYS.includes(key) ? there : host.label(key)));
  });
  return Math.min(...eligible.map((zone) => counts.get(`${place} ${zone}`) ?? 0));
}
