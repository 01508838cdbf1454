import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Offering } from '../../src/catalog/offering.ts';
import { planFrom, type PlanInput } from '../../src/plan/from-placement.ts';
import { breachesOf } from '../../src/plan/breach.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { usableFor } from '../../src/plan/usable.ts';
import { ruledOut } from '../../src/placement/eligible.ts';
import type { PlacedNodes } from '../../src/placement/placement.ts';
import { mib, milliCores, share } from '../../src/units.ts';
import { demandOf, offeringOf, poolOf, serviceOf, worldOf } from './world.ts';

const offeringArb = fc.record({
  type: fc.constantFrom('m7i.xlarge', 'm7g.xlarge', 'c7i.xlarge', 'm5.2xlarge'),
  cores: fc.integer({ min: 2, max: 16 }),
  usd: fc.integer({ min: 1, max: 100 }).map((n) => n / 50),
  zone: fc.constantFrom('us-east-1a', 'us-east-1b'),
  purchase: fc.constantFrom('on-demand' as const, 'spot' as const),
});
const serviceArb = fc.record({
  cores: fc.integer({ min: 1, max: 6 }),
  replicas: fc.integer({ min: 0, max: 40 }),
  perNodeAtMost: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  arm: fc.boolean(),
  spot: fc.boolean(),
  held: fc.boolean(),
  zoneSkew: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  survive: fc.option(fc.constantFrom('zone' as const, 'provider' as const), { nil: undefined }),
});
const worldArb = fc.record({
  offerings: fc.uniqueArray(offeringArb, {
    minLength: 1,
    maxLength: 5,
    selector: (o) => `${o.type} ${o.zone} ${o.purchase}`,
  }),
  services: fc.array(serviceArb, { minLength: 1, maxLength: 4 }),
  running: fc.array(fc.nat(12), { minLength: 5, maxLength: 5 }),
  twoPools: fc.boolean(),
  order: fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
  starts: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
  drains: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
  anyHeld: fc.boolean(),
});
type World = typeof worldArb extends fc.Arbitrary<infer T> ? T : never;

/** A valid placement, made first fit over the offerings in a drawn order; what does not fit anywhere is not asked for. */
function inputOf(world: World): PlanInput {
  const offerings = world.offerings.map(offeringOf);
  const services = world.services.map(({ cores, perNodeAtMost, arm, spot, zoneSkew, survive }, i) =>
    serviceOf(`s${i}`, {
      requests: { cpu: milliCores(cores * 1000), memory: mib(64) },
      ...(perNodeAtMost !== undefined && { perNodeAtMost }),
      ...(zoneSkew !== undefined && { zoneSkew }),
      ...(survive !== undefined && { survive: { loss: survive, share: share(0.5) } }),
      allow: { arch: arm ? ['arm64'] : ['amd64', 'arm64'], purchase: spot ? ['on-demand', 'spot'] : ['on-demand'] },
    }),
  );
  const ordered = world.order.flatMap((i) => offerings[i] ?? []);
  const nodes: PlacedNodes[] = [];
  const demand = services.map((service, i) => {
    const spec = world.services[i];
    const asked = demandOf(service, spec?.replicas ?? 0, world.anyHeld && spec?.held ? { setBy: 'hold' } : {});
    const home = ordered.find((o) => ruledOut(groupOf(asked), { ...o, usdPerHour: 0 }) === undefined);
    if (!home) return { ...asked, replicas: 0 };
    const each = Math.min(Math.floor(home.allocatable.cpu / service.requests.cpu), service.perNodeAtMost ?? 99);
    const other = ordered.findLast((o) => ruledOut(groupOf(asked), { ...o, usdPerHour: 0 }) === undefined) ?? home;
    const otherEach = Math.min(Math.floor(other.allocatable.cpu / service.requests.cpu), service.perNodeAtMost ?? 99);
    const halves = [
      { id: home.id, each, replicas: Math.ceil(asked.replicas / 2) },
      { id: other.id, each: otherEach, replicas: Math.floor(asked.replicas / 2) },
    ];
    for (const half of halves) {
      const full = Math.floor(half.replicas / half.each);
      const rest = half.replicas - full * half.each;
      if (full > 0) nodes.push({ offering: half.id, count: full, replicas: { [asked.name]: half.each } });
      if (rest > 0) nodes.push({ offering: half.id, count: 1, replicas: { [asked.name]: rest } });
    }
    return asked;
  });
  const pools = offerings.flatMap((offering, i) => {
    const n = world.running[i] ?? 0;
    const half = Math.floor(n / 2);
    return world.twoPools
      ? [poolOf(`p${i}a`, offering, half, { max: 20 }), poolOf(`p${i}b`, offering, n - half, { max: 20 })]
      : [poolOf(`p${i}`, offering, n, { max: 20 })];
  });
  const templates = [
    { name: 't', provider: 'aws' as const, types: ['*'], purchase: ['on-demand', 'spot'] as const, max: 15 },
  ];
  const churn = {
    ...(world.starts !== undefined && { startsPerCycle: world.starts }),
    ...(world.drains !== undefined && { drainsPerCycle: world.drains }),
  };
  return worldOf({ offerings, pools, templates, services, demand, nodes, churn });
}

