import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Ahead, Periods } from '../../src/placement/ahead/ahead.ts';
import { changeOf } from '../../src/placement/ahead/bill.ts';
import { placeAhead } from '../../src/placement/ahead/place-ahead.ts';
import { relaxed } from '../../src/placement/ahead/relaxed.ts';
import { servedIn } from '../../src/placement/ahead/served.ts';
import { timelineOf } from '../../src/placement/ahead/stretches.ts';
import { place } from '../../src/placement/place.ts';
import type { PlacedNodes } from '../../src/placement/placement.ts';
import type { Candidate, ChangeCost, Problem } from '../../src/placement/problem.ts';
import { violations } from '../../src/placement/verify.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { instant, share, usdPerHour } from '../../src/units.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { group, offering, problem } from './build.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

/** So many replicas of `gw` in buckets of so many hours. */
const path = (replicas: readonly number[], hours = 0.25): Periods['buckets'] =>
  replicas.map((n) => ({ hours, replicas: { gw: n } }));

const launch = (launchUsd: number): ChangeCost => ({ launchUsd, moveUsdPerReplica: 0, horizonHours: 4 });
const NODE = offering(4, 16, 0.2);
const ALSO = offering(4, 16, 0.1, { provider: 'kubernetes' });
/** Four replicas fit on one node. */
const gw = (replicas: number): ReturnType<typeof group> => group('gw', replicas, 1, 2);
const having = (nodes: number, change: ChangeCost, offerings: readonly Candidate[] = [NODE]): Problem =>
  problem([gw(4 * nodes)], offerings, {}, { running: [{ offering: NODE.id, count: nodes }], change });

const nodesIn = (answer: Ahead, id = NODE.id): number[] => answer.periods.map((p) => p.nodes[id] ?? 0);
const total = (of: readonly { readonly count: number; readonly now: boolean }[], now: boolean): number =>
  of.reduce((sum, o) => sum + (o.now === now ? o.count : 0), 0);
const replicasOf = (nodes: readonly PlacedNodes[], name: string): number =>
  nodes.reduce((sum, n) => sum + n.count * (n.replicas[name] ?? 0), 0);

