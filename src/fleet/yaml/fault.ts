import type { LineCounter, YAMLError } from 'yaml';
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

/** One fault starts a row of others that only confuse, so each line tells its first. */
export function syntaxFaults(errors: readonly YAMLError[], lines: LineCounter): readonly Fault[] {
  const seen = new Set<number>();
  const first = errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  return first.slice(0, MOST).flatMap((error) => {
    const { line } = lines.linePos(error.pos[0]);
    if (seen.has(line)) return [];
    seen.add(line);
    const problem = `not valid YAML: ${error.message.replaceAll(/\s+/g, ' ')}`;
    return [{ offset: error.pos[0], problem, remedy: REMEDY[error.code] ?? LOOK }];
  });
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
