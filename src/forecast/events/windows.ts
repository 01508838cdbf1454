import { instant, type Seconds } from '../../units.ts';
import type { ObservedSignal } from '../../signals/signal.ts';
import { calendarWindows, restDayOf } from './calendar.ts';
import { declaredWindows } from './declared.ts';
import type { EventList } from './document.ts';
import type { HolidayTable } from './holidays.ts';
import { localTime } from './local-time.ts';
import type { EventWindow } from './window.ts';

/** What `fitWithEvents` is to be told of the events of one series. */
export interface SeriesEvents {
  readonly events: readonly EventWindow[];
  readonly timeZone: string;
  readonly restDay: number;
}

/**
 * Every window of a list that concerns a series, from its first value to the end of the horizon.
 *
 * @param table needed where the list names holidays or asks for midnights
 * @param market absent = the series of no market, which every declared event concerns
 */
export function eventsOf(
  list: EventList,
  table: HolidayTable,
  signal: Pick<ObservedSignal, 'start' | 'step' | 'values'>,
  horizon: Seconds,
  market?: string,
): SeriesEvents {
  const { timeZone, holidays, midnight, events } = list;
  const local = localTime(timeZone);
  const end = instant(signal.start + (signal.values.length * signal.step + horizon) * 1000);
  return {
    events: [
      ...calendarWindows({ local, holidays, midnight }, table, signal.start, end),
      ...declaredWindows(events, local, market),
    ],
    timeZone,
    restDay: restDayOf(holidays),
  };
}
