import { createHash } from 'node:crypto';
import { sectionHtml, text } from '../../plan/render/html.ts';
import { STYLE } from '../../plan/render/style.ts';
import { shortened } from '../../trouble.ts';
import { fanChart } from './fan-chart.ts';
import type { Told } from './outcome.ts';
import { backtestSections, drawable, headlineOf, noteSections, seriesSection, stepSection } from './sections.ts';

/** Rows of the table: a week of hours whole, more in even parts. */
const MOST_ROWS = 168;
const MOST_SERIES = 500;
/** Pictures of as many series; all of them are in the table. */
const MOST_CHARTS = 24;

/**
 * A run as one page that needs nothing else: no script, no font, no request. Like the plan's page its policy allows the
 * one style sheet by its hash and nothing more.
 */
export function asPage(told: Told): string {
  const { file, series } = told;
  const style = STYLE + FAN_STYLE;
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const title =
    series.length === 1
      ? `Forecast of ${shortened(series[0]?.signal.name ?? '')}`
      : `Forecast of ${series.length} series`;
  const [first = '', ...rest] = headlineOf(told);
  const drawn = series.filter(drawable);
  const charts = drawn.slice(0, MOST_CHARTS).map((one) => fanChart(one, told));
  const more = drawn.length - charts.length;
  const [only] = drawn;
  const tables =
    series.length === 1 ? (only ? [stepSection(only, told, MOST_ROWS)] : []) : [seriesSection(told, MOST_SERIES)];
  const sections = [...backtestSections(told), ...tables, ...noteSections(told)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${text(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${text(title)}</h1>
<p class="dim">${text(`from ${file}`)}</p>
<p class="lead">${text(first)}</p>
${rest.map((line) => `<p>${text(line)}</p>`).join('\n')}
</header>
<main>
<section>${charts.join('\n')}${more > 0 ? `<p class="dim">${more} more series are not drawn</p>` : ''}</section>
${sections.map(sectionHtml).join('\n')}
</main>
</body>
</html>
`;
}

/** What the plan's style sheet does not have: axes, a fan in three depths, and paper that is always light. */
const FAN_STYLE = `
.lead{font-size:1.1rem;font-weight:600}
.fan{margin:1.2rem 0 0}
.fan text{font:11px system-ui,sans-serif;fill:var(--dim)}
.grid{stroke:var(--line)}
.tick{stroke:var(--dim)}
.band{fill:var(--blue);stroke:none}
.d1{fill-opacity:.14}.d2{fill-opacity:.24}.d3{fill-opacity:.36}
.past,.median{stroke-linejoin:round;stroke-linecap:round}
.median{stroke-width:2}
.pointed rect{fill:transparent}
.pointed rect:hover{fill:var(--ink);fill-opacity:.12}
.keys{display:block}
.key{display:inline-block;width:1.1rem;height:.2rem;margin-right:.35rem;vertical-align:middle}
.past-key{background:var(--ink)}.median-key{background:var(--blue)}
.band-key{height:.7rem;background:var(--blue);opacity:.3}
.slim{display:none}
@media screen and (max-width:40rem){.broad{display:none}.slim{display:block}body{padding:1rem}th,td{padding:.28rem .45rem}}
td.left:first-child{white-space:nowrap}
@media print{:root{--ink:#1a2230;--paper:#fff;--dim:#5b6676;--line:#d9dee6;--head:#fff;--up:#8a4b00;--down:#0b6b3a;--warn:#8a4b00;--bad:#b3122a;--band:#bcd4f2;--blue:#1d5fb4}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
