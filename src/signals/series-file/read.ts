import { bad, good, type Checked, type Trouble } from '../../trouble.ts';
import { Cells } from '../cells.ts';
import { badTime, badValue, empty, quotes, wrongWidth } from '../csv-trouble.ts';
import { parseNumber } from '../number.ts';
import { parseTime } from '../time.ts';
import { placesIn, type NamedColumns, type Places } from './header.ts';
import { isoStyleOf, kindOf, KIND_WORDS, type TimeKind, type TimeStyle } from './time-style.ts';

export interface SeriesFileSpec extends NamedColumns {
  /** as the user named it */
  readonly file: string;
  /** what the series of a file without ids is called */
  readonly name: string;
}

/** The rows of a file by series, as they were written: not yet on a grid. */
export interface SeriesFile {
  readonly file: string;
  /** whether a column tells the series apart */
  readonly named: boolean;
  readonly kind: TimeKind;
  /** how ISO times are written; that of the last row that has a time of day */
  readonly iso?: TimeStyle;
  readonly series: readonly RawSeries[];
}

export interface RawSeries {
  readonly id: string;
  /** ms since 1970-01-01T00:00Z; of small numbers their thousandfold, whatever they count */
  readonly times: Float64Array;
  /** NaN where the cell holds no value */
  readonly values: Float64Array;
  /** 1-based */
  readonly lines: Int32Array;
}

const TROUBLES_AT_MOST = 50;

/**
 * A series file: `timestamp,value`, or many series below one another as `unique_id,ds,y`. The first row names the
 * columns; what else a row holds is passed over. Series keep the order in which the file names them.
 */
export function readSeriesFile(text: string, spec: SeriesFileSpec): Checked<SeriesFile> {
  const { file } = spec;
  const cells = new Cells(text);
  if (!cells.next()) return bad(cells.broken ? quotes(file, cells) : empty(file));
  const header = Array.from({ length: cells.count }, (_, c) => cells.cell(c));
  const places = placesIn(header, spec, file, cells.line);
  if (!places.ok) return places;
  const rows = new Rows(spec, header, places.value);
  while (cells.next() && rows.troubles.length < TROUBLES_AT_MOST) rows.add(cells);
  if (cells.broken) rows.troubles.push(quotes(file, cells));
  if (rows.troubles.length > 0) return bad(...rows.troubles.slice(0, TROUBLES_AT_MOST));
  if (rows.kind === undefined)
    return bad({ file, problem: 'has a header and no rows', remedy: 'write a line for every step' });
  return good({
    file,
    named: places.value.id !== undefined,
    kind: rows.kind,
    ...(rows.iso && { iso: rows.iso }),
    series: rows.series(),
  });
}

interface Growing {
  readonly times: number[];
  readonly values: number[];
  readonly lines: number[];
}

class Rows {
  readonly troubles: Trouble[] = [];
  kind: TimeKind | undefined;
  readonly #spec: SeriesFileSpec;
  readonly #header: readonly string[];
  readonly #places: Places;
  readonly #byId = new Map<string, Growing>();
  #timed = '';

  constructor(spec: SeriesFileSpec, header: readonly string[], places: Places) {
    this.#spec = spec;
    this.#header = header;
    this.#places = places;
  }

  add(cells: Cells): void {
    const { line } = cells;
    const { file } = this.#spec;
    const { time, value, id } = this.#places;
    if (cells.count !== this.#header.length) {
      this.troubles.push(wrongWidth(file, line, cells.count, this.#header.length));
      return;
    }
    const timeText = cells.cell(time);
    const ms = parseTime(timeText);
    const kind = kindOf(timeText);
    const number = parseNumber(cells.cell(value));
    const name = id === undefined ? this.#spec.name : cells.cell(id);
    if (Number.isNaN(ms)) this.troubles.push(badTime(file, line, this.#header[time] ?? '', timeText));
    else if (this.kind !== undefined && kind !== this.kind) this.troubles.push(this.#mixed(line, timeText, kind));
    if (number === undefined) this.troubles.push(badValue(file, line, this.#header[value] ?? '', cells.cell(value)));
    if (name === '') this.troubles.push(this.#nameless(line));
    if (Number.isNaN(ms) || number === undefined || name === '') return;
    this.kind ??= kind;
    if (kind === 'iso' && (timeText.length > 10 || this.#timed === '')) this.#timed = timeText;
    let series = this.#byId.get(name);
    if (!series) this.#byId.set(name, (series = { times: [], values: [], lines: [] }));
    series.times.push(ms);
    series.values.push(number);
    series.lines.push(line);
  }

  get iso(): TimeStyle | undefined {
    return this.kind === 'iso' ? isoStyleOf(this.#timed) : undefined;
  }

  series(): readonly RawSeries[] {
    return Array.from(this.#byId, ([id, { times, values, lines }]) => ({
      id,
      times: Float64Array.from(times),
      values: Float64Array.from(values),
      lines: Int32Array.from(lines),
    }));
  }

  #mixed(line: number, value: string, kind: TimeKind): Trouble {
    const before = KIND_WORDS[this.kind ?? 'iso'];
    const problem = `${KIND_WORDS[kind]}, where the rows before have ${before}`;
    return {
      file: this.#spec.file,
      line,
      at: this.#header[this.#places.time] ?? '',
      value,
      problem,
      remedy: 'write all times alike',
    };
  }

  #nameless(line: number): Trouble {
    const at = this.#header[this.#places.id ?? 0] ?? '';
    return {
      file: this.#spec.file,
      line,
      at,
      value: 'empty',
      problem: 'names no series',
      remedy: 'write the name of its series on every row',
    };
  }
}
