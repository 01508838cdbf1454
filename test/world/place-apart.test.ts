import { afterEach, describe, expect, it } from 'vitest';
import { place } from '../../src/placement/place.ts';
import type { Problem } from '../../src/placement/problem.ts';
import { violations } from '../../src/placement/verify.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { type Apart, type ApartOptions, placeApart } from '../../src/world/place-apart.ts';
import { nowMs } from '../../src/world/time-limit.ts';
import { group, offering, problem } from '../placement/build.ts';

const opened: Apart[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (one) => one.close()));
});

function placing(more: Partial<ApartOptions> = {}): Apart {
  const one = placeApart({ from: nowMs(), ...more });
  opened.push(one);
  return one;
}

const program = (name: string): URL => new URL(`./programs/${name}.ts`, import.meta.url);

const P: Problem = problem(
  [group('a', 30, 1, 4), group('b', 12, 0.5, 1)],
  (['aws', 'gcp'] as const).flatMap((provider) => [4, 8].map((n) => offering(n, n * 4, n * 0.05, { provider }))),
  { vendorShareAtMost: new Map([['aws', 0.6]]) },
);

describe('a problem placed apart', () => {
  it('has the answer that it has on the calling thread', async () => {
    expect(await placing().place(P)).toEqual(place(P, await loadHighs()));
  });

  it('leaves the calling thread free meanwhile', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const answer = placing({ program: program('stuck'), limitMs: 300 }).place(P);
    await new Promise((resolve) => setTimeout(resolve, 50));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
    await answer;
  });

  it.each([
    ['hangs', 'stuck'],
    ['ends under its task', 'ending'],
  ])('has an answer without the solver when the thread %s', async (_, name) => {
    const answer = await placing({ program: program(name), limitMs: 600 }).place(P);
    expect(answer).toMatchObject({ status: 'placed', method: 'greedy-fallback', unplaced: {} });
    expect(violations(P, answer.nodes, {})).toEqual([]);
    expect(answer.lowerBoundUsdPerHour).toBeGreaterThan(0);
  });

  it('is placed on the calling thread where no other can start', async () => {
    expect(await placing({ program: program('no-start') }).place(P)).toEqual(place(P, await loadHighs()));
  });

  it('closes though its thread never answers', async () => {
    const stuck = placing({ program: program('stuck') });
    void stuck.place(P);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(stuck.close()).resolves.toBeUndefined();
  });
});
