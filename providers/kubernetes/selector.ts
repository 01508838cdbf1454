import { isObject, labelsAt, listAt, textAt, textsAt } from '../../src/manifest/json.ts';

/**
 * Whether a label selector takes these labels. An empty one takes all, an absent one none.
 * Source: kubernetes.io/docs/concepts/overview/working-with-objects/labels
 */
export function selects(selector: unknown, labels: ReadonlyMap<string, string>): boolean {
  if (!isObject(selector)) return false;
  for (const [key, value] of labelsAt(selector, 'matchLabels')) if (labels.get(key) !== value) return false;
  return listAt(selector, 'matchExpressions').every((term) => holds(term, labels));
}

function holds(term: unknown, labels: ReadonlyMap<string, string>): boolean {
  const value = labels.get(textAt(term, 'key') ?? '');
  const values = textsAt(term, 'values');
  switch (textAt(term, 'operator') ?? '') {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
