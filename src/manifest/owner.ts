import { listAt, member, textAt } from './json.ts';

export interface Owner {
  /** `Pod` where nothing made it */
  readonly kind: string;
  readonly name: string;
}

/** A ReplicaSet of a Deployment is told as the Deployment, so that two revisions are one workload. */
export function ownerOf(metadata: unknown, labels: ReadonlyMap<string, string>): Owner {
  const owners = listAt(metadata, 'ownerReferences');
  const owner = owners.find((o) => member(o, 'controller') === true) ?? owners[0];
  const kind = textAt(owner, 'kind') ?? 'Pod';
  const name = textAt(owner, 'name') ?? textAt(metadata, 'name') ?? '';
  const hash = labels.get('pod-template-hash');
  if (kind === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`)) {
    return { kind: 'Deployment', name: name.slice(0, -hash.length - 1) };
  }
  return { kind, name };
}

/** `daemon` and `static` pods come with the node; the others may move. */
export type PodRole = 'workload' | 'daemon' | 'static';

export function roleOf(ownerKind: string, annotations: ReadonlyMap<string, string>): PodRole {
  if (ownerKind === 'DaemonSet') return 'daemon';
  return ownerKind === 'Node' || annotations.has('kubernetes.io/config.mirror') ? 'static' : 'workload';
}

/** Why a pod should not be stopped, in words; undefined where nothing says so. */
export function heldBy(annotations: ReadonlyMap<string, string>, ownerKind: string): string | undefined {
  const evict = 'cluster-autoscaler.kubernetes.io/safe-to-evict';
  if (annotations.get(evict) === 'false') return `marked ${evict}: "false"`;
  for (const key of ['karpenter.sh/do-not-disrupt', 'karpenter.sh/do-not-evict']) {
    if (annotations.get(key) === 'true') return `marked ${key}`;
  }
  return ownerKind === 'Pod' ? 'no controller would start it again elsewhere' : undefined;
}
