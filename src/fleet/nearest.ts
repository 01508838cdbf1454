/** The name that a misspelt one most likely means; undefined when more than a third of its letters would be wrong. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  const from = written.slice(0, LONGEST).toLowerCase();
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(from.length / 3)) + 1;
  for (const name of known) {
    const edits = editsBetween(from, name.slice(0, LONGEST).toLowerCase());
    if (edits < fewest) [best, fewest] = [name, edits];
  }
  return best;
}

/** `did you mean eu?`, or every known name when none is near */
export function meant(written: string, known: readonly string[]): string {
  const guess = nearest(written, known);
  if (guess !== undefined) return `did you mean ${guess}?`;
  if (known.length === 0) return 'there is none yet';
  return known.length === 1 ? `write ${listed(known)}` : `write one of ${listed(known)}`;
}

/** the first few names, and how many more there are */
export function listed(names: readonly string[], most = 12): string {
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(', ')} and ${rest} more` : names.join(', ');
}

// the table of edits grows with both lengths, and no name is longer than a DNS label
const LONGEST = 63;

/** Levenshtein distance where two neighbouring letters swapped count as one edit (optimal string alignment). */
function editsBetween(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const moved = swapped ? (before[j - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min(replaced, moved, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
