import type { Arch } from '../catalog/offering.ts';
import type { LinearSolver } from '../ports.ts';
import type { Cluster, Home } from './cluster.ts';
import { coloured, companyOf, type Company } from './company.ts';
import { daemonsOf, staticOverhead } from './daemons.ts';
import { fatesOf, keep, type Fates } from './fate.ts';
import { newHosts, permissionsOf, stayingHosts } from './hosts.ts';
import { kindsOf } from './kinds.ts';
import type { ClusterNode } from './nodes.ts';
import { offersIn, type Surroundings } from './offers.ts';
import type { ClusterPod } from './pods.ts';
import type { Place, PriceLists } from './prices.ts';
import { sensed } from './room.ts';
import { keysOf, type NodeRule } from './selectors.ts';
import { packed, type Packing } from './solve.ts';
import type { Wanted } from './suitable.ts';
import { rulesAmong, settleZones, type Rule } from './topology.ts';
import { signatures, unitsOf, type Unit } from './units.ts';
import { breaches } from './verify.ts';

export interface ProposeOptions {
  /** move pods that only a restart can move against their marks */
  readonly includePinned: boolean;
  /** largest share of each workload on spot, beyond what is there today */
  readonly spot: number;
  /** architectures every image runs on, beside those it is seen on */
  readonly arches: readonly Arch[];
  /** instance types that may be proposed, `*` for any run of characters; empty = any suitable one */
  readonly types: readonly string[];
}

/** One home made ready: what may move, with whom, and what must stay. The same for every set of places it may move to. */
export interface Prepared {
  readonly home: Home;
  readonly around: Surroundings;
  readonly rules: readonly Rule[];
  readonly fates: Fates;
  readonly units: readonly Unit[];
  readonly company: Company;
  readonly colours: ReadonlyMap<Unit, number>;
  readonly colourCount: number;
  /** nodes that stay, with why where it is not for a pod */
  readonly staying: ReadonlyMap<ClusterNode, string | undefined>;
}

/** Largest machine proposed where nothing larger runs today: beyond it a single loss takes too much with it. */
const LARGEST_VCPU = 64;

/** @param pods those of the home: on its nodes, or waiting for one */
function prepared(
  cluster: Cluster,
  home: Home,
  pods: readonly ClusterPod[],
  options: ProposeOptions,
  alsoKept: ReadonlyMap<ClusterPod, string>,
): Prepared {
  const workers = home.nodes.filter((node) => !node.controlPlane);
  const daemons = daemonsOf(pods);
  const demanded: NodeRule[] = daemons.map((d) => d.nodeRule);
  for (const pod of pods) if (pod.role === 'workload') demanded.push(pod.nodeRule, ...cluster.volumesOf(pod).rules);
  const kinds = kindsOf(workers, demanded, (node) => cluster.priced.get(node)?.gpu !== undefined);
  const around: Surroundings = {
    cluster,
    home,
    kinds,
    daemons,
    statics: staticOverhead(workers.map((node) => cluster.podsOn.get(node) ?? [])),
    sense: sensed(cluster, home),
  };

  const fates = fatesOf(cluster, pods, kinds.naming, options);
  for (const [pod, reason] of alsoKept) keep(fates, pod, reason);
  keepFromDaemonPorts(pods, around, fates);
  const rules = rulesAmong(cluster, pods);
  const signatureOf = signatures(cluster, rules);
  for (;;) {
    const skews = settleZones(cluster, home, rules, fates, signatureOf);
    const units = unitsOf(cluster, pods, fates, skews, signatureOf, options);
    const company = companyOf(cluster, units, rules);
    const { colours, count, uncoloured } = coloured(units, company);
    if (uncoloured.length === 0) {
      const staying = stayingNodes(cluster, home, fates, options);
      return { home, around, rules, fates, units, company, colours, colourCount: count, staying };
    }
    for (const [unit, why] of uncoloured) {
      for (const pod of unit.pods) keep(fates, pod, `${why} keeps it from too many others`);
    }
  }
}

