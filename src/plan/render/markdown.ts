import { inert } from './lines.ts';
import { legendOf, type GridSection, type Section, type View } from './view.ts';

/** Sections that a reviewer opens only when the summary raises a question. */
const FOLDED = new Set(['Demand', 'One more nine', 'Pools', 'Pools by place', 'Prices']);
const VERDICT = { allow: '✅ allow', hold: '⏸️ hold', stop: '⛔ stop' } as const;

/** The plan for a pull request or a chat: GitHub's Markdown, the summary first, the long tables folded. */
export function renderMarkdown(view: View): string {
  const [money = '', ...rest] = view.headline;
  return [
    `## ${text(view.title)}`,
    `_${text(view.asOf)}_`,
    `**${text(money.replaceAll(/ {2,}/g, ' · '))}** · ${VERDICT[view.verdict]}`,
    rest.map((line) => `- ${text(line)}`).join('\n'),
    ...view.sections.map(sectionText),
    '',
  ].join('\n\n');
}

function sectionText(section: Section): string {
  const body = section.kind === 'grid' ? gridText(section) : section.items.map((item) => `- ${text(item)}`).join('\n');
  return FOLDED.has(section.title)
    ? `<details><summary>${text(section.title)}</summary>\n\n${body}\n\n</details>`
    : `### ${text(section.title)}\n\n${body}`;
}

function gridText({ columns, rows, note }: GridSection): string {
  const legend = legendOf(columns, note);
  const why = rows.some((row) => row.note !== undefined);
  const heads = [...columns.map((column) => column.head), ...(why ? ['why'] : [])];
  const rules = [...columns.map((column) => (column.align === 'right' ? '--:' : ':--')), ...(why ? [':--'] : [])];
  const lines = rows.map((row) => [...row.cells, ...(why ? [row.note ?? ''] : [])]);
  const table = rows.length === 0 ? [] : [line(heads.map(text)), line(rules), ...lines.map((l) => line(l.map(text)))];
  return [table.join('\n'), legend === undefined ? '' : `_${text(legend)}_`].filter((part) => part !== '').join('\n\n');
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** Every character that Markdown or HTML would read as more than itself, taken at its word. */
const text = (raw: string): string =>
  inert(raw)
    .replaceAll(/[\\`*_[\]#|~!$]/g, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    // a name such as @team or http://… must not notify or link anybody
    .replaceAll('@', '&#64;')
    .replaceAll('://', '&#58;//');
