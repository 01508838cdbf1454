import { named, section } from './kinds/group.ts';
import { amount } from './kinds/number.ts';
import { moment } from './kinds/moment.ts';
import { duration } from './kinds/quantity.ts';
import { environmentVariable, filePath, line, lines, name, url } from './kinds/text.ts';

export const CSV_COLUMNS = { time: 'timestamp', value: 'value' } as const;

/** What says where a series is read, and has no place beside a sum of others. */
export const BESIDE_SUM = ['csv', 'query', 'time', 'value', 'endsAt', 'scale'] as const;

/** One market's series: a CSV file, a Prometheus query or a sum, never two; the JSON Schema says so to editors. */
const source = section('Where one market’s series is read: csv, query or sum, one of the three.', {
  csv: filePath(
    'A CSV file with a header row, relative to the folder of this file.',
    'traffic/connections.csv',
  ).exactOptional(),
  time: line(
    `Column that holds the time: ISO 8601 or seconds since 1970. Left out: ${CSV_COLUMNS.time}.`,
    'timestamp',
  ).exactOptional(),
  value: line(`Column that holds the value. Left out: ${CSV_COLUMNS.value}.`, 'eu').exactOptional(),
  endsAt: moment(
    'Moves the series in time, as a whole, so that its last row stands here: recordings of other years, or without dates. Left out: it stays.',
    '2026-11-20T18:00Z',
  ).exactOptional(),
  query: lines('A PromQL query that answers one series.', 'sum(im_connections{market="eu"})').exactOptional(),
  sum: named(
    'Other signals of this market, each with a factor, added up and forecast as one: a service that works on all of them needs room for the peak of their sum, not for the sum of their peaks.',
    'a signal',
    name('A signal.', 'messages'),
    amount('factor', 'Weight of one unit of it, in the unit of the sum.', 0.4),
  ).exactOptional(),
  scale: amount(
    'factor',
    'Multiplied onto every value: users online into connections. Left out: 1.',
    1.3,
  ).exactOptional(),
}).meta({
  oneOf: [
    { required: ['csv'], not: { anyOf: [{ required: ['query'] }, { required: ['sum'] }] } },
    { required: ['sum'], not: { anyOf: BESIDE_SUM.map((key) => ({ required: [key] })) } },
    {
      required: ['query'],
      not: {
        anyOf: [
          { required: ['csv'] },
          { required: ['sum'] },
          { required: ['time'] },
          { required: ['value'] },
          { required: ['endsAt'] },
        ],
      },
    },
  ],
});

const signal = section('One kind of load, in one unit, a series for each market.', {
  unit: line('What it counts. A rate ends in /s.', 'messages/s'),
  step: duration('From one value to the next.', '5m', '1s', '1d').prefault('5m'),
  markets: named('Its series by market.', 'a market', name('A market.', 'eu'), source),
});

/** The load as it was observed. */
export const signals = named(
  'The load that was observed, by a name of your own.',
  'a signal',
  name('A signal.', 'connections'),
  signal,
);

/** Where queries are asked. */
export const prometheus = section('The Prometheus server that signals with a query are read from.', {
  url: url('Its address, without a password.', 'http://prometheus.monitoring:9090'),
  tokenEnv: environmentVariable(
    'Environment variable that holds the bearer token. Left out: none is sent.',
    'PROM_TOKEN',
  ).exactOptional(),
  history: duration('How much history to read.', '14d', '1h').prefault('14d'),
  timeout: duration('How long to wait for an answer.', '10s', '100ms', '10m').prefault('10s'),
});
