/** What keeps a text from being JSON, and where: an offset into the text. */
export interface Fault {
  readonly offset: number;
  readonly problem: string;
  readonly remedy: string;
}

/** Values that are looked for: the keys that lead to them, and after the scan where each key and value starts. */
export interface Wanted {
  readonly below: Map<string | number, Wanted>;
  key?: number;
  value?: { readonly start: number; readonly end: number };
}

/** Deeper than any file of ours, and than this scan should follow. */
const DEEPEST = 200;

/**
 * Reads JSON text a second time, to say where something stands: the built-in parser tells neither the line of a value
 * nor, on every version of Node, that of a fault.
 *
 * @param wanted filled in with the places found
 * @returns the first fault; undefined when the text is JSON
 */
export function scan(text: string, wanted?: Wanted): Fault | undefined {
  try {
    const scanner = new Scanner(text);
    scanner.space();
    if (scanner.at === text.length) return { offset: 0, problem: 'the file is empty', remedy: 'write a JSON object' };
    scanner.value(wanted, 0);
    scanner.space();
    if (scanner.at < text.length)
      scanner.fail('something stands after the end of the JSON', 'keep one document a file');
    return undefined;
  } catch (error) {
    if (error instanceof Stop) return error.fault;
    throw error;
  }
}

/** Leaves a scan of any depth at once. */
class Stop extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.problem);
    this.fault = fault;
  }
}

class Scanner {
  at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  value(wanted: Wanted | undefined, depth: number): void {
    if (depth > DEEPEST) this.fail(`it is nested more than ${DEEPEST} deep`, 'no file of this kind is');
    const start = this.at;
    const c = this.text[this.at];
    if (c === '{') this.object(wanted, depth);
    else if (c === '[') this.list(wanted, depth);
    else if (c === '"') this.string();
    else this.plain();
    if (wanted) wanted.value = { start, end: this.at };
  }

  space(): void {
    while (SPACE.has(this.text.charCodeAt(this.at))) this.at++;
  }

  fail(problem: string, remedy: string, offset = this.at): never {
    throw new Stop({ offset, problem, remedy });
  }

  private object(wanted: Wanted | undefined, depth: number): void {
    this.each('}', () => {
      const start = this.at;
      if (this.text[start] !== '"')
        this.fail(`expected a field’s name, found ${this.here()}`, 'write it in double quotes');
      const name = this.string();
      const below = wanted?.below.get(name);
      if (below) below.key = start;
      this.space();
      if (this.text[this.at] !== ':') this.fail(`expected a colon, found ${this.here()}`, 'write one after the name');
      this.at++;
      this.space();
      this.value(below, depth + 1);
    });
  }

  private list(wanted: Wanted | undefined, depth: number): void {
    let index = 0;
    this.each(']', () => this.value(wanted?.below.get(index++), depth + 1));
  }

  private each(close: string, read: () => void): void {
    this.at++;
    this.space();
    if (this.text[this.at] === close) {
      this.at++;
      return;
    }
    for (;;) {
      read();
      this.space();
      const c = this.text[this.at];
      if (c === close) {
        this.at++;
        return;
      }
      if (c !== ',') this.fail(`expected a comma or ${close}, found ${this.here()}`, 'look at what stands before it');
      const comma = this.at++;
      this.space();
      if (this.text[this.at] === close) this.fail(`a comma stands before ${close}`, 'take the comma out', comma);
    }
  }

  private string(): string {
    const { text } = this;
    const start = this.at++;
    for (;;) {
      const c = text[this.at];
      if (c === '"') break;
      if (c === undefined || c === '\n') this.fail('a text does not end', 'close it with a double quote', start);
      if (c < ' ') this.fail('a control character stands in a text', 'write it as an escape: \\t');
      if (c === '\\') this.escape();
      else this.at++;
    }
    this.at++;
    return JSON.parse(text.slice(start, this.at)) as string;
  }

  private escape(): void {
    ESCAPE.lastIndex = this.at;
    if (!ESCAPE.test(this.text))
      this.fail('a text holds an escape that JSON does not know', 'write \\\\ for a backslash');
    this.at = ESCAPE.lastIndex;
  }

  private plain(): void {
    PLAIN.lastIndex = this.at;
    if (PLAIN.test(this.text)) {
      this.at = PLAIN.lastIndex;
      return;
    }
    const c = this.text[this.at];
    if (c === "'") this.fail('a text stands in single quotes', 'write double quotes');
    if (c === '/') this.fail('JSON has no comments', 'take it out');
    this.fail(`expected a value, found ${this.here()}`, 'write a number, a text in double quotes, a list or an object');
  }

  /** what stands here, in words */
  private here(): string {
    if (this.at >= this.text.length) return 'the end of the file';
    const [word = ''] = /^[\w.+-]{1,20}/.exec(this.text.slice(this.at, this.at + 20)) ?? [];
    return word === '' ? (this.text[this.at] ?? '') : word;
  }
}

/** The four characters that JSON takes for space. */
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const PLAIN = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