describe('several periods', () => {
  const table: {
    readonly why: string;
    readonly ask: () => readonly [Problem, Periods];
    readonly see: (answer: Ahead) => void;
  }[] = [
    {
      why: 'a peak in the next bucket that takes a lead to order for is ordered now',
      ask: () => [having(2, launch(0.01)), { buckets: path([8, 16, 16]), leadHours: { aws: 0.1 } }],
      see: (answer) => {
        expect(nodesIn(answer)).toEqual([2, 4, 4]);
        expect(total(answer.orders, true)).toBe(2);
        expect(answer.orders[0]).toMatchObject({ servesAtHours: 0.25 });
        expect(answer.orders[0]?.atHours).toBeCloseTo(0.15, 9);
        expect(answer.orders[0]?.why).toContain('gw, which grows from 8 to 16 replicas');
      },
    },
    {
      why: 'a peak that can still be ordered for at the next chance waits until then',
      ask: () => [having(2, launch(0.01)), { buckets: path([8, 8, 8, 16]), leadHours: { aws: 0.1 } }],
      see: (answer) => {
        expect(total(answer.orders, true)).toBe(0);
        expect(total(answer.orders, false)).toBe(2);
        expect(answer.orders[0]?.atHours).toBeCloseTo(0.65, 9);
      },
    },
    {
      why: 'with chances to order further apart the same peak has to be ordered for now',
      ask: () => [
        having(2, launch(0.01)),
        { buckets: path([8, 8, 8, 16]), leadHours: { aws: 0.1 }, nextOrderHours: 0.7 },
      ],
      see: (answer) => expect(total(answer.orders, true)).toBe(2),
    },
    {
      why: 'a dip that idles for less than launches cost stops nothing',
      ask: () => [having(4, launch(0.06)), { buckets: path([8, 16, 16]), leadHours: { aws: 0 } }],
      see: (answer) => {
        expect(nodesIn(answer)).toEqual([4, 4, 4]);
        expect(answer.stops).toEqual([]);
        expect(answer.kept).toMatchObject([{ offering: NODE.id, count: 2, againInHours: 0.25 }]);
        expect(answer.kept[0]?.why).toContain('because needed again in 15m');
      },
    },
    {
      why: 'a dip that would idle for more than launches cost is followed',
      ask: () => [having(4, launch(0.04)), { buckets: path([8, 16, 16]), leadHours: { aws: 0 } }],
      see: (answer) => {
        expect(nodesIn(answer)).toEqual([2, 4, 4]);
        expect(total(answer.stops, true)).toBe(2);
        expect(answer.stops[0]?.why).toContain('idling until then costs more than launching again');
      },
    },
    {
      why: 'a dip in which an order would come back too late stops nothing, however cheap launches are',
      ask: () => [having(4, launch(0)), { buckets: path([8, 16, 16]), leadHours: { aws: 0.4 } }],
      see: (answer) => {
        expect(nodesIn(answer)[0]).toBe(4);
        expect(total(answer.stops, true)).toBe(0);
        expect(answer.kept[0]?.why).toContain('a new one would take 24m');
        expect(answer.short).toEqual([]);
      },
    },
    {
      why: 'replicas that would have to move are weighed against idling like launches',
      ask: () => [
        having(4, { launchUsd: 0, moveUsdPerReplica: 0.02, horizonHours: 4 }),
        { buckets: path([8, 16, 16]), leadHours: { aws: 0 } },
      ],
      see: (answer) => expect(total(answer.stops, true)).toBe(0),
    },
    {
      why: 'a cheaper offering with too long a lead does not carry the near peak, only what comes after',
      ask: () => [
        having(2, launch(0.001), [NODE, ALSO]),
        { buckets: path([8, 16, 16, 16]), leadHours: { aws: 0.1, kubernetes: 0.5 } },
      ],
      see: (answer) => {
        expect(answer.status).toBe('placed');
        expect(nodesIn(answer)).toEqual([2, 4, 0, 0]);
        expect(nodesIn(answer, ALSO.id)).toEqual([0, 0, 4, 4]);
        expect(answer.stops.map((s) => s.atHours)).toEqual([0.5]);
      },
    },
    {
      why: 'need that no order can meet in time is said, and met as soon as it can be; everything else is placed',
      ask: () => [
        problem([gw(16), group('rt', 4, 1, 2)], [NODE], {}, { running: [{ offering: NODE.id, count: 3 }] }),
        { buckets: path([16, 16]), leadHours: { aws: 0.05 } },
      ],
      see: (answer) => {
        expect(answer.status).toBe('late');
        const [first, then] = answer.periods[0]?.stretches ?? [];
        expect(first?.hours).toBeCloseTo(0.05, 9);
        expect(replicasOf(first?.nodes ?? [], 'gw') + replicasOf(first?.nodes ?? [], 'rt')).toBe(12);
        expect(replicasOf(then?.nodes ?? [], 'gw')).toBe(16);
        expect(replicasOf(then?.nodes ?? [], 'rt')).toBe(4);
        expect(answer.short.reduce((sum, s) => sum + s.replicas, 0)).toBe(8);
        for (const s of answer.short) expect(s).toMatchObject({ fromHours: 0, untilHours: 0.05 });
        expect(answer.reasons[0]).toContain(
          "can't be served for the first 3m: nothing ordered now serves it before 3m",
        );
        expect(total(answer.orders, true)).toBe(2);
      },
    },
    {
      why: 'need for which there is no room at all is partial, with the limit that stands in the way',
      ask: () => [having(2, launch(0), [{ ...NODE, atMost: 3 }]), { buckets: path([8, 16]), leadHours: { aws: 0 } }],
      see: (answer) => {
        expect(answer.status).toBe('partial');
        expect(answer.short).toMatchObject([{ group: 'gw', replicas: 4, fromHours: 0.25, untilHours: 0.5 }]);
        expect(nodesIn(answer)).toEqual([2, 3]);
      },
    },
    {
      why: 'nothing stops while replicas of the current period have no room, though nodes that help nobody idle',
      ask: () => [
        problem(
          [gw(4), group('gpu', 1, 1, 2, { allow: { gpu: ['t4'] } })],
          [NODE, offering(4, 16, 1, { type: 'g', gpu: { name: 't4', count: 1 } })],
          {},
          { running: [{ offering: NODE.id, count: 3 }], change: launch(0) },
        ),
        { buckets: path([4, 4], 0.2), leadHours: { aws: 0.25 } },
      ],
      see: (answer) => {
        expect(answer.status).toBe('late');
        expect(nodesIn(answer)[0]).toBe(3);
        expect(total(answer.stops, true)).toBe(0);
        expect(answer.kept[0]?.why).toContain('nothing stops while');
      },
    },
    {
      why: 'a bucket that does not name a group asks for what it needed before: a missing figure shrinks nothing',
      ask: () => [
        having(4, launch(0)),
        {
          buckets: [
            { hours: 1, replicas: {} },
            { hours: 1, replicas: { gw: 20 } },
            { hours: 1, replicas: { gw: Number.NaN } },
          ],
          leadHours: { aws: 0 },
        },
      ],
      see: (answer) => expect(nodesIn(answer)).toEqual([4, 5, 5]),
    },
    {
      why: 'a lead time that nobody named is taken as what the provider usually needs, not as none',
      ask: () => [having(2, launch(0)), { buckets: path([8, 16]), leadHours: { aws: Number.NaN } }],
      see: (answer) => {
        expect(answer.orders[0]?.atHours).toBeGreaterThan(0.2);
        expect(answer.orders[0]?.atHours).toBeLessThan(0.25);
      },
    },
    {
      why: 'nodes on their way are neither ordered again nor launched again',
      ask: () => [
        having(2, launch(0.06)),
        { buckets: path([8, 16]), leadHours: { aws: 0.1 }, onTheWay: [{ offering: NODE.id, count: 2, inHours: 0.05 }] },
      ],
      see: (answer) => {
        expect(answer.orders).toEqual([]);
        expect(nodesIn(answer)[1]).toBe(4);
        expect(answer.changeUsd).toBe(0);
      },
    },
    {
      why: 'nodes of an offering that nothing is known of are left alone',
      ask: () => [
        problem([gw(4)], [NODE], {}, { running: [{ offering: 'aws/r1/r1a/gone/on-demand', count: 2 }] }),
        { buckets: path([4]), leadHours: { aws: 0 } },
      ],
      see: (answer) => {
        expect(answer.stops).toEqual([]);
        expect(answer.reasons.at(-1)).toContain('aws/r1/r1a/gone/on-demand is left as it is');
      },
    },
    {
      why: 'today keeps no survival rule: until ordered nodes serve only the need counts, and the rule is said to wait',
      ask: () => [
        problem(
          [group('gw', 8, 1, 2, { survive: { loss: 'provider', share: share(0.5) } })],
          [NODE, ALSO],
          {},
          { running: [{ offering: NODE.id, count: 2 }], change: launch(0.01) },
        ),
        { buckets: path([8, 8]), leadHours: { aws: 0.05, kubernetes: 0.1 } },
      ],
      see: (answer) => {
        expect(answer.status).toBe('placed');
        expect(answer.reasons.some((r) => r.startsWith('until ordered nodes serve: gw keeps 0 replicas'))).toBe(true);
        expect(nodesIn(answer, ALSO.id)).toEqual([1, 1]);
        expect(replicasOf(answer.periods[0]?.stretches[0]?.nodes ?? [], 'gw')).toBe(8);
      },
    },
    {
      why: 'a rule that no node could keep at any time is not waived because some offering is slow',
      ask: () => [
        problem(
          [group('gw', 8, 1, 2, { survive: { loss: 'provider', share: share(0.5) } })],
          [NODE, offering(8, 32, 0.4)],
          {},
          { running: [{ offering: NODE.id, count: 2 }] },
        ),
        { buckets: path([8, 8]), leadHours: { aws: 0.05, [offering(8, 32, 0.4).id]: 9 } },
      ],
      see: (answer) => expect(answer.status).toBe('partial'),
    },
  ];

  it.each(table)('$why', ({ ask, see }) => {
    const [asked, periods] = ask();
    const answer = placeAhead(asked, periods, solver);
    see(answer);
    expect(answer.lowerBoundUsd).toBeLessThanOrEqual(answer.usd);
  });

  it('refuses a time that is none', () => {
    expect(() => placeAhead(having(1, launch(0)), { buckets: [] }, solver)).toThrow('at least the current bucket');
    expect(() => placeAhead(having(1, launch(0)), { buckets: path([4], 0) }, solver)).toThrow('must be > 0, got 0');
  });
});

