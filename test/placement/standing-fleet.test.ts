import { beforeAll, describe, expect, it } from 'vitest';
import { place } from '../../src/placement/place.ts';
import type { ChangeCost, Problem, RunningNodes } from '../../src/placement/problem.ts';
import { runningEgress } from '../../src/placement/running-egress.ts';
import { instanceOf } from '../../src/placement/instance.ts';
import { standingFleet, startless, withoutIdle } from '../../src/placement/standing-fleet.ts';
import { violations } from '../../src/placement/verify.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { share } from '../../src/units.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { group, offering, problem } from './build.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

const a = offering(4, 16, 0.2, { zone: 'a' });
const b = offering(4, 16, 0.2, { zone: 'b' });
const cheap = offering(8, 32, 0.3, { zone: 'b', type: 'cheap' });
const change: ChangeCost = { launchUsd: 0.02, moveUsdPerReplica: 0, horizonHours: 6 };

const on = (o: { readonly id: string }, count: number, replicas?: Record<string, number>): RunningNodes => ({
  offering: o.id,
  count,
  ...(replicas && { replicas }),
});

const asked = (replicas: number, running: readonly RunningNodes[], more: Partial<Problem> = {}): Problem =>
  problem([group('g', replicas, 1, 2)], [a, b], {}, { running, change, ...more });

/** Nodes in short: `a 2×{g:4}`. */
const short = (nodes: readonly RunningNodes[] | undefined): string[] | undefined =>
  nodes
    ?.map((n) => `${n.offering.split('/')[2]} ${n.count}×${n.replicas?.g ?? 0}`)
    .toSorted((x, y) => (x < y ? -1 : 1));

const standing = (p: Problem) => standingFleet(p, instanceOf(p, p.offerings));

describe('the fleet as it stands', () => {
  it.each<[why: string, p: Problem, wanted: string[] | undefined]>([
    ['carries exactly what runs', asked(6, [on(a, 1, { g: 4 }), on(b, 1, { g: 2 })]), ['a 1×4', 'b 1×2']],
    [
      'lets go of what is no longer wanted on the emptiest nodes, and of no node',
      asked(3, [on(a, 1, { g: 3 }), on(b, 1, { g: 2 })]),
      ['a 1×3', 'b 1×0'],
    ],
    ['takes more into the room that is left', asked(8, [on(a, 1, { g: 4 }), on(b, 1, { g: 2 })]), ['a 1×4', 'b 1×4']],
    [
      'starts a node only for what finds no room',
      asked(9, [on(a, 1, { g: 4 }), on(b, 1, { g: 2 })]),
      ['a 1×1', 'a 1×4', 'b 1×4'],
    ],
    [
      'uses nodes that hold nothing before it starts any',
      asked(6, [on(a, 1, { g: 4 }), on(b, 1, {})]),
      ['a 1×4', 'b 1×2'],
    ],
    ['has no more on a node than fits today', asked(5, [on(a, 1, { g: 6 }), on(b, 1, {})]), ['a 1×4', 'b 1×1']],
    ['is not known where one node is not', asked(6, [on(a, 1, { g: 4 }), on(b, 1)]), undefined],
    ['is nothing where nothing runs', asked(6, []), undefined],
    [
      'grows where its rules ask for it',
      problem(
        [group('g', 4, 1, 2, { zoneSkew: { most: 0, within: 'region' } })],
        [a, b],
        {},
        { running: [on(a, 1, { g: 2 }), on(b, 1, {})], change },
      ),
      ['a 1×2', 'b 1×2'],
    ],
    [
      'is no answer where its rules cannot be kept on what can be had',
      problem(
        [group('g', 4, 1, 2, { survive: { loss: 'provider', share: share(1) } })],
        [a, b],
        {},
        { running: [on(a, 1, { g: 4 })], change },
      ),
      undefined,
    ],
  ])('%s', (_, p, wanted) => {
    const found = standing(p);
    expect(short(found?.nodes)).toEqual(wanted);
    if (found) expect(violations(p, found.nodes, {})).toEqual([]);
  });
});

