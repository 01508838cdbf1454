import { type BaselineAnswer, STRATEGIES, type Strategy } from './baselines.ts';
import type { Target } from './instance.ts';
import type { Measured, Solved } from './measure.ts';

interface Column {
  readonly head: string;
  readonly width: number;
  readonly left?: true;
  cell(m: Measured & Solved, target: Target | undefined): string;
}

const COLUMNS: readonly Column[] = [
  { head: 'replicas', width: 9, cell: (m) => m.replicas.toLocaleString('en-US') },
  { head: 'shapes', width: 6, cell: (m) => String(m.groups) },
  { head: 'offerings', width: 9, cell: (m) => m.offerings.toLocaleString('en-US') },
  { head: 'nodes', width: 6, cell: (m) => String(m.nodes) },
  { head: 'cost $/h', width: 11, cell: (m) => m.usdPerHour.toFixed(3) },
  { head: 'bound $/h', width: 11, cell: (m) => m.lowerBoundUsdPerHour.toFixed(3) },
  { head: 'gap', width: 7, cell: (m) => percent(m.gap) },
  { head: 'optimum', width: 8, cell: optimumCell },
  { head: 'wall s', width: 7, cell: (m) => median(m.wallS).toFixed(2) },
  { head: 'CPU s', width: 7, cell: (m) => median(m.cpuS).toFixed(2) },
  { head: 'RSS MB', width: 6, cell: (m) => m.rssMb.toFixed(0) },
  { head: 'wanted', width: 17, cell: (m, target) => wantedCell(m, target) },
];
const NAME_WIDTH = 26;

export interface Layout {
  readonly seeds: boolean;
  readonly baselines: boolean;
}

export function headOf(layout: Layout): string {
  return lineOf(
    layout,
    'instance',
    'seed',
    COLUMNS.map((c) => c.head),
    layout.baselines ? STRATEGIES.map((s) => s) : [],
    'answer',
  );
}

export function rowOf(
  layout: Layout,
  m: Measured,
  target: Target | undefined,
  baselines: readonly BaselineAnswer[],
): string {
  if (m.kind !== 'solved') return `${m.name.padEnd(NAME_WIDTH)} ${seedCell(layout, m.seed)}${m.kind}: ${m.reason}`;
  const others = layout.baselines ? STRATEGIES.map((s) => baselineCell(m, baselines, s)) : [];
  const answer = m.broken.length === 0 ? 'verified' : `${m.broken.length} broken: ${m.broken.slice(0, 2).join('; ')}`;
  return lineOf(
    layout,
    m.name,
    String(m.seed),
    COLUMNS.map((c) => c.cell(m, target)),
    others,
    m.method === 'columns' ? answer : `${answer} (${m.method})`,
  );
}

function lineOf(
  layout: Layout,
  name: string,
  seed: string,
  cells: readonly string[],
  others: readonly string[],
  answer: string,
): string {
  const figures = cells.map((cell, i) => cell.padStart(COLUMNS[i]?.width ?? 0));
  const ratios = others.map((cell) => cell.padStart(14));
  return [name.padEnd(NAME_WIDTH) + seedCell(layout, seed).trimEnd(), ...figures, ...ratios, answer].join(' ');
}

const seedCell = (layout: Layout, seed: number | string): string =>
  layout.seeds ? `${String(seed).padStart(5)} ` : '';

function optimumCell(m: Measured & Solved): string {
  if (m.optimum === undefined) return '';
  const over = Math.round(m.usdPerHour - m.optimum);
  return over === 0 ? `${m.optimum}` : `${m.optimum} ${over > 0 ? '+' : ''}${over}`;
}

/** What is wanted of the instance, and what of it was missed. */
function wantedCell(m: Measured & Solved, target: Target | undefined): string {
  const misses = target && missed(m, target);
  if (!target || !misses) return '';
  const quality =
    target.gap !== undefined ? percent(target.gap) : target.binsOver !== undefined ? `+${target.binsOver}` : '';
  return `${quality} ${target.seconds} s ${misses.length === 0 ? 'met' : `not ${misses.join(',')}`}`.trimStart();
}

/** Undefined where nobody can tell: a published optimum is wanted and there is none. */
export function missed(m: Measured & Solved, target: Target): string[] | undefined {
  if (target.binsOver !== undefined && m.optimum === undefined) return undefined;
  const over = m.usdPerHour - (m.optimum ?? m.usdPerHour);
  return [
    ...(m.gap > (target.gap ?? Infinity) ? ['gap'] : []),
    ...(over > (target.binsOver ?? Infinity) + 1e-6 ? ['bins'] : []),
    ...(median(m.wallS) > target.seconds ? ['s'] : []),
  ];
}

/** Its cost over ours; with what it left out or broke, since a cheaper answer that breaks a rule is none. */
function baselineCell(m: Solved, baselines: readonly BaselineAnswer[], strategy: Strategy): string {
  const b = baselines.find((x) => x.strategy === strategy);
  if (!b) return '';
  if (b.kind === 'failed') return b.reason.startsWith('no answer') ? 'late' : 'failed';
  const flaw = b.unplaced > 0 ? ` -${b.unplaced}` : b.broken > 0 ? ` !${b.broken}` : '';
  return `${(b.usdPerHour / m.usdPerHour).toFixed(3)}${flaw}`;
}

const percent = (x: number): string => `${(100 * x).toFixed(2)}%`;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1], sorted[middle]];
  if (high === undefined) return Number.NaN;
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2;
}
