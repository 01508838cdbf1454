import { keyOf, type Seated } from './running.ts';

/**
 * Which running node becomes which wanted node of its offering: as many as can, and so that many replicas stay where
 * they are. First those that hold just what is wanted (that never costs another pair anything: of two pairs crossed,
 * straightening out the one with equal ends shares as much or more of every group). Then the pair that shares the most
 * replicas, again and again; ties fall to the running node named first, then to the wanted node named first.
 *
 * @returns index of the running node → index of the wanted node
 */
export function matchNodes(running: readonly Seated[], wanted: readonly Seated[]): ReadonlyMap<number, number> {
  const match = new Map<number, number>();
  const wantedOf = grouped(wanted.keys(), (j) => (wanted[j] as Seated).offering);
  for (const [offering, ours] of grouped(running.keys(), (i) => (running[i] as Seated).offering)) {
    const rows = grouped(ours, (i) => keyOf((running[i] as Seated).seats));
    const columns = grouped(wantedOf.get(offering) ?? [], (j) => keyOf((wanted[j] as Seated).seats));
    for (const [key, row] of rows) pair(match, row, columns.get(key) ?? []);
    byOverlap(match, running, wanted, [...rows.values()], [...columns.values()]);
  }
  return match;
}

/** Numbers with the same key together; what comes first stays first. */
function grouped<K>(numbers: Iterable<number>, keyOfOne: (n: number) => K): Map<K, number[]> {
  const groups = new Map<K, number[]>();
  for (const n of numbers) {
    const key = keyOfOne(n);
    const group = groups.get(key);
    if (group) group.push(n);
    else groups.set(key, [n]);
  }
  return groups;
}

function byOverlap(
  match: Map<number, number>,
  running: readonly Seated[],
  wanted: readonly Seated[],
  rowsGiven: readonly number[][],
  columnsGiven: readonly number[][],
): void {
  const rows = rowsGiven.filter((row) => row.length > 0);
  const columns = columnsGiven.filter((column) => column.length > 0);
  const pairs = rows.length * columns.length;
  const overlap = (p: number): number => {
    const mine = running[rows[Math.floor(p / columns.length)]?.[0] as number] as Seated;
    const theirs = wanted[columns[p % columns.length]?.[0] as number] as Seated;
    return shared(mine, theirs);
  };
  const most = rows.reduce((top, [i]) => Math.max(top, sizeOf(running[i as number] as Seated)), 0);
  // one number for overlap, row and column: numbers sort fast
  const order = Float64Array.from({ length: pairs }, (_, p) => (most - overlap(p)) * pairs + p).toSorted();
  for (const key of order) {
    const p = key % pairs;
    pair(match, rows[Math.floor(p / columns.length)] ?? [], columns[p % columns.length] ?? []);
  }
}

/** Pairs the first nodes of both, as many as there are, and takes them off. */
function pair(match: Map<number, number>, row: number[], column: number[]): void {
  const n = Math.min(row.length, column.length);
  if (n === 0) return;
  const ours = row.splice(0, n);
  const theirs = column.splice(0, n);
  for (const [k, i] of ours.entries()) match.set(i, theirs[k] as number);
}

function shared(a: Seated, b: Seated): number {
  let n = 0;
  for (const [g, have] of a.seats) n += Math.min(have, b.seats.get(g) ?? 0);
  return n;
}

const sizeOf = ({ seats }: Seated): number => [...seats.values()].reduce((sum, n) => sum + n, 0);
