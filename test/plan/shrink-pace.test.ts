import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planFrom } from '../../src/plan/from-placement.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { pacedGroups, withinPace } from '../../src/plan/shrink-pace.ts';
import { roomOn } from '../../src/plan/parking.ts';
import { group, offering } from '../placement/build.ts';
import { demandOf, nodesOf, offeringOf, poolOf, serviceOf, worldOf } from './world.ts';

const gateway = serviceOf('gateway');
const old = offeringOf({ type: 'm7i.xlarge', usd: 0.2 });

/** Ten nodes of four cores run, three of them are enough for twelve replicas of a core; so many may go in a cycle. */
const shrinking = (letGoAtMost?: number): Plan =>
  planFrom(
    worldOf({
      offerings: [old],
      pools: [poolOf('gw', old, 10)],
      services: [gateway],
      demand: [demandOf(gateway, 12, letGoAtMost === undefined ? {} : { letGoAtMost })],
      nodes: [nodesOf(old, 3, { 'gateway/eu': 4 })],
    }),
  );

describe('how fast a plan lets nodes go', () => {
  it.each<[why: string, letGoAtMost: number | undefined, drained: number, because: RegExp | undefined]>([
    ['no pace: all that are not needed', undefined, 7, undefined],
    ['a pace that all replicas keep', 12, 7, undefined],
    [
      'so many replicas: each node is counted as full of them',
      8,
      2,
      /no more than 8 replicas of gateway\/eu may be let go in one cycle \(shrink\), and one of these nodes may hold 4$/,
    ],
    ['what is left of a node’s worth is not used', 11, 2, /no more than 11 replicas/],
    [
      'less than a node may hold: none, and it says so',
      3,
      0,
      /one of these nodes may hold 4: none can drain at that pace$/,
    ],
    ['none at all', 0, 0, /no more than 0 replicas/],
  ])('%s', (_, letGoAtMost, drained, because) => {
    const plan = shrinking(letGoAtMost);
    expect(plan.totals.drain).toBe(drained);
    expect(plan.waiting.map(({ nodes, kind }) => [kind, nodes])).toEqual(drained < 7 ? [['drain', 7 - drained]] : []);
    if (because) expect(plan.waiting[0]?.reason).toMatch(because);
  });

  it('never lets go of more than any group may lose, and stops only where one more node would', () => {
    const pools = fc.array(
      fc.record({ nodes: fc.nat(12), cores: fc.integer({ min: 1, max: 16 }), zone: fc.constantFrom('a', 'b') }),
      { minLength: 1, maxLength: 5 },
    );
    const groups = fc.array(
      fc.record({ cores: fc.integer({ min: 1, max: 8 }), zone: fc.constantFrom('a', 'b', '*'), letGo: fc.nat(40) }),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(pools, groups, (drawn, asked) => {
        const there = drawn.map(({ cores, zone }) => ({ candidate: offering(cores, 64, 1, { zone }) }));
        const paced = asked.map(({ cores, zone, letGo }, i) => ({
          group: group(`g${i}`, 100, cores, 1, { allow: { zone: [zone] } }),
          letGoAtMost: letGo,
        }));
        const wanted = drawn.map(({ nodes }) => nodes);
        const { drains, keptBy } = withinPace(there, [...wanted.keys()], wanted, paced);
        const lost = paced.map(({ group: g }) =>
          there.reduce((sum, { candidate }, i) => {
            const may = g.allow.zone?.some((z) => z === '*' || z === candidate.zone);
            return sum + (may ? (drains[i] ?? 0) * roomOn(g, candidate) : 0);
          }, 0),
        );
        paced.forEach(({ letGoAtMost }, g) => expect(lost[g]).toBeLessThanOrEqual(letGoAtMost));
        wanted.forEach((n, i) => {
          expect(drains[i]).toBeLessThanOrEqual(n);
          expect(keptBy.has(i)).toBe((drains[i] ?? 0) < n);
        });
      }),
    );
  });
});

it('a group all of whose replicas may go at once has no pace, nor has one that is not placed', () => {
  const here = group('gateway/eu', 12, 1, 1);
  const demands = [4, 12, 50].map((letGoAtMost) => demandOf(gateway, 12, { letGoAtMost }));
  expect(pacedGroups(demands, [here])).toEqual([{ group: here, letGoAtMost: 4 }]);
  expect(pacedGroups(demands, [])).toEqual([]);
});
