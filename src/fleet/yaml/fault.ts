import { visit, type Document, type LineCounter, type YAMLError } from 'yaml';
import type { Trouble } from '../../trouble.ts';

/** A fault of the YAML itself, at a character offset. */
export interface Fault {
  readonly offset: number;
  readonly problem: string;
  readonly remedy: string;
}

export function troubleAt(file: string, lines: LineCounter, fault: Fault): Trouble {
  const { line, col } = lines.linePos(fault.offset);
  return { file, line, column: col, problem: fault.problem, remedy: fault.remedy };
}

/** One fault starts a row of others that only confuse: each line tells its first, and after a lost thread none is told. */
export function syntaxFaults(document: Document.Parsed, lines: LineCounter): readonly Fault[] {
  const seen = new Set<number>();
  const faults = [...document.errors, ...document.warnings].slice(0, MOST).map((error) => faultOf(error, document));
  return faults
    .toSorted((a, b) => a.offset - b.offset)
    .filter((_fault, i, all) => !all.slice(0, i).some((before) => before.lost))
    .filter(({ offset }) => {
      const { line } = lines.linePos(offset);
      return !seen.has(line) && seen.add(line);
    });
}

function faultOf(error: YAMLError, document: Document): Fault & { readonly lost: boolean } {
  const lost = error.code === 'UNEXPECTED_TOKEN';
  const problem = `not valid YAML: ${error.message.replaceAll(/\s+/g, ' ')}`;
  const remedy = REMEDY[error.code] ?? LOOK;
  if (error.code !== 'MISSING_CHAR' || !error.message.endsWith('quote'))
    return { offset: error.pos[0], problem, remedy, lost };
  return {
    offset: lastQuote(document) ?? error.pos[0],
    problem: 'not valid YAML: this quote is never closed',
    remedy,
    lost,
  };
}

/** An open quote swallows the rest of the file, so the last quoted text is the one; its end is where nobody looks. */
function lastQuote(document: Document): number | undefined {
  let last: number | undefined;
  visit(document, {
    Scalar: (_key, { type, range }) => {
      if (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE') last = Math.max(last ?? 0, range?.[0] ?? 0);
    },
  });
  return last;
}

const MOST = 200;
const LOOK = 'check brackets, quotes, colons and indentation near here';

const REMEDY: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'indent it with spaces, in line with its neighbours',
  BAD_SCALAR_START: 'put the value in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'put the value in quotes, or start it on a line of its own',
  BLOCK_IN_FLOW: 'put the value in quotes, or start it on a line of its own',
  MULTILINE_IMPLICIT_KEY: 'write the key, a colon and a space on one line',
  MISSING_CHAR: 'add what is missing',
  BAD_ALIAS: 'set the anchor before it is used',
  BAD_DQ_ESCAPE: 'write the backslash twice, or use single quotes',
  TAG_RESOLVE_FAILED: 'take the tag away: fleet files use none',
  BAD_DIRECTIVE: 'take the directive away: fleet files use none',
};
