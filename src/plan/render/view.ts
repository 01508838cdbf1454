import type { Verdict } from '../../policy/policy.ts';

/**
 * What a person is shown of a plan, before it is a table on a terminal, Markdown or a page. The three renderers share
 * these words and figures; each only decides how they look and makes them inert in its own language.
 */
export interface View {
  readonly title: string;
  /** `as of 2026-03-02 18:00 UTC` */
  readonly asOf: string;
  /** the figures of the headline, the most important first */
  readonly headline: readonly string[];
  readonly verdict: Verdict;
  readonly sections: readonly Section[];
}

export type Section = GridSection | ListSection;

export interface GridSection {
  readonly kind: 'grid';
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** one sentence under the grid: what was left out, where a figure comes from */
  readonly note?: string;
}

export interface ListSection {
  readonly kind: 'list';
  readonly title: string;
  readonly items: readonly string[];
}

export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** may be cut in the middle where the line is too short */
  readonly flexible?: true;
  /** a sentence: takes the room that is left and goes on in further lines; the last column only */
  readonly wraps?: true;
  /** what its head stands for, told under the grid where the column is shown */
  readonly about?: string;
  /** left out where the line is too short, the highest first; absent = never */
  readonly drop?: number;
}

export interface Row {
  readonly cells: readonly string[];
  readonly tone?: Tone;
  /** a sentence of its own that belongs to the row */
  readonly note?: string;
}

/** `up`: more, `down`: less, `warn`: held, `bad`: stopped, `strong`: a sum */
export type Tone = 'up' | 'down' | 'warn' | 'bad' | 'strong' | 'dim';

export const left = (head: string, more: Partial<Column> = {}): Column => ({ head, align: 'left', ...more });
export const right = (head: string, more: Partial<Column> = {}): Column => ({ head, align: 'right', ...more });

/** What is told under a grid: what the heads of its columns stand for, and the section's own note. */
export const legendOf = (columns: readonly Column[], note: string | undefined): string | undefined =>
  [...columns.flatMap((column) => column.about ?? []), ...(note === undefined ? [] : [note])].join('; ') || undefined;
