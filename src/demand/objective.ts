import { rate } from '../figures.ts';
import type { Service } from '../fleet/fleet.ts';

/** Which quantile of the load a service is sized on, and why that one. */
export interface Objective {
  readonly quantile: number;
  /** stated, or worked out of what a shortage and an idle replica cost */
  readonly from: 'stated' | 'costs';
  /** in words that follow the quantile */
  readonly why: string;
}

/** No forecast from weeks of load knows what happens once in more than ten thousand steps, or tells 0% from 1%. */
const MOST = 0.9999;
const LEAST = 0.01;

/**
 * The stated quantile, or the newsvendor's critical ratio: a replica more is worth having as long as the chance that
 * it is needed, times what its load would cost uncarried, is over the chance that it idles, times what that costs.
 * Both are equal at the quantile shortage / (shortage + idle), each for one replica and hour. It knows nothing of how
 * load is spread, so it holds for any forecast (Arrow, Harris, Marschak: Optimal Inventory Policy, Econometrica 1951).
 *
 * @param capacity load that one replica carries: a dearer shortage per replica, where a replica carries more
 */
export function objectiveOf({ quantile, costs }: Pick<Service, 'quantile' | 'costs'>, capacity: number): Objective {
  if (!costs) {
    if (quantile === undefined) throw new Error('a service has a quantile or costs, this one has neither');
    return { quantile, from: 'stated', why: 'stated in the fleet file' };
  }
  const shortage = costs.shortageUsdPerUnitHour * capacity;
  const idle = costs.idleUsdPerReplicaHour;
  const ratio = shortage / (shortage + idle);
  const within = Math.min(MOST, Math.max(LEAST, ratio));
  const weighed = `${rate(shortage)} for the load of one replica left uncarried against ${rate(idle)} for one that idles`;
  const bound = within === ratio ? '' : `, which asks for ${percentile(ratio)}: further than a forecast can tell`;
  return { quantile: Number(within.toFixed(4)), from: 'costs', why: `${weighed}${bound}` };
}

/** A tenth of the misses: 99% → 99.9%. Undefined where no forecast could tell. */
export function nextNine(quantile: number): number | undefined {
  const next = Number((1 - (1 - quantile) / 10).toPrecision(9));
  return next > MOST ? undefined : next;
}

/** Every quantile that sizing a service may ask of a forecast, whatever its replicas carry where they run. */
export function quantilesOf(service: Pick<Service, 'quantile' | 'costs' | 'capacityPerReplica' | 'on'>): number[] {
  const capacities = [service.capacityPerReplica, ...service.on.flatMap((o) => o.capacityPerReplica ?? [])];
  return capacities.flatMap((capacity) => {
    const { quantile } = objectiveOf(service, capacity);
    return [quantile, nextNine(quantile) ?? quantile];
  });
}

/** `99.9%`: figures that are told apart by their last nines are never rounded to the whole. */
export const percentile = (quantile: number): string =>
  quantile > MOST ? `over ${MOST * 100}%` : `${Number((quantile * 100).toPrecision(6))}%`;
