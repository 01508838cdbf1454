import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cellsOf } from '../../src/placement/cells.ts';
import { joined } from '../../src/placement/joined.ts';
import { place } from '../../src/placement/place.ts';
import type { Flow, Problem } from '../../src/placement/problem.ts';
import { violations } from '../../src/placement/verify.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { carried, unpacked } from '../../src/world/carried.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { LARGE, placementWorkers, type PlacementWorkersOptions } from '../../src/world/placement-workers.ts';
import { group, offering, problem } from '../placement/build.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(ending.splice(0).map(async (end) => end()));
});

function workers(more: Partial<PlacementWorkersOptions> = {}): ReturnType<typeof placementWorkers> {
  const opened = placementWorkers({ solver, threads: 2, ...more });
  ending.push(async () => opened.close());
  return opened;
}

const program = (name: string): URL => new URL(`./programs/${name}.ts`, import.meta.url);

/** Two regions that share nothing but the vendors; large only in offerings, most of which no group may use. */
function large(rules: Partial<Problem['rules']> = {}): Problem {
  const regions = ['eu', 'us'];
  const groups = regions.flatMap((region) =>
    [0, 1].map((i) => group(`${region}${i}`, 30 + 12 * i, 1 + i / 2, 4, { allow: { region: [region] } })),
  );
  const used = regions.flatMap((region) =>
    (['aws', 'gcp'] as const).flatMap((provider, p) =>
      [4, 8].map((cores) => offering(cores, cores * 4, cores * (0.05 + p * 0.003), { provider, region })),
    ),
  );
  const unused = Array.from({ length: LARGE / groups.length }, (_, i) =>
    offering(2, 8, 0.1, { region: 'elsewhere', type: `t${i}` }),
  );
  return problem(groups, [...used, ...unused], rules);
}

const CAPPED = { vendorShareAtMost: new Map([['aws', 0.6]]) };

describe('placements on worker threads', () => {
  it.each([
    ['without shared rules', large()],
    ['with a vendor share to be joined by', large(CAPPED)],
    [
      'with traffic, whose prices are a function here and a table there',
      large({ flows: [{ from: 'eu0', to: 'eu1', gbPerHour: 3, usdPerGb: () => 0.02, label: 'talk' }] }),
    ],
  ])('are those of one thread: %s', async (_, p) => {
    expect(cellsOf(p)).toHaveLength(2);
    const there = await workers().place(p);
    const here = await joined(p, (cell, { brief }) => place(cell, solver, { brief }), solver);
    expect(there).toEqual(here);
    expect(there.status).toBe('placed');
    expect(there.method).toBe('columns');
  });

  it('answer many at once, and again after warming up', async () => {
    const opened = workers();
    await opened.warmUp();
    const [a, b] = await Promise.all([opened.place(large()), opened.place(large(CAPPED))]);
    expect(a?.status).toBe('placed');
    expect(b?.status).toBe('placed');
    expect(a).toEqual(await opened.place(large()));
  });

  it.each([
    ['a small problem', problem([group('a', 9, 1, 4)], [offering(4, 16, 0.2)])],
    ['one that has a single cell', { ...large(), groups: [...large().groups, group('any', 1, 1, 1)] }],
  ])('%s is placed on the calling thread: a program that never answers is not even started', async (_, p) => {
    expect(await workers({ program: program('stuck') }).place(p)).toEqual(place(p, solver));
  });
});

describe('threads that fail', () => {
  it('a thread that ends under its task is replaced; the answer is greedy, labelled, and keeps the rules', async () => {
    const answer = await workers({ program: program('ending') }).place(large());
    expect(answer.method).toBe('greedy-fallback');
    expect(answer.status).toBe('placed');
    expect(answer.usdPerHour).toBeGreaterThan(0);
    expect(answer.lowerBoundUsdPerHour).toBeLessThanOrEqual(answer.usdPerHour);
    expect(violations(large(), answer.nodes, {})).toEqual([]);
  });

  it('a thread that does not answer is ended at 120% of the limit, and the same holds', async () => {
    const answer = await workers({ program: program('stuck'), limitMs: 2500 }).place(large());
    expect(answer.method).toBe('greedy-fallback');
    expect(answer.status).toBe('placed');
    expect(answer.conflict.join(' ')).toContain('did not answer');
  });

  it('where no thread can start the calling thread does the work', async () => {
    const answer = await workers({ program: program('no-start') }).place(large());
    expect(answer).toEqual(await joined(large(), (cell) => place(cell, solver), solver));
  });

  it('closing answers what is under way, and a closed one still places', async () => {
    const opened = workers({ program: program('stuck') });
    const answer = opened.place(large());
    setTimeout(() => void opened.close(), 100);
    expect((await answer).method).toBe('greedy-fallback');
    const small = problem([group('a', 9, 1, 4)], [offering(4, 16, 0.2)]);
    expect(await opened.place(small)).toEqual(place(small, solver));
  });

  it('a limit too short to start threads in is kept by the calling thread', async () => {
    const answer = await workers({ program: program('stuck'), limitMs: 300 }).place(large());
    expect(answer.status).toBe('placed');
    expect(violations(large(), answer.nodes, {})).toEqual([]);
  });

  it('with time enough a limit changes nothing', async () => {
    const unhurried = await workers().place(large());
    expect(await workers({ limitMs: 60_000 }).place(large())).toEqual(unhurried);
  });
});

describe('a problem as plain data', () => {
  const price = (a: string, b: string): number => (a === b ? 0 : (a.length + 2 * b.length) / 1000);
  const flows: Flow[] = ['gateway', 'internet'].map((to) => ({
    from: 'router',
    to,
    gbPerHour: 2,
    usdPerGb: price,
    label: to,
  }));
  const p = problem(
    [group('router', 3, 1, 1), group('gateway', 3, 1, 1)],
    [offering(4, 16, 0.2, { region: 'eu' }), offering(4, 16, 0.2, { provider: 'gcp', region: 'us-east' })],
    { flows },
  );
  const back = unpacked(structuredClone(carried(p)));

  it('crosses with every price that its traffic can ask for', () => {
    const [talk, users] = back.rules.flows;
    for (const a of ['aws/eu', 'gcp/us-east']) {
      for (const b of ['aws/eu', 'gcp/us-east']) expect(talk?.usdPerGb(a, b)).toBe(price(a, b));
      expect(users?.usdPerGb(a, 'internet')).toBe(price(a, 'internet'));
    }
    const silent = (whole: Problem): Problem => ({ ...whole, rules: { ...whole.rules, flows: [] } });
    expect(silent(back)).toEqual(silent(p));
  });

  it('has no price for a place that it does not have, and says so', () => {
    expect(() => back.rules.flows[0]?.usdPerGb('aws/eu', 'azure/moon')).toThrow('azure/moon');
  });
});
