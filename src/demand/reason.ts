import { count, counted, duration, percent, short } from '../figures.ts';
import type { Policies, Service } from '../fleet/fleet.ts';
import type { Forecast } from '../forecast/forecast.ts';
import { isoOf } from '../units.ts';
import type { Capacity } from './capacity.ts';
import type { Need, Needs } from './need.ts';
import { percentile, type Objective } from './objective.ts';
import type { Running, Sized } from './size.ts';

export interface Why {
  readonly service: Service;
  readonly capacity: Capacity;
  readonly objective: Objective;
  readonly sized: Sized;
  readonly needs: Needs | undefined;
  readonly unit: string;
  readonly forecast: Forecast | undefined;
  readonly policies: Policies;
  readonly running: Running;
}

/** What set the number of replicas, in one sentence with the figures that decided it. */
export function reasonFor(why: Why): string {
  const { needs, sized, service } = why;
  if (!needs || sized.setBy === 'hold') return holdReason(why);
  const asked = `${loadText(why, needs.now)}; ${sizeText(why, needs.now)}`;
  switch (sized.setBy) {
    case 'load':
      return asked;
    case 'minimum':
      return `the minimum is ${counted(service.minReplicas, 'replica')}; ${asked}`;
    case 'maximum':
      return `the maximum is ${counted(service.maxReplicas, 'replica')}, so ${shortfall(why, needs.now)}; ${asked}`;
    case 'pending':
      return `${pendingText(why)}; ${asked}`;
    case 'pace':
      return `${paceText(why)}; ${asked}`;
    default:
      return sized.setBy satisfies never;
  }
}

function paceText({ running, sized }: Why): string {
  const run = running.replicas ?? sized.replicas;
  return `${count(run)} run and no more than ${counted(running.letGoAtMost ?? 0, 'replica')} may be let go in one cycle, so ${count(sized.replicas)} stay`;
}

function pendingText({ running: { replicas = 0, pending = 0 }, sized }: Why): string {
  const capped = sized.replicas < replicas + pending ? `, up to the maximum of ${count(sized.replicas)}` : '';
  return `${count(replicas)} run and ${counted(pending, 'replica')} wait for a node: all of them count${capped}`;
}

function loadText({ objective, unit, forecast }: Why, need: Need): string {
  const load = `${short(need.load)} ${unit}`;
  if (forecast?.last?.at === need.at) return `load is ${load}, seen at ${isoOf(need.at)}`;
  return `P${percentile(objective.quantile).replace('%', '')} of load is ${load} at ${isoOf(need.at)}`;
}

function sizeText({ capacity, policies, unit }: Why, need: Need): string {
  const headroom = policies.headroom > 0 ? `with ${percent(policies.headroom)} headroom ` : '';
  const least = capacity.leastOn === undefined ? '' : `, what one carries on ${capacity.leastOn}`;
  return `${headroom}that is ${counted(need.replicas, 'replica')} of ${short(capacity.load)} ${unit}${least}`;
}

function shortfall({ service, capacity, unit, policies }: Why, need: Need): string {
  const carried = service.maxReplicas * capacity.load;
  if (need.load > carried) return `${short(need.load - carried)} ${unit} will not be carried`;
  const left = need.load === 0 ? 0 : carried / need.load - 1;
  return `only ${percent(left)} of the ${percent(policies.headroom)} headroom is left`;
}

function holdReason({ needs, sized, service, forecast, policies, running, unit }: Why): string {
  const kept =
    running.replicas === undefined
      ? 'what runs now is not known, so nothing is taken away'
      : `${count(running.replicas)} run now, and none is taken away`;
  if (!needs) {
    const why = forecast?.notes.at(-1) ?? `no series of ${service.signal} for this market`;
    return `load is unknown (${why}): ${kept}, and the minimum of ${count(service.minReplicas)} holds`;
  }
  const most = duration(policies.freshness.signalsAtMost);
  const age = `load was last seen ${duration(needs.age)} ago, over the ${most} that freshness.signalsAtMost allows`;
  const forecastNeed = `the forecast from then asks for ${count(needs.now.replicas)} (${short(needs.now.load)} ${unit})`;
  const clipped = needs.now.replicas > sized.replicas ? `, the maximum is ${count(service.maxReplicas)}` : '';
  return `${age}: ${kept}; ${forecastNeed}${clipped}`;
}
