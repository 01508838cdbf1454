import { describe, expect, it } from 'vitest';
import { labelSelectorOf, matchesLabels, matchesNode, nodeRuleOf } from '../../src/assess/selectors.ts';
import { lastingTaints, taintsOf, tolerates, tolerationsOf } from '../../src/assess/taints.ts';

const LABELS = new Map([
  ['zone', 'a'],
  ['cpu', '8'],
  ['empty', ''],
]);
const affinity = (...terms: unknown[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
});
const line = (key: string, operator: string, ...values: string[]) => ({ key, operator, values });

describe('what a pod demands of a node', () => {
  const rows: readonly (readonly [why: string, spec: unknown, matches: boolean])[] = [
    ['no demand', {}, true],
    ['a selector that the node has', { nodeSelector: { zone: 'a' } }, true],
    ['a selector with another value', { nodeSelector: { zone: 'b' } }, false],
    ['a selector the node lacks', { nodeSelector: { disk: 'ssd' } }, false],
    ['In', affinity({ matchExpressions: [line('zone', 'In', 'b', 'a')] }), true],
    ['NotIn', affinity({ matchExpressions: [line('zone', 'NotIn', 'a')] }), false],
    ['NotIn of a label the node lacks', affinity({ matchExpressions: [line('disk', 'NotIn', 'hdd')] }), true],
    ['Exists, with an empty value', affinity({ matchExpressions: [line('empty', 'Exists')] }), true],
    ['DoesNotExist', affinity({ matchExpressions: [line('disk', 'DoesNotExist')] }), true],
    ['Gt', affinity({ matchExpressions: [line('cpu', 'Gt', '4')] }), true],
    ['Gt is strict', affinity({ matchExpressions: [line('cpu', 'Gt', '8')] }), false],
    ['Lt', affinity({ matchExpressions: [line('cpu', 'Lt', '16')] }), true],
    ['Lt of a label that is no number', affinity({ matchExpressions: [line('zone', 'Lt', '16')] }), false],
    [
      'terms are alternatives',
      affinity({ matchExpressions: [line('zone', 'In', 'b')] }, { matchExpressions: [line('cpu', 'In', '8')] }),
      true,
    ],
    [
      'lines of a term all hold',
      affinity({ matchExpressions: [line('zone', 'In', 'a'), line('cpu', 'In', '4')] }),
      false,
    ],
    [
      'selector and affinity both hold',
      { nodeSelector: { zone: 'a' }, ...affinity({ matchExpressions: [line('zone', 'In', 'b')] }) },
      false,
    ],
    ['no terms match nothing', affinity(), false],
    ['an empty term matches nothing', affinity({}), false],
    ['an operator nobody knows matches nothing', affinity({ matchExpressions: [line('zone', 'Like', 'a')] }), false],
  ];
  it.each(rows)('%s', (_why, spec, matches) => {
    expect(matchesNode(nodeRuleOf(spec), (key) => LABELS.get(key))).toBe(matches);
  });

  it('notices that a node is named', () => {
    expect(nodeRuleOf(affinity({ matchFields: [line('metadata.name', 'In', 'n')] })).byName).toBe(true);
  });
});

describe('label selectors over pods', () => {
  it('select nothing when absent and everything when empty', () => {
    expect(labelSelectorOf(undefined)).toBeUndefined();
    expect(labelSelectorOf({})).toEqual([]);
    expect(matchesLabels([], LABELS)).toBe(true);
    const both = labelSelectorOf({ matchLabels: { zone: 'a' }, matchExpressions: [line('cpu', 'NotIn', '8')] });
    expect(both && matchesLabels(both, LABELS)).toBe(false);
  });
});

describe('taints and tolerations', () => {
  const taint = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' };
  const rows: readonly (readonly [why: string, toleration: object, tolerated: boolean])[] = [
    ['the same key, value and effect', taint, true],
    ['any effect', { key: 'dedicated', value: 'gpu' }, true],
    ['another value', { key: 'dedicated', value: 'x' }, false],
    ['any value', { key: 'dedicated', operator: 'Exists' }, true],
    ['everything', { operator: 'Exists' }, true],
    ['an empty key with Equal', { operator: 'Equal' }, false],
    ['another effect', { key: 'dedicated', operator: 'Exists', effect: 'NoExecute' }, false],
    ['a numeric operator, which is not relied upon', { key: 'dedicated', operator: 'Gt', value: '0' }, false],
  ];
  it.each(rows)('%s', (_why, toleration, tolerated) => {
    expect(tolerates(tolerationsOf({ tolerations: [toleration] }), taintsOf({ taints: [taint] }))).toBe(tolerated);
  });

  it('keeps those of the pool and leaves out what passes', () => {
    const taints = taintsOf({
      taints: [
        taint,
        { key: 'soft', effect: 'PreferNoSchedule' },
        { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
        { key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' },
        { key: 'ebs.csi.aws.com/agent-not-ready', effect: 'NoExecute' },
        { key: 'kubernetes.azure.com/scalesetpriority', value: 'spot', effect: 'NoSchedule' },
      ],
    });
    expect(lastingTaints(taints)).toEqual([taint]);
  });
});
