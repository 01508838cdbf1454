import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { planJson, type Json } from '../../src/plan/json.ts';
import { decidedFrom, messenger } from './decided.ts';

const decided = decidedFrom(messenger());
const document = planJson(decided) as { readonly [key: string]: Json } & {
  readonly totals: Readonly<Record<string, number>>;
};
const text = (): string => JSON.stringify(document, null, 2);

describe('the plan as JSON', () => {
  it('is the same document for the same plan', async () => {
    expect(JSON.stringify(planJson(decidedFrom(messenger())))).toBe(JSON.stringify(document));
    await expect(`${text()}\n`).toMatchFileSnapshot('golden/plan.json.txt');
  });

  it('has the fields that other programs rely on', () => {
    expect(Object.keys(document).slice(0, 11)).toEqual([
      'schemaVersion',
      'fleet',
      'at',
      'verdict',
      'hashes',
      'prices',
      'forecast',
      'demand',
      'placement',
      'pools',
      'steps',
    ]);
    expect(document).toMatchObject({
      schemaVersion: 1,
      prices: { source: 'a price list', asOf: '2026-02-20T18:00:00Z', ageS: 864_000 },
      hashes: { config: 'c'.repeat(64) },
    });
    for (const field of ['usdPerHourBefore', 'usdPerHourAfter', 'lowerBoundUsdPerHour', 'gap', 'launch', 'drain']) {
      expect(typeof document.totals[field], field).toBe('number');
    }
  });

  it('adds up: steps to the list price, parts to the totals', () => {
    const { totals, steps } = decided.plan;
    const deltas = steps.reduce((sum, s) => sum + s.usdPerHourDelta, 0);
    expect(totals.after.list - totals.before.list).toBeCloseTo(deltas, 9);
    for (const [bill, sum] of [
      [totals.before, totals.usdPerHourBefore],
      [totals.after, totals.usdPerHourAfter],
    ] as const) {
      expect(bill.list + bill.interruptions - bill.covered - bill.discounts + bill.committed + bill.egress).toBeCloseTo(
        sum,
        9,
      );
    }
  });

  it('holds no NaN, no infinity and no digits of float noise', () => {
    const odd = {
      ...decided,
      plan: { ...decided.plan, totals: { ...decided.plan.totals, gap: Infinity, usdPerHourAfter: 0.1 + 0.2 } },
    };
    const parsed = JSON.parse(JSON.stringify(planJson(odd))) as { totals: Record<string, unknown> };
    expect(parsed.totals['gap']).toBeNull();
    expect(parsed.totals['usdPerHourAfter']).toBe(0.3);
  });

  it('has null for every figure that a placement which found nothing cannot have', () => {
    const world = messenger();
    const none = planJson(
      decidedFrom({ ...world, nodes: [], placement: { ...world.placement, status: 'infeasible', gap: 0 } }),
    );
    expect(none).toMatchObject({
      placement: {
        usdPerHour: null,
        lowerBoundUsdPerHour: null,
        gap: null,
        certificate: { groupPrices: null, availabilityPrices: null, rulePrices: null },
      },
      totals: { usdPerHourGoal: null, lowerBoundUsdPerHour: null, gap: null },
    });
    const { policies } = none as unknown as { policies: { name: string; verdict: string }[] };
    expect(policies[0]).toMatchObject({ name: 'placement', verdict: 'stop' });
    expect(policies.map((p) => p.name)).not.toContain('headroom');
    expect(policies.map((p) => p.name)).not.toContain('spot-limit');
  });

  it('says of a load that was never seen that there is none', () => {
    const blank = {
      ...decided.plan.forecasts[0],
      paths: [],
      mean: new Float64Array(),
    } as (typeof decided.plan.forecasts)[number];
    const parsed = planJson({ ...decided, plan: { ...decided.plan, forecasts: [blank] } }) as {
      forecast: { now: Json; peak: Json }[];
    };
    expect(parsed.forecast[0]).toMatchObject({ now: null, peak: null, steps: 0 });
  });

  it('has every field in the table of docs/plan.md', () => {
    const table =
      readFileSync(new URL('../../docs/plan.md', import.meta.url), 'utf8').split('## The document')[1] ?? '';
    const named = (key: string): boolean => new RegExp(`[\`.{ ]${key}[\`,}{\\[. ]`).test(table);
    expect([...keysOf(document)].filter((key) => !named(key))).toEqual([]);
  });
});

/** Keys that hold names of groups, quantiles and rules rather than fields. */
const MAPS = new Set([
  'carries',
  'replicas',
  'quantiles',
  'coverage',
  'ruledOut',
  'unplaced',
  'uncovered',
  'groupPrices',
  'availabilityPrices',
  'rulePrices',
]);

function keysOf(value: Json, found = new Set<string>()): ReadonlySet<string> {
  if (Array.isArray(value)) for (const part of value) keysOf(part, found);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      found.add(key);
      if (!MAPS.has(key)) keysOf(part, found);
    }
  }
  return found;
}
