import type { ProviderName, Purchase } from '../../src/catalog/offering.ts';
import { instant } from '../../src/units.ts';
import type { Market, Markets } from './market.ts';
import type { Quotas } from './quotas.ts';
import { drawsFor, normal } from './random.ts';
import type { BootSetup } from './setup.ts';
import type { Timeline } from './timeline.ts';
import type { Shortage, SimInstance } from './world-types.ts';

/** A machine with all its times in ms; its state at any moment follows from them. */
export interface Machine {
  readonly id: string;
  readonly pool: string | undefined;
  readonly market: Market;
  readonly purchase: Purchase;
  readonly launchedAt: number;
  /** Infinity: it never becomes a node */
  readonly readyAt: number;
  /** told to end, by its owner; Infinity = not yet */
  endingAt: number;
  /** Infinity = not known yet */
  endedAt: number;
  /** by its cloud, not by its owner */
  takenBack: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** orders machines where a vendor chooses one as it likes */
  readonly lot: number;
  seen: SimInstance | undefined;
}

export interface Machines {
  /** As many as can be had, and why not the others. */
  start(order: StartOrder): { readonly machines: readonly Machine[]; readonly shortages: readonly Shortage[] };
  /** Its owner ends it. */
  end(machine: Machine): void;
  /** Its cloud ends it, then. */
  takeBack(machine: Machine, at: number): void;
  get(id: string): Machine | undefined;
  /** those not ended, in the order of their launch */
  alive(): Iterable<Machine>;
  all(): Iterable<Machine>;
  /** told of every machine at each of its steps */
  onChange(listener: (machine: Machine, step: Step) => void): void;
}

type Step = 'launched' | 'ready' | 'ending' | 'ended';

export interface StartOrder {
  readonly market: Market;
  readonly purchase: Purchase;
  readonly count: number;
  readonly pool?: { readonly id: string; readonly name: string };
  readonly tags: Readonly<Record<string, string>>;
}

/** Seconds from an order to a ready node, median: as commonly measured on EKS, AKS and GKE; see `bootTimeOf`. */
const READY_S: Readonly<Record<ProviderName, number>> = { aws: 45, azure: 75, gcp: 35, kubernetes: 300 };
/** chosen: one node in twenty takes 1.8 times the median or more */
const BOOT_SIGMA = 0.35;
/** chosen: from the order to end a machine until it is gone and costs nothing more */
const SHUT_DOWN_MS = 30_000;

export function machinePark(
  parts: { readonly seed: number; readonly time: Timeline; readonly markets: Markets; readonly quotas: Quotas },
  boot: BootSetup = {},
): Machines {
  const { seed, time, markets, quotas } = parts;
  const byId = new Map<string, Machine>();
  const living = new Map<string, Machine>();
  const listeners: ((machine: Machine, step: Step) => void)[] = [];
  const tell = (machine: Machine, step: Step): void => {
    for (const listener of listeners) listener(machine, step);
  };

  const launch = ({ market, purchase, pool, tags }: StartOrder): Machine => {
    const draw = drawsFor(seed, 'machine', byId.size);
    const name = freshName(market.provider, pool?.name, draw, byId);
    const median = boot.medianS?.[market.provider] ?? READY_S[market.provider];
    const bootS = median * Math.exp((boot.sigma ?? BOOT_SIGMA) * normal(draw));
    const now = time.now();
    const machine: Machine = {
      id: name,
      pool: pool?.id,
      market,
      purchase,
      launchedAt: now,
      readyAt: draw() < (boot.neverReady ?? 0) ? Infinity : now + Math.ceil(bootS * 1000),
      endingAt: Infinity,
      endedAt: Infinity,
      takenBack: false,
      tags,
      lot: draw(),
      seen: undefined,
    };
    byId.set(name, machine);
    living.set(name, machine);
    market.given[purchase] += 1;
    quotas.count(countedOf(market, purchase), 1);
    time.at(machine.readyAt, () => {
      if (machine.endingAt > time.now() && machine.endedAt > time.now()) tell(machine, 'ready');
    });
    tell(machine, 'launched');
    return machine;
  };

  const endAt = (machine: Machine, at: number): void => {
    if (at >= machine.endedAt) return;
    machine.endedAt = at;
    time.at(at, () => {
      if (machine.endedAt !== at || !living.delete(machine.id)) return;
      machine.market.given[machine.purchase] -= 1;
      quotas.count(countedOf(machine.market, machine.purchase), -1);
      tell(machine, 'ended');
    });
  };

  return {
    start: (order) => {
      const { market, purchase, count } = order;
      const left = markets.left(market, purchase);
      const room = quotas.room(countedOf(market, purchase));
      const had = Math.min(count, left, room.nodes);
      const machines = Array.from({ length: had }, () => launch(order));
      if (had === count) return { machines, shortages: [] };
      const what = { type: market.type.name, zone: market.zone, purchase, count: count - had };
      const shortage: Shortage =
        room.nodes < left ? { ...what, why: 'quota', quota: room.quota } : { ...what, why: 'capacity' };
      return { machines, shortages: [shortage] };
    },
    end: (machine) => {
      if (machine.endingAt <= time.now() || machine.endedAt <= time.now()) return;
      const gone = time.now() + SHUT_DOWN_MS;
      machine.endingAt = time.now();
      if (gone < machine.endedAt) machine.takenBack = false; // its owner was first
      endAt(machine, gone);
      tell(machine, 'ending');
    },
    takeBack: (machine, at) => {
      if (at >= machine.endedAt) return;
      machine.takenBack = true;
      endAt(machine, Math.ceil(at));
    },
    get: (id) => byId.get(id),
    alive: () => living.values(),
    all: () => byId.values(),
    onChange: (listener) => void listeners.push(listener),
  };
}

export function stateAt(machine: Machine, now: number): SimInstance['state'] {
  if (machine.endedAt <= now) return 'ended';
  if (machine.endingAt <= now) return 'ending';
  return machine.readyAt <= now ? 'running' : 'pending';
}

/** As it is at a moment; the same object until its state changes. */
export function instanceAt(machine: Machine, now: number): SimInstance {
  const state = stateAt(machine, now);
  if (machine.seen?.state === state) return machine.seen;
  const { market, readyAt, endedAt } = machine;
  const instance: SimInstance = {
    id: machine.id,
    ...(machine.pool !== undefined && { pool: machine.pool }),
    provider: market.provider,
    region: market.region,
    zone: market.zone,
    type: market.type.name,
    purchase: machine.purchase,
    state,
    launchedAt: instant(machine.launchedAt),
    ...(readyAt <= now && readyAt <= Math.min(machine.endingAt, endedAt) && { readyAt: instant(readyAt) }),
    ...(state === 'ended' && { endedAt: instant(endedAt) }),
    tags: machine.tags,
  };
  machine.seen = instance;
  return instance;
}

const countedOf = ({ provider, region, type }: Market, purchase: Purchase) => ({
  provider,
  region,
  family: type.family,
  vcpu: type.vcpu,
  purchase,
});

/** In each vendor's manner: `i-0` and 16 hex digits at AWS, the pool's name with an ending elsewhere. */
function freshName(
  provider: ProviderName,
  pool: string | undefined,
  draw: () => number,
  taken: ReadonlyMap<string, unknown>,
): string {
  for (;;) {
    const digits = (base: number, count: number): string =>
      Array.from({ length: count }, () => Math.floor(draw() * base).toString(base)).join('');
    const name = provider === 'aws' ? `i-0${digits(16, 16)}` : `${pool ?? 'vm'}-${digits(36, 6)}`;
    if (!taken.has(name)) return name;
  }
}
