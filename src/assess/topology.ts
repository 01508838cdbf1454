import { grouped, type Cluster, type Home } from './cluster.ts';
import { keep, type Fates } from './fate.ts';
import { HOSTNAME, REGION_KEYS, ZONE_KEYS } from './labels.ts';
import type { ClusterPod } from './pods.ts';
import { looksAt, type Term } from './terms.ts';

/** A rule among pods, with the pods it binds and those it looks at. */
export interface Rule {
  readonly term: Term;
  readonly owners: readonly ClusterPod[];
  readonly targets: ReadonlySet<ClusterPod>;
}

/** Rules among the pods of a home, each once. */
export function rulesAmong(cluster: Cluster, pods: readonly ClusterPod[]): readonly Rule[] {
  const rules = new Map<string, { term: Term; owners: ClusterPod[] }>();
  for (const pod of pods) {
    for (const term of pod.terms) {
      // a term's namespaces are the owner's own unless it says otherwise, and they are part of its id
      const rule = rules.get(term.id) ?? { term, owners: [] };
      rules.set(term.id, rule);
      rule.owners.push(pod);
    }
  }
  const byNamespace = grouped(pods, (p) => p.namespace);
  return [...rules.values()].map(({ term, owners }) => {
    const targets = new Set<ClusterPod>();
    const where = term.namespaceSelector ? [...byNamespace.keys()] : term.namespaces;
    for (const namespace of where) {
      for (const pod of byNamespace.get(namespace) ?? []) {
        if (looksAt(term, pod, cluster.namespaces)) targets.add(pod);
      }
    }
    return { term, owners, targets };
  });
}

/** How evenly a set of pods must be spread over the zones, where that can be stated exactly. */
export type Skews = ReadonlyMap<ClusterPod, number>;

/**
 * Settles what rules among pods mean for who may move and how far. A rule over zones that can't be stated exactly makes
 * the pods it concerns keep their zones: whatever held between zones then goes on to hold. A rule that can't be
 * stated at all makes them stay. Either may break what was assumed for another rule, so it is repeated until nothing
 * changes; since pods only ever lose freedom, that ends.
 *
 * @param unitOf the same for pods that the placement will not tell apart
 */
export function settleZones(
  cluster: Cluster,
  home: Home,
  rules: readonly Rule[],
  fates: Fates,
  unitOf: (pod: ClusterPod) => string,
): Skews {
  for (;;) {
    const skews = new Map<ClusterPod, number>();
    const before = sizeOf(fates);
    for (const rule of rules) settle(cluster, home, rule, fates, unitOf, skews);
    if (sizeOf(fates) === before) return skews;
  }
}

/** Grows with every freedom lost: a pod that kept its zone and is now kept altogether counts as one more. */
const sizeOf = (f: Fates): number => 2 * f.kept.size + 2 * f.leftOut.size + f.zone.size + f.inRegion.size;

function settle(
  cluster: Cluster,
  home: Home,
  rule: Rule,
  fates: Fates,
  unitOf: (pod: ClusterPod) => string,
  skews: Map<ClusterPod, number>,
): void {
  const { term, owners, targets } = rule;
  const concerned = [...new Set([...owners, ...targets])].filter((p) => p.role === 'workload');
  const bound = owners.filter((p) => p.role === 'workload');
  if (term.over === HOSTNAME) {
    if (term.kind === 'together') keepBeside(rule, bound, fates);
    else keepFromDaemons(rule, bound, fates);
    return;
  }
  if (term.kind === 'apart' && owners.every((o) => targets.size - (targets.has(o) ? 1 : 0) === 0)) return;
  if (REGION_KEYS.includes(term.over) && term.kind !== 'apart') {
    for (const pod of concerned) fates.inRegion.add(pod);
    return;
  }
  if (!ZONE_KEYS.includes(term.over)) {
    for (const pod of concerned)
      keep(fates, pod, `its rule is over the label ${term.over}, which a new node may not have`);
    return;
  }
  if (term.kind === 'spread' && isExact(home, rule, concerned, fates, unitOf)) {
    for (const pod of concerned) {
      skews.set(pod, Math.min(skews.get(pod) ?? Infinity, term.maxSkew ?? 1));
      // another region may have fewer zones than it must be spread over
      if ((term.minDomains ?? 1) > 1) fates.inRegion.add(pod);
    }
    return;
  }
  freeze(cluster, home, rule, concerned, fates);
}

