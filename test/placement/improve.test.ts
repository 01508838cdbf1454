import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { commonPrice, StandingBill } from '../../src/placement/improve-bill.ts';
import { fullestFillings } from '../../src/placement/improve-fullest.ts';
import { emptied } from '../../src/placement/improve-swaps.ts';
import { improve } from '../../src/placement/improve.ts';
import { type Instance, instanceOf } from '../../src/placement/instance.ts';
import { place } from '../../src/placement/place.ts';
import type { PlacedNodes } from '../../src/placement/placement.ts';
import type { FilledNodes } from '../../src/placement/polish.ts';
import type { Problem } from '../../src/placement/problem.ts';
import { violations } from '../../src/placement/verify.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { share } from '../../src/units.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { group, offering, problem } from './build.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

const SIZES = [
  [2, 4, 0.1],
  [4, 16, 0.21],
  [8, 32, 0.4],
] as const;

const groups = fc.array(
  fc.record({
    replicas: fc.integer({ min: 1, max: 12 }),
    cores: fc.constantFrom(0.5, 1, 1.5, 2),
    gib: fc.constantFrom(0.5, 1, 3, 4),
    survive: fc.constantFrom(undefined, 0.5),
    skew: fc.constantFrom(undefined, 1, 3),
    spot: fc.constantFrom(undefined, 0, 0.5),
    perNode: fc.constantFrom(undefined, 1, 2),
  }),
  { minLength: 1, maxLength: 5 },
);

const problems = fc
  .record({ groups, shares: fc.boolean(), launch: fc.boolean(), least: fc.boolean() })
  .map(({ groups: list, shares, launch, least }): Problem => {
    const offerings = (['aws', 'gcp'] as const).flatMap((provider) =>
      ['z1', 'z2'].flatMap((zone) =>
        (['on-demand', 'spot'] as const).flatMap((purchase) =>
          SIZES.map(([cores, gib, usd]) =>
            offering(cores, gib, purchase === 'spot' ? usd * 0.4 : usd, {
              provider,
              zone,
              purchase,
              ...(cores === 8 && { atMost: 3 }),
              ...(least && cores === 2 && zone === 'z1' && purchase === 'on-demand' && { atLeast: 1 }),
            }),
          ),
        ),
      ),
    );
    return problem(
      list.map(({ replicas, cores, gib, survive, skew, spot, perNode }, i) =>
        group(`g${i}`, replicas, cores, gib, {
          ...(survive !== undefined && { survive: { loss: 'zone' as const, share: share(survive) } }),
          ...(skew !== undefined && { zoneSkew: { most: skew, within: 'all' as const } }),
          ...(spot !== undefined && { spotAtMost: spot }),
          ...(perNode !== undefined && { perNodeAtMost: perNode }),
        }),
      ),
      offerings,
      { vendorShareAtMost: shares ? new Map([['aws', 0.7]]) : new Map() },
      launch ? { change: { launchUsd: 0.5, moveUsdPerReplica: 0, horizonHours: 6 } } : {},
    );
  });

describe('improving a placement', () => {
  it('costs no more, keeps every rule and every replica, and gives the same twice', () => {
    fc.assert(
      fc.property(problems, (p) => {
        const start = place(p, solver, { brief: true });
        fc.pre(start.status === 'placed');
        const instance = instanceOf(p, p.offerings);
        const given = filledOf(instance, start.nodes);
        const run = (): readonly FilledNodes[] => improve(p, instance, emptied(p, instance, given, told), told);
        const told = { limit: {}, worth: worthAlone(instance), least: 0, known: [] };
        const after = run();
        expect(violations(p, namedOf(instance, after), {})).toEqual([]);
        expect(replicasOf(after)).toBeLessThanOrEqual(replicasOf(given));
        expect(billOf(p, instance, after)).toBeLessThanOrEqual(billOf(p, instance, given) + 1e-9);
        expect(run()).toEqual(after);
      }),
      { numRuns: 15 },
    );
  });

  it.each([
    {
      why: 'three half-empty nodes of one type fit on two',
      sizes: [[4, 16, 1]] as const,
      nodes: [{ a: 2 }, { a: 2 }, { a: 2, b: 1 }],
      usd: 2,
    },
    {
      why: 'two small nodes cost more than the larger one that holds both',
      sizes: [[4, 16, 1] as const, [8, 32, 1.5] as const],
      nodes: [{ a: 4 }, { a: 3 }],
      usd: 1.5,
    },
    {
      why: 'only a swap makes room: the replica of three cores goes where one of two and one of one were',
      sizes: [[5, 99, 1]] as const,
      nodes: [{ c: 1, a: 1 }, { b: 1, c: 1 }, { b: 1 }, { a: 2 }],
      usd: 3,
    },
  ])('$why', ({ sizes, nodes, usd }) => {
    const count = (name: string): number =>
      nodes.reduce((sum, n) => sum + ((n as Record<string, number>)[name] ?? 0), 0);
    const p = problem(
      [group('a', count('a'), 1, 1), group('b', count('b'), 2, 1), group('c', count('c'), 3, 1)],
      sizes.map(([cores, gib, price]) => offering(cores, gib, price)),
    );
    const instance = instanceOf(p, p.offerings);
    const given = nodes.map((replicas) => ({ offering: p.offerings[0]?.id ?? '', count: 1, replicas }));
    const told = { limit: {}, worth: worthAlone(instance), least: 0, known: [] };
    const after = improve(p, instance, filledOf(instance, given), told);
    expect(violations(p, namedOf(instance, after), {})).toEqual([]);
    expect(billOf(p, instance, after)).toBeCloseTo(usd, 9);
  });

  it('puts back what a try that failed has moved', () => {
    // six nodes that no five can replace, though every try moves replicas about
    const p = problem([group('a', 6, 3, 1), group('b', 6, 1.5, 1)], [offering(5, 99, 1)]);
    const instance = instanceOf(p, p.offerings);
    const id = p.offerings[0]?.id ?? '';
    const given = filledOf(instance, [{ offering: id, count: 6, replicas: { a: 1, b: 1 } }]);
    const after = emptied(p, instance, given, { limit: {}, least: 0 });
    expect(replicasOf(after)).toBe(12);
    expect(billOf(p, instance, after)).toBe(6);
  });

  it('ends at once when told that the time is up', () => {
    const p = problem([group('a', 8, 1, 1)], [offering(4, 16, 1)]);
    const instance = instanceOf(p, p.offerings);
    const given = filledOf(
      instance,
      [2, 2, 2, 2].map((a) => ({ offering: p.offerings[0]?.id ?? '', count: 1, replicas: { a } })),
    );
    const told = { limit: { expired: () => true }, worth: worthAlone(instance), least: 0, known: [] };
    expect(billOf(p, instance, improve(p, instance, given, told))).toBe(4);
    expect(billOf(p, instance, emptied(p, instance, given, told))).toBe(4);
  });
});

