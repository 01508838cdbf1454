import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Instance, isLeftOut } from '../../bench/placement/instance.ts';
import { INSTANCES } from '../../bench/placement/instances.ts';
import { brokenIn } from '../../bench/placement/judge.ts';
import { diceOf } from '../../bench/placement/random.ts';
import { seedsOf, selected } from '../../bench/placement/select.ts';
import { shared } from '../../bench/placement/shapes.ts';
import { untarred } from '../../bench/placement/tar.ts';
import { readVbp } from '../../bench/placement/vbp.ts';
import { warmUpOf } from '../../bench/placement/warm-up.ts';
import { ruledOut } from '../../src/placement/eligible.ts';
import { place } from '../../src/placement/place.ts';
import type { Problem } from '../../src/placement/problem.ts';
import { loadHighs } from '../../src/world/highs.ts';

/** Instances whose data is here. What is left out shows as skipped, with the reason. */
const here = INSTANCES.filter((i) => !isLeftOut(i.make(1)));
const away = INSTANCES.filter((i) => isLeftOut(i.make(1)));

function made(instance: Instance, seed: number): Problem {
  const problem = instance.make(seed);
  if (isLeftOut(problem)) throw new Error(problem.leftOut);
  return problem;
}

function reasonOf(instance: Instance | undefined): string {
  const problem = instance?.make(1);
  return problem && isLeftOut(problem) ? problem.leftOut : '';
}

const text = (problem: Problem): string =>
  JSON.stringify(problem, (_key, value: unknown) => (value instanceof Map ? [...value] : value));

describe('instances', () => {
  it.skipIf(away.length > 0)(
    away.length === 0 ? 'all have their data' : `${away.length} are left out, as ${reasonOf(away[0])}`,
    () => expect(away).toEqual([]),
  );

  it('have names of their own', () => {
    expect(new Set(INSTANCES.map((i) => i.name)).size).toBe(INSTANCES.length);
  });

  it.each(here.map((i) => [i.name, i] as const))('%s repeats by seed', (_name, instance) => {
    expect(text(made(instance, 3))).toBe(text(made(instance, 3)));
  });

  // of published bin packing some families have a single draw
  it.each(here.filter((i) => !i.name.startsWith('vbp-')).map((i) => [i.name, i] as const))(
    '%s differs between seeds',
    (_name, instance) => expect(text(made(instance, 1))).not.toBe(text(made(instance, 2))),
  );

  it.each(here.map((i) => [i.name, i] as const))('%s has a place for every replica alone', (_name, instance) => {
    for (const seed of [1, 2]) {
      const { groups, offerings } = made(instance, seed);
      expect(new Set(offerings.map((o) => o.id)).size).toBe(offerings.length);
      expect(new Set(groups.map((g) => g.name)).size).toBe(groups.length);
      expect(offerings.every((o) => o.usdPerHour > 0)).toBe(true);
      const homeless = groups.filter((g) => g.replicas < 1 || offerings.every((o) => ruledOut(g, o) !== undefined));
      expect(homeless.map((g) => g.name)).toEqual([]);
    }
  });

  it.each([
    ['100k-100-1000', 100_000, 100, 1000],
    ['1M-200-5000', 1_000_000, 200, 5000],
    ['10k-100-1000-nice', 10_000, 100, 1000],
  ])('%s is as large as its name says', (name, replicas, shapes, offerings) => {
    const problem = made(named(name), 7);
    expect(problem.groups.reduce((sum, g) => sum + g.replicas, 0)).toBe(replicas);
    expect([problem.groups.length, problem.offerings.length]).toEqual([shapes, offerings]);
    expect(new Set(problem.offerings.map((o) => o.provider)).size).toBe(3);
  });

  it.skipIf(isLeftOut(named('aws-karpenter-10k').make(1)))(
    'aws-karpenter-* have what Karpenter’s guide asks for',
    () => {
      const { offerings } = made(named('aws-karpenter-10k'), 1);
      const families = new Set(offerings.map((o) => o.family));
      for (const family of ['c5', 'm6a', 'r7g', 'm3', 'c8gn']) expect(families, family).toContain(family);
      for (const family of ['m1', 'm2', 'c1', 't3', 'x2iedn', 'i4i', 'mac2', 'hpc7a', 'g6'])
        expect(families, family).not.toContain(family);
      expect(Math.max(...offerings.map((o) => o.vcpu))).toBe(64);
    },
  );

  it('100k-rules-6000 has about 6,000 offerings, and every rule in some group', () => {
    const { groups, offerings, rules } = made(named('100k-rules-6000'), 3);
    expect(offerings.length).toBeGreaterThan(5800);
    expect(offerings.length).toBeLessThanOrEqual(6000);
    expect(rules.vendorShareAtMost.size).toBe(3);
    for (const rule of ['spotAtMost', 'survive', 'zoneSkew', 'perNodeAtMost'] as const) {
      const having = groups.filter((g) => g[rule] !== undefined).length;
      expect(having, rule).toBeGreaterThan(0);
      expect(having, rule).toBeLessThan(groups.length);
    }
  });

  it('in 100k-rules-6000-all every group has every rule', () => {
    const { groups } = made(named('100k-rules-6000-all'), 3);
    expect(
      groups.every((g) => g.spotAtMost !== undefined && g.survive && g.zoneSkew && g.perNodeAtMost !== undefined),
    ).toBe(true);
  });
});

