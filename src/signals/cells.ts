/**
 * Walks the cells of comma-separated text (RFC 4180: quotes, doubled quotes, CRLF) without building them: a row is
 * the offsets of its cells, and only the cells that are wanted are ever cut out of the text.
 */
export class Cells {
  /** 1-based number of the line that the row starts on */
  line = 0;
  /** cells of the current row */
  count = 0;
  /** offset of what is wrong with the quotes of this row; the walk ends there */
  broken: 'unterminated' | 'trailing' | undefined;
  readonly #text: string;
  #at: number;
  #nextLine = 1;
  #from: number[] = [];
  #to: number[] = [];

  constructor(text: string) {
    this.#text = text;
    this.#at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  /** Moves to the next row that is not blank; false at the end of the text or when the quotes are broken. */
  next(): boolean {
    do {
      if (this.#at >= this.#text.length || this.broken) return false;
      this.line = this.#nextLine;
      this.#row();
    } while (this.count === 1 && this.cell(0) === '');
    return !this.broken;
  }

  /** Cell `c` of the current row, its quotes and outer blanks taken off; empty when the row is shorter. */
  cell(c: number): string {
    if (c >= this.count) return '';
    let from = this.#from[c] ?? 0;
    let to = this.#to[c] ?? 0;
    while (from < to && isBlank(this.#text.charCodeAt(from))) from++;
    while (to > from && isBlank(this.#text.charCodeAt(to - 1))) to--;
    const raw = this.#text.slice(from, to);
    return raw.charCodeAt(0) === QUOTE ? raw.slice(1, -1).replaceAll('""', '"').trim() : raw;
  }

  #row(): void {
    const text = this.#text;
    this.count = 0;
    let from = this.#at;
    for (let i = from; ; i++) {
      // past the end charCodeAt is NaN, which ends the row like a line feed
      const c = i < text.length ? text.charCodeAt(i) : LF;
      if (c === QUOTE && onlyBlanks(text, from, i)) {
        i = this.#closing(i);
        if (this.broken) return;
        continue;
      }
      if (c !== COMMA && c !== LF && c !== CR) continue;
      this.#from[this.count] = from;
      this.#to[this.count++] = i;
      from = i + 1;
      if (c === COMMA) continue;
      if (c === CR && text.charCodeAt(i + 1) === LF) from++;
      this.#at = from;
      this.#nextLine++;
      return;
    }
  }

  /** Offset of the quote that closes the one at `open`. */
  #closing(open: number): number {
    const text = this.#text;
    let i = open + 1;
    for (; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === LF) this.#nextLine++;
      if (c !== QUOTE) continue;
      if (text.charCodeAt(i + 1) !== QUOTE) break;
      i++;
    }
    if (i >= text.length) this.broken = 'unterminated';
    let after = i + 1;
    while (isBlank(text.charCodeAt(after))) after++;
    const end = after >= text.length ? LF : text.charCodeAt(after);
    if (!this.broken && end !== COMMA && end !== LF && end !== CR) this.broken = 'trailing';
    return after - 1;
  }
}

const QUOTE = 34;
const COMMA = 44;
const LF = 10;
const CR = 13;
const isBlank = (c: number): boolean => c === 32 || c === 9;

function onlyBlanks(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!isBlank(text.charCodeAt(i))) return false;
  return true;
}
