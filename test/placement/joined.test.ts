import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { answerJson } from '../../src/interchange/answer-json.ts';
import type { OfferingEntry, ProblemFile } from '../../src/interchange/problem-file.ts';
import { problemOf } from '../../src/interchange/to-problem.ts';
import { cellsOf } from '../../src/placement/cells.ts';
import { joined, type PlaceCell } from '../../src/placement/joined.ts';
import { place } from '../../src/placement/place.ts';
import type { Placement } from '../../src/placement/placement.ts';
import type { Problem } from '../../src/placement/problem.ts';
import { violations } from '../../src/placement/verify.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { verify } from '../../src/proof/verify.ts';
import { instant, share, usdPerHour } from '../../src/units.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { group, offering, problem } from './build.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

const here: PlaceCell = (cell) => place(cell, solver);
const REGIONS = ['eu', 'us', 'ap'] as const;
const PROVIDERS = ['aws', 'azure', 'gcp'] as const;

/** Every provider in every region, some dearer than others; groups that stay in their region: a cell for each region. */
const files = fc
  .record({
    noise: fc.array(fc.integer({ min: 85, max: 125 }), { minLength: 18, maxLength: 18 }),
    groups: fc.array(
      fc.record({
        region: fc.nat(2),
        replicas: fc.integer({ min: 20, max: 200 }),
        cores: fc.integer({ min: 1, max: 6 }),
        gib: fc.integer({ min: 1, max: 12 }),
        survive: fc.boolean(),
      }),
      { minLength: 2, maxLength: 4 },
    ),
    caps: fc.constantFrom<Record<string, number>>({}, { aws: 0.5 }, { aws: 0.6, gcp: 0.5 }, { azure: 0.2, gcp: 0.4 }),
  })
  .map((w): ProblemFile => ({
    schemaVersion: 1,
    groups: w.groups.map((g, i) => ({
      name: `g${i}`,
      replicas: g.replicas,
      requests: { cpu: g.cores * 250, memory: g.gib * 512 },
      allow: { region: [REGIONS[g.region] ?? 'eu'] },
      ...(g.survive && { survive: { loss: 'provider', share: 0.5 } }),
    })),
    offerings: REGIONS.flatMap((region, r) =>
      PROVIDERS.flatMap((provider, p) =>
        [4, 8].map((cores, s): OfferingEntry => {
          const {
            id,
            zone,
            type,
            arch,
            purchase,
            usdPerHour: usd,
          } = offering(cores, cores * 4, (cores * 0.05 * (w.noise[r * 6 + p * 2 + s] ?? 100)) / 100, {
            provider,
            region,
            zone: `${region}-a`,
          });
          const allocatable = { cpu: cores * 1000, memory: cores * 4096 };
          return { id, provider, region, zone, type, arch, purchase, usdPerHour: usd, allocatable };
        }),
      ),
    ),
    rules: { vendorShareAtMost: w.caps },
  }));

const RUNS = { numRuns: 12, seed: 20_261_123, endOnFailure: true };

describe('a problem placed cell by cell', () => {
  it('holds before the verification, proof and all, and no bound is above what the whole placed as one costs', async () => {
    let cut = 0;
    let priced = 0;
    await fc.assert(
      fc.asyncProperty(files, async (file) => {
        const p = problemOf(file);
        const answer = await joined(p, here, solver);
        expect(violations(p, answer.nodes, answer.unplaced)).toEqual([]);
        const failing = verify(file, answerJson(answer, 0)).findings.filter((f) => f.verdict === 'fails');
        expect(failing.map((f) => f.text)).toEqual([]);
        const whole = place(p, solver);
        if (cellsOf(p).length > 1) cut++;
        if (Object.keys(answer.certificate.rulePrices).some((r) => r.startsWith('vendorShareAtMost'))) priced++;
        if (whole.status !== 'placed') return;
        expect(answer.status).toBe('placed');
        expect(answer.lowerBoundUsdPerHour).toBeLessThanOrEqual(whole.usdPerHour + 1e-9);
        expect(whole.lowerBoundUsdPerHour).toBeLessThanOrEqual(answer.usdPerHour + 1e-9);
      }),
      RUNS,
    );
    expect(cut).toBeGreaterThan(5);
    expect(priced).toBeGreaterThan(2);
  });

  it('is place() itself when there is one cell', async () => {
    const p = problem([group('a', 40, 1, 4), group('b', 9, 2, 4)], [offering(4, 16, 0.2), offering(8, 32, 0.39)]);
    expect(await joined(p, here, solver)).toEqual(place(p, solver));
  });

  it('is the same whichever cell is done first', async () => {
    const late: PlaceCell = async (cell) => {
      await new Promise((done) => setTimeout(done, cell.groups.some((g) => g.name === 'eu') ? 20 : 0));
      return place(cell, solver);
    };
    expect(await joined(capped(0.6), late, solver)).toEqual(await joined(capped(0.6), here, solver));
  });
});

