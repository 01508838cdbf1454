import { describe, expect, it } from 'vitest';
import { stepSection } from '../../src/cli/place-steps.ts';
import type { PlacedNodes, Placement } from '../../src/placement/placement.ts';
import type { Problem, RunningNodes } from '../../src/placement/problem.ts';
import { group, offering, problem } from '../placement/build.ts';

const small = offering(2, 8, 0.1);
const large = offering(4, 16, 0.18);
const wanted = (nodes: readonly PlacedNodes[], status: Placement['status'] = 'placed'): Placement => ({
  status,
  method: 'by hand',
  cost: { list: 0, contracts: 0, committed: 0, egress: 0, change: 0 },
  usdPerHour: 0,
  lowerBoundUsdPerHour: 0,
  gap: 0,
  nodes,
  unplaced: {},
  conflict: [],
  certificate: { groupPrices: {}, availabilityPrices: {}, rulePrices: {} },
  duals: new Map(),
});
const on = (id: string, count: number, a: number): PlacedNodes => ({ offering: id, count, replicas: { a } });
const needing = (replicas: number, running: readonly RunningNodes[]): Problem =>
  problem([group('a', replicas, 1, 2)], [small, large], {}, { running });

describe('the steps under a placement', () => {
  it('are told with what they take', () => {
    const section = stepSection(needing(4, [on(small.id, 2, 2)]), wanted([on(large.id, 1, 4)]), 16);
    expect(section).toEqual({
      kind: 'list',
      title: 'Steps',
      items: [
        '1 node to open, 4 replicas to move, 1 extra node at most at once; no group falls below what it needs',
        `1. open 1 node of ${large.id}`,
        `2. move 4 × a from 2 nodes of ${small.id} to 1 node of ${large.id}`,
        `3. close 2 nodes of ${small.id}`,
      ],
    });
  });

  it('are cut where there are many, and say how many more', () => {
    const section = stepSection(needing(4, [on(small.id, 2, 2)]), wanted([on(large.id, 1, 4)]), 1);
    expect(section?.items.slice(1)).toEqual([`1. open 1 node of ${large.id}`, '… 2 more: --full']);
  });

  it('say what was assumed', () => {
    const section = stepSection(needing(4, [{ offering: small.id, count: 2 }]), wanted([on(large.id, 1, 4)]), 16);
    expect(section?.items[1]).toBe('what 2 running nodes hold is not known: taken to be what is wanted');
  });

  it.each([
    { why: 'nothing changes', nodes: [on(small.id, 2, 2)], says: 'none: what runs is what is wanted' },
    {
      why: 'replicas that run are given up',
      nodes: [on(small.id, 1, 2)],
      says: 'the placement has 2 replicas of a, and 4 of the 4 it needs run now',
    },
  ])('say why there are none: $why', ({ nodes, says }) => {
    expect(stepSection(needing(4, [on(small.id, 2, 2)]), wanted(nodes), 16)?.items).toEqual([says]);
  });

  it('are left out where nothing runs, and where nothing has a place', () => {
    expect(stepSection(needing(4, []), wanted([on(small.id, 2, 2)]), 16)).toBeUndefined();
    expect(stepSection(needing(4, [on(small.id, 2, 2)]), wanted([], 'infeasible'), 16)).toBeUndefined();
  });
});
