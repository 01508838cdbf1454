import { entriesAt, isObject, listAt, member, textAt, textsAt } from '../manifest/json.ts';
import type { Labels } from './labels.ts';

/** One line of a label or node selector; `operator` as Kubernetes spells it. */
export interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** What a pod demands of its node: `nodeSelector` and required node affinity. */
export interface NodeRule {
  /** all of these */
  readonly all: readonly Requirement[];
  /** and all of any one of these; absent = no such demand. An empty list or term matches nothing, as in Kubernetes. */
  readonly anyOf?: readonly (readonly Requirement[])[];
  /** true when it names nodes by `metadata.name` */
  readonly byName: boolean;
}

type Lookup = (key: string) => string | undefined;

export function nodeRuleOf(spec: unknown): NodeRule {
  const all: Requirement[] = [];
  for (const [key, value] of entriesAt(spec, 'nodeSelector')) {
    all.push({ key, operator: 'In', values: typeof value === 'string' ? [value] : [] });
  }
  const required = member(spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  if (required === undefined) return { all, byName: false };
  const terms = listAt(required, 'nodeSelectorTerms');
  return {
    all,
    anyOf: terms.map((term) => requirementsOf(term, 'matchExpressions')),
    byName: terms.some((term) => listAt(term, 'matchFields').length > 0),
  };
}

export function matchesNode(rule: NodeRule, label: Lookup): boolean {
  if (!rule.all.every((r) => holds(r, label(r.key)))) return false;
  return rule.anyOf?.some((term) => term.length > 0 && term.every((r) => holds(r, label(r.key)))) ?? true;
}

/** Node labels that a rule looks at. */
export function keysOf(rule: NodeRule): readonly string[] {
  return [...rule.all, ...(rule.anyOf ?? []).flat()].map((r) => r.key);
}

/**
 * A label selector over pods. `undefined` selects nothing, which is what an absent one means; no requirements select
 * everything.
 */
export function labelSelectorOf(raw: unknown): readonly Requirement[] | undefined {
  if (!isObject(raw)) return undefined;
  const equal = entriesAt(raw, 'matchLabels').map(([key, value]): Requirement => ({
    key,
    operator: 'In',
    values: typeof value === 'string' ? [value] : [],
  }));
  return [...equal, ...requirementsOf(raw, 'matchExpressions')];
}

export function matchesLabels(selector: readonly Requirement[], labels: Labels): boolean {
  return selector.every((r) => holds(r, labels.get(r.key)));
}

function requirementsOf(raw: unknown, list: string): readonly Requirement[] {
  return listAt(raw, list).map((entry) => ({
    key: textAt(entry, 'key') ?? '',
    operator: textAt(entry, 'operator') ?? '',
    values: textsAt(entry, 'values'),
  }));
}

/** An operator that is not known holds nowhere: stricter than the cluster, never laxer. */
function holds({ operator, values }: Requirement, found: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return found !== undefined && values.includes(found);
    case 'NotIn':
      return found === undefined || !values.includes(found);
    case 'Exists':
      return found !== undefined;
    case 'DoesNotExist':
      return found === undefined;
    case 'Gt':
      return wholeNumber(found) > wholeNumber(values[0]);
    case 'Lt':
      return wholeNumber(found) < wholeNumber(values[0]);
    default:
      return false;
  }
}

/** NaN for anything else, and comparisons with NaN do not hold */
function wholeNumber(text: string | undefined): number {
  return text !== undefined && /^[+-]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}
