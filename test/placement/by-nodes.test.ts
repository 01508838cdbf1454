import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeKind } from '../../src/demand/capacity.ts';
import { requestsOn } from '../../src/demand/capacity.ts';
import type { GroupDemand } from '../../src/demand/demand.ts';
import type { OnNodes } from '../../src/fleet/fleet.ts';
import { byNodes } from '../../src/placement/by-nodes.ts';
import { shortOf } from '../../src/placement/eligible.ts';
import { fitsOn } from '../../src/placement/fits.ts';
import { instanceOf } from '../../src/placement/instance.ts';
import { place } from '../../src/placement/place.ts';
import type { Candidate, Group, Problem } from '../../src/placement/problem.ts';
import type { Resources } from '../../src/quantity.ts';
import { mib, milliCores } from '../../src/units.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { demandOf, serviceOf } from '../plan/world.ts';
import { offering, problem } from './build.ts';

const size = (cores: number, gib: number): Resources => ({ cpu: milliCores(cores * 1000), memory: mib(gib * 1024) });
const demand = (name: string, replicas: number, requests: Resources, on: OnNodes[] = []): GroupDemand =>
  demandOf(serviceOf(name, { requests }), replicas, { on });

/** The problem of the groups on the candidates, with what differs from node to node taken in. */
function problemOf(groups: readonly GroupDemand[], candidates: readonly Candidate[]): Problem {
  const { requestsOf, allocatableOf } = byNodes(groups, candidates);
  return problem(
    groups.map((d): Group => ({ name: d.name, replicas: d.replicas, requests: requestsOf(d), allow: {} })),
    candidates.map((c) => ({ ...c, allocatable: allocatableOf(c, c.allocatable) })),
  );
}

const amd = offering(8, 32, 1, { type: 'm7i.xlarge' });
const arm = offering(8, 32, 0.9, { type: 'm7g.xlarge', arch: 'arm64' });

describe('a replica that asks for something else on some nodes', () => {
  it('leaves a problem as it is where nothing differs', () => {
    const groups = [demand('gateway', 4, size(2, 4))];
    expect(problemOf(groups, [amd, arm]).groups[0]?.requests).toEqual(size(2, 4));
    expect(problemOf(groups, [amd, arm]).offerings[0]?.allocatable).toEqual(amd.allocatable);
  });

  it('takes plain requests where all nodes are alike', () => {
    const groups = [demand('gateway', 4, size(2, 4), [{ arch: ['arm64'], requests: size(1.6, 4) }])];
    expect(problemOf(groups, [arm]).groups[0]?.requests).toEqual(size(1.6, 4));
    expect(problemOf(groups, [amd]).groups[0]?.requests).toEqual(size(2, 4));
  });

  it('is placed where it costs least, in whole nodes of its own size there, under a bound that holds', async () => {
    const solver = await loadHighs();
    // eight cores: four replicas of two cores, five of 1.6: an arm node may cost up to 5/4 of the other
    const groups = [demand('gateway', 20, size(2, 4), [{ arch: ['arm64'], requests: size(1.6, 4) }])];
    const answerAt = (usd: number) => place(problemOf(groups, [amd, { ...arm, usdPerHour: usd }]), solver);
    const cheap = answerAt(1.2);
    expect(cheap.nodes).toEqual([{ offering: arm.id, count: 4, replicas: { 'gateway/eu': 5 } }]);
    expect(cheap.lowerBoundUsdPerHour).toBeCloseTo(4.8, 6);
    const dear = answerAt(1.3);
    expect(dear.nodes).toEqual([{ offering: amd.id, count: 5, replicas: { 'gateway/eu': 4 } }]);
    expect(dear.lowerBoundUsdPerHour).toBeCloseTo(5, 6);
  });

  it('tells in words what a node has too little of', () => {
    const groups = [demand('gateway', 4, size(2, 4), [{ type: ['m5.*'], requests: size(16, 4) }])];
    const old = offering(8, 32, 1, { type: 'm5.xlarge' });
    const {
      groups: [group],
      offerings,
    } = problemOf(groups, [amd, old]);
    const words = offerings.map((c) => shortOf(group?.requests ?? size(0, 0), c.allocatable));
    expect(words).toEqual([undefined, '16000 millicores on m5.* where a node has 8000']);
  });
});

describe('for any groups, nodes and fillings', () => {
  const cores = fc.integer({ min: 1, max: 16 }).map((n) => n / 2);
  const sizes = fc.record({ cores, gib: fc.integer({ min: 1, max: 16 }) });
  const on = fc.array(
    fc.record({
      arch: fc.option(fc.constantFrom('amd64' as const, 'arm64' as const), { nil: undefined }),
      type: fc.constantFrom('m5.*', 'm7*', '*'),
      size: sizes,
    }),
    { maxLength: 3 },
  );
  const groups = fc.array(fc.record({ size: sizes, on }), { minLength: 1, maxLength: 3 });
  const kinds: readonly (readonly [string, 'amd64' | 'arm64'])[] = [
    ['m5.large', 'amd64'],
    ['m7i.large', 'amd64'],
    ['m7g.large', 'arm64'],
    ['c7g.large', 'arm64'],
  ];
  const nodes = fc.subarray([...kinds], { minLength: 1 });

  it('a filling fits exactly when it fits with each replica at the size that it has on that node', () => {
    fc.assert(
      fc.property(groups, nodes, fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }), (drawn, chosen, filling) => {
        const asked = drawn.map((g, i) =>
          demand(
            `s${i}`,
            9,
            size(g.size.cores, g.size.gib),
            g.on.map(({ arch, type, size: s }) => ({
              type: [type],
              ...(arch && { arch: [arch] }),
              requests: size(s.cores, s.gib),
            })),
          ),
        );
        const candidates = chosen.map(([type, arch]) => offering(8, 16, 1, { type, arch }));
        const made = problemOf(asked, candidates);
        const instance = instanceOf(made, made.offerings);
        const counts = Int32Array.from(asked, (_, g) => filling[g] ?? 0);
        candidates.forEach((node, o) => expect(fitsOn(instance, o, counts)).toBe(fitsReally(asked, node, counts)));
      }),
      { numRuns: 300 },
    );
  });
});

function fitsReally(groups: readonly GroupDemand[], node: NodeKind & Candidate, counts: Int32Array): boolean {
  const used = (of: (r: Resources) => number): number =>
    groups.reduce((sum, g, i) => sum + (counts[i] ?? 0) * of(requestsOn(g, node)), 0);
  return used((r) => r.cpu) <= node.allocatable.cpu && used((r) => r.memory) <= node.allocatable.memory;
}