describe('rules that can be kept', () => {
  it.each(INSTANCES.filter((i) => i.name.startsWith('small-rules')).map((i) => [i.name, i] as const))(
    '%s',
    async (_name, instance) => {
      const solver = await loadHighs();
      for (const seed of [1, 2]) {
        const problem = made(instance, seed);
        expect(brokenIn(problem, place(problem, solver), undefined)).toEqual([]);
      }
    },
  );
});

describe('what an answer is judged by', () => {
  const problem = readVbp('2\n10 10\n2\n6 1 2\n4 9 2\n');
  const nodes = [{ offering: 'kubernetes/vbp/vbp/bin/on-demand', count: 2, replicas: { 'item-1': 1, 'item-2': 1 } }];
  const answer = {
    status: 'placed',
    method: 'columns',
    cost: { list: 2, contracts: 0, committed: 0, egress: 0, change: 0 },
    usdPerHour: 2,
    lowerBoundUsdPerHour: 2,
    gap: 0,
    nodes,
    unplaced: {},
    conflict: [],
    certificate: { groupPrices: {}, availabilityPrices: {}, rulePrices: {} },
    duals: new Map(),
  } as const;

  it.each([
    ['all holds', answer, 2, undefined],
    [
      'a replica is missing',
      { ...answer, nodes: [{ ...nodes[0], count: 1 }], usdPerHour: 1, lowerBoundUsdPerHour: 1 },
      undefined,
      /item-1 has 1 of 2/,
    ],
    ['the bill is not the nodes', { ...answer, usdPerHour: 2.5 }, undefined, /the nodes cost \$2\/h/],
    ['the bound is over the cost', { ...answer, lowerBoundUsdPerHour: 2.1 }, undefined, /not between/],
    ['the bound is no figure', { ...answer, lowerBoundUsdPerHour: Number.NaN }, undefined, /not between/],
    ['the bound is over the optimum', answer, 1, /over the published optimum/],
    ['it is under the optimum', { ...answer, lowerBoundUsdPerHour: 0 }, 3, /under the published optimum/],
    [
      'it gives up',
      { ...answer, status: 'partial', unplaced: { 'item-1': 0 }, conflict: ['too few'] },
      undefined,
      /partial: too few/,
    ],
  ] as const)('%s', (_why, given, optimum, expected) => {
    const found = brokenIn(problem, given as Parameters<typeof brokenIn>[1], optimum);
    if (expected === undefined) expect(found).toEqual([]);
    else expect(found.join('\n')).toMatch(expected);
  });
});

