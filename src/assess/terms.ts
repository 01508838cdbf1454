import { listAt, member, numberAt, textAt, textsAt } from '../manifest/json.ts';
import type { Labels } from './labels.ts';
import { labelSelectorOf, matchesLabels, type Requirement } from './selectors.ts';

/**
 * A hard rule of a pod about where it stands to other pods: `apart` from them, `together` with one of them, or `spread`
 * evenly among them, over the nodes that share the value of one label.
 */
export interface Term {
  readonly kind: 'apart' | 'together' | 'spread';
  /** label of the nodes: the hostname, the zone, or any other */
  readonly over: string;
  /** the pods it looks at */
  readonly selector: readonly Requirement[];
  /** the namespaces they are in; undefined = whichever `namespaceSelector` selects */
  readonly namespaces: readonly string[];
  readonly namespaceSelector?: readonly Requirement[];
  /** of a spread */
  readonly maxSkew?: number;
  readonly minDomains?: number;
  /** of a spread: nodes which the pod's own selectors exclude count as well */
  readonly countsAllNodes?: boolean;
  /** the same for two pods whose rule is the same */
  readonly id: string;
}

/** The hard terms of a pod. A rule with no selector looks at no pods: alone it can't be broken, and `together` can't be kept. */
export function termsOf(spec: unknown, namespace: string, labels: Labels): readonly Term[] {
  const terms: Term[] = [];
  const affinity = member(spec, 'affinity');
  for (const [name, kind] of [
    ['podAntiAffinity', 'apart'],
    ['podAffinity', 'together'],
  ] as const) {
    for (const raw of listAt(affinity, name, 'requiredDuringSchedulingIgnoredDuringExecution')) {
      const selector = selectorOf(raw, labels) ?? (kind === 'together' ? NOTHING : undefined);
      if (selector) terms.push(identified({ kind, over: keyOf(raw), selector, ...scopeOf(raw, namespace) }));
    }
  }
  for (const raw of listAt(spec, 'topologySpreadConstraints')) {
    const selector = selectorOf(raw, labels);
    if (!isHard(raw) || !selector) continue;
    const minDomains = numberAt(raw, 'minDomains');
    terms.push(
      identified({
        kind: 'spread',
        over: keyOf(raw),
        selector,
        namespaces: [namespace],
        maxSkew: Math.max(1, Math.floor(numberAt(raw, 'maxSkew') ?? 1)),
        ...(minDomains !== undefined && { minDomains }),
        ...(textAt(raw, 'nodeAffinityPolicy') === 'Ignore' && { countsAllNodes: true }),
      }),
    );
  }
  return terms;
}

/** How many preferences a pod states that bind nobody: preferred affinities and spreads with ScheduleAnyway. */
export function preferencesOf(spec: unknown): number {
  const affinity = member(spec, 'affinity');
  const preferred = ['nodeAffinity', 'podAffinity', 'podAntiAffinity'].map(
    (name) => listAt(affinity, name, 'preferredDuringSchedulingIgnoredDuringExecution').length,
  );
  const spreads = listAt(spec, 'topologySpreadConstraints').filter((raw) => !isHard(raw)).length;
  return preferred.reduce((a, b) => a + b, spreads);
}

/** Whether a term of a pod looks at a pod. */
export function looksAt(
  term: Term,
  pod: { readonly namespace: string; readonly labels: Labels },
  namespaces: ReadonlyMap<string, Labels>,
): boolean {
  if (!term.namespaces.includes(pod.namespace) && !selectsNamespace(term, pod.namespace, namespaces)) return false;
  return matchesLabels(term.selector, pod.labels);
}

/** A namespace whose labels are not in the input may have any: it counts as selected where that is the stricter. */
function selectsNamespace(term: Term, namespace: string, known: ReadonlyMap<string, Labels>): boolean {
  if (!term.namespaceSelector) return false;
  if (term.namespaceSelector.length === 0) return true;
  const labels = known.get(namespace) ?? new Map([['kubernetes.io/metadata.name', namespace]]);
  return matchesLabels(term.namespaceSelector, labels) || (!known.has(namespace) && term.kind === 'apart');
}

const NOTHING: readonly Requirement[] = [{ key: '', operator: 'nothing', values: [] }];
const keyOf = (raw: unknown): string => textAt(raw, 'topologyKey') ?? '';
const isHard = (raw: unknown): boolean => textAt(raw, 'whenUnsatisfiable') !== 'ScheduleAnyway';

function selectorOf(raw: unknown, labels: Labels): readonly Requirement[] | undefined {
  const selector = labelSelectorOf(member(raw, 'labelSelector'));
  if (!selector) return undefined;
  const own = (list: string, operator: string): Requirement[] =>
    textsAt(raw, list).flatMap((key) => {
      const value = labels.get(key);
      return value === undefined ? [] : [{ key, operator, values: [value] }];
    });
  return [...selector, ...own('matchLabelKeys', 'In'), ...own('mismatchLabelKeys', 'NotIn')];
}

function scopeOf(raw: unknown, own: string): Pick<Term, 'namespaces' | 'namespaceSelector'> {
  const namespaces = textsAt(raw, 'namespaces');
  const namespaceSelector = labelSelectorOf(member(raw, 'namespaceSelector'));
  if (namespaceSelector) return { namespaces, namespaceSelector };
  return { namespaces: namespaces.length > 0 ? namespaces : [own] };
}

const identified = (term: Omit<Term, 'id'>): Term => ({
  ...term,
  id: JSON.stringify(Object.entries(term).toSorted(([a], [b]) => (a < b ? -1 : 1))),
});