const groupOf = (d: ReturnType<typeof demandOf>) => ({
  name: d.name,
  replicas: d.replicas,
  requests: d.requests,
  allow: d.allow,
});

const holds = (check: (input: PlanInput, plan: Plan) => void): void =>
  fc.assert(
    fc.property(worldArb, (world) => {
      const input = inputOf(world);
      check(input, planFrom(input));
    }),
    { numRuns: 150 },
  );

/** Sizes of the pools after the first n steps. */
function sizesAfter(plan: Plan, n: number): Map<string, number> {
  const sizes = new Map(plan.pools.map((pool) => [pool.pool, pool.from]));
  for (const step of plan.steps.slice(0, n)) sizes.set(step.pool, step.to);
  return sizes;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe('a plan', () => {
  it('applied in order, once or twice, ends at the sizes it says', () =>
    holds((_, plan) => {
      const wanted = new Map(plan.pools.map((pool) => [pool.pool, pool.to]));
      const once = sizesAfter(plan, plan.steps.length);
      expect(once).toEqual(wanted);
      for (const step of plan.steps) once.set(step.pool, step.to);
      expect(once).toEqual(wanted);
      expect(new Set(plan.steps.map((s) => s.pool)).size).toBe(plan.steps.length);
    }));

  it('has no step left once it is carried out, where nothing limits it', () =>
    holds((input, plan) => {
      const pools = plan.pools.map((p) => ({ ...poolAfter(p, input.observation.offerings) }));
      const again = planFrom({ ...input, observation: { ...input.observation, pools } });
      if (plan.waiting.length === 0) expect(again.steps).toEqual([]);
    }));

  it('comes to its goal in the end, however little may move in a cycle', () =>
    holds((input, first) => {
      let plan = first;
      for (let cycle = 0; plan.steps.length > 0; cycle++) {
        expect(cycle).toBeLessThan(400);
        const pools = plan.pools.map((p) => poolAfter(p, input.observation.offerings));
        plan = planFrom({ ...input, observation: { ...input.observation, pools } });
      }
      if (input.demand.some((d) => d.setBy === 'hold')) return;
      const { usdPerHourGoal, usdPerHourBefore } = plan.totals;
      if (usdPerHourGoal < usdPerHourBefore * (1 - 1e-3)) expect(plan.waiting).toEqual([]);
      // where nothing is saved, nothing moves for it
      else expect(plan.waiting.every((w) => w.cause === 'cost')).toBe(true);
    }));

  it('grows before it drains, and after its last step every replica has a node that it fits on', () =>
    holds((input, plan) => {
      const kinds = plan.steps.map((s) => (s.kind === 'drain' ? 1 : 0));
      expect(kinds).toEqual(kinds.toSorted((a, b) => a - b));
      const candidates = new Map(input.problem.offerings.map((o) => [o.id, o]));
      const groups = new Map(input.problem.groups.map((g) => [g.name, g]));
      const placed = new Map<string, number>();
      for (const { offering, count, replicas } of plan.after) {
        const candidate = candidates.get(offering);
        let cpu = 0;
        for (const [name, n] of Object.entries(replicas)) {
          const group = groups.get(name);
          expect(candidate && group && ruledOut(group, candidate)).toBeUndefined();
          expect(n).toBeLessThanOrEqual(group?.perNodeAtMost ?? Infinity);
          cpu += n * (group?.requests.cpu ?? 0);
          placed.set(name, (placed.get(name) ?? 0) + n * count);
        }
        expect(cpu).toBeLessThanOrEqual(candidate?.allocatable.cpu ?? 0);
      }
      for (const d of input.demand) {
        expect((placed.get(d.name) ?? 0) + (plan.uncovered[d.name] ?? 0), d.name).toBe(d.replicas);
      }
      if (Object.keys(plan.uncovered).length > 0) expect(plan.steps.every((s) => s.kind !== 'drain')).toBe(true);
    }));

  it('misses no rule on the way that it keeps in the end, as long as no start is cut', () =>
    holds((input, plan) => {
      if (plan.waiting.some((w) => w.reason.includes('startsPerCycle'))) return;
      const { groups, of } = breachesOf(input.problem.groups, usableFor(input.problem));
      const bays = (nodes: readonly PlacedNodes[]) =>
        nodes.flatMap(({ offering, count, replicas }) => {
          const candidate = input.problem.offerings.find((o) => o.id === offering);
          return candidate ? [{ pool: 0, candidate, nodes: count, replicas }] : [];
        });
      for (const group of groups) {
        expect(of(group, bays(plan.after))).toBeLessThanOrEqual(of(group, bays(input.placement.nodes)));
      }
    }));

  it('says the same of its nodes by pool, by offering and by step', () =>
    holds((_, plan) => {
      expect(sum(plan.after.map((n) => n.count))).toBe(sum(plan.pools.map((p) => p.to)));
      for (const p of plan.pools) {
        const here = plan.waiting.filter((w) => w.pool === p.pool);
        expect(p.to + sum(here.map((w) => (w.kind === 'start' ? w.nodes : -w.nodes)))).toBe(p.goal);
        expect(p.to >= p.min && p.to <= p.max).toBe(true);
      }
      const deltas = sum(plan.steps.map((s) => s.usdPerHourDelta));
      expect(deltas).toBeCloseTo(plan.totals.after.list - plan.totals.before.list, 9);
      expect(plan.totals.launch - plan.totals.drain).toBe(sum(plan.pools.map((p) => p.to - p.from)));
    }));

  it('keeps within the limits of a cycle', () =>
    holds((input, { totals }) => {
      const { startsPerCycle, drainsPerCycle } = input.fleet.policies.churn;
      expect(totals.launch).toBeLessThanOrEqual(startsPerCycle ?? Infinity);
      expect(totals.drain).toBeLessThanOrEqual(drainsPerCycle ?? Infinity);
    }));

  it('drains nothing where a group of unknown load may run', () =>
    holds((input, plan) => {
      const unknown = input.demand.filter((d) => d.setBy === 'hold');
      const candidates = new Map(input.problem.offerings.map((o) => [o.id, o]));
      for (const step of plan.steps.filter((s) => s.kind === 'drain')) {
        const candidate = candidates.get(step.offering);
        expect(unknown.filter((d) => candidate && ruledOut(groupOf(d), candidate) === undefined)).toEqual([]);
      }
    }));

  it('does not depend on the order in which pools and offerings were read', () =>
    holds((input, plan) => {
      const { observation, problem } = input;
      const turned = {
        ...input,
        observation: {
          ...observation,
          pools: observation.pools.toReversed(),
          offerings: observation.offerings.toReversed(),
        },
        problem: { ...problem, offerings: problem.offerings.toReversed(), running: problem.running.toReversed() },
      };
      expect(planFrom(turned)).toEqual(plan);
    }));
});

function poolAfter(pool: Plan['pools'][number], offerings: readonly Offering[]) {
  const offering = offerings.find((o) => o.id === pool.offering);
  if (!offering) throw new Error(pool.offering);
  return poolOf(pool.pool, offering, pool.to, { min: pool.min, max: pool.max });
}
