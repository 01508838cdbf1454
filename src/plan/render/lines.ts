/** Letters as a terminal counts them, near enough: code points. */
export const sizeOf = (text: string): number => Array.from(text).length;

/** Lines of at most `width` letters, broken at spaces; a word that is longer is broken where it must be. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of inert(text).split(' ')) {
    let rest = word;
    while (sizeOf(line === '' ? rest : `${line} ${rest}`) > width) {
      if (line !== '') lines.push(line);
      else {
        const letters = Array.from(rest);
        lines.push(letters.slice(0, width).join(''));
        rest = letters.slice(width).join('');
      }
      line = '';
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}

/** Nothing in a name may move the cursor, change the colours or turn the reading direction. */
export function inert(text: string): string {
  return text.replaceAll(
    // eslint-disable-next-line no-control-regex -- these are the very characters that must not reach a terminal
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A line as long as the terminal is wide, its further lines as far in as its own first word and `more` beyond. */
export function hanging(line: string, width: number, more = 2): readonly string[] {
  const indent = line.length - line.trimStart().length;
  const [first = '', ...rest] = wrapped(line.trimStart(), width - indent);
  const further = wrapped(rest.join(' '), width - indent - more);
  const lines = [' '.repeat(indent) + first];
  return rest.length === 0 ? lines : [...lines, ...further.map((text) => ' '.repeat(indent + more) + text)];
}