describe('a large fleet', () => {
  const offerings = Array.from({ length: 400 }, (_, i) => offering(4 + (i % 8), 16, 0.2 + i / 500, { type: `t${i}` }));
  const groups = [gw(80), ...Array.from({ length: 9 }, (_, i) => group(`g${i}`, 4, 1, 2))];
  const needing = (n: number): Record<string, number> => ({
    gw: n,
    ...Object.fromEntries(groups.slice(1).map((g) => [g.name, 4])),
  });

  it('stays as it is until ordered nodes serve, and then holds the need at no less than its bound', () => {
    const before = place(problem(groups, offerings), solver);
    const given = problem(groups, offerings, {}, { running: before.nodes, change: launch(0.02) });
    const buckets = [80, 120, 60, 60].map((n) => ({ hours: 0.5, replicas: needing(n) }));
    const answer = placeAhead(given, { buckets, leadHours: { aws: 0.1 } }, solver);
    expect(answer.status).toBe('placed');
    expect(answer.stops.every((s) => s.atHours >= 0.1)).toBe(true);
    answer.periods.forEach((period, i) => {
      const asking = at(given, buckets[i]?.replicas ?? {});
      for (const { nodes } of period.stretches) expect(violations(asking, nodes, {})).toEqual([]);
    });
    expect(answer.lowerBoundUsd).toBeLessThanOrEqual(answer.usd);
    expect(answer.gap).toBeLessThan(0.15);
    // without knowing what is on them, room has to be looked for, and nothing is said to be served that is not
    const unknown = given.running.map(({ offering: id, count }) => ({ offering: id, count }));
    const guessed = placeAhead({ ...given, running: unknown }, { buckets, leadHours: { aws: 0.1 } }, solver);
    for (const s of guessed.short) expect(s.untilHours).toBeLessThanOrEqual(0.1 + 1e-9);
  });
});

