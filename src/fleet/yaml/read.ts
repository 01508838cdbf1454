import { Composer, isAlias, isMap, isScalar, isSeq, type Document, type Pair, type YAMLMap } from 'yaml';
import { bad, good, type Checked } from '../../trouble.ts';
import type { Path } from '../finding.ts';
import { syntaxFaults, troubleAt, type Fault } from './fault.ts';
import { keyName, plainOf, startOf, type Plain } from './plain.ts';
import { tokensOf, type Tokens } from './tokens.ts';

/** A YAML text as plain data that still knows where each value stands. */
export interface YamlSource {
  readonly value: unknown;
  /** undefined when nothing stands at the path */
  spotOf(path: Path, onKey: boolean): Spot | undefined;
}

interface Spot {
  /** 1-based */
  readonly line: number;
  readonly column: number;
  /** the value as it is written; absent where it spans lines */
  readonly text?: string;
}

/** One YAML 1.2 document. Errors of syntax, doubled keys, bombs and circles are troubles with line and column. */
export function readYaml(text: string, file: string): Checked<YamlSource> {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const syntax = tokensOf(plain, file);
  if (!syntax.ok) return syntax;
  const documents = composed(syntax.value, plain.length);
  const [document, second] = documents;
  const { lines } = syntax.value;
  const refused = (faults: readonly Fault[]): Checked<never> => bad(...faults.map((f) => troubleAt(file, lines, f)));
  if (document === undefined) return refused([EMPTY]);
  const faults = syntaxFaults(document, lines);
  if (faults.length > 0) return refused(faults);
  if (second !== undefined) return refused([secondAt(second)]);
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return refused([EMPTY]);
  }
  const read = plainOf(document);
  if (read.faults.length > 0) return refused(read.faults);
  return good({ value: read.value, spotOf: spotsIn(document, read, plain, syntax.value) });
}

const EMPTY: Fault = { offset: 0, problem: 'the file is empty', remedy: '`godwit init` writes one to start from' };
const secondAt = (document: Document.Parsed): Fault => ({
  offset: document.range[0],
  problem: 'a second document starts here',
  remedy: 'keep one fleet a file, without --- between',
});

/**
 * The first two documents at most. Doubled keys are left to {@link plainOf}: the composer would compare each key with
 * every other, which takes minutes on a large map.
 */
function composed({ tokens, lines }: Tokens, length: number): Document.Parsed[] {
  const composer = new Composer({
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    // stated, so that a %YAML directive cannot bring back 1.1's `no` for false and its merge keys
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
  });
  const documents: Document.Parsed[] = [];
  for (const document of composer.compose(tokens, true, length)) {
    documents.push(document);
    if (documents.length === 2) break;
  }
  return documents;
}

function spotsIn(document: Document, { aliases }: Plain, text: string, { lines }: Tokens): YamlSource['spotOf'] {
  const pairs = new Map<YAMLMap, ReadonlyMap<string | undefined, Pair>>();
  const pairOf = (map: YAMLMap, key: string): Pair | undefined => {
    const known = pairs.get(map) ?? new Map(map.items.map((pair) => [keyName(pair.key), pair]));
    pairs.set(map, known);
    return known.get(key);
  };
  return (path, onKey) => {
    let node: unknown = document.contents;
    let key: unknown;
    for (const part of path) {
      if (isAlias(node)) node = aliases.get(node);
      const pair = isMap(node) ? pairOf(node, String(part)) : undefined;
      const item = isSeq(node) && typeof part === 'number' ? node.items[part] : undefined;
      if (pair === undefined && item === undefined) return undefined;
      [key, node] = pair === undefined ? [item, item] : [pair.key, pair.value];
    }
    const shown = onKey || node === null || node === undefined ? key : node;
    const { line, col } = lines.linePos(startOf(shown));
    const written = onKey ? undefined : sourceOf(isAlias(node) ? aliases.get(node) : node, text);
    return { line, column: col, ...(written === undefined ? {} : { text: written }) };
  };
}

/** A password that was put into a URL by mistake is not repeated on a terminal or in a log. */
function sourceOf(node: unknown, text: string): string | undefined {
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return undefined;
  const [from, to] = node.range ?? [0, 0];
  const written = text.slice(from, to).trim();
  const oneLine = isScalar(node) || !/[\r\n]/.test(written);
  return oneLine && written !== '' ? written.replaceAll(/\/\/[^/\s]*@/g, '//…@').replaceAll(/\s+/g, ' ') : undefined;
}