/** The placement knows a spread over zones as a rule on one group of interchangeable pods, all of them free. */
function isExact(
  home: Home,
  { term, owners, targets }: Rule,
  concerned: readonly ClusterPod[],
  fates: Fates,
  unitOf: (pod: ClusterPod) => string,
): boolean {
  const first = concerned[0];
  if (!first || owners.length !== concerned.length || targets.size !== concerned.length) return false;
  if (term.countsAllNodes === true || (term.minDomains ?? 1) > home.zones.length || home.zones.includes(''))
    return false;
  const unit = unitOf(first);
  return concerned.every(
    (p) =>
      unitOf(p) === unit &&
      p.workload === first.workload &&
      !fates.kept.has(p) &&
      !fates.leftOut.has(p) &&
      !fates.zone.has(p),
  );
}

function freeze(cluster: Cluster, home: Home, rule: Rule, concerned: readonly ClusterPod[], fates: Fates): void {
  const why = `its rule over zones (${rule.term.kind}) can't be restated for new nodes`;
  const zoneless = concerned.some((pod) => pod.node !== undefined && cluster.nodeOf.get(pod.node)?.zone === '');
  const broken = !zoneless && !holdsToday(cluster, home, rule);
  for (const pod of concerned) {
    const node = pod.node === undefined ? undefined : cluster.nodeOf.get(pod.node);
    if (!node) {
      if (!fates.leftOut.has(pod)) fates.leftOut.set(pod, 'it waits for a node, and where depends on other pods');
    } else if (zoneless) keep(fates, pod, `${why}: its nodes are in no zone`);
    else if (broken) keep(fates, pod, `${why}: today's nodes do not keep it`);
    else {
      fates.inRegion.add(pod);
      if (!fates.kept.has(pod)) fates.zone.set(pod, node.zone);
    }
  }
}

function holdsToday(cluster: Cluster, home: Home, { term, owners, targets }: Rule): boolean {
  const zoneOf = (pod: ClusterPod): string | undefined =>
    pod.node === undefined ? undefined : cluster.nodeOf.get(pod.node)?.zone;
  const counts = new Map(home.zones.map((zone) => [zone, 0]));
  for (const pod of targets) {
    const zone = zoneOf(pod);
    if (zone !== undefined) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  if (term.kind === 'spread') {
    const fewest = (term.minDomains ?? 1) > home.zones.length ? 0 : Math.min(...counts.values());
    return owners.every((o) => (counts.get(zoneOf(o) ?? '') ?? 0) - fewest <= (term.maxSkew ?? 1));
  }
  return owners.every((o) => {
    const others = (counts.get(zoneOf(o) ?? '') ?? 0) - (targets.has(o) ? 1 : 0);
    return term.kind === 'apart' ? others <= 0 : others > 0 || targets.has(o);
  });
}

/** A pod that must run beside another stays with it: pairs on one node can't be stated. */
function keepBeside({ targets }: Rule, bound: readonly ClusterPod[], fates: Fates): void {
  const nodes = new Set(bound.map((p) => p.node));
  for (const pod of bound) keep(fates, pod, 'it must run on the same node as another pod');
  for (const pod of targets) {
    if (pod.role === 'workload' && pod.node !== undefined && nodes.has(pod.node)) {
      keep(fates, pod, 'another pod must run on the same node');
    }
  }
}

/** A new node brings its DaemonSets: a rule that counts them, or that they state, can't be kept on it. */
function keepFromDaemons({ term, owners, targets }: Rule, bound: readonly ClusterPod[], fates: Fates): void {
  const counted = [...targets].find((t) => t.role !== 'workload');
  if (counted) {
    for (const pod of bound) keep(fates, pod, `its rule over nodes (${term.kind}) counts pods of ${counted.workload}`);
  }
  const stated = owners.find((o) => o.role !== 'workload');
  if (!stated || term.kind !== 'apart') return;
  for (const pod of targets) {
    if (pod.role === 'workload') keep(fates, pod, `pods of ${stated.workload} must not run beside it`);
  }
}
