import type { Trial } from './repack.ts';

/**
 * What the scheduler would say of a repack, from the pods' own JSON: written apart from the code under test, and only
 * for what the random clusters of the tests use.
 */
export function complaints(items: readonly Record<string, unknown>[], t: Trial): string[] {
  const raw = new Map(items.filter((i) => i['kind'] === 'Pod').map((p) => [nameOf(p), p as unknown as RawPod]));
  const nodes = new Map(
    items
      .filter((i) => i['kind'] === 'Node')
      .map((n) => [(n as unknown as RawNode).metadata.name, n as unknown as RawNode]),
  );
  const found: string[] = [];
  const places: Place[] = [];
  const spot = new Map<string, number>();
  const keptOn = new Map<string, RawPod[]>();
  for (const key of Object.keys(t.kept)) {
    const pod = raw.get(key);
    if (pod?.spec.nodeName !== undefined)
      keptOn.set(pod.spec.nodeName, [...(keptOn.get(pod.spec.nodeName) ?? []), pod]);
  }
  t.answer.packing.seats.forEach(({ host, pods }, i) => {
    const stays = host.stays?.node.name;
    const moved = pods.map((p) => raw.get(p.key)).filter((p) => p !== undefined);
    const kept = stays === undefined ? [] : (keptOn.get(stays) ?? []);
    if (stays !== undefined) keptOn.delete(stays);
    const cpu = moved.reduce((n, p) => n + cores(p), 0);
    if (cpu > host.room.amounts.cpu / 1000 + 1e-9)
      found.push(`node ${i}: ${cpu} cores asked of ${host.room.amounts.cpu / 1000}`);
    if (moved.length > host.room.pods) found.push(`node ${i}: ${moved.length} pods on ${host.room.pods} places`);
    for (const pod of moved) {
      for (const [key, value] of Object.entries(pod.spec.nodeSelector ?? {})) {
        if (host.label(key) !== value)
          found.push(`${pod.metadata.name}: ${key} is ${host.label(key) ?? 'absent'}, not ${value}`);
      }
      for (const taint of host.taints) {
        const ok = (pod.spec.tolerations ?? []).some(
          (x) => x.key === taint.key && (x.operator === 'Exists' || x.value === taint.value),
        );
        if (!ok) found.push(`${pod.metadata.name}: does not tolerate ${taint.key}`);
      }
      if (host.offering.purchase === 'spot') spot.set(appOf(pod), (spot.get(appOf(pod)) ?? 0) + 1);
      const claims = (pod.spec.volumes ?? []).length > 0;
      const today = nodes.get(pod.spec.nodeName ?? '')?.metadata.labels['topology.kubernetes.io/zone'];
      if (claims && today !== host.offering.zone) found.push(`${pod.metadata.name}: its volume is in ${today ?? ''}`);
    }
    places.push({ node: stays ?? `new ${i}`, zone: host.offering.zone, pods: [...moved, ...kept] });
  });
  for (const [name, kept] of keptOn) {
    places.push({
      node: name,
      zone: nodes.get(name)?.metadata.labels['topology.kubernetes.io/zone'] ?? '',
      pods: kept,
    });
  }
  for (const [app, now] of spot) {
    const before = [...raw.values()].filter(
      (p) => appOf(p) === app && purchaseOf(nodes.get(p.spec.nodeName ?? '')) === 'SPOT',
    );
    if (now > before.length) found.push(`${app}: ${now} pods on spot, ${before.length} today`);
  }
  // a zone with a node today is one that the scheduler spreads over
  const zones = [...new Set([...nodes.values()].map((n) => n.metadata.labels['topology.kubernetes.io/zone'] ?? ''))];
  return [...found, ...amongPods(places, zones, new Set(Object.keys(t.kept)))];
}

interface Place {
  readonly node: string;
  readonly zone: string;
  readonly pods: readonly RawPod[];
}

function amongPods(places: readonly Place[], zones: readonly string[], kept: ReadonlySet<string>): string[] {
  const found: string[] = [];
  const everywhere = places.flatMap((place) => place.pods.map((pod) => ({ pod, place })));
  for (const { pod, place } of everywhere) {
    if (kept.has(keyOf(pod))) continue;
    for (const term of pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
      const zonal = term.topologyKey.includes('zone');
      const near = everywhere.filter(
        (o) => o.pod !== pod && (zonal ? o.place.zone === place.zone : o.place.node === place.node),
      );
      if (near.some((o) => selects(term.labelSelector, o.pod)))
        found.push(`${pod.metadata.name}: shares a ${zonal ? 'zone' : 'node'}`);
    }
    for (const term of pod.spec.topologySpreadConstraints ?? []) {
      const counts = new Map(zones.map((z) => [z, 0]));
      for (const o of everywhere)
        if (selects(term.labelSelector, o.pod)) counts.set(o.place.zone, (counts.get(o.place.zone) ?? 0) + 1);
      if ((counts.get(place.zone) ?? 0) - Math.min(...counts.values()) > term.maxSkew)
        found.push(`${pod.metadata.name}: skew`);
    }
  }
  for (const { node, pods } of places) {
    const holders = pods.filter((p) => portsOf(p).length > 0);
    const port = holders.flatMap(portsOf);
    // what stays may clash already: only who comes anew is judged
    if (new Set(port).size < port.length && holders.some((p) => !kept.has(keyOf(p))))
      found.push(`node ${node}: a host port twice`);
  }
  return found;
}

interface Selector {
  readonly matchLabels: Readonly<Record<string, string>>;
}
interface RawPod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly tolerations?: readonly { readonly key: string; readonly operator: string; readonly value?: string }[];
    readonly volumes?: readonly unknown[];
    readonly containers: readonly {
      readonly resources: { readonly requests: { readonly cpu?: string } };
      readonly ports?: readonly { readonly hostPort: number }[];
    }[];
    readonly affinity?: {
      readonly podAntiAffinity?: {
        readonly requiredDuringSchedulingIgnoredDuringExecution: readonly {
          readonly labelSelector: Selector;
          readonly topologyKey: string;
        }[];
      };
    };
    readonly topologySpreadConstraints?: readonly { readonly labelSelector: Selector; readonly maxSkew: number }[];
  };
}
interface RawNode {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
}

const keyOf = ({ metadata }: RawPod): string => `${metadata.namespace}/${metadata.name}`;
const nameOf = (p: Record<string, unknown>): string => keyOf(p as unknown as RawPod);
const portsOf = (p: RawPod): number[] => p.spec.containers.flatMap((c) => (c.ports ?? []).map((x) => x.hostPort));
const cores = (p: RawPod): number =>
  p.spec.containers.reduce((n, c) => n + Number.parseInt(c.resources.requests.cpu ?? '0m', 10) / 1000, 0);
const appOf = (p: RawPod): string => p.metadata.labels['app'] ?? '';
const purchaseOf = (n: RawNode | undefined): string | undefined => n?.metadata.labels['eks.amazonaws.com/capacityType'];
const selects = (s: Selector, p: RawPod): boolean =>
  Object.entries(s.matchLabels).every(([k, v]) => p.metadata.labels[k] === v);
