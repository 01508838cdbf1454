import { existsSync, readFileSync } from 'node:fs';
import { Slip } from '../placement/select.ts';

/** What {@link Report} rows of rivals have in common. */
interface Known {
  readonly series: string;
  readonly method: string;
}

/**
 * Rows of rivals from an earlier `--json` of this bench, so that ours can be measured beside them without waiting for
 * them again.
 *
 * @returns by part; a figure that was unknown is NaN again
 */
export function readBeside(file: string): Map<string, readonly Known[]> {
  if (!existsSync(file)) throw new Slip(`--beside names a file that --json has written, and ${file} is not there`);
  try {
    const text = readFileSync(file, 'utf8');
    const known = JSON.parse(text, (_key, value: unknown) => (value === null ? Number.NaN : value)) as {
      readonly parts: readonly { readonly part: string; readonly rows: readonly Known[] }[];
    };
    return new Map(known.parts.map(({ part, rows }) => [part, rows.filter(({ method }) => method !== 'ours')]));
  } catch {
    throw new Slip(`--beside names a file that --json has written, which ${file} is not`);
  }
}

/**
 * Of the rows that were read, those of one series that a fresh run would have given: of other methods than were
 * measured now, over as many steps.
 */
export function besideOf<T extends Known>(
  known: ReadonlyMap<string, readonly Known[]>,
  part: string,
  fresh: readonly T[],
  size: (row: T) => number,
): T[] {
  const [first] = fresh;
  if (!first) return [];
  const rows = (known.get(part) ?? []) as readonly T[];
  const others = rows.filter((row) => row.series === first.series && fresh.every((now) => now.method !== row.method));
  const unlike = others.find((row) => size(row) !== size(first));
  if (unlike)
    throw new Slip(
      `--beside has ${size(unlike)} of ${first.series} where ${size(first)} are measured now: same --origins?`,
    );
  return others;
}