const RUNS = { numRuns: 15, seed: 20_261_123 };

/** So many of the larger nodes are paid for, used or not. */
const reservedNodes = (count: number): Problem['rules']['commitments'][number] => ({
  ...{ kind: 'reserved-nodes', id: 'ri', provider: 'aws', region: 'r1', type: 't8x32', count },
  usdPerHour: usdPerHour(0.2 * count),
  until: instant(Date.UTC(2030, 0, 1)),
});

const asked = fc
  .record({
    prices: fc.tuple(
      fc.integer({ min: 16, max: 26 }),
      fc.integer({ min: 30, max: 46 }),
      fc.integer({ min: 14, max: 30 }),
    ),
    running: fc.tuple(fc.nat(4), fc.nat(3), fc.nat(3)),
    needs: fc.array(fc.tuple(fc.nat(14), fc.nat(9)), { minLength: 2, maxLength: 4 }),
    hours: fc.constantFrom(0.25, 0.5, 1),
    launchUsd: fc.constantFrom(0, 0.02, 0.1),
    moveUsdPerReplica: fc.constantFrom(0, 0.01),
    cap: fc.constantFrom(undefined, 0.6),
    reserved: fc.nat(2),
    leads: fc.tuple(fc.constantFrom(0, 0.1, 0.3), fc.constantFrom(0, 0.2, 0.6)),
  })
  .map(({ prices, running, needs, hours, launchUsd, moveUsdPerReplica, cap, reserved, leads }) => {
    const offerings = [
      offering(4, 16, prices[0] / 100),
      offering(8, 32, prices[1] / 100),
      offering(4, 16, prices[2] / 100, { provider: 'gcp' }),
    ];
    const given = problem(
      [gw(4), group('rt', 2, 0.5, 3)],
      offerings,
      {
        ...(cap !== undefined && { vendorShareAtMost: new Map([['gcp', cap]]) }),
        commitments: reserved === 0 ? [] : [reservedNodes(reserved)],
      },
      {
        running: offerings.map((o, i) => ({ offering: o.id, count: running[i] ?? 0 })),
        change: { launchUsd, moveUsdPerReplica, horizonHours: 4 },
      },
    );
    const buckets = needs.map(([a, b]) => ({ hours, replicas: { gw: a, rt: b } }));
    return { given, periods: { buckets, leadHours: { aws: leads[0], gcp: leads[1] } } };
  });

