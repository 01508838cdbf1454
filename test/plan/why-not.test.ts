import { beforeAll, describe, expect, it } from 'vitest';
import { explainText, whyNotText } from '../../src/plan/explain-text.ts';
import { explain } from '../../src/plan/explain.ts';
import { planFrom } from '../../src/plan/from-placement.ts';
import type { Decided } from '../../src/plan/plan.ts';
import { whyNot, type Because } from '../../src/plan/why-not.ts';
import { place } from '../../src/placement/place.ts';
import { mib, milliCores, share, usdPerHour } from '../../src/units.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { decidedFrom, messenger } from './decided.ts';
import { demandOf, nodesOf, offeringOf, poolOf, serviceOf, worldOf } from './world.ts';

type Planned = Omit<Decided, 'judgements'>;

const cheap = offeringOf({ type: 'm7g.xlarge', usd: 0.2 });
const dear = offeringOf({ type: 'm7i.xlarge', usd: 0.25 });
const dearer = offeringOf({ type: 'm7i.2xlarge', usd: 0.6, cores: 8 });
const twin = offeringOf({ type: 'm7g.xlarge', usd: 0.2, zone: 'us-east-1b' });
const tiny = offeringOf({ type: 'm7i.nano', usd: 0.01, cores: 0.5, gib: 0.5 });
const sold = offeringOf({ type: 'm7i.metal', usd: 0.1, available: false });
const stranger = offeringOf({ type: 'c5.xlarge', usd: 0.1 });
const spot = offeringOf({ type: 'm7g.xlarge', usd: 0.05, purchase: 'spot' });
const far = offeringOf({ type: 'm7g.xlarge', usd: 0.1, place: 'aws/eu-west-1' });

let planned: Planned;

/** Planned by the real solver: what an offering is worth comes from its bound. */
beforeAll(async () => {
  const solver = await loadHighs();
  const gateway = serviceOf('gateway', {
    spotAtMost: share(0),
    requests: { cpu: milliCores(1000), memory: mib(1024) },
  });
  const input = worldOf({
    offerings: [cheap, dear, dearer, twin, tiny, sold, stranger, spot, far],
    pools: [poolOf('old', dear, 10)],
    templates: [{ name: 'general', provider: 'aws', types: ['m7*'], purchase: ['on-demand', 'spot'], max: 100 }],
    services: [gateway],
    demand: [
      demandOf(gateway, 40, {
        ruledOut: new Map([['aws/eu-west-1', '95 ms from eu, over 60 ms']]),
        allow: { region: ['us-east-1'] },
      }),
    ],
    nodes: [],
  });
  const placement = place(input.problem, solver);
  planned = { ...input, plan: planFrom({ ...input, placement }) };
});

