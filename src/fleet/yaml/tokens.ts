import { Lexer, LineCounter, Parser, type CST } from 'yaml';
import { bad, good, type Checked } from '../../trouble.ts';

/** Largest fleet file, in characters. A fleet of 2,000 pools takes about 400,000. */
const LARGEST = 1_000_000;
/** Most lexical tokens: they, not characters, decide how long reading takes. */
const MOST_TOKENS = 250_000;
/** Deepest nesting of open collections and documents. A fleet file needs about 15. */
const DEEPEST = 64;

export interface Tokens {
  readonly tokens: readonly CST.Token[];
  readonly lines: LineCounter;
}

/**
 * The concrete syntax of a YAML text. The limits hold while it is being read, so that a file made to exhaust the
 * reader is answered before it has cost anything: nesting is counted on the parser's own stack, token by token.
 */
export function tokensOf(text: string, file: string): Checked<Tokens> {
  if (text.length > LARGEST) {
    return bad({
      file,
      problem: `it is longer than ${LARGEST.toLocaleString('en-US')} characters`,
      remedy: 'split the fleet into several files',
    });
  }
  const lines = new LineCounter();
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    lexemes++;
    if (parser.stack.length > DEEPEST || lexemes > MOST_TOKENS) {
      const { line, col } = lines.linePos(parser.offset);
      const tooDeep = parser.stack.length > DEEPEST;
      return bad({
        file,
        line,
        column: col,
        problem: tooDeep ? 'nested too deeply' : 'more fields than a fleet file may have',
        remedy: tooDeep
          ? 'a fleet file needs about ten levels: look for an opening bracket or dash too many'
          : 'split it',
      });
    }
  }
  tokens.push(...parser.end());
  return good({ tokens, lines });
}