/** A DaemonSet that binds a host port does so on every new node: a pod that needs the same port stays where it is. */
function keepFromDaemonPorts(pods: readonly ClusterPod[], { daemons }: Surroundings, fates: Fates): void {
  const holder = new Map(daemons.flatMap((d) => d.hostPorts.map((port) => [port, d.workload] as const)));
  for (const pod of pods) {
    const port = pod.role === 'workload' ? pod.hostPorts.find((p) => holder.has(p)) : undefined;
    if (port !== undefined) keep(fates, pod, `it needs host port ${port}, which ${holder.get(port) ?? ''} binds`);
  }
}

function stayingNodes(
  cluster: Cluster,
  home: Home,
  fates: Fates,
  options: ProposeOptions,
): ReadonlyMap<ClusterNode, string | undefined> {
  const staying = new Map<ClusterNode, string | undefined>();
  for (const node of home.nodes) {
    if (node.controlPlane) staying.set(node, 'it runs the control plane');
    else if (node.held !== undefined && !options.includePinned) staying.set(node, node.held);
    else if ((cluster.podsOn.get(node) ?? []).some((pod) => fates.kept.has(pod))) staying.set(node, undefined);
  }
  return staying;
}

/** A packing of a home's pods into places, with every pod on its node. */
export interface Repacked {
  readonly places: readonly Place[];
  readonly packing: Packing;
  /** what the check found against it; anything here is our own mistake, and then what runs is kept */
  readonly breaches: readonly string[];
}

/**
 * Makes a home ready and packs it at home. Pods for which there is no room on any node that could be had are left where
 * they are, and it is tried again; each time fewer pods may move, so that ends.
 */
export function repackedAtHome(
  cluster: Cluster,
  home: Home,
  pods: readonly ClusterPod[],
  lists: PriceLists,
  options: ProposeOptions,
  solver: LinearSolver,
): { readonly ready: Prepared; readonly same: Repacked } {
  const kept = new Map<ClusterPod, string>();
  for (;;) {
    const ready = prepared(cluster, home, pods, options, kept);
    const same = repacked(ready, lists, [home], options, solver);
    if (same.ok) return { ready, same: same.value };
    const before = kept.size;
    for (const pod of same.roomless.flatMap((unit) => unit.pods))
      kept.set(pod, 'no node that could be had has room for it');
    if (kept.size === before) throw new Error('pods without room were left where they are, and are without room again');
  }
}

/** @returns the packing, or the pods that found no room, by unit */
export function repacked(
  ready: Prepared,
  lists: PriceLists,
  places: readonly Place[],
  options: ProposeOptions,
  solver: LinearSolver,
): { readonly ok: true; readonly value: Repacked } | { readonly ok: false; readonly roomless: readonly Unit[] } {
  const { around, home, units, company, colours, fates } = ready;
  const { cluster } = around;
  const wanted = wantedBy(cluster, home, units, options);
  const keys = [...new Set(units.flatMap((unit) => unit.demand.rules.flatMap(keysOf)))];
  const offers = offersIn(around, lists, places, wanted, keys);
  const staying = stayingHosts(cluster, home, new Set(ready.staying.keys()), fates.kept);
  const may = permissionsOf(units, company, colours);
  const packing = packed(units, [...newHosts(offers, ready.colourCount), ...staying], company, may, solver);
  if (packing.roomless.length > 0) return { ok: false, roomless: packing.roomless };
  const found = breaches(cluster, places, packing.seats, units, ready.rules, fates);
  return { ok: true, value: { places, packing, breaches: found } };
}

function wantedBy(cluster: Cluster, home: Home, units: readonly Unit[], options: ProposeOptions): Wanted {
  const running = home.nodes.flatMap((node) => cluster.priced.get(node) ?? []);
  const gpus = units.filter((unit) => unit.requests.others.size > 0).flatMap((unit) => unit.demand.gpus);
  return {
    used: new Set(running.map((offering) => offering.type)),
    gpus: new Set(gpus),
    only: options.types,
    largest: Math.max(LARGEST_VCPU, ...running.map((offering) => offering.vcpu)),
  };
}
