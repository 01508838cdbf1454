import { basename } from 'node:path';
import { Option } from 'commander';
import { bad, EXIT, good, shortened, type Checked, type ExitCode, type Trouble } from '../trouble.ts';
import type { Typed } from './forecast/options.ts';
import type { Told } from './forecast/outcome.ts';
import type { Events } from './forecast/told-from.ts';
import type { NamedColumns } from '../signals/series-file/header.ts';
import { refuse, type Declare, type Io } from './io.ts';

const OUTPUTS = ['table', 'csv', 'json', 'html'] as const;

interface Given extends Typed, NamedColumns {
  readonly events?: string;
  readonly market?: string;
  readonly output: (typeof OUTPUTS)[number];
}

/** `godwit forecast series.csv`: quantile paths of any series, and how well such forecasts did on its past. */
export const declareForecast: Declare = (program, io, finish) => {
  program
    .command('forecast')
    .argument('<series>', 'CSV file: timestamp,value, or unique_id,ds,y for many series; - for stdin')
    .description('forecast a series of load: mean and quantiles for each step ahead')
    .option('--horizon <length>', 'how far: a number of steps or a time, 48, 48h or 7d', '24h')
    .option('--step <time>', 'length of a step, 1m to 1h (default: as far as the rows lie apart)')
    .option('--season <lengths>', 'lengths of the seasons in steps or times: 24,168 (default: a day and a week)')
    .option('--quantiles <list>', 'which quantiles, from 0.01 to 0.999', '0.1,0.5,0.9,0.95,0.99')
    .option('--backtest <origins>', 'also forecast this many times from its own past, and tell how well that went')
    .option('--events <file>', 'YAML file of holidays, launches and outages: see docs/forecast.md')
    .option('--market <name>', 'with --events: the market of the series (default: its id, where the file has ids)')
    .option('--series <id>', 'only this series; may be given several times', listed, [])
    .option('--limit <n>', 'only the first n series of the file')
    .option('--time-column <name>', 'column of the times (default: ds, timestamp or time)')
    .option('--value-column <name>', 'column of the values (default: y or value)')
    .option('--id-column <name>', 'column that tells the series apart (default: unique_id where there is one)')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(OUTPUTS).default('table'))
    .addHelpText('after', HELP)
    .action(async (file: string, given: Given) => finish(await forecastFile(io, file, given)));
};

const listed = (id: string, ids: readonly string[]): readonly string[] => [...ids, id];

const HELP = `
Examples:
  godwit forecast load.csv --horizon 7d
  godwit forecast load.csv --horizon 48 --quantiles 0.5,0.99 -o csv > forecast.csv
  godwit forecast load.csv --backtest 5 -o html > forecast.html
  kubectl … | godwit forecast - --value-column requests

The formats, and how to read the outcome: docs/forecast.md

Exit codes: 0 every series has a forecast · 4 some have none, because nothing was seen of them · 64 the command line
or the file is wrong
`;

async function forecastFile(io: Io, file: string, given: Given): Promise<ExitCode> {
  const told = await toldOf(file, given);
  if (!told.ok) return refuse(io, told.troubles);
  io.out(await rendered(io, told.value, given.output));
  if (given.output === 'csv') io.err(await aside(told.value));
  const without = told.value.series.filter(({ forecast }) => forecast.mean.length === 0);
  for (const { signal, notes } of without) {
    io.err(`godwit: ${nameOf(file)}: ${shortened(signal.name)}: ${notes[0] ?? 'no forecast'}\n`);
  }
  return without.length > 0 ? EXIT.incomplete : EXIT.ok;
}

async function toldOf(file: string, given: Given): Promise<Checked<Told>> {
  const { optionsFrom } = await import('./forecast/options.ts');
  const options = optionsFrom(given);
  const [text, events] = await Promise.all([textOf(file), eventsFrom(given)]);
  const troubles = [options, text, events].flatMap((read) => (read.ok ? [] : read.troubles));
  if (!options.ok || !text.ok || !events.ok) return bad(...troubles);
  const { toldFrom } = await import('./forecast/told-from.ts');
  const origin = { file: nameOf(file), name: seriesName(file), columns: given };
  return toldFrom(text.value, origin, options.value, events.value);
}

async function eventsFrom({ events: file, market }: Given): Promise<Checked<Events | undefined>> {
  if (file === undefined) return market === undefined ? good(undefined) : bad(marketAlone(market));
  const [{ readTextFile }, { loadHolidays }, { readEvents }] = await Promise.all([
    import('../world/files.ts'),
    import('../world/holidays.ts'),
    import('../forecast/events/document.ts'),
  ]);
  const text = await readTextFile(file);
  if (!text.ok) return text;
  const list = readEvents(text.value, file);
  if (!list.ok) return list;
  return good({ list: list.value, holidays: await loadHolidays(), ...(market !== undefined && { market }) });
}

const marketAlone = (market: string): Trouble => ({
  file: 'command line',
  at: '--market',
  value: market,
  problem: 'it only says which events concern the series',
  remedy: 'add --events FILE, or leave it out',
});

/** Many years of minutes of many series. */
const LARGEST = 256 * 2 ** 20;

async function textOf(file: string): Promise<Checked<string>> {
  if (file !== '-') return (await import('../world/files.ts')).readTextFile(file, LARGEST);
  if (process.stdin.isTTY) return bad(NOTHING_PIPED);
  const { readStream } = await import('./stdin.ts');
  const text = await readStream(process.stdin, 'stdin', LARGEST);
  return text.ok ? good(text.value.replace(/^\uFEFF/, '')) : text;
}

const NOTHING_PIPED: Trouble = {
  file: 'stdin',
  problem: 'nothing is piped in',
  remedy: 'name a file, or pipe one into -',
};

const nameOf = (file: string): string => (file === '-' ? 'stdin' : file);
/** What the one series of a file without ids is called. */
const seriesName = (file: string): string =>
  file === '-' ? 'stdin' : basename(file).replace(/\.[^.]+$/, '') || 'series';

async function rendered(io: Io, told: Told, output: Given['output']): Promise<string> {
  switch (output) {
    case 'csv':
      return (await import('./forecast/as-csv.ts')).asCsv(told);
    case 'json': {
      const { asJson } = await import('./forecast/as-json.ts');
      return `${JSON.stringify({ schemaVersion: 1, ...asJson(told) }, finiteOnly, 2)}\n`;
    }
    case 'html':
      return (await import('./forecast/as-page.ts')).asPage(told);
    case 'table': {
      const { asText } = await import('./forecast/as-text.ts');
      if (!io.colour) return asText(told, io.width);
      const { paint, plotInk } = await import('./paint.ts');
      return asText(told, io.width, await paint(), await plotInk());
    }
    default:
      return output satisfies never;
  }
}

const finiteOnly = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? null : value;

/** With CSV, what is no row of it goes to stderr: the scores of the backtest and the notes. */
async function aside(told: Told): Promise<string> {
  const { scoreLines, noteLines } = await import('./forecast/as-text.ts');
  return [...scoreLines(told), ...noteLines(told)].map((line) => `${line}\n`).join('');
}
