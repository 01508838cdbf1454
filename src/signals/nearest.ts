/** The name that a misspelt one most likely means: at most a third of its letters wrong; undefined when none is that near. */
export function nearestTo(name: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of names.slice(0, 1000)) {
    const distance = editsBetween(name.toLowerCase().slice(0, 64), candidate.toLowerCase().slice(0, 64));
    if (distance < least) [least, best] = [distance, candidate];
  }
  return best;
}

/** Levenshtein distance, one row of the table at a time. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
