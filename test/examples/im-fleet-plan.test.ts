import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.ts';
import type { Decided } from '../../src/plan/plan.ts';
import { lineOf } from '../../src/trouble.ts';
import { decideFleet } from '../../src/wire.ts';

const FLEET = 'examples/im-fleet/fleet.yaml';
const GOLDEN = 'test/golden/im-fleet.plan.txt';

describe('the example fleet’s plan', () => {
  /**
   * The plan as a newcomer sees it, to the last character. When it changes, the diff is what a reviewer reads:
   *
   *     UPDATE_GOLDEN=1 npx vitest run test/examples/im-fleet-plan.test.ts && git diff test/golden
   */
  it('is the golden one', async () => {
    const text = await printed(['plan', FLEET, '--offline']);
    if (process.env['UPDATE_GOLDEN'] === '1') {
      mkdirSync('test/golden', { recursive: true });
      writeFileSync(GOLDEN, text);
    }
    expect(text).toBe(readFileSync(GOLDEN, 'utf8'));
  });

  // what the example's README and comments promise, whatever the figures in the golden plan are
  let decided: Decided;
  beforeAll(async () => {
    const answer = await decideFleet(FLEET, { offline: true });
    if (!answer.ok) throw new Error(answer.troubles.map(lineOf).join('\n'));
    decided = answer.value;
  });

  it('is made as of the end of the recorded load', () => {
    expect(new Date(decided.plan.at).toISOString()).toBe('2026-11-18T14:00:00.000Z');
  });

  it('knows a price for every pool and for every type a template names', () => {
    const { fleet, observation, plan } = decided;
    expect(plan.pools.filter(({ usdPerHour }) => usdPerHour === undefined)).toEqual([]);
    const priced = new Set(observation.offerings.map(({ provider, type }) => `${provider} ${type}`));
    const named = fleet.templates.flatMap(({ provider, types }) => types.map((type) => `${provider} ${type}`));
    expect(named.filter((type) => !priced.has(type))).toEqual([]);
  });

  it('places everything, with a bound', () => {
    const { placement } = decided.plan;
    expect(placement.status).toBe('placed');
    expect(placement.method).toBe('columns');
    expect(placement.unplaced).toEqual({});
    expect(placement.lowerBoundUsdPerHour).toBeLessThanOrEqual(placement.usdPerHour);
  });

  it('starts from a fleet of a few hundred nodes', () => {
    const nodes = decided.observation.pools.reduce((sum, pool) => sum + pool.target, 0);
    expect(nodes).toBeGreaterThan(300);
    expect(nodes).toBeLessThan(500);
  });

  it('works towards a bill that is lower by a quarter to a half', () => {
    const { usdPerHourBefore, usdPerHourGoal } = decided.plan.totals;
    expect(usdPerHourGoal / usdPerHourBefore).toBeGreaterThan(0.5);
    expect(usdPerHourGoal / usdPerHourBefore).toBeLessThan(0.75);
  });

  it('has too few GPUs in Asia for tonight, and says how many more', () => {
    const asia = decided.plan.demand.filter(({ name }) => name === 'ai/sea' || name === 'ai/india');
    const running = decided.observation.pools.filter(({ name }) => /^gcp-sin-.-ai$/.test(name));
    const has = running.reduce((sum, pool) => sum + pool.target, 0);
    expect(asia.reduce((sum, group) => sum + group.replicas, 0)).toBeGreaterThan(has);
  });

  it('keeps the reserved nodes busy: they are paid for anyway', () => {
    const reserved = decided.plan.placement.nodes.filter(({ offering }) =>
      /^aws\/ap-southeast-1\/.*\/m5\.4xlarge\/on-demand$/.test(offering),
    );
    expect(reserved.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(30);
  });

  it('never takes users’ data out of Europe', () => {
    const outside = decided.plan.placement.nodes.filter(({ offering, replicas }) => {
      const holdsEu = Object.keys(replicas).some((group) => group.endsWith('/eu') && group !== 'push/eu');
      return holdsEu && !/^(aws\/eu-|azure\/westeurope|gcp\/europe-|kubernetes\/own-fra)/.test(offering);
    });
    expect(outside).toEqual([]);
  });
});

async function printed(argv: readonly string[]): Promise<string> {
  let text = '';
  await run(argv, { out: (part) => (text += part), err: () => undefined, colour: false, width: 100 });
  return text;
}
