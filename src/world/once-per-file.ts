import type { Fleet } from '../fleet/fleet.ts';
import type { Trouble } from '../trouble.ts';

/**
 * A CSV file that can't be read is a trouble of every signal and market that names it; said once, with the number of
 * series it was to hold. Every other trouble stays as it is.
 */
export function oncePerFile(troubles: readonly Trouble[], { signals }: Pick<Fleet, 'signals'>): readonly Trouble[] {
  const told = new Set<string>();
  return troubles.flatMap((trouble) => {
    if (!ofWholeFile(trouble)) return [trouble];
    if (told.has(trouble.file)) return [];
    told.add(trouble.file);
    const series = signals.flatMap(({ sources }) => sources.filter((s) => s.kind === 'csv' && s.file === trouble.file));
    if (series.length < 2) return [trouble];
    return [{ ...trouble, problem: `${trouble.problem}, and ${series.length} series were to be read from it` }];
  });
}

/** As the reader of CSV files names the place of a file; a trouble in its text has a line. */
const ofWholeFile = ({ at, line }: Trouble): boolean =>
  line === undefined && at !== undefined && /^signals\..+\.csv$/s.test(at);
