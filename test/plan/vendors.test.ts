import { beforeAll, describe, expect, it } from 'vitest';
import { explainRules, rulesText } from '../../src/plan/explain-rules.ts';
import { explain } from '../../src/plan/explain.ts';
import { planFrom } from '../../src/plan/from-placement.ts';
import type { Decided } from '../../src/plan/plan.ts';
import { sparedVendors, vendorText } from '../../src/plan/vendors.ts';
import { whyNot } from '../../src/plan/why-not.ts';
import { place } from '../../src/placement/place.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { mib, milliCores, share } from '../../src/units.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { demandOf, offeringOf, poolOf, serviceOf, worldOf } from './world.ts';

type Planned = Omit<Decided, 'judgements'>;

const aws = offeringOf({ type: 'm7g.xlarge', usd: 0.2 });
const rack = offeringOf({ type: 'metal', usd: 0.25, place: 'kubernetes/own-fra', zone: 'rack-a' });
const far = offeringOf({ type: 'd4', usd: 0.3, place: 'azure/westeurope', zone: '1' });

let solver: LinearSolver;
let planned: Planned;

/** 40 replicas of one core on nodes of four: $0.20 a node at aws, $0.25 in the own rack, azure out of bounds. */
function plannedWith(more: Parameters<typeof serviceOf>[1] = {}): Planned {
  const gateway = serviceOf('gateway', {
    spotAtMost: share(0),
    requests: { cpu: milliCores(1000), memory: mib(1024) },
    ...more,
  });
  const input = worldOf({
    offerings: [aws, rack, far],
    pools: [poolOf('cloud', aws, 10), poolOf('own', rack, 0), poolOf('far', far, 0)],
    services: [gateway],
    demand: [
      demandOf(gateway, 40, {
        allow: { provider: ['aws', 'kubernetes'] },
        ...(gateway.survive && { survive: gateway.survive }),
      }),
    ],
    nodes: [],
  });
  return { ...input, plan: planFrom({ ...input, placement: place(input.problem, solver) }) };
}

beforeAll(async () => {
  solver = await loadHighs();
  planned = plannedWith();
});

describe('what vendors would have to cost', () => {
  it('is told of a vendor that is left out, by what the plan knows anyway', () => {
    expect(sparedVendors(planned).map((v) => `${v.provider} ${vendorText(v)}`)).toEqual([
      'kubernetes is not used: it enters at −20% of its list prices at the earliest, first with kubernetes/own-fra/rack-a/metal/on-demand ($0.2500/h → $0.2000/h, carrying 4 × gateway/eu)',
    ]);
  });

  it('is not told where no bound is, or some replicas have no place', () => {
    const { plan } = planned;
    const partial = { ...plan, placement: { ...plan.placement, status: 'partial' as const } };
    expect(sparedVendors({ ...planned, plan: partial })).toEqual([]);
    const unknown = { ...plan, totals: { ...plan.totals, gap: Number.NaN } };
    expect(sparedVendors({ ...planned, plan: unknown })).toEqual([]);
  });

  const rows: readonly (readonly [why: string, asked: string, because: string, text: RegExp])[] = [
    [
      'left out for its price',
      'kubernetes',
      'dearer',
      /^kubernetes is not used: it enters at −20% of its list prices, first with /,
    ],
    ['used', 'aws', 'in-plan', /^aws has 10 nodes: more of it saves nothing at any price$/],
    ['no group may use it', 'azure', 'ruled-out', /^no group may use any of its 1 offering$/],
    ['a cloud the fleet is not on', 'gcp', 'not-in-fleet', /^the fleet is not on gcp$/],
  ];
  it.each(rows)('asked for a vendor: %s', (_, asked, because, text) => {
    const { answers } = whyNot(planned, asked, 10, new Map(), solver);
    expect(answers.map((a) => [a.offering, a.because])).toEqual([[asked, because]]);
    expect(answers[0]?.text).toMatch(text);
  });

  it('explain answers for a vendor as why-not does', () => {
    const explained = explain(planned, 'kubernetes', solver);
    expect(explained).toEqual({ kind: 'not-in-plan', why: whyNot(planned, 'kubernetes', 10, new Map(), solver) });
  });
});

describe('what the rules cost', () => {
  it('says that there is none', () => {
    const why = explainRules(planned, solver);
    expect(why).toMatchObject({ kind: 'rules', rules: [], lowerBoundUsdPerHour: 2 });
    expect(rulesText(why).slice(0, 2)).toEqual([
      `What the rules of ${planned.plan.fleet} cost`,
      '  no rule limits where replicas may be',
    ]);
  });

  it('is the difference that the rule makes, a month of 730 hours', () => {
    // half must survive either vendor: five nodes of $0.25 for five of $0.20
    const safe = plannedWith({ survive: { loss: 'provider', share: share(0.5) } });
    const why = explainRules(safe, solver);
    expect(why).toMatchObject({
      kind: 'rules',
      rules: [{ rule: { kind: 'survive', loss: 'provider', groups: 1 } }],
      oneMore: { 'gateway/eu': {} },
    });
    expect(rulesText(why)).toContain('  $183/month  surviving the loss of any provider (1 group): $0.2500/h');
  });

  it('has no price where not everything is placed', () => {
    const partial = { ...planned.plan, placement: { ...planned.plan.placement, status: 'partial' as const } };
    const why = explainRules({ ...planned, plan: partial }, solver);
    expect(why.kind).toBe('no-rules');
    expect(rulesText(why).join(' ')).toContain('not every replica has a place');
  });
});
