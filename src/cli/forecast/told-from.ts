import { setImmediate as turn } from 'node:timers/promises';
import type { EventList } from '../../forecast/events/document.ts';
import type { HolidayTable } from '../../forecast/events/holidays.ts';
import { eventsOf } from '../../forecast/events/windows.ts';
import { fit } from '../../forecast/fit.ts';
import { predict } from '../../forecast/predict.ts';
import { fitWithEvents, predictWithEvents } from '../../forecast/with-events.ts';
import { duration } from '../../figures.ts';
import { meant } from '../../fleet/nearest.ts';
import { readSeriesFile, type SeriesFile } from '../../signals/series-file/read.ts';
import type { NamedColumns } from '../../signals/series-file/header.ts';
import { toSignals } from '../../signals/series-file/to-signals.ts';
import { loadExperts } from '../../world/forecast-experts.ts';
import { bad, good, shortened, type Checked, type Trouble } from '../../trouble.ts';
import { seconds, type Seconds } from '../../units.ts';
import { LONGEST_HORIZON, stepsOf, type ForecastOptions } from './options.ts';
import { overall, tell, type Forecaster, type SeriesTold, type Told } from './outcome.ts';

export interface Origin {
  /** as the user named it */
  readonly file: string;
  /** what the series of a file without ids is called */
  readonly name: string;
  readonly columns: NamedColumns;
}

/** What is known of events, and of whom. */
export interface Events {
  readonly list: EventList;
  readonly holidays: HolidayTable;
  /** the market of every series; absent = the id of each is its market, where the file has ids */
  readonly market?: string;
}

/** From the text of a series file to all that is told of it. */
export async function toldFrom(
  text: string,
  { file, name, columns }: Origin,
  options: ForecastOptions,
  events?: Events,
): Promise<Checked<Told>> {
  const { timeColumn, valueColumn, idColumn } = columns;
  const read = readSeriesFile(text, {
    file,
    name,
    ...(timeColumn !== undefined && { timeColumn }),
    ...(valueColumn !== undefined && { valueColumn }),
    ...(idColumn !== undefined && { idColumn }),
  });
  if (!read.ok) return read;
  const chosen = chosenFrom(read.value, options);
  if (!chosen.ok) return chosen;
  const gridded = toSignals(chosen.value, options.step);
  if (!gridded.ok) return gridded;
  const { step, style, signals, notes } = gridded.value;
  const horizon = stepsOf(options.horizon, step);
  if (horizon * step > LONGEST_HORIZON) return bad(tooFar(horizon, step));
  if (events && (style.kind === 'steps' || style.kind === 'seconds')) return bad(noCalendar(file));
  const seasons = options.seasons.map((length) => seconds(stepsOf(length, step) * step));
  const forecaster = forecasterFor(seconds(horizon * step), seasons, events, read.value.named);
  const [season] = options.seasons.map((length) => stepsOf(length, step));
  const asked = {
    horizon,
    quantiles: options.quantiles,
    origins: options.origins,
    ...(season !== undefined && { season }),
  };
  const series: SeriesTold[] = [];
  for (const signal of signals) {
    series.push(tell(signal, asked, forecaster));
    await turn(); // so that an interruption is heard between two of many series
  }
  return good({
    file,
    step,
    style,
    horizon,
    quantiles: options.quantiles,
    series,
    ...(options.origins > 0 && { backtest: { origins: options.origins, scores: overall(series) } }),
    notes,
  });
}

function forecasterFor(
  horizon: Seconds,
  seasons: readonly Seconds[],
  events: Events | undefined,
  named: boolean,
): Forecaster {
  return (signal, quantiles, until) => {
    const options = {
      horizon,
      experts: loadExperts(),
      ...(seasons.length > 0 && { seasons }),
      ...(until !== undefined && { until }),
    };
    if (!events) return predict(fit(signal, options), horizon, quantiles);
    const market = events.market ?? (named ? signal.name : undefined);
    const known = eventsOf(events.list, events.holidays, signal, horizon, market);
    return predictWithEvents(fitWithEvents(signal, { ...options, ...known }), horizon, quantiles);
  };
}

const noCalendar = (file: string): Trouble => ({
  file: 'command line',
  at: '--events',
  problem: `the times of ${file} are numbers without a date, so nobody can tell which of them an event is`,
  remedy: 'write its times as dates, or leave the events out',
});

/** The series that were named, in the order of the file, at most as many as the limit. */
function chosenFrom(read: SeriesFile, { only, limit }: ForecastOptions): Checked<SeriesFile> {
  const known = read.series.map(({ id }) => id);
  const troubles = only
    .filter((id) => !known.includes(id))
    .map((id): Trouble => ({ file: read.file, problem: `has no series ${shortened(id)}`, remedy: meant(id, known) }));
  if (troubles.length > 0) return bad(...troubles);
  const named = only.length === 0 ? read.series : read.series.filter(({ id }) => only.includes(id));
  return good({ ...read, series: named.slice(0, limit) });
}

const tooFar = (horizon: number, step: Seconds): Trouble => ({
  file: 'command line',
  at: '--horizon',
  value: `${duration(horizon * step)} (${horizon} steps of ${duration(step)})`,
  problem: 'it is further than can be told',
  remedy: `ask for ${duration(LONGEST_HORIZON)} at most`,
});
