import { Lexer, LineCounter, Parser, type CST } from 'yaml';
import { bad, good, type Checked } from '../../trouble.ts';

/** Largest fleet file, in characters. A fleet of 2,000 pools takes about 250,000. */
const LARGEST = 1_000_000;
/** Most lexical tokens: they, not characters, decide how long reading takes. */
const MOST_LEXEMES = 200_000;
/** Deepest nesting of open collections and documents. A fleet file needs about 15. */
const DEEPEST = 64;
/** After so many certain errors reading stops: the first few are all that is told. */
const MOST_SLIPS = 100;

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
    const problem = `it is longer than ${LARGEST.toLocaleString('en-US')} characters`;
    return bad({ file, problem, remedy: 'split the fleet into several files' });
  }
  const lines = new LineCounter();
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  const slips = new Slips();
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    const tooDeep = parser.stack.length > DEEPEST;
    if (tooDeep || ++lexemes > MOST_LEXEMES) {
      const { line, col: column } = lines.linePos(parser.offset);
      return bad({ file, line, column, ...(tooDeep ? TOO_DEEP : TOO_MANY) });
    }
    if (slips.countAfter(lexeme) > MOST_SLIPS) break;
  }
  tokens.push(...parser.end());
  return good({ tokens, lines });
}

const TOO_DEEP = {
  problem: 'nested too deeply',
  remedy: 'a fleet file needs about ten levels: look for an opening bracket or dash too many',
};
const TOO_MANY = {
  problem: 'more fields than a fleet file may have',
  remedy: 'split the fleet into several files',
};

/** Counts what is wrong beyond doubt: a bracket that closes nothing, a comma after nothing, an anchor after an anchor. */
class Slips {
  private readonly open: string[] = [];
  private before = '';
  private count = 0;

  countAfter(lexeme: string): number {
    if (lexeme.trim() === '' || lexeme === SCALAR_FOLLOWS) return this.count;
    if (lexeme === '[' || lexeme === '{') this.open.push(lexeme);
    if (lexeme === ']' || lexeme === '}') {
      if (this.open.pop() !== (lexeme === ']' ? '[' : '{')) this.count++;
    }
    const [first = ''] = lexeme;
    if ((first === ',' && /^[[{,]$/.test(this.before)) || (/[&!]/.test(first) && this.before.startsWith(first)))
      this.count++;
    this.before = lexeme;
    return this.count;
  }
}

/** What the lexer sends before each plain scalar. */
const SCALAR_FOLLOWS = '\u001F';
