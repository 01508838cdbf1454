import { inert, sizeOf, wrapped } from './lines.ts';
import { legendOf, type Column, type GridSection, type Row, type Section, type Tone, type View } from './view.ts';

export type Paint = Readonly<Record<Tone | 'title', (text: string) => string>>;

/** Printed where the terminal does not say how wide it is. */
export const PRINTED_WIDTH = 100;
/** Narrower than this, lines are cut rather than columns squeezed further. */
const NARROWEST = 60;
const GAP = '  ';

/** The plan as aligned text, no line wider than `width` columns. */
export function renderTable(view: View, width: number = PRINTED_WIDTH, paint: Paint = plain): string {
  const wide = Math.max(NARROWEST, width);
  const lines = [
    ...titleLines(view, wide, paint),
    ...view.headline.flatMap((text, i) => {
      const tone =
        i === 0 ? paint.strong : text.startsWith('stop') ? paint.bad : text.startsWith('hold') ? paint.warn : same;
      return wrapped(text, wide - 2).map((line) => `  ${tone(line)}`);
    }),
  ];
  return joined(lines) + renderSections(view.sections, width, paint);
}

/** Sections alone, a blank line before each. */
export function renderSections(
  sections: readonly Section[],
  width: number = PRINTED_WIDTH,
  paint: Paint = plain,
): string {
  const wide = Math.max(NARROWEST, width);
  return sections
    .map((section) => joined(['', paint.title(inert(section.title)), ...sectionLines(section, wide, paint)]))
    .join('');
}

const joined = (lines: readonly string[]): string => `${lines.map((line) => line.trimEnd()).join('\n')}\n`;

/** In one line where it fits. */
function titleLines({ title, asOf }: View, width: number, paint: Paint): readonly string[] {
  const fits = sizeOf(inert(title)) + sizeOf(inert(asOf)) + 2 <= width;
  return fits
    ? [`${paint.title(inert(title))}  ${paint.dim(inert(asOf))}`]
    : [...wrapped(title, width).map(paint.title), ...wrapped(asOf, width - 2).map((line) => paint.dim(`  ${line}`))];
}

const same = (text: string): string => text;
const plain: Paint = { title: same, up: same, down: same, warn: same, bad: same, strong: same, dim: same };

function sectionLines(section: Section, width: number, paint: Paint): readonly string[] {
  return section.kind === 'grid'
    ? gridLines(section, width, paint)
    : section.items.flatMap((item) =>
        wrapped(item, width - 4).map((line, i) => `${i === 0 ? '  ! ' : '    '}${paint.warn(line)}`),
      );
}

function gridLines({ columns, rows, note }: GridSection, width: number, paint: Paint): readonly string[] {
  const cells = rows.map((row) => row.cells.map(inert));
  const layout = fitted(columns, cells, width - 2);
  const legend = legendOf(
    layout.map((l) => l.column),
    note,
  );
  const heads = columns.map((column) => column.head);
  const head = rows.length === 0 ? [] : rowLines(layout, heads, width).map(paint.dim);
  const body = rows.flatMap((row, i) => [
    ...rowLines(layout, cells[i] ?? [], width).map(toned(row, paint)),
    ...(row.note === undefined ? [] : wrapped(row.note, width - 6).map((text) => paint.dim(`      ${text}`))),
  ]);
  return [
    ...head,
    ...body,
    ...(legend === undefined ? [] : wrapped(legend, width - 2).map((text) => paint.dim(`  ${text}`))),
  ];
}

/** One line, and as many more as its last cell needs where that is a sentence. */
function rowLines(layout: readonly Laid[], texts: readonly string[], width: number): readonly string[] {
  const cells = layout.map(({ at, size, column }) =>
    column.wraps ? wrapped(texts[at] ?? '', size) : [padded(cut(texts[at] ?? '', size), size, column.align)],
  );
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, n) => {
    const line = `  ${cells.map((lines, i) => lines[n] ?? ' '.repeat(layout[i]?.size ?? 0)).join(GAP)}`.trimEnd();
    return sizeOf(line) > width
      ? `${Array.from(line)
          .slice(0, width - 1)
          .join('')}…`
      : line;
  });
}

const toned = (row: Row, paint: Paint): ((text: string) => string) => (row.tone ? paint[row.tone] : same);

interface Laid {
  readonly at: number;
  readonly column: Column;
  readonly size: number;
}

/** Columns at their natural width. Where that is too much some are left out, and only then are names cut. */
function fitted(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): readonly Laid[] {
  let laid: Laid[] = columns.map((column, at) => ({
    at,
    column,
    size: column.wraps ? LEAST : Math.max(sizeOf(column.head), ...rows.map((cells) => sizeOf(cells[at] ?? ''))),
  }));
  const excess = (): number => laid.reduce((sum, l) => sum + l.size, GAP.length * (laid.length - 1)) - width;
  for (const drop of laid.flatMap((l) => l.column.drop ?? []).toSorted((a, b) => b - a)) {
    if (excess() > 0) laid = laid.filter((l) => l.column.drop !== drop);
  }
  for (const least of [LEAST, LEAST / 2]) {
    while (excess() > 0) {
      const widest = laid.filter((l) => l.column.flexible && l.size > least).toSorted((a, b) => b.size - a.size)[0];
      if (!widest) break;
      laid = laid.map((l) => (l === widest ? { ...l, size: l.size - 1 } : l));
    }
  }
  const spare = Math.max(0, -excess());
  return laid.map((l) => (l.column.wraps ? { ...l, size: l.size + spare } : l));
}

/** A name still tells itself apart at this many letters; at half of them only just. */
const LEAST = 10;
/** Names are told apart by both their ends, so the middle goes. */
function cut(text: string, size: number): string {
  const letters = Array.from(text);
  if (letters.length <= size) return text;
  const head = Math.ceil((size - 1) / 2);
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (size - 1 - head)).join('')}`;
}

function padded(text: string, size: number, align: Column['align']): string {
  const fill = ' '.repeat(Math.max(0, size - sizeOf(text)));
  return align === 'left' ? text + fill : fill + text;
}
