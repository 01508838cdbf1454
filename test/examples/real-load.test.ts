import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordings } from '../../examples/real-load/openmetrics.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { readFleet } from '../../src/fleet/read.ts';
import type { Decided } from '../../src/plan/plan.ts';
import { lastSeen, type ObservedSignal } from '../../src/signals/signal.ts';
import { lineOf, type Checked } from '../../src/trouble.ts';
import { instant, isoOf } from '../../src/units.ts';
import { decideFleet } from '../../src/wire.ts';
import { hasPrometheus, needsPrometheus, startPrometheus, type RunningPrometheus } from '../support/prometheus.ts';

const CSV = 'examples/real-load/fleet.yaml';
const PROMETHEUS = 'examples/real-load/fleet.prometheus.yaml';
const END = instant(Date.UTC(2026, 10, 20));

const hasRecordings = existsSync('../shared/data/traffic/zulip_lean_hourly.csv');
const needsRecordings = hasRecordings ? '' : ' (skipped: there is no ../shared/data/traffic beside the checkout)';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'godwit-real-load-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the two fleet files', () => {
  it('describe one fleet, and differ in where its load is read', () => {
    const { signals: _, prometheus: __, file: ___, ...csv } = read(CSV);
    const { signals: ____, prometheus: _____, file: ______, ...prometheus } = read(PROMETHEUS);
    expect(prometheus).toEqual(csv);
    const shape = (fleet: Fleet): unknown =>
      fleet.signals.map(({ name, unit, step, sources }) => [
        name,
        unit,
        step,
        sources.map((s) => [s.market, 'scale' in s && s.scale]),
      ]);
    expect(shape(read(PROMETHEUS))).toEqual(shape(read(CSV)));
  });

  it('name every recording that is missing, and what to do', async () => {
    const elsewhere = join(folder, 'fleet.yaml');
    await writeFile(elsewhere, readFileSync(CSV, 'utf8').replaceAll('../../../shared/', 'nowhere/'));
    const decided = await decideFleet(elsewhere, { offline: true });
    if (decided.ok) throw new Error('decided without any load');
    const lines = decided.troubles.map(lineOf);
    for (const name of ['Counter_Strike2', 'Dota_2', 'PUBG_Battlegrounds', 'Apex_Legends', 'zulip', 'servegen']) {
      const line = lines.find((text) => text.includes(name));
      expect(line).toMatch(/there is no such file; .*name another file in the fleet file/);
      expect(line).toMatch(/signals\.\w+\.markets\.\w+\.csv/);
    }
  });
});

describe.skipIf(!hasRecordings)(`a plan from the recordings${needsRecordings}`, () => {
  let decided: Decided;
  beforeAll(async () => {
    decided = valueOf(await decideFleet(CSV, { offline: true }));
  });

  it('reads series of different years as if they had ended together', () => {
    expect(isoOf(decided.plan.at)).toBe('2026-11-20T00:00:00Z');
    expect(decided.observation.signals).toHaveLength(6);
    for (const signal of decided.observation.signals) expect(lastSeen(signal)).toBe(END);
  });

  it('covers the load that was seen', () => {
    expect(decided.plan.placement.status).toBe('placed');
    for (const { service, market, setBy, replicas, load } of decided.plan.demand) {
      const { capacityPerReplica = 0 } = decided.fleet.services.find(({ name }) => name === service) ?? {};
      expect([service, market, setBy]).not.toContain('hold');
      expect(replicas * capacityPerReplica).toBeGreaterThanOrEqual(load);
    }
  });

  it('can look back: the evening of the day before needs more', async () => {
    const evening = valueOf(await decideFleet(CSV, { offline: true, at: instant(Date.UTC(2026, 10, 19, 12)) }));
    const korea = (d: Decided): number => d.plan.demand.find(({ name }) => name === 'gateway/korea')?.replicas ?? 0;
    expect(korea(evening)).toBeGreaterThan(2 * korea(decided));
  });

  describe.skipIf(!hasPrometheus)(`and from a Prometheus that holds them${needsPrometheus}`, () => {
    let server: RunningPrometheus;
    let asked: Decided;
    beforeAll(async () => {
      // ten days: filling a store takes as long as it has blocks of two hours
      server = await startPrometheus(await recordings(CSV, 10));
      const file = join(folder, 'fleet.prometheus.yaml');
      await writeFile(file, readFileSync(PROMETHEUS, 'utf8').replace('http://127.0.0.1:9090', server.url));
      asked = valueOf(await decideFleet(file, { offline: false, at: END }));
    }, 60_000);
    afterAll(() => server.stop());

    it('sees the same load, value for value', () => {
      for (const signal of asked.observation.signals) {
        const { name, market } = signal;
        const csv = decided.observation.signals.find((s) => s.name === name && s.market === market);
        if (!csv) throw new Error(`no ${name}/${market}`);
        const seen = weekOf(signal);
        const recorded = weekOf(csv);
        expect(seen.length).toBeGreaterThanOrEqual((7 * 86_400) / signal.step);
        for (const [i, value] of seen.entries()) expect(value).toBeCloseTo(recorded[i] ?? Number.NaN, 6);
      }
    });

    it('plans to carry it', () => {
      expect(asked.plan.placement.status).toBe('placed');
      expect(asked.plan.demand.map(({ name }) => name)).toEqual(decided.plan.demand.map(({ name }) => name));
    });
  });
});

/** The last week's values, to the end both sources share; gaps are NaN in both. */
function weekOf({ start, step, values }: ObservedSignal): Float64Array {
  const end = Math.round((END - start) / (step * 1000)) + 1;
  return values.slice(end - (7 * 86_400) / step, end);
}

function read(file: string): Fleet {
  return valueOf(readFleet(readFileSync(file, 'utf8'), file));
}

function valueOf<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw new Error(checked.troubles.map(lineOf).join('\n'));
}
