import type { Arch } from './catalog/offering.ts';
import type { Answer } from './failure.ts';
import type { Caller, Clock } from './ports.ts';
import type { Resources } from './quantity.ts';
import type { Instant, Seconds } from './units.ts';

/**
 * What the product needs of a Kubernetes cluster, as types only: whatever cloud its nodes are bought from. The pools
 * that nodes come from are the providers' affair.
 */
export interface ClusterParts {
  readonly clock: Clock;
  readonly caller: Caller;
  /** where the kubeconfig stands (`KUBECONFIG`, `HOME`) and where the cluster is that the process runs in */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** between two tries at a watch that broke */
  readonly sleep: (ms: number) => Promise<void>;
  /** Runs `ring` after `ms`, unless what it answers is called first; absent = opening may take as long as it takes. */
  readonly alarm?: (ms: number, ring: () => void) => () => void;
}

/** A cluster that is being followed. Opening waits for the first complete listing of everything. */
export interface Cluster {
  /** the kubeconfig's context, or `in-cluster` */
  readonly context: string;
  /** The cluster as last heard of. Asks nobody. */
  snapshot(): ClusterSnapshot;
  /** Closes a node to new pods; a second time is harmless. */
  cordon(node: string): Promise<Answer<void>>;
  uncordon(node: string): Promise<Answer<void>>;
  /** Asks a pod to leave, within its disruption budgets; a pod that is gone already has left. Never forces. */
  evict(pod: PodRef): Promise<Answer<Eviction>>;
  /** Sets a workload's replicas. Absolute; a workload that has changed since it was read is a `conflict`. */
  scale(order: ScaleOrder): Promise<Answer<Scaled>>;
  /** How many replicas a workload asks for and has, and its version. */
  readScale(workload: WorkloadRef): Promise<Answer<Scaled>>;
  /** Stops following. Nothing is left running. */
  close(): Promise<void>;
}

export interface ClusterSnapshot {
  readonly context: string;
  readonly nodes: readonly ClusterNode[];
  /** those that take room on a node: not the finished ones, nor those that wait for a node */
  readonly pods: readonly ClusterPod[];
  /** those that no node has taken yet: demand that is seen */
  readonly pending: readonly PendingPod[];
  readonly workloads: readonly Workload[];
  /** the last time at which all of it was known to be so */
  readonly asOf: Instant;
  /** since then */
  readonly age: Seconds;
  /** the cluster is not heard at the moment: read it, but act on nothing in it */
  readonly stale: boolean;
  /** why this may not be the whole truth, in words. While there is one, nothing here may shrink. */
  readonly doubts: readonly string[];
}

export interface ClusterNode {
  readonly name: string;
  /** `aws:///eu-west-1a/i-0abc`; its end is the instance id. Absent until the cloud's controller has seen the node. */
  readonly providerId?: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly taints: readonly Taint[];
  readonly zone?: string;
  readonly region?: string;
  readonly type?: string;
  readonly arch?: Arch;
  /** what the kubelet offers to pods, daemonsets among them; absent before it has said so */
  readonly allocatable?: Resources;
  /** what daemonset and static pods on it ask for: measured, on this node, now */
  readonly daemons: Resources;
  /** what all its pods ask for */
  readonly requested: Resources;
  readonly ready: boolean;
  /** closed to new pods */
  readonly cordoned: boolean;
  readonly createdAt?: Instant;
  /** why its owner wants it left alone, in words */
  readonly held?: string;
}

interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** Names one pod, not one that came later under the same name. */
export interface PodRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
}

export interface ClusterPod extends PodRef {
  readonly uid: string;
  readonly node: string;
  /** id of its {@link Workload} */
  readonly workload: string;
  /** `daemon` and `static` pods come with the node; the others may move */
  readonly role: 'workload' | 'daemon' | 'static';
  /** as the scheduler counts them: start-up, sidecars and the runtime's overhead included */
  readonly requests: Resources;
  readonly ready: boolean;
  /** it has been told to go */
  readonly ending: boolean;
  readonly labels: ReadonlyMap<string, string>;
  /** disruption budgets that speak for it, `namespace/name` */
  readonly budgets: readonly string[];
  /** why it should not be stopped, in words */
  readonly held?: string;
}

export interface PendingPod extends PodRef {
  readonly uid: string;
  readonly workload: string;
  readonly requests: Resources;
  readonly labels: ReadonlyMap<string, string>;
  readonly since?: Instant;
  /** the scheduler's own words: `0/3 nodes are available: 3 Insufficient cpu.`; absent before it has looked */
  readonly reason?: string;
}

/** Pods that one owner made. */
export interface Workload {
  /** `namespace/Deployment/gateway` */
  readonly id: string;
  readonly namespace: string;
  /** `Deployment`, `StatefulSet`, `DaemonSet`, `Job`, … `Pod` where nothing made it */
  readonly kind: string;
  readonly name: string;
  /** on a node, and meant to stay */
  readonly running: number;
  readonly pending: number;
  /** the largest that any of its pods asks for: what the next one will need */
  readonly requests: Resources;
}

/** `blocked` is an answer: a disruption budget speaks for the pod, and it stays. */
export type Eviction =
  | { readonly state: 'accepted' | 'gone' }
  | {
      readonly state: 'blocked';
      /** the cluster's own words, the budget's name among them */
      readonly reason: string;
      /** not worth asking before */
      readonly tryAgainAt: Instant;
    };

/** Something with a `scale` subresource. */
export interface WorkloadRef {
  readonly kind: 'Deployment' | 'StatefulSet' | 'ReplicaSet';
  readonly namespace: string;
  readonly name: string;
}

export interface ScaleOrder {
  readonly workload: WorkloadRef;
  readonly replicas: number;
  /** as {@link Cluster.readScale} told it; absent = whatever it is now */
  readonly expectedVersion?: string;
}

export interface Scaled {
  /** asked for */
  readonly replicas: number;
  /** there */
  readonly running: number;
  readonly version: string;
}
