import { instant } from '../../src/units.ts';
import { chargeOf } from './charges.ts';
import { faultScript } from './faults.ts';
import { interruptionsOf } from './interruptions.ts';
import { instanceAt, machinePark } from './machines.ts';
import { marketsOf, type Markets } from './market.ts';
import { poolBook } from './pools.ts';
import { quotasOf } from './quotas.ts';
import type { RegionSetup, WorldSetup } from './setup.ts';
import { stockOuts } from './stock-outs.ts';
import { timeline, type Timeline } from './timeline.ts';
import type { Launched, LaunchOrder, Shortage, SimInstance, SimRegion, SimulatedWorld } from './world-types.ts';

/** Puts a world together from its parts; see {@link SimulatedWorld} for what it promises. */
export function simulatedWorld(setup: WorldSetup): SimulatedWorld {
  const time = timeline(setup.start);
  const markets = marketsOf(setup, () => time.now());
  const quotas = quotasOf(setup);
  const machines = machinePark({ seed: setup.seed, time, markets, quotas }, setup.boot);
  const pools = poolBook(time, markets, machines);
  stockOuts(setup, time, markets);
  const interruptions = interruptionsOf(setup, { time, markets, machines });
  const launches = new Map<string, Launched>();

  const launch = ({ provider, region, choices, purchase, count, tags }: LaunchOrder): Launched => {
    const instances: SimInstance[] = [];
    const shortages: Shortage[] = [];
    for (const choice of choices) {
      const missing = count - instances.length;
      const market = markets.of({ provider, region, ...choice });
      if (missing === 0) break;
      if (!market) throw new RangeError(`nobody knows ${choice.type} in ${provider}/${region}/${choice.zone}`);
      const started = machines.start({ market, purchase, count: missing, tags });
      instances.push(...started.machines.map((machine) => instanceAt(machine, time.now())));
      shortages.push(...started.shortages);
    }
    return { instances, shortages };
  };

  return {
    now: () => instant(time.now()),
    advance: (by) => time.goTo(time.now() + Math.round(by * 1000)),
    regions: setup.regions.map((region) => regionIn(region, markets, time)),
    pools,
    launch: (order) => {
      if (order.token === undefined) return launch(order);
      const key = `${order.provider}|${order.token}`;
      const first = launches.get(key) ?? launch(order);
      launches.set(key, first);
      return first;
    },
    instance: (id) => {
      const machine = machines.get(id);
      return machine && instanceAt(machine, time.now());
    },
    operation: (id) => pools.operation(id),
    terminate: (id) => {
      const machine = machines.get(id);
      if (machine) machines.end(machine);
      return machine && instanceAt(machine, time.now());
    },
    interrupt: (id, kind = 'reclaim') => {
      const machine = machines.get(id);
      if (machine?.purchase !== 'spot') throw new RangeError(`only spot is taken back, not ${id}`);
      interruptions.interrupt(machine, kind);
    },
    notices: (provider) => interruptions.notices(provider),
    settle: (receipt) => interruptions.settle(receipt),
    quota: (provider, region) => quotas.list(provider, region),
    setQuota: (provider, region, quota, limit) => quotas.set(provider, region, quota, limit),
    sellOut: (what) => markets.sellOut(what),
    charged: () => new Map([...machines.all()].map((machine) => [machine.id, chargeOf(machine, time.now())])),
    faults: faultScript(),
  };
}

function regionIn({ provider, name, zones, types }: RegionSetup, markets: Markets, time: Timeline): SimRegion {
  return {
    provider,
    name,
    types: types.map((sold) => sold.type),
    onDemand: (type) => types.find((sold) => sold.type.name === type)?.onDemand,
    zones: zones.map((zone) => {
      const of = (type: string) => markets.of({ provider, region: name, zone, type });
      return {
        name: zone,
        sells: (type) => of(type)?.onDemand !== undefined || of(type)?.spot !== undefined,
        spot: (type) => of(type)?.spot?.at(time.now()),
        spotHistory: (type, from) => of(type)?.spot?.steps(from, time.now()) ?? [],
        left: (type, purchase) => {
          const market = of(type);
          return market ? markets.left(market, purchase) : 0;
        },
      };
    }),
  };
}