describe('an answer without its starts', () => {
  it('has the work of new nodes on nodes that it would let go', () => {
    const p = asked(8, [on(a, 1), on(b, 2)]);
    const found = startless(p, instanceOf(p, p.offerings), [{ offering: a.id, count: 2, replicas: { g: 4 } }]);
    expect(short(found?.nodes)).toEqual(['a 1×4', 'b 1×0', 'b 1×4']);
    expect(found && withoutIdle(instanceOf(p, p.offerings), found)).toHaveLength(2);
  });

  it('is none where what runs cannot carry it', () => {
    const p = asked(9, [on(a, 1), on(b, 1)]);
    const answer = [{ offering: a.id, count: 3, replicas: { g: 3 } }];
    expect(startless(p, instanceOf(p, p.offerings), answer)).toBeUndefined();
  });
});

describe('a placement of a fleet that runs', () => {
  const many = { zone: 'a', type: 'other' };

  it('stays where moving saves less than rounding does', () => {
    const other = offering(4, 16, 0.2 * 0.995, many);
    const p = problem([group('g', 40, 1, 2)], [a, other], {}, { running: [on(a, 10, { g: 4 })] });
    const answer = place(p, solver);
    expect(answer.nodes).toEqual([{ offering: a.id, count: 10, replicas: { g: 4 } }]);
    // the proof is of the problem, not of what is chosen
    expect(answer.lowerBoundUsdPerHour).toBeCloseTo(place({ ...p, running: [] }, solver).lowerBoundUsdPerHour, 9);
  });

  it('moves where that saves more', () => {
    const other = offering(4, 16, 0.2 * 0.97, many);
    const p = problem(
      [group('g', 40, 1, 2)],
      [a, other],
      {},
      { running: [on(a, 10, { g: 4 })], change: { ...change, launchUsd: 0 } },
    );
    expect(place(p, solver).nodes.map((n) => n.offering)).toEqual([other.id]);
  });

  it('counts what a move costs: a saving that the starts eat up is none', () => {
    const other = offering(4, 16, 0.2 * 0.97, many);
    const p = problem(
      [group('g', 40, 1, 2)],
      [a, other],
      {},
      { running: [on(a, 10, { g: 4 })], change: { ...change, launchUsd: 0.2 } },
    );
    expect(place(p, solver).nodes.map((n) => n.offering)).toEqual([a.id]);
  });

  it('lets idle nodes go once they are more than noise', () => {
    const p = asked(40, [on(a, 10, { g: 4 }), on(b, 2, {})]);
    expect(short(place(p, solver).nodes)).toEqual(['a 10×4']);
  });

  it('keeps minimum sizes', () => {
    const p = { ...asked(8, [on(a, 2, { g: 4 })]), offerings: [a, { ...cheap, atLeast: 1 }] };
    expect(violations(p, place(p, solver).nodes, {})).toEqual([]);
  });
});

describe('egress of today’s nodes', () => {
  it('is what they pay where it is known what runs on them, and the least they may pay where not', () => {
    const far = offering(4, 16, 0.2, { region: 'r2', zone: 'r2a' });
    const flow = {
      from: 'g',
      to: 'h',
      gbPerHour: 10,
      usdPerGb: (from: string, to: string) => (from === to ? 0 : 0.1),
      label: 'g → h',
    };
    const groups = [group('g', 2, 1, 2), group('h', 2, 1, 2)];
    const paid = (running: readonly RunningNodes[]): number =>
      runningEgress(problem(groups, [a, far], { flows: [flow] }, { running }), solver);
    expect(paid([on(a, 1, { g: 2 }), on(far, 1, { h: 2 })])).toBeCloseTo(1, 9);
    expect(paid([on(a, 1, { g: 1, h: 1 }), on(far, 1, { g: 1, h: 1 })])).toBeCloseTo(0, 9);
    expect(paid([on(a, 1), on(far, 1)])).toBeCloseTo(0, 9);
  });
});