describe('why not', () => {
  const rows: readonly (readonly [why: string, asked: string, because: Because, text: string])[] = [
    [
      'nobody sells it',
      'm7x.xlarge',
      'unknown',
      "the catalog has no m7x.xlarge in the fleet's regions; did you mean m7g.xlarge?",
    ],
    ['nobody sells that size', 'm7i.24xlarge', 'unknown', 'did you mean m7i.2xlarge or m7i.metal or m7i.nano?'],
    ['another cloud', 'gcp/us-east4/us-east4-a/n2-standard-4/spot', 'not-in-fleet', 'the fleet is not on gcp'],
    [
      'another region',
      'aws/ap-south-1/ap-south-1a/m7g.xlarge/spot',
      'not-in-fleet',
      'the fleet is not in ap-south-1; at aws it is in us-east-1 and eu-west-1',
    ],
    [
      'another zone',
      'aws/us-east-1/us-east-1z/m7g.xlarge/spot',
      'not-in-fleet',
      'the fleet does not use zone us-east-1z; in us-east-1 it uses us-east-1a and us-east-1b',
    ],
    [
      'not sold there',
      'aws/us-east-1/us-east-1b/m7i.xlarge/spot',
      'unknown',
      'the catalog has m7i.xlarge in us-east-1 only as us-east-1a on-demand',
    ],
    [
      'no pool or template',
      'c5.xlarge',
      'no-pool',
      'no pool has it and no template may open one: general has types m7*, not c5.xlarge',
    ],
    ['sold out', 'm7i.metal', 'sold-out', 'it cannot be had now: not to be had now'],
    ['spot is not tolerated', spot.id, 'ruled-out', 'ruled out for every group: gateway/eu: tolerates no spot nodes'],
    [
      'too far: the reason of the demand',
      far.id,
      'ruled-out',
      'ruled out for every group: gateway/eu: 95 ms from eu, over 60 ms',
    ],
    [
      'too small for a replica',
      'm7i.nano',
      'nothing-fits',
      'no replica that may run here fits on a node: gateway/eu needs 1 cores where a node has 0.5',
    ],
    [
      'dearer',
      'm7i.2xlarge',
      'dearer',
      "dearer: a node carries at best 8 × gateway/eu, worth $0.4000/h at this plan's prices; it costs $0.6000/h; it enters at −33.3% of its list price, $0.4000/h",
    ],
    ['in the plan', cheap.id, 'in-plan', 'it is in the plan: '],
  ];
  it.each(rows)('%s', (_, asked, because, text) => {
    const { answers, more } = whyNot(planned, asked);
    expect(answers).toHaveLength(1);
    expect(more).toBe(0);
    expect(answers[0]?.text).toContain(text);
    expect(answers[0]?.because).toBe(because);
  });

  it('an equal price is no fault of the offering', () => {
    const both = whyNot(planned, 'aws/*/m7g.xlarge/on-demand').answers.map((a) => [a.offering, a.because]);
    expect(both).toContainEqual([far.id, 'ruled-out']);
    const [one, other] = both.filter(([id]) => id !== far.id).map(([, because]) => because);
    for (const because of [one, other]) expect(['in-plan', 'even']).toContain(because);
    expect([one, other]).toContain('in-plan');
  });

  it('answers a pattern cheapest first, and says what it left out', () => {
    const { answers, more } = whyNot(planned, 'm7*', 3);
    expect(answers.map((a) => a.offering)).toEqual([tiny.id, spot.id, far.id]);
    expect(more).toBe(5);
    expect(whyNotText({ asked: 'm7*', answers, more }).at(-1)).toBe(
      '5 further offerings match m7*; --limit shows more',
    );
  });

  it('names no price where the placement has none', () => {
    const placement = { ...planned.plan.placement, method: 'greedy-fallback', duals: new Map<string, number>() };
    const answer = whyNot({ ...planned, plan: { ...planned.plan, placement } }, 'm7i.2xlarge').answers[0];
    expect(answer?.text).toBe(
      'the placement was found by greedy-fallback, which has no prices to tell by how much it is too dear',
    );
  });

  it('tells offerings with one answer together', () => {
    const text = 'dearer';
    const because = 'dearer' as const;
    const answers = ['a', 'b'].map((offering) => ({ offering, because, text }));
    expect(whyNotText({ asked: '*', answers, more: 0 })).toEqual(['a', 'b', '  dearer']);
  });
});

