import { pairwise, type Resources } from '../quantity.ts';
import type { Offering } from './offering.ts';

/** A node as its cluster knows it. */
export interface MeasuredNode {
  /** `provider/region` */
  readonly place: string;
  readonly type: string;
  /** what the kubelet offers to pods, daemonsets among them */
  readonly allocatable: Resources;
  /** what daemonset and static pods on it ask for */
  readonly daemons: Resources;
}

/**
 * Offerings with what nodes of their type in the same region were measured to have, in place of what a formula says.
 *
 * Of several nodes the least allocatable and the most that daemonsets take, resource by resource: a node planned too
 * small costs cents, one planned too full leaves a pod without a place. A node that has just joined and runs no
 * daemonset yet changes nothing by that. Devices are what the machine is made with: a node that shows fewer than others
 * of its type has a driver that is down, and must not make the type one without them.
 */
export function measured(offerings: readonly Offering[], nodes: readonly MeasuredNode[]): readonly Offering[] {
  const byType = new Map<string, MeasuredNode>();
  for (const node of nodes) {
    const key = `${node.place}/${node.type}`;
    const known = byType.get(key);
    byType.set(key, known ? bothOf(known, node) : node);
  }
  return offerings.map((offering) => {
    const node = byType.get(`${offering.provider}/${offering.region}/${offering.type}`);
    if (!node) return offering;
    return { ...offering, allocatable: node.allocatable, allocatableBasis: 'measured', daemons: node.daemons };
  });
}

const bothOf = (a: MeasuredNode, b: MeasuredNode): MeasuredNode => ({
  ...a,
  allocatable: { ...pairwise(a.allocatable, b.allocatable, Math.min), ...mostDevices(a, b) },
  daemons: pairwise(a.daemons, b.daemons, Math.max),
});

function mostDevices(a: MeasuredNode, b: MeasuredNode): Pick<Resources, 'devices'> {
  const { devices } = pairwise(a.allocatable, b.allocatable, Math.max);
  return devices === undefined ? {} : { devices };
}
