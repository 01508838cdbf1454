import type { ProviderName } from '../../src/catalog/offering.ts';
import { instant } from '../../src/units.ts';
import type { Machine, Machines } from './machines.ts';
import { isAt, zoneKey, type Market, type Markets } from './market.ts';
import { drawsFor, exponential } from './random.ts';
import type { WorldSetup } from './setup.ts';
import type { Timeline } from './timeline.ts';
import type { SimNotice } from './world-types.ts';

export interface Interruptions {
  interrupt(machine: Machine, kind: SimNotice['kind']): void;
  notices(provider: ProviderName): readonly SimNotice[];
  settle(receipt: string): void;
}

/** How long before the end each vendor tells it. */
const NOTICE_MS: Readonly<Record<ProviderName, number>> = { aws: 120_000, azure: 30_000, gcp: 30_000, kubernetes: 0 };
/** how far ahead of the notice a machine is told to be at risk, where the vendor does so */
const RISK_MS = 600_000;

const HOUR_MS = 3_600_000;
/** of all interruptions, those that come together when a zone runs dry; the rest come one by one */
const TOGETHER = 0.8;
/** of a zone's spot nodes, those that a drought takes: what a "storm" means to a fleet */
const TAKEN = 0.35;
/** chosen: mean hours that a drought lasts */
const DROUGHT_H = 2;
/** bounds on the mean hours from one drought to the next, so that some come within a simulated fortnight, and not all the time */
const BETWEEN_H = { least: 6, most: 336 };
/** a drought's notices come within so long of its start */
const SPREAD_MS = 600_000;

/**
 * Spot that is taken back. Each zone is a Markov chain of two states, available and dry: when it runs dry, many of its
 * spot nodes are taken at about the same time and none can be had until it is over. Over a long time a node is
 * interrupted as often as its type's hazard says, most of it in droughts.
 *
 * Where a measured trace says how many nodes a zone had, that holds instead.
 */
export function interruptionsOf(
  setup: WorldSetup,
  { time, markets, machines }: { readonly time: Timeline; readonly markets: Markets; readonly machines: Machines },
): Interruptions {
  const notices = new Map<string, { readonly provider: ProviderName; readonly notice: SimNotice }>();
  let told = 0;

  const tell = (machine: Machine, kind: SimNotice['kind'], endsAt: number): void => {
    const { provider, region } = machine.market;
    const receipt = `${provider}/${region}/notice-${(told += 1)}`;
    const notice = { receipt, instance: machine.id, kind, at: instant(time.now()), endsAt: instant(endsAt) };
    notices.set(receipt, { provider, notice });
  };
  const reclaim = (machine: Machine): void => {
    if (machine.takenBack || machine.endingAt <= time.now() || machine.endedAt <= time.now()) return;
    const endsAt = time.now() + NOTICE_MS[machine.market.provider];
    machines.takeBack(machine, endsAt);
    tell(machine, 'reclaim', Math.min(endsAt, machine.endedAt));
  };
  const interrupt = (machine: Machine, kind: SimNotice['kind'], afterMs = RISK_MS): void => {
    if (kind === 'reclaim') return reclaim(machine);
    const at = time.now() + Math.ceil(afterMs);
    tell(machine, 'risk', at + NOTICE_MS[machine.market.provider]);
    time.at(at, () => reclaim(machine));
  };

  const fallTo = (market: Market, nodes: number): void => {
    market.stock.spot = nodes;
    const running = [...machines.alive()].filter((m) => m.market === market && m.purchase === 'spot' && !m.takenBack);
    const excess = Math.max(0, running.length - nodes);
    for (const machine of running.toSorted((a, b) => a.lot - b.lot).slice(0, excess)) reclaim(machine);
  };
  for (const { points, ...place } of setup.spot?.availability ?? []) {
    const market = markets.all.find((m) => isAt({ ...place }, { ...m, type: m.type.name }));
    if (!market) throw new RangeError(`the world has no ${Object.values(place).join('/')} to trace`);
    for (const { at, nodes } of points) {
      if (at <= time.now()) market.stock.spot = nodes;
      else time.at(at, () => fallTo(market, nodes));
    }
  }

  const droughts = setup.spot?.steady ? new Map<string, Drought>() : droughtsOf(markets.all);
  for (const [zone, drought] of droughts) {
    const draw = drawsFor(setup.seed, 'drought', zone);
    const rain = (): void => {
      markets.dry.delete(zone);
      time.at(time.now() + exponential(draw, 1 / (drought.betweenH * HOUR_MS)), dryUp);
    };
    let count = 0;
    const dryUp = (): void => {
      markets.dry.add(zone);
      count += 1;
      for (const machine of machines.alive()) {
        if (machine.purchase !== 'spot' || machine.market.traced || zoneKey(machine.market) !== zone) continue;
        const own = drawsFor(setup.seed, 'taken', zone, count, machine.id);
        if (own() >= takenOf(machine.market, drought)) continue;
        const after = own() * SPREAD_MS;
        // only AWS tells of a risk ahead of the notice
        if (machine.market.provider === 'aws') interrupt(machine, 'risk', after);
        else time.at(time.now() + after, () => reclaim(machine));
      }
      time.at(time.now() + exponential(draw, 1 / (DROUGHT_H * HOUR_MS)), rain);
    };
    rain();
  }
  machines.onChange((machine, what) => {
    if (what !== 'ready' || machine.purchase !== 'spot' || machine.market.traced) return;
    const drought = droughts.get(zoneKey(machine.market));
    if (!drought) return;
    const alone = machine.market.hazardPerHour - takenOf(machine.market, drought) * drought.perHour;
    const draw = drawsFor(setup.seed, 'alone', machine.id);
    time.at(time.now() + exponential(draw, Math.max(0, alone) / HOUR_MS), () => reclaim(machine));
  });

  return {
    interrupt,
    notices: (provider) => [...notices.values()].filter((n) => n.provider === provider).map((n) => n.notice),
    settle: (receipt) => void notices.delete(receipt),
  };
}

interface Drought {
  /** mean hours from the end of one to the start of the next */
  readonly betweenH: number;
  /** how many start in an hour, over a long time */
  readonly perHour: number;
}

/** As often as it takes for the zone's types to meet their hazards when each drought takes {@link TAKEN} of them. */
function droughtsOf(markets: readonly Market[]): Map<string, Drought> {
  const hazards = new Map<string, number[]>();
  for (const market of markets) {
    if (!market.spot || market.traced || market.hazardPerHour === 0) continue;
    const zone = zoneKey(market);
    hazards.set(zone, [...(hazards.get(zone) ?? []), market.hazardPerHour]);
  }
  return new Map(
    [...hazards].map(([zone, of]) => {
      const mean = of.reduce((sum, h) => sum + h, 0) / of.length;
      const cycleH = TAKEN / (TOGETHER * mean);
      const betweenH = Math.min(BETWEEN_H.most, Math.max(BETWEEN_H.least, cycleH - DROUGHT_H));
      return [zone, { betweenH, perHour: 1 / (betweenH + DROUGHT_H) }];
    }),
  );
}

/** Share of a type's nodes that a drought of its zone takes: more of those with a higher hazard. */
const takenOf = ({ hazardPerHour }: Market, { perHour }: Drought): number =>
  Math.min(0.95, (TOGETHER * hazardPerHour) / perHour);