describe('explain', () => {
  const decided = decidedFrom(messenger());
  const textOf = (subject: string): string => explainText(explain(decided, subject)).join('\n');

  it('leads from the forecast to the nodes of a group, with the rules that bind and what one more costs', () => {
    expect(textOf('gateway/eu')).toBe(
      `gateway/eu: 112 replicas
  load      29.9k connections now; the forecast (ensemble of two) reaches 36k at 2026-03-02 18:10 UTC (99% quantile)
  replicas  gateway/eu needs 112 replicas for 33.6k connections (its 99% quantile) within 30m: 33.6k at 300 a replica; may have 0 to 10,000
  quantile  99%, stated in the fleet file; 99.9% takes 118 replicas, $528.34 a month more
  placed    114 replicas, 2 more than the load needs, for the rules below or because whole nodes have room
            70 on 10 nodes of aws/us-east-1/us-east-1b/m7g.4xlarge/on-demand
            28 on 4 nodes of azure/westeurope/1/Standard_D16s_v5/on-demand
            16 on 2 nodes of kubernetes/own-fra/rack-a/metal-32/on-demand
  price     one more replica costs $0.0965/h, $70.45 a month
  binds     survive/gateway/eu/aws/us-east-1/us-east-1b: easing it by one replica saves $0.0120/h`,
    );
  });

  it('tells a service in each of its markets', () => {
    expect(textOf('gateway').match(/^gateway\/\w+: /gm)).toEqual(['gateway/eu: ', 'gateway/na: ']);
  });

  it('tells of a pool what it carries, what it costs, what is done and what waits', () => {
    expect(textOf('aws-use1a-push')).toContain(
      `aws-use1a-push: 12 → 9 nodes of aws/us-east-1/us-east-1a/c7i.2xlarge/spot
  price     $0.1421/h a node (a price list, 2026-02-20)
  step      s04 drain, −$0.4263/h: no longer needed`,
    );
    expect(textOf('aws-use1a-push')).toContain('  waits     5 drains (goal 4 nodes): no more than 30 nodes drain');
    expect(textOf('aws-use1a-push')).toContain('  carries   28 × push/eu\n  filled    44.4% of its CPU');
  });

  it('tells of a pool without a price that it is left alone', () => {
    const odd = offeringOf({ type: 'x9.huge', usd: 1 });
    const spec = messenger();
    const with9 = decidedFrom({ ...spec, pools: [...(spec.pools ?? []), poolOf('odd', odd, 3)] });
    expect(explainText(explain(with9, 'odd'))).toEqual([
      'odd: 3 nodes of aws/us-east-1/us-east-1a/x9.huge/on-demand',
      '  price     the catalog has none, so the pool is left as it is',
    ]);
  });

  const kinds: readonly (readonly [subject: string, kind: string])[] = [
    ['own-fra', 'pool'],
    ['push', 'service'],
    ['push/eu', 'group'],
    ['metal-32', 'offering'],
    ['aws/us-east-1/us-east-1a/m5.4xlarge/on-demand', 'offering'],
    ['m6i.4xlarge', 'not-in-plan'],
    ['gcp/a/b/c/spot', 'not-in-plan'],
    ['gatewy', 'unknown'],
  ];
  it.each(kinds)('%s is a %s', (subject, kind) => {
    expect(explain(decided, subject).kind).toBe(kind);
  });

  it('guesses what was meant', () => {
    expect(textOf('gatewy')).toBe('no such pool, service, group or offering: gatewy; did you mean gateway?');
  });

  it('says of a load that was never seen that it is not known', () => {
    const gateway = serviceOf('gateway');
    const blind = decidedFrom({
      offerings: [cheap],
      pools: [poolOf('p', cheap, 3)],
      services: [gateway],
      demand: [demandOf(gateway, 12, { setBy: 'hold', load: Number.NaN })],
      nodes: [nodesOf(cheap, 3, { 'gateway/eu': 4 })],
    });
    const unseen = { ...blind, plan: { ...blind.plan, forecasts: [] } };
    expect(explainText(explain(unseen, 'gateway/eu')).slice(0, 3)).toEqual([
      'gateway/eu: 12 replicas',
      '  load      not known: nothing was seen, so there is no forecast',
      '  replicas  gateway/eu keeps 12 replicas because its load is not known; may have 0 to 10,000',
    ]);
  });
});

describe('a type that the fleet could have and nobody has asked for', () => {
  const soldHere = new Map([['m8g.xlarge', { place: 'aws/us-east-1', usdPerHour: usdPerHour(0.17) }]]);
  it.each([
    [
      'by its type',
      'm8g.xlarge',
      'no-pool',
      /no pool or template of the fleet names m8g\.xlarge; aws\/us-east-1 sells it for \$0\.17/,
    ],
    ['by its id', 'aws/us-east-1/us-east-1a/m8g.xlarge/on-demand', 'no-pool', /no pool or template/],
    ['what the catalog does not have either stays unknown', 'm99.xlarge', 'unknown', /the catalog has no m99\.xlarge/],
  ] as const)('%s', (_, asked, because, text) => {
    const [answer] = whyNot(planned, asked, 10, soldHere).answers;
    expect(answer?.because).toBe(because);
    expect(answer?.text).toMatch(text);
  });
});
