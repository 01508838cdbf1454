import type { Fleet } from '../fleet/fleet.ts';
import type { ObservedSignal } from '../signals/signal.ts';
import type { Instant } from '../units.ts';
import type { HolidayTable } from './events/holidays.ts';
import { eventsOf, type SeriesEvents } from './events/windows.ts';
import type { LinearExperts } from './linear/linear-experts.ts';
import { fitWithEvents, lessonsOf, predictWithEvents, type DailyFits, type EventOptions } from './with-events.ts';
import type { Forecast } from './forecast.ts';

/** A calendar that knows nothing: for fleets whose markets name no holidays. */
const NO_HOLIDAYS: HolidayTable = { from: 0, to: 0, holidays: [], regions: {} };

export interface Known {
  readonly holidays?: HolidayTable | undefined;
  readonly experts?: LinearExperts | undefined;
  /** what was learnt for an earlier decision: it shows in the time that is taken, not in what comes out */
  readonly earlier?: Fits | undefined;
}

/** What was learnt, for each signal and market. */
export type Fits = ReadonlyMap<string, DailyFits>;

export interface Forecasts {
  readonly forecasts: readonly Forecast[];
  /** for the next decision */
  readonly fits: Fits;
}

/**
 * One forecast per signal and market. What an event did to one market is a hint for the others that the same signal is
 * seen in.
 *
 * @param quantilesOf which quantiles are asked of a signal, by its name
 * @param known what is known beside the signals: the calendar where a market names its holidays, pretrained experts
 */
export function forecastsFor(
  signals: readonly ObservedSignal[],
  fleet: Fleet,
  at: Instant,
  quantilesOf: (signal: string) => readonly number[],
  { holidays: table = NO_HOLIDAYS, experts, earlier }: Known = {},
): Forecasts {
  const asked = signals.map((signal) => {
    const options: EventOptions = {
      until: at,
      horizon: fleet.horizon,
      ...(experts && { experts }),
      ...eventsIn(signal, fleet, table),
    };
    const lessons = lessonsOf(signal, options);
    return { signal, options: { ...options, ...(lessons && { lessons }) } };
  });
  const fits = new Map<string, DailyFits>();
  const forecasts = asked.map(({ signal, options }) => {
    const elsewhere = asked.flatMap(({ signal: other, options: { lessons } }) =>
      other.name === signal.name && other.market !== signal.market && lessons ? [lessons] : [],
    );
    const key = JSON.stringify([signal.name, signal.market]);
    const fitted = fitWithEvents(signal, { ...options, elsewhere, earlier: earlier?.get(key) ?? {} });
    if (fitted.daily) fits.set(key, fitted.daily);
    return predictWithEvents(fitted, fleet.horizon, quantilesOf(signal.name));
  });
  return { forecasts, fits };
}

/** Midnights are looked for where the market has a calendar at all. */
function eventsIn(signal: ObservedSignal, fleet: Fleet, table: HolidayTable): SeriesEvents {
  const market = fleet.markets.find(({ name }) => name === signal.market);
  const { timeZone = 'UTC', holidays = [] } = market ?? {};
  const list = { timeZone, holidays, midnight: holidays.length > 0, events: fleet.events ?? [] };
  return eventsOf(list, table, signal, fleet.horizon, signal.market);
}
