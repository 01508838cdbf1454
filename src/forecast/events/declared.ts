import type { DeclaredEvent, EventTime } from '../../fleet/fleet.ts';
import { instant, seconds, type Instant } from '../../units.ts';
import { DAY_MS, type LocalTime } from './local-time.ts';
import type { EventWindow, StatedEffect } from './window.ts';

const HOUR_MS = 3_600_000;
/** Without bounds a stated effect is taken to be this unsure, in logs at 80%: up to half as much again. */
const UNSURE = 0.4;

/**
 * The declared events of one market on its own clocks. Those without a stated effect share a key with the ones that
 * they resemble.
 *
 * @param market absent = whatever their markets
 */
export function declaredWindows(
  events: readonly DeclaredEvent[],
  local: LocalTime,
  market?: string,
): readonly EventWindow[] {
  return events
    .filter(({ markets }) => market === undefined || markets === undefined || markets.includes(market))
    .map((event): EventWindow => {
      const { name, from, to, like, outage } = event;
      const begin = begins(from, local);
      const stated = outage ? undefined : statedEffect(event);
      return {
        key: `event ${like ?? name}`,
        name,
        kind: outage ? 'outage' : 'declared',
        from: begin,
        to: to ? begins(to, local) : ends(from, begin, local),
        ...(stated && { stated }),
      };
    });
}

function begins({ ms, kind }: EventTime, local: LocalTime): Instant {
  return kind === 'zoned' ? instant(ms) : local.at(ms);
}

function ends({ ms, kind }: EventTime, begin: Instant, local: LocalTime): Instant {
  return kind === 'day' ? local.at(ms + DAY_MS) : instant(begin + HOUR_MS);
}

function statedEffect({ times, between, ramp = seconds(0) }: DeclaredEvent): StatedEffect | undefined {
  if (times === undefined && !between) return undefined;
  const middle = times ?? Math.sqrt((between?.[0] ?? 1) * (between?.[1] ?? 1));
  // an effect of none is as sure as any ordinary hour, one of many times is not
  const spread = Math.min(UNSURE, UNSURE * Math.abs(Math.log(middle)));
  return { times: middle, between: between ?? [middle * Math.exp(-spread), middle * Math.exp(spread)], ramp };
}