/** Two regions, the same three vendors in both; aws is the cheapest everywhere. */
function capped(aws: number, rules: Partial<Problem['rules']> = {}): Problem {
  return problem(
    [group('eu', 200, 1, 4, { allow: { region: ['eu'] } }), group('us', 300, 0.5, 3, { allow: { region: ['us'] } })],
    ['eu', 'us'].flatMap((region) =>
      PROVIDERS.flatMap((provider, i) =>
        [4, 8].map((cores) => offering(cores, cores * 4, cores * (0.05 + 0.004 * i), { provider, region })),
      ),
    ),
    { vendorShareAtMost: new Map([['aws', aws]]), ...rules },
  );
}

const billOfVendor = (p: Problem, { nodes }: Placement, vendor: string): number => {
  const usd = new Map(p.offerings.map((o) => [o.id, o.usdPerHour]));
  return nodes
    .filter((n) => n.offering.startsWith(`${vendor}/`))
    .reduce((sum, n) => sum + n.count * (usd.get(n.offering) ?? 0), 0);
};

describe('the vendor shares of the whole', () => {
  it('are shared out over the cells: near the cap, not far under it', async () => {
    const p = capped(0.6);
    const answer = await joined(p, here, solver);
    expect(answer.status).toBe('placed');
    const part = billOfVendor(p, answer, 'aws') / answer.cost.list;
    expect(part).toBeLessThanOrEqual(0.6);
    expect(part).toBeGreaterThan(0.55);
    expect(answer.gap).toBeLessThan(0.03);
    expect(answer.certificate.rulePrices['vendorShareAtMost/aws']).toBeGreaterThan(0);
    expect(answer.duals.get('vendorShareAtMost/aws')).toBeLessThan(0);
  });

  it('cost nothing where the cells keep them by themselves', async () => {
    const answer = await joined(capped(1), here, solver);
    expect(answer.certificate.rulePrices).toEqual({});
    expect(billOfVendor(capped(1), answer, 'aws')).toBeCloseTo(answer.usdPerHour, 9);
  });

  it('are priced on what is paid: with a flat discount the bound stays under what the whole costs', async () => {
    const p = capped(0.4, {
      discounts: [{ provider: 'aws', on: 'all', tiers: [{ fromUsdPerMonth: 0, discount: share(0.25) }] }],
    });
    const answer = await joined(p, here, solver);
    const whole = place(p, solver);
    expect(answer.status).toBe('placed');
    expect(answer.lowerBoundUsdPerHour).toBeLessThanOrEqual(whole.usdPerHour + 1e-9);
    expect(answer.gap).toBeLessThan(0.05);
  });

  it('under a commitment the problem is placed as one, for no price can be put on its nodes', async () => {
    const p = capped(0.6, {
      commitments: [
        {
          kind: 'spend',
          id: 'k',
          provider: 'aws',
          usdPerHour: usdPerHour(0.5),
          until: instant(0),
          discount: share(0.3),
          region: 'eu',
        },
      ],
    });
    expect(cellsOf(p)).toHaveLength(2);
    const asked: Problem[] = [];
    const answer = await joined(p, (cell) => (asked.push(cell), place(cell, solver)), solver);
    expect(asked.at(-1)).toBe(p);
    expect(answer.nodes).toEqual(place(p, solver).nodes);
    expect(answer.cost.committed).toBe(0.5);
  });
});

describe('what has no place', () => {
  it('is told cell by cell; the other cells are placed in full', async () => {
    const p = capped(1);
    const huge = group('huge', 3, 64, 64, { allow: { region: ['eu'] } });
    const answer = await joined({ ...p, groups: [...p.groups, huge] }, here, solver);
    expect(answer.status).toBe('partial');
    expect(answer.unplaced).toEqual({ huge: 3 });
    expect(answer.conflict.join(' ')).toContain('huge');
    expect(answer.usdPerHour).toBeCloseTo((await joined(p, here, solver)).usdPerHour, 9);
  });

  it('shares that no mix of cells can keep leave it to the whole to say so', async () => {
    const p = capped(0.2, {
      vendorShareAtMost: new Map([
        ['aws', 0.3],
        ['azure', 0.3],
        ['gcp', 0.3],
      ]),
    });
    const answer = await joined(p, here, solver);
    expect(answer.status).not.toBe('placed');
    expect(answer.conflict.length).toBeGreaterThan(0);
  });
});
