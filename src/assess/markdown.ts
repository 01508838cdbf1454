import type { Page, Table } from './page.ts';

/** A page as GitHub Markdown; text from the input is escaped, so that a name can't become markup. */
export function asMarkdown(page: Page): string {
  const head = `# What the nodes cost\n\n${page.headline.map((line) => `**${escaped(line)}**\n`).join('\n')}`;
  const sections = page.sections.map(({ title, lines, table }) =>
    [
      `\n## ${escaped(title)}\n`,
      ...(lines ?? []).map((line) => `${(lines ?? []).length > 1 ? '- ' : ''}${escaped(line)}`),
      ...(table ? [`${lines ? '\n' : ''}${tableOf(table)}`] : []),
    ].join('\n'),
  );
  return `${head}${sections.join('\n')}\n`;
}

function tableOf({ head, rows }: Table): string {
  const lines = [
    head.map((column) => column.name),
    head.map((column) => (column.align === 'right' ? '---:' : '---')),
    ...rows.map((row) => row.map(escaped)),
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function escaped(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_[\]<>|]/g, (c) => `\\${c}`);
}
