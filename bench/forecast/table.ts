import type { Claim } from './asked.ts';
import { COVERED, type Figures } from './metrics.ts';

/** One line of the table of methods. */
export interface Row {
  readonly series: string;
  readonly method: string;
  readonly figures: Figures;
  /** against Naive2 on the same series */
  readonly owa: number;
}

interface Column {
  readonly head: string;
  readonly width: number;
  cell(row: Row): string;
}

const NAME_WIDTH = 41;
const METHOD_WIDTH = 12;

const COLUMNS: readonly Column[] = [
  { head: 'MAE/n24', width: 7, cell: ({ figures }) => digits(figures.relative, 3) },
  { head: 'sMAPE %', width: 7, cell: ({ figures }) => digits(figures.smape, 2) },
  { head: 'MASE', width: 6, cell: ({ figures }) => digits(figures.mase, 3) },
  { head: 'OWA', width: 6, cell: ({ owa }) => digits(owa, 3) },
  { head: 'WQL', width: 6, cell: ({ figures }) => digits(figures.wql, 4) },
  { head: 'P99/n24', width: 7, cell: ({ figures }) => digits(figures.p99Loss, 4) },
  { head: 'MSIS', width: 6, cell: ({ figures }) => digits(figures.msis, 2) },
  ...COVERED.map((q, i) => ({
    head: `≤P${100 * q}`,
    width: q === 0.999 ? 6 : 5,
    cell: ({ figures }: Row) => digits(100 * (figures.coverage[i] ?? Number.NaN), q === 0.999 ? 2 : 1),
  })),
  { head: 'fit ms', width: 7, cell: ({ figures }) => digits(1000 * figures.fitS, 1) },
  { head: 'say ms', width: 6, cell: ({ figures }) => digits(1000 * figures.predictS, 2) },
];

export const LEGEND = [
  'MAE/n24: mean absolute error over that of repeating 24 hours, same steps. sMAPE, MASE, OWA, MSIS (95%): as the M4',
  'competition defines them. WQL: quantile loss of the deciles over the load. P99/n24: pinball loss at P99 over the MAE',
  'of repeating 24 hours. ≤P90: percent of values at or under that quantile. fit, say: mean milliseconds a forecast.',
].join('\n');

export function headOf(first: string): string {
  return lineOf(
    first,
    'method',
    COLUMNS.map((c) => c.head),
  );
}

export function rowOf(row: Row): string {
  return lineOf(
    row.series,
    row.method,
    COLUMNS.map((c) => c.cell(row)),
  );
}

function lineOf(name: string, method: string, cells: readonly string[]): string {
  const figures = cells.map((cell, i) => cell.padStart(COLUMNS[i]?.width ?? 0));
  return [name.padEnd(NAME_WIDTH), method.padEnd(METHOD_WIDTH), ...figures].join(' ');
}

/** A line of a part with a table of its own. */
export const plainLine = (name: string, cells: readonly string[], method = ''): string =>
  [name.padEnd(50), ...(method === '' ? [] : [method.padEnd(METHOD_WIDTH)]), ...cells.map((c) => c.padStart(8))].join(
    ' ',
  );

const digits = (value: number, places: number): string => (Number.isNaN(value) ? '' : value.toFixed(places));

/** What is wanted, beside what came out. */
export function claimsTable(claims: readonly Claim[]): string {
  const width = Math.max(0, ...claims.map((c) => c.what.length));
  const wanted = Math.max(6, ...claims.map((c) => c.wanted.length));
  const figure = Math.max(6, ...claims.map((c) => c.figure.length));
  return claims
    .map((c) =>
      [
        c.what.padEnd(width),
        c.figure.padStart(figure),
        `wanted ${c.wanted.padEnd(wanted)}`,
        c.met ? 'met' : 'missed',
      ].join('  '),
    )
    .join('\n');
}
