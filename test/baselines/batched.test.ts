import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byScore, estimate } from '../../src/baselines/cluster-autoscaler/estimate.ts';
import { Nodes } from '../../src/baselines/karpenter/nodes.ts';
import { provision } from '../../src/baselines/karpenter/provision.ts';
import { type Market, marketOf } from '../../src/baselines/market.ts';
import { nothing, roomFor } from '../../src/baselines/room.ts';
import { emptyRun, firstFit, type Load, put, type Run } from '../../src/baselines/runs.ts';
import { Spread } from '../../src/baselines/spread.ts';
import { add, fillingKey, naiveEstimate, naiveFirstFit, naiveProvision, nodeOf } from './one-by-one.ts';
import { problems } from './problems.ts';

/** Equal pods are taken together everywhere; each test holds that against a pod by pod reference. */
const RUNS = { numRuns: 400, seed: 7 };

describe('taking equal pods together changes nothing', () => {
  it("of Karpenter's provisioning: claims in their order, what each may become and what stands on it", () => {
    fc.assert(
      fc.property(problems({ spread: true }), someOf, someOf, (problem, running, soldOut) => {
        const market = marketOf(problem);
        const nodes = new Nodes(market);
        const naive = running.map((k) => {
          const o = k % market.offerings.length;
          nodes.add(o);
          return nodeOf(market, o);
        });
        const pending = Int32Array.from(market.groups, (g) => g.replicas);
        const gone = new Set(soldOut.map((k) => k % market.offerings.length));
        const available = [...market.offerings.keys()].filter((o) => !gone.has(o));
        const spreads = market.groups.map((group, g) => (group.zoneSkew ? new Spread(market, g) : undefined));
        const claims = provision(market, nodes, market.sets.of(available), spreads, pending);
        const reference = naiveProvision(
          market,
          naive,
          new Set(available),
          market.groups.map((g) => g.replicas),
        );
        const got = Array.from({ length: claims.count }, (_, c) => c)
          .toSorted((a, b) => (claims.before(a, b) ? -1 : 1))
          .map((c) => {
            const filling = new Map<number, number>();
            claims.fill.each(c, (g, n) => filling.set(g, n));
            return `${[...market.sets.members(claims.mask[c] ?? 0)].join()} | ${fillingKey(filling)}`;
          });
        const wanted = reference.claims
          .toSorted((a, b) => a.pods - b.pods)
          .map((c) => `${[...c.options].toSorted((a, b) => a - b).join()} | ${fillingKey(c.filling)}`);
        expect(got).toEqual(wanted);
        expect([...pending]).toEqual(reference.unplaced);
        naive.forEach((n, i) => {
          const filling = new Map<number, number>();
          nodes.fill.each(i, (g, k) => filling.set(g, k));
          expect(fillingKey(filling)).toBe(fillingKey(n.filling));
        });
      }),
      RUNS,
    );
  });

  it("of Cluster Autoscaler's estimate: nodes and what stands on each", () => {
    fc.assert(
      fc.property(problems({ spread: false }), fc.integer({ min: 1, max: 12 }), (problem, most) => {
        const market = marketOf(problem);
        const offering = 0;
        const loads = byScore(market, offering, loadsOn(market, offering));
        const runs: Run[] = [];
        const got = estimate(market, offering, loads, most, (run) => runs.push(run));
        const reference = naiveEstimate(market, offering, loads, most);
        expect([...got.placed]).toEqual(reference.placed);
        expect(got.nodes).toBe(reference.nodes.length);
        expect(estimate(market, offering, loads, most)).toEqual(got);
        expect(eachNode(runs)).toEqual(reference.nodes.map((n) => fillingKey(n.filling)).toSorted());
      }),
      RUNS,
    );
  });

  it('of first fit over nodes that hold something already', () => {
    fc.assert(
      fc.property(
        problems({ spread: false }),
        fc.array(fc.record({ offering: fc.nat(20), count: fc.integer({ min: 1, max: 4 }), group: fc.nat(5) })),
        (problem, standing) => {
          const market = marketOf(problem);
          const runs: Run[] = [];
          const naive = standing.flatMap(({ offering, count, group }) => {
            const o = offering % market.offerings.length;
            const g = group % market.groups.length;
            const run = emptyRun(market, o, count);
            const holdsOne = roomFor(market, g, market.capacity, o, nothing(market), 0) > 0;
            if (holdsOne) put(market, run, g, 1);
            runs.push(run);
            return Array.from({ length: count }, () => {
              const n = nodeOf(market, o);
              if (holdsOne) add(market, n, g);
              return n;
            });
          });
          for (let g = 0; g < market.groups.length; g++) {
            const load = (): Load => ({
              group: g,
              offerings: market.allowed[g] ?? 0,
              replicas: market.groups[g]?.replicas ?? 0,
            });
            const batched = load();
            firstFit(market, runs, batched);
            expect(batched.replicas).toBe(naiveFirstFit(market, naive, load()));
          }
          expect(runs.flatMap((run) => Array.from({ length: run.count }, () => fillingKey(run.filling)))).toEqual(
            naive.map((n) => fillingKey(n.filling)),
          );
        },
      ),
      RUNS,
    );
  });
});

/** offerings, by a number to be taken modulo theirs */
const someOf = fc.array(fc.nat(20), { maxLength: 4 });

function loadsOn(market: Market, offering: number): Load[] {
  return market.groups.flatMap((group, g) => {
    const fits = roomFor(market, g, market.capacity, offering, nothing(market), 0) > 0;
    const may = market.sets.has(market.allowed[g] ?? 0, offering) && (group.perNodeAtMost ?? 1) > 0;
    return fits && may ? [{ group: g, offerings: market.allowed[g] ?? 0, replicas: group.replicas }] : [];
  });
}

const eachNode = (runs: readonly Run[]): string[] =>
  runs.flatMap((run) => Array.from({ length: run.count }, () => fillingKey(run.filling))).toSorted();
