import type { Trouble } from '../trouble.ts';
import type { Amounts } from '../manifest/amounts.ts';
import type { Item } from './input.ts';
import { labelsAt, listAt, member, numberAt, textAt } from '../manifest/json.ts';
import type { Labels } from './labels.ts';
import { heldBy, ownerOf, roleOf, type PodRole } from '../manifest/owner.ts';
import { effectiveRequests } from '../manifest/requests.ts';
import { nodeRuleOf, type NodeRule } from './selectors.ts';
import { tolerationsOf, type Toleration } from './taints.ts';
import { preferencesOf, termsOf, type Term } from './terms.ts';

/** A pod that takes room on a node, or waits for it. */
export interface ClusterPod {
  /** `namespace/name` */
  readonly key: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** the node it is bound to; absent while it waits for one */
  readonly node?: string;
  /** `namespace/Deployment/gateway`: what made it, by which replicas are told together */
  readonly workload: string;
  /** the workload's kind, `Pod` where nothing made it */
  readonly owner: string;
  /** `daemon` and `static` pods come with the node; the others may move */
  readonly role: PodRole;
  readonly requests: Amounts;
  readonly nodeRule: NodeRule;
  readonly tolerations: readonly Toleration[];
  readonly terms: readonly Term[];
  /** preferences that bind nobody */
  readonly preferences: number;
  /** `TCP/8080`; the address is left aside, which is the stricter reading */
  readonly hostPorts: readonly string[];
  /** names of its persistent volume claims */
  readonly claims: readonly string[];
  /** a disk of the cloud that it mounts without a claim */
  readonly ownsDisk: boolean;
  /** it asks for devices through resource claims, which the catalog knows nothing of */
  readonly resourceClaims: boolean;
  /** why it should not be stopped, in words; a repack would have to restart it */
  readonly hold?: string;
}

export interface Pods {
  readonly running: readonly ClusterPod[];
  /** Succeeded or Failed: they take no room */
  readonly finished: number;
  /** being deleted: whatever replaces them is in the list already */
  readonly ending: number;
}

export function podsOf(items: readonly Item[], troubles: Trouble[]): Pods {
  const running: ClusterPod[] = [];
  let finished = 0;
  let ending = 0;
  for (const item of items) {
    const phase = textAt(item.value, 'status', 'phase');
    if (phase === 'Succeeded' || phase === 'Failed') finished++;
    else if (member(item.value, 'metadata', 'deletionTimestamp') !== undefined) ending++;
    else running.push(podOf(item, troubles));
  }
  return { running, finished, ending };
}

function podOf(item: Item, troubles: Trouble[]): ClusterPod {
  const metadata = member(item.value, 'metadata');
  const spec = member(item.value, 'spec');
  const name = textAt(metadata, 'name') ?? '';
  const namespace = textAt(metadata, 'namespace') ?? 'default';
  const labels = labelsAt(metadata, 'labels');
  const annotations = labelsAt(metadata, 'annotations');
  const node = textAt(spec, 'nodeName');
  const made = ownerOf(metadata, labels);
  const role = roleOf(made.kind, annotations);
  const hold = heldBy(annotations, made.kind);
  return {
    key: `${namespace}/${name}`,
    namespace,
    labels,
    ...(node !== undefined && node !== '' && { node }),
    workload: `${namespace}/${made.kind}/${made.name}`,
    owner: made.kind,
    role,
    requests: effectiveRequests(spec, { file: item.file, at: item.at === '' ? 'spec' : `${item.at}.spec` }, troubles),
    nodeRule: nodeRuleOf(spec),
    tolerations: tolerationsOf(spec),
    terms: termsOf(spec, namespace, labels),
    preferences: preferencesOf(spec),
    hostPorts: hostPortsOf(spec),
    ...volumesOf(spec, name),
    resourceClaims: listAt(spec, 'resourceClaims').length > 0,
    ...(hold !== undefined && { hold }),
  };
}

function hostPortsOf(spec: unknown): readonly string[] {
  const ports = new Set<string>();
  for (const list of ['containers', 'initContainers']) {
    for (const container of listAt(spec, list)) {
      // an init container's ports bind only when it stays
      if (list === 'initContainers' && textAt(container, 'restartPolicy') !== 'Always') continue;
      for (const port of listAt(container, 'ports')) {
        const number =
          numberAt(port, 'hostPort') ??
          (member(spec, 'hostNetwork') === true ? numberAt(port, 'containerPort') : undefined);
        if (number !== undefined && number > 0) ports.add(`${textAt(port, 'protocol') ?? 'TCP'}/${number}`);
      }
    }
  }
  return [...ports].toSorted();
}

const DISKS = ['awsElasticBlockStore', 'gcePersistentDisk', 'azureDisk', 'cinder', 'vsphereVolume'];

function volumesOf(spec: unknown, pod: string): Pick<ClusterPod, 'claims' | 'ownsDisk'> {
  const claims: string[] = [];
  let ownsDisk = false;
  for (const volume of listAt(spec, 'volumes')) {
    const claim = textAt(volume, 'persistentVolumeClaim', 'claimName');
    if (claim !== undefined) claims.push(claim);
    else if (member(volume, 'ephemeral') !== undefined) claims.push(`${pod}-${textAt(volume, 'name') ?? ''}`);
    else if (DISKS.some((kind) => member(volume, kind) !== undefined)) ownsDisk = true;
  }
  return { claims, ownsDisk };
}
