import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { regionOf } from '../../providers/simulated/setup.ts';
import type { SimInstance, SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { simulatedWorld } from '../../providers/simulated/world.ts';
import { PURCHASES, type ProviderName, type Purchase } from '../../src/catalog/offering.ts';
import { later, seconds } from '../../src/units.ts';
import { catalogOf, START } from '../contract/small-world.ts';

/** Small enough that every bound is met often: quotas, stock, a pool's most. */
const REGIONS = [
  regionOf(catalogOf('aws'), {
    region: 'us-east-1',
    zones: ['us-east-1a', 'us-east-1b'],
    types: ['m7i.large', 'm7i.xlarge', 'c7i.xlarge'],
  }),
  regionOf(catalogOf('azure'), { region: 'eastus2', zones: ['1'], types: ['Standard_D4s_v5', 'Standard_D8s_v5'] }),
].map((region) => ({
  ...region,
  quotas: { 'on-demand': 60, spot: 40, m7i: 24 },
  types: region.types.map((type) => ({ ...type, stock: { onDemand: 7, spot: 5 }, hazardPerHour: 0.05 })),
}));
const MOST = 12;

const build = (seed: number): SimulatedWorld => simulatedWorld({ seed, start: START, regions: REGIONS });

/** What somebody does to the world. Numbers are taken modulo what there is, so that every command means something. */
type Command =
  | {
      readonly do: 'open';
      readonly at: number;
      readonly purchase: Purchase;
      readonly target: number;
      readonly token: number;
    }
  | {
      readonly do: 'resize';
      readonly pool: number;
      readonly target: number;
      readonly token: number;
      readonly version: number;
    }
  | { readonly do: 'remove'; readonly pool: number; readonly nodes: readonly number[]; readonly token: number }
  | {
      readonly do: 'launch';
      readonly at: number;
      readonly purchase: Purchase;
      readonly count: number;
      readonly token: number;
    }
  | { readonly do: 'terminate' | 'interrupt'; readonly instance: number }
  | { readonly do: 'sellOut'; readonly at: number; readonly forS: number }
  | { readonly do: 'close' | 'tag'; readonly pool: number }
  | { readonly do: 'advance'; readonly byS: number };

const index = fc.nat(40);
const purchase = fc.constantFrom(...PURCHASES);
const target = fc.nat(MOST + 2);
const token = fc.nat(15);
const advance = fc.record({ do: fc.constant('advance' as const), byS: fc.oneof(fc.nat(90), fc.nat(40_000)) });
const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constant('open' as const), at: index, purchase, target: fc.nat(MOST), token }),
  fc.record({ do: fc.constant('resize' as const), pool: index, target, token, version: fc.nat(9) }),
  fc.record({
    do: fc.constant('remove' as const),
    pool: index,
    nodes: fc.array(fc.nat(MOST), { maxLength: 4 }),
    token,
  }),
  fc.record({ do: fc.constant('launch' as const), at: index, purchase, count: fc.nat(6), token }),
  fc.record({ do: fc.constantFrom('terminate' as const, 'interrupt' as const), instance: fc.nat(200) }),
  fc.record({ do: fc.constant('sellOut' as const), at: index, forS: fc.nat(20_000) }),
  fc.record({ do: fc.constantFrom('close' as const, 'tag' as const), pool: index }),
  advance,
  advance,
);
const commands = fc.array(anyCommand, { minLength: 1, maxLength: 60 });
const RUNS = { numRuns: 150 };

const PLACES = REGIONS.flatMap((region) =>
  region.zones.flatMap((zone) =>
    region.types.map(({ type }) => ({ provider: region.provider, region: region.name, zone, type: type.name })),
  ),
);
const placeOf = (at: number) => {
  const place = PLACES[at % PLACES.length];
  if (!place) throw new Error('there are places');
  return place;
};
const CLOUDS: readonly ProviderName[] = ['aws', 'azure'];
const poolsOf = (world: SimulatedWorld) => CLOUDS.flatMap((cloud) => world.pools.list(cloud));
const machinesOf = (world: SimulatedWorld): readonly SimInstance[] =>
  [...world.charged().keys()].flatMap((id) => world.instance(id) ?? []);

