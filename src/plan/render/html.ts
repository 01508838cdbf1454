import { chartsOf, type Chart } from './chart.ts';
import { STYLE, STYLE_HASH } from './style.ts';
import { inert } from './lines.ts';
import type { Decided } from '../plan.ts';
import { viewOf } from './view-of.ts';
import { legendOf, type GridSection, type Row, type Section } from './view.ts';

/**
 * The plan as one page that needs nothing else: no script, no font, no request. Its policy allows the one style sheet
 * by its hash and nothing more, so even a label that slipped through the escaping could not run or load anything.
 */
export function renderHtml(decided: Decided, full = false): string {
  const view = viewOf(decided, full);
  const [money = '', ...rest] = view.headline;
  const policy = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${text(view.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${text(view.title)} <span class="verdict ${view.verdict}">${view.verdict}</span></h1>
<p class="dim">${text(view.asOf)}</p>
<p class="money">${money
    .split(/ {2,}/)
    .map((part) => `<span>${text(part)}</span>`)
    .join(' ')}</p>
<ul>${rest.map((line) => `<li>${text(line)}</li>`).join('')}</ul>
</header>
<main>
${[...view.sections.slice(0, 1).map(sectionHtml), chartSection(chartsOf(decided)), ...view.sections.slice(1).map(sectionHtml)].join('\n')}
</main>
</body>
</html>
`;
}

export const sectionHtml = (section: Section): string =>
  `<section><h2>${text(section.title)}</h2>${section.kind === 'grid' ? gridHtml(section) : listHtml(section.items)}</section>`;

const listHtml = (items: readonly string[]): string =>
  `<ul>${items.map((item) => `<li>${text(item)}</li>`).join('')}</ul>`;

function gridHtml({ columns, rows, note }: GridSection): string {
  const legend = legendOf(columns, note);
  const head = columns.map((c) => `<th scope="col" class="${c.align}">${text(c.head)}</th>`).join('');
  const body = rows.map((row) => rowHtml(row, columns)).join('\n');
  const table =
    rows.length === 0
      ? ''
      : `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
  return `${table}${legend === undefined ? '' : `<p class="dim">${text(legend)}</p>`}`;
}

function rowHtml({ cells, tone, note }: Row, columns: GridSection['columns']): string {
  const line = columns.map((c, i) => `<td class="${c.align}">${text(cells[i] ?? '')}</td>`).join('');
  const under =
    note === undefined ? '' : `\n<tr class="note"><td></td><td colspan="${columns.length - 1}">${text(note)}</td></tr>`;
  return `<tr${tone ? ` class="${tone}"` : ''}>${line}</tr>${under}`;
}

function chartSection(charts: readonly Chart[]): string {
  if (charts.length === 0) return '';
  return `<section><h2>Load seen and forecast</h2><div class="charts">${charts.map(chartHtml).join('\n')}</div></section>`;
}

/** The past as a line, the forecast's median as a line and its quantiles as a band; every figure is also in words. */
function chartHtml({ title, words, width, height, band, past, median, now }: Chart): string {
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${text(`${title}: ${words}`)}">
<polygon class="band" points="${band}"/><line class="now" x1="${now}" x2="${now}" y1="0" y2="${height}"/>
<polyline class="past" points="${past}"/><polyline class="median" points="${median}"/></svg>
<figcaption><b>${text(title)}</b> ${text(words)}</figcaption></figure>`;
}

const ENTITY: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Text that is inert in a page. */
export const text = (raw: string): string => inert(raw).replaceAll(/[&<>"']/g, (c) => ENTITY[c] ?? c);
