import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adopted, type Adopted, type LostOrder } from '../../src/actuate/adopt.ts';
import type { LivePool, ObservedPool, PoolList, PoolRef } from '../../src/ports.ts';

const REF: PoolRef = {
  name: 'gateway-a',
  id: 'asg/gateway-a',
  provider: 'aws',
  region: 'eu-west-1',
  zone: 'eu-west-1a',
  type: 'm7i.large',
  purchase: 'spot',
};
const ids = (n: number): readonly string[] => Array.from({ length: n }, (_, i) => `i-${i}`);
function pool(target: number, live: Partial<LivePool> = {}, more: Partial<ObservedPool> = {}): ObservedPool {
  const instances = ids(target).map((id) => ({ id, state: 'running' as const }));
  const { id, ...ref } = REF;
  return { ...ref, target, ready: target, min: 0, max: 99, source: 'live', live: { id, instances, ...live }, ...more };
}
const list = (pools: readonly ObservedPool[], more: Partial<PoolList> = {}): PoolList => ({
  pools,
  passedOver: [],
  doubts: [],
  ...more,
});
const size = (to: number, expectedVersion?: string): LostOrder => ({
  kind: 'size',
  order: { opId: 'op', pool: REF, size: to, ...(expectedVersion !== undefined && { expectedVersion }) },
});
const deletion = (...instances: readonly string[]): LostOrder => ({
  kind: 'delete',
  order: { opId: 'op', pool: REF, instances },
});
const open: LostOrder = {
  kind: 'open',
  order: { ...REF, opId: 'op', template: 'spot', size: 3 },
};
const person = { who: 'other', name: 'alice' } as const;

describe('a size whose answer was lost', () => {
  const cases: readonly [string, LostOrder, ObservedPool | undefined, ObservedPool, Adopted['next']][] = [
    ['it took effect', size(9), pool(5), pool(9), 'done'],
    ['somebody set the same size', size(9), pool(5), pool(9, { changedBy: person }), 'done'],
    ['nothing happened, by the version', size(9, 'v1'), undefined, pool(5, { version: 'v1' }), 'send'],
    ['nothing happened, by the target, where there are no versions', size(9), pool(5), pool(5), 'send'],
    ['another change came between, by the version', size(9, 'v1'), pool(5), pool(5, { version: 'v2' }), 'plan'],
    ['another change came between, by the target', size(9), pool(5), pool(7), 'plan'],
    ['another size, and nothing is known of before', size(9), undefined, pool(5), 'plan'],
  ];
  it.each(cases)('%s', (_name, order, before, now, next) => {
    expect(adopted(order, list([now]), before).next).toBe(next);
  });

  it('is sent again as it was: it is absolute', () => {
    expect(adopted(size(9), list([pool(5)]), pool(5))).toEqual({
      next: 'send',
      again: size(9),
      because: 'gateway-a still asks for 5',
    });
  });

  it('names whoever changed the pool instead', () => {
    expect(adopted(size(9), list([pool(7, { changedBy: person })]), pool(5)).because).toContain('changed by alice');
  });
});

describe('a deletion whose answer was lost', () => {
  const without = (target: number, gone: readonly string[], going: readonly string[] = []): ObservedPool =>
    pool(target, {
      instances: ids(5)
        .filter((id) => !gone.includes(id))
        .map((id) => ({ id, state: going.includes(id) ? 'ending' : 'running' })),
    });
  const cases: readonly [string, ObservedPool | undefined, ObservedPool, Adopted['next']][] = [
    ['they are gone', pool(5), without(3, ['i-0', 'i-1']), 'done'],
    ['they are going', pool(5), without(3, ['i-0'], ['i-1']), 'done'],
    ['they are gone, reclaimed maybe: nothing is left to be ended', undefined, without(5, ['i-0', 'i-1']), 'done'],
    ['it was taken on, and they are listed still', pool(5), without(3, []), 'done'],
    ['nothing happened', pool(5), without(5, []), 'send'],
    ['one was taken on', pool(5), without(4, ['i-0']), 'send'],
    ['the target fell by one, and none is gone yet: which one it was is not known', pool(5), without(4, []), 'wait'],
    ['one is gone though the target stands: it may have been reclaimed', pool(5), without(5, ['i-0']), 'wait'],
    ['the pool grew meanwhile', pool(5), without(6, []), 'plan'],
    ['the pool was made much smaller meanwhile', pool(5), without(1, []), 'plan'],
    ['what was before is not known', undefined, without(5, []), 'plan'],
  ];
  it.each(cases)('%s', (_name, before, now, next) => {
    expect(adopted(deletion('i-0', 'i-1'), list([now]), before).next).toBe(next);
  });

  it('is sent again under its own name where nothing happened, under another one for the rest', () => {
    expect(adopted(deletion('i-0', 'i-1'), list([pool(5)]), pool(5))).toMatchObject({
      again: deletion('i-0', 'i-1'),
    });
    expect(adopted(deletion('i-0', 'i-1'), list([without(4, ['i-0'])]), pool(5))).toMatchObject({
      again: { kind: 'delete', order: { opId: 'op-1of2', instances: ['i-1'] } },
    });
  });

  it('in whatever state the pool is found, never more instances end than were named', () => {
    const states = fc.array(fc.constantFrom('gone', 'ending', 'running'), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(states, fc.integer({ min: 0, max: 7 }), (found, target) => {
        const instances = found.flatMap((state, i) => (state === 'gone' ? [] : [{ id: `i-${i}`, state }]));
        const answer = adopted(deletion('i-0', 'i-1', 'i-2'), list([pool(target, { instances })]), pool(5));
        if (answer.next !== 'send' || answer.again.kind !== 'delete') return;
        // the target falls once for each that is named: by what was taken on and what is sent now, by three in all
        expect(5 - target + answer.again.order.instances.length).toBe(3);
        for (const id of answer.again.order.instances) expect(found[Number(id.slice(2))]).toBe('running');
      }),
    );
  });
});

describe('a pool whose opening was lost', () => {
  const passedOver = [{ name: 'gateway-a', place: 'aws/eu-west-1', reason: 'its template cannot be read' }];
  it.each<[string, PoolList, Adopted['next']]>([
    ['it is open', list([pool(0)]), 'done'],
    ['it is open elsewhere under the same name', list([pool(3, {}, { region: 'us-east-1' })]), 'send'],
    ['it is open with another type', list([pool(3, {}, { type: 'c7i.large' })]), 'plan'],
    ['it is there, but cannot be read yet', list([], { passedOver }), 'wait'],
    ['it is not there', list([]), 'send'],
  ])('%s', (_name, now, next) => {
    const answer = adopted(open, now);
    expect(answer.next).toBe(next);
    if (answer.next === 'send') expect(answer.again).toEqual(open);
  });
});

describe('in all cases', () => {
  it.each([size(9), deletion('i-0'), open])('a doubtful reading decides nothing: %o', (order) => {
    expect(adopted(order, list([], { doubts: ['it lists no pool at all'] }), pool(5))).toEqual({
      next: 'wait',
      because: 'the reading is in doubt: it lists no pool at all',
    });
  });

  it.each([size(9), deletion('i-0')])(
    'a pool that is gone, or not to be steered any more, is planned for anew: %o',
    (order) => {
      expect(adopted(order, list([]), pool(5))).toEqual({ next: 'plan', because: 'gateway-a is not there any more' });
      const passedOver = [{ name: 'gateway-a', place: 'aws/eu-west-1', reason: 'over several zones' }];
      expect(adopted(order, list([], { passedOver }), pool(5)).because).toBe('gateway-a: over several zones');
    },
  );
});