const at = (given: Problem, replicas: Readonly<Record<string, number>>): Problem => ({
  ...given,
  groups: given.groups.map((g) => ({ ...g, replicas: replicas[g.name] ?? 0 })),
});

describe('any path of need', () => {
  it('is covered in every stretch by nodes that hold it, except for what is said to be short', () => {
    fc.assert(
      fc.property(asked, ({ given, periods }) => {
        const answer = placeAhead(given, periods, solver);
        answer.periods.forEach((period, i) => {
          for (const stretch of period.stretches) {
            const now = { ...at(given, periods.buckets[i]?.replicas ?? {}), rules: problem([], []).rules };
            const short: Record<string, number> = {};
            for (const s of answer.short) {
              if (s.fromHours < stretch.fromHours + 1e-9 && s.untilHours > stretch.fromHours + 1e-9)
                short[s.group] = s.replicas;
            }
            expect(violations(now, stretch.nodes, short)).toEqual([]);
          }
        });
        if (answer.short.length === 0) {
          const first = at(given, periods.buckets[0]?.replicas ?? {});
          expect(violations(first, answer.now.nodes, {})).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('never has a node serve before an order could bring it, and accounts for every start and stop', () => {
    fc.assert(
      fc.property(asked, ({ given, periods }) => {
        const answer = placeAhead(given, periods, solver);
        for (const o of answer.orders) {
          const lead = o.offering.startsWith('gcp') ? periods.leadHours.gcp : periods.leadHours.aws;
          expect(o.servesAtHours).toBeGreaterThanOrEqual(lead - 1e-9);
          expect(o.atHours).toBeCloseTo(o.servesAtHours - lead, 9);
        }
        const there = new Map(given.running.map((r) => [r.offering, r.count]));
        for (const o of answer.orders) there.set(o.offering, (there.get(o.offering) ?? 0) + o.count);
        for (const s of answer.stops) there.set(s.offering, (there.get(s.offering) ?? 0) - s.count);
        const last = answer.periods.at(-1)?.nodes ?? {};
        for (const [id, n] of there) expect([id, n]).toEqual([id, last[id] ?? 0]);
      }),
      RUNS,
    );
  });

  it('costs no more than every period by itself with all changes paid for, and no less than its bound', () => {
    fc.assert(
      fc.property(asked, ({ given, periods: { buckets } }) => {
        const answer = placeAhead(given, { buckets, leadHours: { aws: 0, gcp: 0 } }, solver);
        expect(boundAlone(given, { buckets, leadHours: { aws: 0, gcp: 0 } })).toBeLessThanOrEqual(answer.usd + 1e-6);
        const alone = buckets.map((b) => place(at(given, b.replicas), solver));
        if (alone.some((a) => a.status !== 'placed')) return;
        expect(answer.usd).toBeLessThanOrEqual(apart(given, buckets, alone) + 1e-9);
      }),
      RUNS,
    );
  });

  it('has one answer', () => {
    fc.assert(
      fc.property(asked, ({ given, periods }) => {
        const again = { ...given, offerings: given.offerings.toReversed() };
        const answer = placeAhead(given, periods, solver);
        expect(placeAhead(given, periods, solver)).toEqual(answer);
        expect(placeAhead(again, periods, solver).usd).toBeCloseTo(answer.usd, 9);
      }),
      { ...RUNS, numRuns: 6 },
    );
  });
});

/** USD of placements that follow one another, with the starts and leaves between them. */
function apart(
  given: Problem,
  buckets: Periods['buckets'],
  alone: readonly { readonly nodes: readonly PlacedNodes[]; readonly usdPerHour: number }[],
): number {
  const { launchUsd = 0, moveUsdPerReplica = 0 } = given.change ?? {};
  let usd = alone.reduce((sum, a, i) => sum + a.usdPerHour * (buckets[i]?.hours ?? 0), 0);
  for (const o of given.offerings) {
    const running = given.running.reduce((sum, r) => sum + (r.offering === o.id ? r.count : 0), 0);
    const counts = alone.map((a) => a.nodes.reduce((sum, n) => sum + (n.offering === o.id ? n.count : 0), 0));
    counts.forEach((n, i) => (usd += launchUsd * Math.max(0, n - (i === 0 ? running : (counts[i - 1] ?? 0)))));
    // replicas on running nodes are not known: as many as may be there
    const most = Math.max(...given.groups.map((g) => Math.floor(o.allocatable.cpu / g.requests.cpu)));
    usd += Math.max(0, running - Math.min(...counts)) * most * moveUsdPerReplica;
  }
  return usd;
}

describe('tiny problems, against every possible course', () => {
  const tiny = fc.record({
    prices: fc.tuple(fc.integer({ min: 8, max: 14 }), fc.integer({ min: 20, max: 34 })),
    running: fc.tuple(fc.nat(3), fc.nat(1)),
    needs: fc.array(fc.nat(9), { minLength: 2, maxLength: 4 }),
    launchUsd: fc.constantFrom(0, 0.01, 0.04, 0.2),
    leads: fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1, 2)),
  });

  it('costs the least there is or says how near it is, and its bound is never above the least', () => {
    let worst = 0;
    fc.assert(
      fc.property(tiny, ({ prices, running, needs, launchUsd, leads }) => {
        const small = offering(2, 64, prices[0] / 100);
        const large = offering(6, 64, prices[1] / 100, { provider: 'gcp' });
        const given = problem(
          [gw(1)],
          [small, large],
          {},
          {
            running: [
              { offering: small.id, count: running[0] },
              { offering: large.id, count: running[1] },
            ],
            change: { launchUsd, moveUsdPerReplica: 0, horizonHours: 4 },
          },
        );
        const least = enumerated(needs, [prices[0] / 100, prices[1] / 100], running, launchUsd, leads);
        const answer = placeAhead(
          given,
          { buckets: path(needs, 1), leadHours: { aws: leads[0], gcp: leads[1] } },
          solver,
        );
        expect(answer.short.length > 0).toBe(least === Infinity);
        if (least === Infinity) return;
        expect(answer.usd).toBeGreaterThanOrEqual(least - 1e-9);
        expect(answer.lowerBoundUsd).toBeLessThanOrEqual(least + 1e-9);
        // the answer's bound is held under its own cost: the program's bound has to be right by itself
        expect(
          boundAlone(given, { buckets: path(needs, 1), leadHours: { aws: leads[0], gcp: leads[1] } }),
        ).toBeLessThanOrEqual(least + 1e-6);
        worst = Math.max(worst, answer.usd / Math.max(least, 1e-9) - 1);
      }),
      { ...RUNS, numRuns: 60 },
    );
    expect(worst).toBeLessThan(0.1);
  });
});

/** What the program over all stretches proves, sunk commitments included, whatever was found. */
function boundAlone(given: Problem, periods: Periods): number {
  const line = timelineOf(given, periods);
  const served = servedIn(line, solver, {}).map((s) => s.problem);
  const hours = line.stretches.reduce((sum, s) => sum + s.hours, 0);
  const sunk = given.rules.commitments.reduce((sum, k) => sum + k.usdPerHour, 0);
  return (relaxed(line, changeOf(line), served, solver, {})?.lowerBoundUsd ?? 0) + sunk * hours;
}

/** The least USD over all courses of two offerings that hold 2 and 6 replicas a node, by looking at every one. */
function enumerated(
  needs: readonly number[],
  prices: readonly [number, number],
  running: readonly [number, number],
  launchUsd: number,
  leads: readonly [number, number],
): number {
  let costs = new Map([[running.join(','), 0]]);
  needs.forEach((need, hour) => {
    const next = new Map<string, number>();
    for (const [key, usd] of costs) {
      const [a = 0, b = 0] = key.split(',').map(Number);
      for (let x = 0; x <= (hour >= leads[0] ? 6 : a); x++) {
        for (let y = 0; y <= (hour >= leads[1] ? 3 : b); y++) {
          if (2 * x + 6 * y < need) continue;
          const starts = Math.max(0, x - a) + Math.max(0, y - b);
          const sum = usd + x * prices[0] + y * prices[1] + starts * launchUsd;
          const to = `${x},${y}`;
          if (sum < (next.get(to) ?? Infinity)) next.set(to, sum);
        }
      }
    }
    costs = next;
  });
  return Math.min(Infinity, ...costs.values());
}
