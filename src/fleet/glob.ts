/**
 * Whether `text` matches `pattern`, where `*` stands for any run of characters, none included, and every other
 * character for itself (case counts).
 *
 * Each piece between stars is looked for once, from left to right: the first place it is found is always as good as
 * a later one, so nothing is ever tried twice and no pattern can make this slow.
 */
export function globMatch(pattern: string, text: string): boolean {
  const pieces = pattern.split('*');
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return text === first;
  const last = pieces[pieces.length - 1] ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, from);
    if (found < 0 || found + piece.length > end) return false;
    from = found + piece.length;
  }
  return true;
}

export const matchesAny = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => globMatch(pattern, text));