describe('emptying nodes by swaps', () => {
  it('does without a node where only an exchange makes room', () => {
    const p = problem([group('a', 3, 1, 1), group('b', 2, 2, 1), group('c', 2, 3, 1)], [offering(5, 99, 1)]);
    const instance = instanceOf(p, p.offerings);
    const id = p.offerings[0]?.id ?? '';
    const nodes = [{ c: 1, a: 1 }, { b: 2, a: 1 }, { c: 1 }, { a: 1 }];
    const given = filledOf(
      instance,
      nodes.map((replicas) => ({ offering: id, count: 1, replicas: replicas as Record<string, number> })),
    );
    const after = emptied(p, instance, given, { limit: {}, least: 0 });
    expect(violations(p, namedOf(instance, after), {})).toEqual([]);
    expect(billOf(p, instance, after)).toBe(3);
  });
});

describe('the fullest fillings', () => {
  it('hold the one combination that leaves no room, for each group in it', () => {
    const sizes = [5, 3, 2, 4, 4.5];
    const p = problem(
      sizes.map((cores, i) => group(`g${i}`, 1, cores, 1)),
      [offering(10, 99, 1)],
    );
    const instance = instanceOf(p, p.offerings);
    const fillings = fullestFillings(instance).map(({ filling }) => [...filling].join(''));
    expect(fillings).toContain('11100');
  });

  it('are not looked for where nodes hold many', () => {
    const p = problem([group('a', 40, 0.1, 0.1), group('b', 40, 0.2, 0.1)], [offering(10, 99, 1)]);
    expect(fullestFillings(instanceOf(p, p.offerings))).toEqual([]);
  });
});

describe('the price in common', () => {
  it.each([
    { why: 'nodes that cost alike have one', prices: [1, 1], horizon: undefined, price: 1 },
    { why: 'nodes that differ have none', prices: [1, 2], horizon: undefined, price: 0 },
    { why: 'a start costs as well', prices: [1, 1], horizon: 4, price: 0 },
  ])('$why', ({ prices, horizon, price }) => {
    const p = problem(
      [group('a', 1, 1, 1)],
      prices.map((usd, i) => offering(4 + i, 16, usd)),
      {},
      horizon === undefined ? {} : { change: { launchUsd: 1, moveUsdPerReplica: 0, horizonHours: horizon } },
    );
    expect(commonPrice(p, instanceOf(p, p.offerings))).toBe(price);
  });
});

/** What a replica costs on the cheapest node that holds it, filled with its like: duals of a kind. */
function worthAlone({ groups: list, candidates, locations, locationOf, fits }: Instance): Float64Array {
  const worth = new Float64Array(list.length * locations.length);
  list.forEach((_, g) =>
    candidates.forEach((c, o) => {
      const most = fits[g * candidates.length + o] ?? 0;
      const at = g * locations.length + (locationOf[o] ?? 0);
      if (most > 0) worth[at] = Math.min(worth[at] || Infinity, c.usdPerHour / most);
    }),
  );
  return worth;
}

function filledOf(instance: Instance, nodes: readonly PlacedNodes[]): FilledNodes[] {
  return nodes.map((n) => ({
    candidate: instance.candidates.findIndex((c) => c.id === n.offering),
    count: n.count,
    filling: Int32Array.from(instance.groups, (g) => n.replicas[g.name] ?? 0),
  }));
}

function namedOf(instance: Instance, nodes: readonly FilledNodes[]): PlacedNodes[] {
  return nodes.map(({ candidate, count, filling }) => ({
    offering: instance.candidates[candidate]?.id ?? '',
    count,
    replicas: Object.fromEntries(instance.groups.map((g, i) => [g.name, filling[i] ?? 0])),
  }));
}

function replicasOf(nodes: readonly FilledNodes[]): number {
  return nodes.reduce((sum, n) => sum + n.count * n.filling.reduce((x, y) => x + y, 0), 0);
}

function billOf(p: Problem, instance: Instance, nodes: readonly FilledNodes[]): number {
  const bill = new StandingBill(p, instance);
  for (const n of nodes) for (let i = 0; i < n.count; i++) bill.add(n.candidate);
  return bill.total();
}
