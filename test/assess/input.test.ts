import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { understand } from '../../src/assess/understand.ts';
import { objectsOf } from '../../src/assess/input.ts';
import { lineOf } from '../../src/trouble.ts';
import { eksNode, list, node, pod } from '../support/kube.ts';
import { priceLists } from '../support/price-lists.ts';

const N = eksNode('a');
const P = pod({ name: 'p', node: 'a', owner: 'Deployment/p' });
const read = (...texts: string[]) => objectsOf(texts.map((text, i) => ({ file: `f${i}`, text })));
const lists = priceLists();
const refusal = (...texts: string[]): string => {
  const answer = understand(
    texts.map((text, i) => ({ file: `f${i}`, text })),
    lists,
    {},
  );
  return answer.ok ? '' : answer.troubles.map(lineOf).join('\n');
};

describe('objectsOf', () => {
  const accepted: readonly (readonly [why: string, texts: string[], nodes: number, pods: number])[] = [
    ['one List', [list([N, P])], 1, 1],
    ['nodes and pods in files of their own', [list([N]), list([P])], 1, 1],
    ['both in one pipe', [`${list([N])}\n${list([P])}`], 1, 1],
    ['the same object twice', [list([N, P]), list([N, P])], 1, 1],
    [
      'a NodeList of the raw API, whose items have no kind',
      [
        JSON.stringify({ kind: 'NodeList', items: [{ ...N, kind: undefined }] }),
        JSON.stringify({ kind: 'PodList', items: [{ ...P, kind: undefined }] }),
      ],
      1,
      1,
    ],
    ['objects that stand alone', [JSON.stringify(N), JSON.stringify(P)], 1, 1],
    ['a bare list of objects', [JSON.stringify([N, P])], 1, 1],
  ];
  it.each(accepted)('reads %s', (_why, texts, nodes, pods) => {
    const answer = read(...texts);
    expect(answer.troubles).toEqual([]);
    expect([answer.objects.nodes.length, answer.objects.pods.length]).toEqual([nodes, pods]);
  });

  it('counts kinds that nothing here depends on', () => {
    const other = (kind: string, name: string) => ({ apiVersion: 'v1', kind, metadata: { name } });
    const answer = read(list([N, P, other('Service', 'a'), other('Service', 'b'), other('Event', 'e')]));
    expect([...answer.objects.ignored]).toEqual([
      ['Service', 2],
      ['Event', 1],
    ]);
  });

  const refused: readonly (readonly [why: string, texts: string[], says: RegExp])[] = [
    ['no nodes', [list([P])], /there are no nodes in it; ask for both/],
    [
      'no nodes among other things',
      [list([{ kind: 'Service', metadata: { name: 's' } }])],
      /no nodes in it \(it holds 1 Service\)/,
    ],
    ['no pods', [list([N])], /there are no pods in it; ask for both/],
    ['an empty List', ['{"apiVersion":"v1","kind":"List","items":[]}'], /there are no nodes/],
    ['an item without metadata', [list([N, { kind: 'Pod', spec: {} }])], /items\[1\] \(Pod\): it has no metadata;/],
    [
      'an item without a name',
      [list([N, { kind: 'Pod', metadata: {} }])],
      /items\[1\] \(Pod\): it has no metadata.name/,
    ],
    ['an item that is no object', [list([N, 7])], /items\[1\] is 7: it is not a Kubernetes object/],
    ['an item without a kind', [list([N, { metadata: { name: 'x' } }])], /items\[1\].*it has no kind/],
    [
      'what the API server answers when it refuses',
      ['{"kind":"Status","status":"Failure","message":"Unauthorized"}'],
      /is Unauthorized: the API server refused/,
    ],
    ['two clusters at once', [list([N, P]), list([eksNode('a', { uid: 'other' })])], /more than one cluster/],
    [
      'a negative request',
      [list([N, pod({ name: 'p', node: 'a', requests: { cpu: '-1' } })])],
      /items\[1\]\.spec\.containers\[0\].*cpu is "-1": this is not a quantity/,
    ],
    [
      'a request that is not a number',
      [list([N, pod({ name: 'p', node: 'a', requests: { memory: 'NaN' } })])],
      /memory is "NaN": this is not a quantity/,
    ],
    [
      'a request that is an object',
      [
        JSON.stringify({
          kind: 'List',
          items: [N, pod({ name: 'p', spec: { containers: [{ resources: { requests: { cpu: {} } } }] } })],
        }),
      ],
      /cpu is \{\}/,
    ],
    [
      'a node whose capacity is nonsense',
      [list([node({ name: 'n', allocatable: { cpu: 'many' } }), P])],
      /status\.allocatable\.cpu is "many"/,
    ],
  ];
  it.each(refused)('refuses %s with one clear line', (_why, texts, says) => {
    expect(refusal(...texts)).toMatch(says);
  });

  it('tells the troubles of objects and of what is in them together', () => {
    const said = refusal(list([N, { kind: 'Pod', spec: {} }, pod({ name: 'p', node: 'a', requests: { cpu: '-1' } })]));
    expect(said).toMatch(/no metadata/);
    expect(said).toMatch(/not a quantity/);
  });

  it('says no more than 50 things', () => {
    const pods = Array.from({ length: 80 }, (_, i) => pod({ name: `p${i}`, requests: { cpu: '-1' } }));
    expect(refusal(list([N, ...pods])).split('\n')).toHaveLength(50);
  });

  it('takes __proto__ and constructor for keys like any other', () => {
    const text = list([N, P]).replace('"labels":{}', '"labels":{"__proto__":"x","constructor":"y"}');
    const evil = text.replace('"requests":{}', '"requests":{"__proto__":"1","cpu":"1"}');
    const answer = understand([{ file: 'f', text: evil }], lists, {});
    expect(answer.ok && answer.value.cluster.pods[0]?.requests.cpu).toBe(1000);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('never throws on JSON of any shape', () => {
    const key = fc.constantFrom(
      'kind',
      'items',
      'metadata',
      'name',
      'spec',
      'status',
      'labels',
      'containers',
      'resources',
      'requests',
      'affinity',
      'taints',
      'allocatable',
      '__proto__',
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'medium' },
        fc.constantFrom('List', 'Node', 'Pod', '500m', '', '-1', null, true),
        fc.integer(),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(key, tie('any'), { maxKeys: 6 }),
      ),
    })).any;
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (items) => {
        const text = JSON.stringify({ kind: 'List', items: [N, P, ...items] });
        expect(() => understand([{ file: 'f', text }], lists, {})).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});