describe('chance', () => {
  it('is the same on every machine', () => {
    const dice = diceOf(1, 'x');
    expect([dice.next(), dice.whole(1, 6), dice.lognormal(500, 1)]).toEqual([0.5025438519660383, 6, 434.9741185336939]);
  });

  it('shares replicas out to the last one, one each at least', () => {
    expect(shared([1, 1, 98], 10)).toEqual([1, 1, 8]);
    expect(shared([1, 1, 1], 3)).toEqual([1, 1, 1]);
    expect(() => shared([1, 1, 1], 2)).toThrow('2 replicas are too few for 3 shapes');
  });

  it('makes half of the lognormal figures smaller than their median', () => {
    const dice = diceOf(3);
    const below = Array.from({ length: 4000 }, () => dice.lognormal(500, 1)).filter((x) => x < 500).length;
    expect(below).toBeGreaterThan(1900);
    expect(below).toBeLessThan(2100);
  });
});

describe('reading', () => {
  it.each([
    ['3', [3]],
    ['1-4', [1, 2, 3, 4]],
    ['1,5', [1, 5]],
  ])('seeds %s', (given, seeds) => expect(seedsOf(given)).toEqual(seeds));

  it.each(['', '0', '-1', '2-1', 'x', '1.5', '1-', '1-100000'])('refuses %j as a seed', (given) =>
    expect(() => seedsOf(given)).toThrow('--seed'),
  );

  it.each([
    ['=kwok-20k', ['kwok-20k']],
    ['kwok-*', ['kwok-20k', 'kwok-1k']],
    ['wok-1', ['kwok-1k']],
  ])('filter %s', (filter, names) => expect(selected(INSTANCES, [filter]).map((i) => i.name)).toEqual(names));

  it('says when a filter fits nothing', () => {
    expect(() => selected(INSTANCES, ['kwok', 'nosuch'])).toThrow('no instance is called nosuch');
  });

  it('unpacks an archive', () => {
    const files = untarred(gzipSync(Buffer.concat([entry('a/b.txt', 'hello'), entry('c', ''), Buffer.alloc(1024)])));
    expect([...files]).toEqual([
      ['a/b.txt', 'hello'],
      ['c', ''],
    ]);
  });

  it('reads a bin packing problem of three dimensions, and refuses half of one', () => {
    const { groups, offerings } = readVbp('3\n10 20 30\n1\n1 2 3 4\n');
    expect(groups[0]).toMatchObject({
      replicas: 4,
      requests: { cpu: 1, memory: 2, devices: { 'vbp/dimension-3': 3 } },
    });
    expect(offerings[0]?.allocatable).toEqual({ cpu: 10, memory: 20, devices: { 'vbp/dimension-3': 30 } });
    expect(() => readVbp('3\n10 20 30\n1\n1 2 3\n')).toThrow('not a bin packing problem of 3 dimensions');
  });
});

it('a warm-up is smaller, of the same kind', () => {
  const problem = made(named('100k-rules-6000'), 1);
  const small = warmUpOf(problem);
  expect(small.groups.length).toBe(20);
  expect(small.offerings).toBe(problem.offerings);
  expect(small.groups.every((g) => g.replicas >= 1)).toBe(true);
});

function named(name: string): Instance {
  const found = INSTANCES.find((i) => i.name === name);
  if (!found) throw new Error(`no instance is called ${name}`);
  return found;
}

/** One file of an ustar archive. */
function entry(name: string, content: string): Buffer {
  const block = Buffer.alloc(512 + 512 * Math.ceil(content.length / 512));
  block.write(name, 0);
  block.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  block.write('0', 156);
  block.write('ustar', 257);
  block.write(content, 512);
  return block;
}
