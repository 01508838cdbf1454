import { bad, good, type Checked, type Trouble } from '../trouble.ts';

/** A text as the user named its source: a file, or `stdin`. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

const JSON_REMEDY = 'run kubectl get nodes,pods -A -o json and hand over what it prints';

/**
 * The JSON documents of a text: one, or several written one after the other (two kubectl calls into one pipe, or one
 * object a line). What is not JSON is told apart by what it most likely is: YAML, a table, nothing, a cut file.
 */
export function documentsOf(source: Source): Checked<readonly unknown[]> {
  const notJson = diagnosed(source);
  if (notJson) return bad(notJson);
  try {
    return good([JSON.parse(source.text)]);
  } catch {
    return severalDocuments(source);
  }
}

function diagnosed({ file, text }: Source): Trouble | undefined {
  const start = text.slice(0, 2000).trimStart();
  if (start === '' && text.trim() === '') {
    return { file, problem: 'it is empty', remedy: `see what kubectl said on stderr, and ${JSON_REMEDY}` };
  }
  if (start.startsWith('{') || start.startsWith('[')) return undefined;
  if (/^(?:---|apiVersion:|kind:|items:|metadata:|- )/.test(start)) {
    return { file, problem: 'this is YAML', remedy: 'add -o json to kubectl get' };
  }
  if (/^(?:NAME|NAMESPACE)\s/.test(start)) {
    return { file, problem: 'this is the table kubectl prints for people', remedy: 'add -o json to kubectl get' };
  }
  if (/^(?:error|Error from server|Unable to connect|The connection to the server|No resources found)/i.test(start)) {
    const said = start.split('\n', 1)[0] ?? '';
    return { file, value: said, problem: 'kubectl failed', remedy: `repair that first, then ${JSON_REMEDY}` };
  }
  return { file, value: start.split('\n', 1)[0] ?? '', problem: 'this is not JSON', remedy: JSON_REMEDY };
}

function severalDocuments(source: Source): Checked<readonly unknown[]> {
  const documents: unknown[] = [];
  let from = 0;
  for (;;) {
    const start = nextDocument(source.text, from);
    if (start === source.text.length) return good(documents);
    const end = endOfDocument(source.text, start);
    if (end === undefined) {
      const problem = 'the JSON is cut off: it ends inside an object';
      return bad({ file: source.file, ...placeOf(source.text, source.text.length), problem, remedy: JSON_REMEDY });
    }
    try {
      documents.push(JSON.parse(source.text.slice(start, end)));
    } catch (error) {
      return bad(notParsed(source, start, error));
    }
    from = end;
  }
}

const WHITE = /[^\s,]/g;
function nextDocument(text: string, from: number): number {
  WHITE.lastIndex = from;
  return WHITE.exec(text)?.index ?? text.length;
}

/** Index after the bracket that closes the document which starts at `start`; undefined when the text ends before it. */
function endOfDocument(text: string, start: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let i = start; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (quoted) {
      if (c === 0x5c) i++;
      else if (c === 0x22) quoted = false;
    } else if (c === 0x22) quoted = true;
    else if (c === 0x7b || c === 0x5b) depth++;
    else if (c === 0x7d || c === 0x5d) {
      depth--;
      if (depth <= 0) return i + 1;
    } else if (depth === 0) return endOfLine(text, i); // neither object nor list: let the parser say so
  }
  return undefined;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function notParsed(source: Source, start: number, error: unknown): Trouble {
  const reason = error instanceof Error ? error.message : String(error);
  const offset = /at position (\d+)/.exec(reason)?.[1];
  return {
    file: source.file,
    ...placeOf(source.text, start + Number(offset ?? 0)),
    problem: `this is not JSON (${reason.replace(/ in JSON at position.*$| \(line.*$/, '')})`,
    remedy: JSON_REMEDY,
  };
}

function placeOf(text: string, index: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let lineStart = 0;
  for (let i = text.indexOf('\n'); i >= 0 && i < index; i = text.indexOf('\n', i + 1)) {
    line++;
    lineStart = i + 1;
  }
  return { line, column: index - lineStart + 1 };
}