/** @returns an outcome to compare worlds by */
function carryOut(world: SimulatedWorld, command: Command, opened: { count: number }): unknown {
  const pools = poolsOf(world);
  const poolAt = (n: number): string => pools[n % Math.max(1, pools.length)]?.id ?? 'aws/us-east-1/none';
  switch (command.do) {
    case 'open': {
      const place = placeOf(command.at);
      const spec = { ...place, name: `p${opened.count++}`, purchase: command.purchase, target: command.target };
      return world.pools.open({ ...spec, min: 0, max: MOST, tags: {} }, { by: 'x', token: `open-${command.token}` });
    }
    case 'resize': {
      const expected = command.version > 6 ? {} : { expectedVersion: command.version };
      return world.pools.resize(poolAt(command.pool), command.target, {
        by: 'x',
        token: `size-${command.token}`,
        ...expected,
      });
    }
    case 'remove': {
      const id = poolAt(command.pool);
      const members = world.pools.get(id)?.instances ?? [];
      const named = command.nodes.map((n) => members[n]?.id ?? `gone-${n}`);
      return world.pools.remove(id, named, { by: 'x', token: `remove-${command.token}` });
    }
    case 'launch': {
      const { provider, region, zone, type } = placeOf(command.at);
      const order = { provider, region, choices: [{ type, zone }], purchase: command.purchase, count: command.count };
      return world.launch({ ...order, tags: {}, token: `launch-${command.token}` });
    }
    case 'terminate':
    case 'interrupt': {
      const machines = machinesOf(world).filter((m) => m.state !== 'ended');
      const machine = machines[command.instance % Math.max(1, machines.length)];
      if (!machine) return undefined;
      if (command.do === 'terminate') return world.terminate(machine.id);
      return machine.purchase === 'spot' ? world.interrupt(machine.id) : undefined;
    }
    case 'sellOut':
      return world.sellOut({ ...placeOf(command.at), until: later(world.now(), seconds(command.forS)) });
    case 'close':
      return world.pools.close(poolAt(command.pool), { by: 'x' });
    case 'tag':
      return world.pools.tag(poolAt(command.pool), { a: 'b' }, { by: 'x' });
    case 'advance':
      return world.advance(seconds(command.byS));
    default:
      return command satisfies never;
  }
}

const stateOf = (world: SimulatedWorld): string =>
  JSON.stringify([
    poolsOf(world),
    machinesOf(world),
    [...world.charged()],
    CLOUDS.map((cloud) => world.notices(cloud)),
  ]);

