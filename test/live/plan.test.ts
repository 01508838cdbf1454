import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from '../../src/cli/main.ts';
import { EXIT } from '../../src/trouble.ts';
import { exampleWorld, type ExampleWorld } from './example-world.ts';

interface Printed {
  readonly pools: readonly {
    readonly pool: string;
    readonly offering: string;
    readonly from: number;
    readonly to: number;
  }[];
  readonly steps: readonly { readonly kind: string; readonly pool: string; readonly offering: string }[];
  readonly warnings: readonly string[];
  readonly prices: { readonly sources: readonly { readonly source: string; readonly ageS: number }[] };
}

let live: ExampleWorld;
beforeAll(async () => {
  live = await exampleWorld();
  for (const [name, value] of Object.entries(live.env)) vi.stubEnv(name, value);
}, 60_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await live.close();
});

async function godwit(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await run(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    colour: false,
    width: undefined,
  });
  if (out === '') throw new Error(err);
  return { code, out, err };
}

const requests = (): number => live.aws.requests.length + live.azure.requests.length + live.gcp.requests.length;

describe('the example fleet on three live clouds', { timeout: 120_000 }, () => {
  it('is looked over without a fault', async () => {
    const { code, out } = await godwit('doctor', live.file, '-o', 'json');
    const { clouds } = JSON.parse(out) as {
      readonly clouds: readonly {
        readonly provider: string;
        readonly asked: boolean;
        readonly findings: readonly { readonly about: string; readonly state: string; readonly what: string }[];
      }[];
    };
    expect(clouds.map(({ provider, asked }) => [provider, asked])).toEqual([
      ['aws', true],
      ['azure', true],
      ['gcp', true],
      ['kubernetes', false],
    ]);
    const wrong = clouds.flatMap((c) => c.findings.filter(({ state }) => state === 'failed' || state === 'missing'));
    expect(wrong).toEqual([]);
    expect(code).toBe(EXIT.ok);
  });

  it('is planned on what the clouds say, within 60 calls once prices are known', async () => {
    const before = requests();
    const { code, out } = await godwit('plan', live.file, '-o', 'json');
    const calls = requests() - before;
    const plan = JSON.parse(out) as Printed;
    const running = live.world.pools.list('aws').concat(live.world.pools.list('azure'), live.world.pools.list('gcp'));
    expect([EXIT.ok, EXIT.violation]).toContain(code);
    expect(plan.warnings.filter((w) => w.includes('left alone') || w.includes('does not price'))).toEqual([]);
    const fresh = plan.prices.sources.filter(({ ageS }) => ageS < 3600).map(({ source }) => source);
    expect(fresh).toEqual(expect.arrayContaining(['AWS Price List (GetProducts)', 'Azure Retail Prices']));
    const planned = new Map(plan.pools.map(({ pool, from }) => [pool, from]));
    for (const { name, target } of running.filter((pool) => pool.target > 0))
      expect([name, planned.get(name)]).toEqual([name, target]);
    expect(calls).toBeGreaterThan(10);
    expect(calls).toBeLessThanOrEqual(60);
  });

  it('holds a cloud that goes dark, and goes on with the others', async () => {
    live.world.faults.add({ provider: 'azure', api: '*', fault: { is: 'serverError', status: 503 }, times: 1000 });
    const { out } = await godwit('plan', live.file, '-o', 'json');
    const plan = JSON.parse(out) as Printed;
    expect(plan.warnings.some((w) => w.startsWith('azure: its pools could not be listed'))).toBe(true);
    expect(plan.steps.filter(({ offering }) => offering.startsWith('azure/'))).toEqual([]);
    expect(plan.pools.filter((p) => p.offering.startsWith('azure/') && p.to < p.from)).toEqual([]);
    expect(plan.steps.length).toBeGreaterThan(0);
  });

  it('sends nothing that the clouds’ own descriptions do not know', () => {
    const complaints = [live.aws, live.azure, live.gcp].flatMap((cloud) => cloud.complaints);
    expect([...new Set(complaints)]).toEqual([]);
  });
});
