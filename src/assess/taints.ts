import { listAt, textAt } from '../manifest/json.ts';
import { PURCHASE_LABELS } from './labels.ts';

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

export interface Toleration {
  /** empty = every key */
  readonly key: string;
  readonly operator: string;
  readonly value: string;
  /** empty = every effect */
  readonly effect: string;
}

export function taintsOf(spec: unknown): readonly Taint[] {
  return listAt(spec, 'taints').map((raw) => ({
    key: textAt(raw, 'key') ?? '',
    value: textAt(raw, 'value') ?? '',
    effect: textAt(raw, 'effect') ?? '',
  }));
}

export function tolerationsOf(spec: unknown): readonly Toleration[] {
  return listAt(spec, 'tolerations').map((raw) => ({
    key: textAt(raw, 'key') ?? '',
    operator: textAt(raw, 'operator') ?? 'Equal',
    value: textAt(raw, 'value') ?? '',
    effect: textAt(raw, 'effect') ?? '',
  }));
}

/** Whether every taint is tolerated. An operator that is not known tolerates nothing. */
export function tolerates(tolerations: readonly Toleration[], taints: readonly Taint[]): boolean {
  return taints.every((taint) => tolerations.some((t) => covers(t, taint)));
}

function covers(t: Toleration, taint: Taint): boolean {
  if (t.effect !== '' && t.effect !== taint.effect) return false;
  if (t.key === '') return t.operator === 'Exists';
  if (t.key !== taint.key) return false;
  return t.operator === 'Exists' || (t.operator === 'Equal' && t.value === taint.value);
}

const PASSING_DOMAINS = ['node.kubernetes.io/', 'node.cloudprovider.kubernetes.io/', 'node.cluster.x-k8s.io/'];
const PASSING = new Set([
  'ToBeDeletedByClusterAutoscaler',
  'DeletionCandidateOfClusterAutoscaler',
  'karpenter.sh/disrupted',
  'karpenter.sh/disruption',
  'karpenter.sh/unregistered',
  'cloud.google.com/impending-node-termination',
]);

/**
 * Taints that belong to a node's pool and would stand on a new node too. Left out: soft ones, those that tell a
 * passing condition (not ready, cordoned, being deleted, agent not yet up), and those that a cloud derives from spot.
 */
export function lastingTaints(taints: readonly Taint[]): readonly Taint[] {
  return taints.filter((t) => isHard(t) && !isPassing(t) && !isPurchaseTaint(t));
}

/** Taints that come with a purchase: AKS puts `scalesetpriority=spot` on every spot node, others use it by choice. */
export function purchaseTaints(taints: readonly Taint[]): readonly Taint[] {
  return taints.filter((t) => isHard(t) && isPurchaseTaint(t));
}

const isHard = (t: Taint): boolean => t.effect === 'NoSchedule' || t.effect === 'NoExecute';
const isPassing = (t: Taint): boolean =>
  PASSING.has(t.key) || t.key.endsWith('-not-ready') || PASSING_DOMAINS.some((domain) => t.key.startsWith(domain));
const PURCHASE_KEYS = new Set(PURCHASE_LABELS.map((l) => l.key));
const isPurchaseTaint = (t: Taint): boolean => PURCHASE_KEYS.has(t.key);
