import { printable } from '../trouble.ts';
import type { Page, Section, Table } from './page.ts';

/** How headings and figures are set off; a terminal without colour gets them plain. */
export interface Ink {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

export const PLAIN: Ink = { bold: (text) => text, dim: (text) => text };

/** A page for a terminal: nothing from the input can reach it as a control character. */
export function asText(page: Page, ink: Ink = PLAIN, width = 100): string {
  const head = page.headline.map((line) => `${ink.bold(wrapped(printable(line), width, ''))}\n`).join('');
  return `${head}${page.sections.map((s) => sectionText(s, ink, width)).join('')}`;
}

function sectionText({ title, lines, table }: Section, ink: Ink, width: number): string {
  const several = (lines ?? []).length > 2;
  const body = (lines ?? []).map((line) =>
    several
      ? `  - ${wrapped(printable(line), width - 4, '    ')}\n`
      : `  ${wrapped(printable(line), width - 2, '  ')}\n`,
  );
  return `\n${ink.bold(printable(title))}\n${body.join('')}${table ? tableText(table, ink) : ''}`;
}

function tableText({ head, rows }: Table, ink: Ink): string {
  const cells = rows.map((row) => row.map(printable));
  const widths = head.map((column, i) => Math.max(column.name.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, i) => (head[i]?.align === 'right' ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  const title = ink.dim(`  ${lineOf(head.map((column) => column.name))}`);
  return `${[title, ...cells.map((row) => `  ${lineOf(row)}`)].join('\n')}\n`;
}

function wrapped(line: string, width: number, indent: string): string {
  const lines: string[] = [];
  let here = '';
  for (const word of line.split(' ')) {
    if (here !== '' && here.length + word.length + 1 > width) {
      lines.push(here);
      here = word;
    } else here = here === '' ? word : `${here} ${word}`;
  }
  return [...lines, here].join(`\n${indent}`);
}