describe('whatever is done to the simulated world', () => {
  it('no quota or stock is exceeded, nothing falls below zero, and no pool has more nodes than it wants', () => {
    fc.assert(
      fc.property(fc.nat(1000), commands, (seed, list) => {
        const world = build(seed);
        const opened = { count: 0 };
        for (const each of list) {
          carryOut(world, each, opened);
          const alive = machinesOf(world).filter((m) => m.state !== 'ended');
          for (const { provider, name, zones, types } of world.regions) {
            const here = alive.filter((m) => m.provider === provider && m.region === name);
            const vcpu = (machines: readonly SimInstance[]): number =>
              machines.reduce((sum, m) => sum + (types.find((t) => t.name === m.type)?.vcpu ?? Number.NaN), 0);
            for (const quota of world.quota(provider, name)) {
              const family = types.filter((t) => t.family === quota.name).map((t) => t.name);
              const counted = here.filter((m) =>
                quota.name === 'spot' || quota.name === 'on-demand'
                  ? m.purchase === quota.name
                  : m.purchase === 'on-demand' && family.includes(m.type),
              );
              expect(quota.used, quota.name).toBe(vcpu(counted));
              expect(quota.used, quota.name).toBeLessThanOrEqual(quota.limit);
            }
            for (const zone of zones) {
              for (const type of types) {
                for (const kind of PURCHASES) {
                  const run = here.filter((m) => m.zone === zone.name && m.type === type.name && m.purchase === kind);
                  const left = zone.left(type.name, kind);
                  expect(left).toBeGreaterThanOrEqual(0);
                  expect(run.length + left).toBeLessThanOrEqual(kind === 'spot' ? 5 : 7);
                }
              }
            }
          }
          for (const pool of poolsOf(world)) {
            const staying = pool.instances.filter((i) => i.state === 'pending' || i.state === 'running');
            expect(staying.length).toBeLessThanOrEqual(pool.target);
            expect(pool.target).toBeLessThanOrEqual(pool.max);
            expect(pool.target).toBeGreaterThanOrEqual(0);
          }
        }
      }),
      RUNS,
    );
  });

  it('each charge is the price over the seconds from launch to end', () => {
    fc.assert(
      fc.property(fc.nat(1000), commands, (seed, list) => {
        const world = build(seed);
        const opened = { count: 0 };
        for (const each of list) carryOut(world, each, opened);
        const reclaimed = new Set(
          CLOUDS.flatMap((c) => world.notices(c))
            .filter((n) => n.kind === 'reclaim')
            .map((n) => n.instance),
        );
        for (const [id, usd] of world.charged()) {
          const machine = world.instance(id);
          if (!machine) throw new Error(`${id} is charged and not known`);
          const owed = owedFor(world, machine);
          const mayBeFree = machine.provider === 'aws' && machine.state === 'ended' && reclaimed.has(id);
          if (mayBeFree && usd === 0) expect((machine.endedAt ?? 0) - machine.launchedAt).toBeLessThan(3_600_000);
          else expect(usd, id).toBeCloseTo(owed, 9);
        }
      }),
      RUNS,
    );
  });

  it('a token buys once: the same command again changes nothing', () => {
    fc.assert(
      fc.property(fc.nat(1000), commands, (seed, list) => {
        const world = build(seed);
        const opened = { count: 0 };
        for (const each of list) {
          const before = poolsOf(world).map((p) => p.id);
          const outcome = carryOut(world, each, opened);
          if (!('token' in each) || (each.do !== 'launch' && refused(outcome))) continue;
          const state = stateOf(world);
          // names that pools have been given since must not change which pool an index means
          if (each.do !== 'open' && each.do !== 'launch' && poolsOf(world).length !== before.length) continue;
          carryOut(world, each, opened);
          expect(stateOf(world)).toBe(state);
        }
      }),
      RUNS,
    );
  });

  it('the same seed and commands are the same world, however time is cut', () => {
    fc.assert(
      fc.property(fc.nat(1000), commands, fc.integer({ min: 1, max: 4000 }), (seed, list, pieceS) => {
        const [one, two] = [build(seed), build(seed)];
        const opened = [{ count: 0 }, { count: 0 }] as const;
        for (const each of list) {
          const outcome = carryOut(one, each, opened[0]);
          if (each.do === 'advance') {
            for (let left = each.byS; left > 0; left -= pieceS) two.advance(seconds(Math.min(left, pieceS)));
          } else {
            expect(JSON.stringify(carryOut(two, each, opened[1]))).toBe(JSON.stringify(outcome));
          }
        }
        expect(stateOf(two)).toBe(stateOf(one));
      }),
      RUNS,
    );
  });

  it('every operation ends, with what it could not have told', () => {
    fc.assert(
      fc.property(fc.nat(1000), commands, (seed, list) => {
        const world = build(seed);
        const opened = { count: 0 };
        const begun: string[] = [];
        for (const each of list) {
          const outcome = carryOut(world, each, opened);
          if (hasOperation(outcome)) begun.push(outcome.operation.id);
        }
        for (const pool of poolsOf(world)) world.pools.resize(pool.id, 0, { by: 'x' });
        world.advance(seconds(3600));
        for (const id of begun) {
          const operation = world.operation(id);
          expect(operation?.state, id).not.toBe('running');
          expect(operation?.fulfilled ?? -1).toBeGreaterThanOrEqual(0);
          expect(operation?.fulfilled ?? Infinity).toBeLessThanOrEqual(operation?.asked ?? 0);
        }
      }),
      RUNS,
    );
  });
});

/** Second by second, in the slow way: each stretch between two price changes by itself. */
function owedFor(world: SimulatedWorld, machine: SimInstance): number {
  const region = world.regions.find((r) => r.provider === machine.provider && r.name === machine.region);
  const end = machine.endedAt ?? world.now();
  if (end <= machine.launchedAt) return 0;
  const rest = Math.max(0, machine.launchedAt + 60_000 - end);
  if (machine.purchase === 'on-demand') {
    return ((region?.onDemand(machine.type) ?? Number.NaN) * (end - machine.launchedAt + rest)) / 3_600_000;
  }
  const zone = region?.zones.find((z) => z.name === machine.zone);
  const steps = (zone?.spotHistory(machine.type, machine.launchedAt) ?? []).filter((step) => step.at <= end);
  return steps.reduce((sum, { at, usdPerHour }, i) => {
    const next = steps[i + 1]?.at ?? end + rest;
    return sum + (usdPerHour * (next - Math.max(at, machine.launchedAt))) / 3_600_000;
  }, 0);
}

const refused = (outcome: unknown): boolean =>
  typeof outcome === 'object' && outcome !== null && 'ok' in outcome && outcome.ok === false;

const hasOperation = (outcome: unknown): outcome is { readonly operation: { readonly id: string } } =>
  typeof outcome === 'object' && outcome !== null && 'operation' in outcome && outcome.operation !== undefined;
